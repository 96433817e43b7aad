using System.Runtime.CompilerServices;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;

namespace CreditGrains.Cli.Connection;

/// <summary>A book over an engine in this process. Disposing of it closes the engine.</summary>
internal sealed class EngineBook(ICreditEngine engine, string place) : IBook
{
    public string Place { get; } = place;

    public Task ExecuteAsync(ReadOnlyMemory<Command> commands, Memory<Outcome> outcomes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return engine.ExecuteAsync(commands, outcomes).AsTask();
    }

    public async Task<FacilityState?> GetFacilityAsync(NodeKey facility, CancellationToken cancellationToken) =>
        await engine.GetFacilityAsync(facility) is { } view ? new FacilityState(view.Node.Currency, view.Balances) : null;

    public async Task<NodeUse?> GetNodeAsync(NodeKey node, CancellationToken cancellationToken) =>
        await engine.GetNodeAsync(node) is { } view ? new NodeUse(node, view.Currency, view.Limit, view.Exposure, view.FacilityCount) : null;

    public async Task<CommandKind?> GetDecisionKindAsync(ushort tenant, RequestId id, CancellationToken cancellationToken) =>
        (await engine.GetDecisionAsync(tenant, id))?.Kind;

    public async IAsyncEnumerable<NodeKey> ReadOpenedFacilitiesAsync(ushort tenant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var newest = (await engine.GetStatusAsync()).LastSequence;
        if (newest == 0) yield break;
        await foreach (var record in engine.ReadFeedAsync(0, cancellationToken))
        {
            if (record is { Kind: CommandKind.OpenFacility, Outcome: OutcomeKind.Posted } && record.Key.Tenant == tenant) yield return record.Key;
            if (record.Sequence >= newest) yield break;
        }
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();
}
