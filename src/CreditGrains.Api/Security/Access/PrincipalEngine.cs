using System.Runtime.CompilerServices;
using CreditGrains.Api.Transport;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Api.Security.Access;

/// <summary>
/// The engine as one principal may use it: every command is checked by role, tenant and legal entity, and every answer is of its part of the book. What
/// it may not see is answered as unknown. Of a batch nothing is executed when one command may not be.
/// </summary>
internal sealed class PrincipalEngine(ICreditEngine engine, Principal principal, ICommandWatch? watch, AccessRecords? records) : ICreditEngine
{
    private const int PageMax = 1_000;

    /// <summary>Who uses it.</summary>
    public Principal Principal => principal;

    /// <summary>The engine itself, for what was checked already or tells nothing of the book.</summary>
    public ICreditEngine Unchecked => engine;

    /// <summary>Refuses a command the principal may not send. One of kind None is no command; the engine refuses it.</summary>
    /// <exception cref="RpcException">PermissionDenied. FailedPrecondition: it needs a second person.</exception>
    public void Demand(in Command command)
    {
        DemandRights(command);
        Activating.Demand(principal, command);
        records?.Approvals?.Demand(command);
    }

    /// <summary>Refuses a command the principal may not send, whether or not it also needs a second person.</summary>
    /// <exception cref="RpcException">PermissionDenied.</exception>
    public void DemandRights(in Command command)
    {
        if (command.Kind == CommandKind.None) return;
        var need = CommandRoles.Of(command.Kind);
        if (!principal.HasAny(need)) throw Denials.Role(principal, command.Kind.ToString(), need);
        if (principal.Tenant != 0) CommandScope.Demand(principal, command);
    }

    /// <summary>Notes an import, whose rows are not noted one by one: the file's hash says what they are.</summary>
    /// <exception cref="RpcException">It may not be done.</exception>
    public void NoteImport(V1.ImportHeader header) => watch?.Before(principal, $"Import tenant/{header.Tenant} sha256 {Convert.ToHexStringLower(header.FileSha256.Span)}");

    /// <inheritdoc/>
    public ValueTask<Outcome> ExecuteAsync(in Command command, long deadlineMicros)
    {
        Demand(command);
        if (!CommandRoles.IsPrivileged(command.Kind)) return engine.ExecuteAsync(command, deadlineMicros);
        if (command.Kind == CommandKind.ResolveReferral) return ResolveAsync(command, deadlineMicros);
        watch?.Before(principal, new ReadOnlySpan<Command>(in command));
        return engine.ExecuteAsync(command, deadlineMicros);
    }

    /// <inheritdoc/>
    public ValueTask ExecuteAsync(ReadOnlyMemory<Command> commands, Memory<Outcome> outcomes, long deadlineMicros)
    {
        bool isPrivileged = false, hasDecision = false;
        foreach (ref readonly var command in commands.Span)
        {
            Demand(command);
            isPrivileged |= CommandRoles.IsPrivileged(command.Kind);
            hasDecision |= command.Kind == CommandKind.ResolveReferral;
        }

        if (hasDecision) return ResolveAsync(commands, outcomes, deadlineMicros);
        if (isPrivileged) watch?.Before(principal, commands.Span);
        return engine.ExecuteAsync(commands, outcomes, deadlineMicros);
    }

    private async ValueTask<Outcome> ResolveAsync(Command command, long deadlineMicros)
    {
        await OwnReviews.DemandAsync(engine, principal, command, records);
        watch?.Before(principal, new ReadOnlySpan<Command>(in command));
        return await engine.ExecuteAsync(command, deadlineMicros);
    }

    private async ValueTask ResolveAsync(ReadOnlyMemory<Command> commands, Memory<Outcome> outcomes, long deadlineMicros)
    {
        for (var i = 0; i < commands.Length; i++) await OwnReviews.DemandAsync(engine, principal, commands.Span[i], records);
        watch?.Before(principal, commands.Span);
        await engine.ExecuteAsync(commands, outcomes, deadlineMicros);
    }

    /// <inheritdoc/>
    public ValueTask<FacilityView?> GetFacilityAsync(NodeKey key)
    {
        Reading.Demand(principal, key);
        return engine.GetFacilityAsync(key);
    }

    /// <inheritdoc/>
    public ValueTask<EventRecord?> GetFacilityAsOfAsync(NodeKey key, long asOfMicros)
    {
        Reading.Demand(principal, key);
        return engine.GetFacilityAsOfAsync(key, asOfMicros);
    }

    /// <inheritdoc/>
    public ValueTask<NodeView?> GetNodeAsync(NodeKey key)
    {
        Reading.Demand(principal, key);
        return engine.GetNodeAsync(key);
    }

    /// <inheritdoc/>
    public ValueTask<NodeView?> GetNodeAsOfAsync(NodeKey key, long asOfMicros, CancellationToken cancellationToken)
    {
        Reading.Demand(principal, key);
        return engine.GetNodeAsOfAsync(key, asOfMicros, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<NodeView>> ListNodesAsync(ushort tenant, NodeKind kind, NodeKey after, int take)
    {
        Reading.Demand(principal, tenant);
        return principal.HasWholeTenant ? engine.ListNodesAsync(tenant, kind, after, take) : ListOwnAsync(tenant, kind, after, take);
    }

    /// <inheritdoc/>
    public async ValueTask<NodeSweep> SweepNodesAsync(ushort tenant, long place, int rowsMax)
    {
        Reading.Demand(principal, tenant);
        var sweep = await engine.SweepNodesAsync(tenant, place, rowsMax);
        return principal.HasWholeTenant ? sweep : sweep with { Nodes = [.. sweep.Nodes.Where(node => principal.Covers(node.Key))] };
    }

    /// <inheritdoc/>
    public async ValueTask<ChildrenPage?> ListChildrenAsync(NodeKey parent, NodeKey after, int take)
    {
        Reading.Demand(principal, parent);
        var page = await engine.ListChildrenAsync(parent, after, take);
        return page is null || principal.HasWholeTenant ? page : page with { Children = [.. page.Children.Where(child => principal.Covers(child.Key))] };
    }

    /// <inheritdoc/>
    public ValueTask<RiskView> GetRiskAsync(ushort tenant, ushort legalEntity)
    {
        DemandEntity(tenant, legalEntity);
        return engine.GetRiskAsync(tenant, legalEntity);
    }

    /// <inheritdoc/>
    public ValueTask<ReferralPage?> ListReferralsAsync(ushort tenant, ushort legalEntity, long cursor, int take)
    {
        DemandEntity(tenant, legalEntity);
        return engine.ListReferralsAsync(tenant, legalEntity, cursor, take);
    }

    /// <inheritdoc/>
    public ValueTask<byte[]?> GetContentAsync(ushort tenant, ushort legalEntity, ContentHash hash)
    {
        DemandEntity(tenant, legalEntity);
        return engine.GetContentAsync(tenant, legalEntity, hash);
    }

    /// <inheritdoc/>
    public async ValueTask<EventRecord?> GetDecisionAsync(long sequence)
    {
        Reading.Demand(principal);
        return Own(await engine.GetDecisionAsync(sequence));
    }

    /// <inheritdoc/>
    public async ValueTask<EventRecord?> GetDecisionAsync(ushort tenant, RequestId id)
    {
        Reading.Demand(principal, tenant);
        return Own(await engine.GetDecisionAsync(tenant, id));
    }

    /// <inheritdoc/>
    public ValueTask<HistoryPage> GetHistoryAsync(NodeKey key, long before, int take)
    {
        Reading.Demand(principal, key);
        return engine.GetHistoryAsync(key, before, take);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<EventRecord> ReadFeedAsync(long afterSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Reading.Demand(principal);
        await foreach (var record in engine.ReadFeedAsync(afterSequence, cancellationToken).WithCancellation(cancellationToken))
            if (Own(record) is not null)
                yield return record;
    }

    /// <inheritdoc/>
    public ValueTask<long> GetFeedEndAsync()
    {
        Reading.Demand(principal);
        return engine.GetFeedEndAsync();
    }

    /// <inheritdoc/>
    public ValueTask ConfirmClockAsync()
    {
        DemandEngine("ConfirmClock", Roles.Operate);
        watch?.Before(principal, "ConfirmClock");
        return engine.ConfirmClockAsync();
    }

    /// <inheritdoc/>
    public ValueTask<long> SnapshotAsync()
    {
        DemandEngine("Snapshot", Roles.Operate);
        watch?.Before(principal, "Snapshot");
        return engine.SnapshotAsync();
    }

    /// <inheritdoc/>
    public ValueTask<EngineStatus> GetStatusAsync()
    {
        DemandEngine("GetStatus", Roles.Read | Roles.Operate);
        return engine.GetStatusAsync();
    }

    /// <inheritdoc/>
    public ValueTask<EngineStatus> GetHealthAsync()
    {
        DemandEngine("GetHealth", Roles.Read | Roles.Operate);
        return engine.GetHealthAsync();
    }

    /// <summary>The engine belongs to its host; nothing ends here.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private EventRecord? Own(EventRecord? record) =>
        record is not null && (principal.Tenant == 0 || principal.Covers(record.Key)) ? record : null;

    /// <summary>Reads on until the page is full of what the principal may see, or there is no more.</summary>
    private async ValueTask<IReadOnlyList<NodeView>> ListOwnAsync(ushort tenant, NodeKind kind, NodeKey after, int take)
    {
        var own = new List<NodeView>(take);
        while (true)
        {
            var page = await engine.ListNodesAsync(tenant, kind, after, PageMax);
            foreach (var node in page)
            {
                if (principal.Covers(node.Key)) own.Add(node);
                if (own.Count == take) return own;
            }

            if (page.Count < PageMax) return own;
            after = page[^1].Key;
        }
    }

    /// <summary>Models and policies are read by who reads the book, and by who registers them.</summary>
    private void DemandEntity(ushort tenant, ushort legalEntity)
    {
        if (!principal.HasAny(Roles.Read | Roles.Risk)) throw Denials.Role(principal, "a query", Roles.Read | Roles.Risk);
        if (!principal.Covers(tenant, legalEntity)) throw Denials.Scope(principal, tenant, legalEntity);
    }

    private void DemandEngine(string act, Roles need)
    {
        if (!principal.HasAny(need)) throw Denials.Role(principal, act, need);
        if (principal.Tenant != 0) throw Denials.EngineWide(principal, act);
    }
}
