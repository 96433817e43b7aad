using System.Diagnostics;
using CreditGrains.Api.Steps;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Api.Metering;

/// <summary>An engine whose answers to commands are counted; all else is handed on.</summary>
/// <param name="engine">Does the work; closed with this one.</param>
/// <param name="meter">Counts.</param>
public sealed class MeteredEngine(ICreditEngine engine, DecisionMeter meter) : ICreditEngine
{
    private readonly StepPool<MeteredStep> steps = new(pool => new MeteredStep(meter, pool));

    /// <inheritdoc/>
    public ValueTask<Outcome> ExecuteAsync(in Command command, long deadlineMicros = ICreditEngine.NoDeadline)
    {
        var startedAt = Stopwatch.GetTimestamp();
        var pending = engine.ExecuteAsync(command, deadlineMicros);
        if (!pending.IsCompletedSuccessfully) return steps.Rent().After(pending, command, startedAt);
        var outcome = pending.Result;
        meter.Note(command.Facility.Tenant, command.Kind, outcome, startedAt);
        return new ValueTask<Outcome>(outcome);
    }

    /// <inheritdoc/>
    public async ValueTask ExecuteAsync(ReadOnlyMemory<Command> commands, Memory<Outcome> outcomes, long deadlineMicros = ICreditEngine.NoDeadline)
    {
        var startedAt = Stopwatch.GetTimestamp();
        await engine.ExecuteAsync(commands, outcomes, deadlineMicros);
        if (!commands.IsEmpty) meter.Note(commands.Span, outcomes.Span, startedAt);
    }

    /// <inheritdoc/>
    public ValueTask<FacilityView?> GetFacilityAsync(NodeKey key) => engine.GetFacilityAsync(key);

    /// <inheritdoc/>
    public ValueTask<EventRecord?> GetFacilityAsOfAsync(NodeKey key, long asOfMicros) => engine.GetFacilityAsOfAsync(key, asOfMicros);

    /// <inheritdoc/>
    public ValueTask<NodeView?> GetNodeAsync(NodeKey key) => engine.GetNodeAsync(key);

    /// <inheritdoc/>
    public ValueTask<NodeView?> GetNodeAsOfAsync(NodeKey key, long asOfMicros, CancellationToken cancellationToken) => engine.GetNodeAsOfAsync(key, asOfMicros, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<NodeView>> ListNodesAsync(ushort tenant, NodeKind kind, NodeKey after, int take) => engine.ListNodesAsync(tenant, kind, after, take);

    /// <inheritdoc/>
    public ValueTask<NodeSweep> SweepNodesAsync(ushort tenant, long place, int rowsMax) => engine.SweepNodesAsync(tenant, place, rowsMax);

    /// <inheritdoc/>
    public ValueTask<ChildrenPage?> ListChildrenAsync(NodeKey parent, NodeKey after, int take) => engine.ListChildrenAsync(parent, after, take);

    /// <inheritdoc/>
    public ValueTask<EventRecord?> GetDecisionAsync(long sequence) => engine.GetDecisionAsync(sequence);

    /// <inheritdoc/>
    public ValueTask<EventRecord?> GetDecisionAsync(ushort tenant, RequestId id) => engine.GetDecisionAsync(tenant, id);

    /// <inheritdoc/>
    public ValueTask<HistoryPage> GetHistoryAsync(NodeKey key, long before, int take) => engine.GetHistoryAsync(key, before, take);

    /// <inheritdoc/>
    public IAsyncEnumerable<EventRecord> ReadFeedAsync(long afterSequence, CancellationToken cancellationToken) => engine.ReadFeedAsync(afterSequence, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> GetFeedEndAsync() => engine.GetFeedEndAsync();

    /// <inheritdoc/>
    public ValueTask<RiskView> GetRiskAsync(ushort tenant, ushort legalEntity) => engine.GetRiskAsync(tenant, legalEntity);

    /// <inheritdoc/>
    public ValueTask<ReferralPage?> ListReferralsAsync(ushort tenant, ushort legalEntity, long cursor, int take) => engine.ListReferralsAsync(tenant, legalEntity, cursor, take);

    /// <inheritdoc/>
    public ValueTask<byte[]?> GetContentAsync(ushort tenant, ushort legalEntity, ContentHash hash) => engine.GetContentAsync(tenant, legalEntity, hash);

    /// <inheritdoc/>
    public ValueTask<EngineStatus> GetHealthAsync() => engine.GetHealthAsync();

    /// <inheritdoc/>
    public ValueTask ConfirmClockAsync() => engine.ConfirmClockAsync();

    /// <inheritdoc/>
    public ValueTask<long> SnapshotAsync() => engine.SnapshotAsync();

    /// <inheritdoc/>
    public ValueTask<EngineStatus> GetStatusAsync() => engine.GetStatusAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => engine.DisposeAsync();
}
