using System.Runtime.CompilerServices;
using CreditGrains.Api.Mapping;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Cli.Connection;

/// <summary>A book over a server. Disposing of it closes the channel.</summary>
internal sealed class RemoteBook(RpcChannel channel) : IBook
{
    public string Place { get; } = channel.Address.ToString().TrimEnd('/');

    public async Task ExecuteAsync(ReadOnlyMemory<Command> commands, Memory<Outcome> outcomes, CancellationToken cancellationToken)
    {
        var request = new V1.ExecuteBatchRequest();
        foreach (ref readonly var command in commands.Span) request.Commands.Add(CommandMapping.Write(command));
        var reply = await channel.UnaryAsync(Calls.ExecuteBatch, request, With(cancellationToken));
        for (var i = 0; i < reply.Decisions.Count; i++) outcomes.Span[i] = DecisionMapping.Read(reply.Decisions[i]);
    }

    public async Task<FacilityState?> GetFacilityAsync(NodeKey facility, CancellationToken cancellationToken)
    {
        var reply = await channel.UnaryAsync(Calls.GetFacility, new V1.GetFacilityRequest { Facility = Keys.ToFacility(facility) }, With(cancellationToken));
        return reply.Facility is { } view ? new FacilityState(Currency.Parse(view.Node.Currency), DecisionMapping.Read(view.Balances)) : null;
    }

    public async Task<NodeUse?> GetNodeAsync(NodeKey node, CancellationToken cancellationToken)
    {
        var reply = await channel.UnaryAsync(Calls.GetNode, new V1.GetNodeRequest { Node = Keys.ToNode(node) }, With(cancellationToken));
        return reply.Node is { } view
            ? new NodeUse(node, Currency.Parse(view.Currency), view.Limit, view.HasExposure ? view.Exposure : null, view.FacilityCount)
            : null;
    }

    public async Task<CommandKind?> GetDecisionKindAsync(ushort tenant, RequestId id, CancellationToken cancellationToken)
    {
        var request = new V1.GetDecisionRequest { Tenant = tenant, RequestId = RequestIdentity.ToBytes(id) };
        var reply = await channel.UnaryAsync(Calls.GetDecision, request, With(cancellationToken));
        return reply.Event is { } e ? (CommandKind)(int)e.Command : null;
    }

    public async IAsyncEnumerable<NodeKey> ReadOpenedFacilitiesAsync(ushort tenant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var status = await channel.UnaryAsync(Calls.GetStatus, new V1.GetStatusRequest(), With(cancellationToken));
        if (status.LastDecisionId == 0) yield break;
        // All tenants: the event that ends the reading may be of another one.
        await foreach (var item in channel.ServerStreamingAsync(Calls.Feed, new V1.FeedRequest(), cancellationToken: cancellationToken))
        {
            var e = item.Event;
            if (e is { Command: V1.CommandKind.OpenFacility, Outcome: V1.OutcomeKind.Posted } && e.Key.Tenant == tenant) yield return Keys.FromNode(e.Key);
            if (e.DecisionId >= status.LastDecisionId) yield break;
        }
    }

    public ValueTask DisposeAsync()
    {
        channel.Dispose();
        return ValueTask.CompletedTask;
    }

    private static CallOptions With(CancellationToken cancellationToken) => new() { CancellationToken = cancellationToken };
}
