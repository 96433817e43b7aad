using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Queries;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Nodes;

/// <summary>What a shared node shows: terms from the register, added up with what its partitions have.</summary>
/// <param name="key">The node.</param>
/// <param name="ledger">Its book.</param>
/// <param name="grains">The way to partitions.</param>
/// <param name="mirrors">The partitions with a row of it.</param>
internal sealed class NodeViews(NodeKey key, NodeLedger ledger, IClusterGrains grains, Func<Task<IEnumerable<int>>> mirrors)
{
    private SharedRead<Payload>? view;

    /// <summary>Its book in figures; null when there is no such node.</summary>
    public async Task<NodeStanding?> StandingAsync()
    {
        if (await AskAsync(PartitionMap.Register) is not { } terms) return null;
        return ledger.IsOpen
            ? new NodeStanding(ledger.Book.Limit, (long)ledger.Book.GrantSum, (long)ledger.Book.UsageSum, ledger.Book.Entries.Count, ledger.Book.IsCutting)
            : new NodeStanding(terms.Limit, 0, 0, 0, false);
    }

    /// <summary>The node now: partitions are read one after the other.</summary>
    public Task<Payload> ViewAsync() => (view ??= new SharedRead<Payload>(ReadAsync)).ReadAsync();

    /// <summary>The node as it was.</summary>
    public async Task<Payload> ViewAsOfAsync(long asOfMicros)
    {
        var question = PartitionQuestion.Of(QuestionKind.NodeAsOf, key, asOfMicros);
        if (ViewWire.Read<NodeView>(await grains.Partition(PartitionMap.Register).AskLongAsync(question)) is not { } terms) return ViewWire.Write<NodeView>(null);
        var parts = await Task.WhenAll((await mirrors()).Select(async p => ViewWire.Read<NodeView>(await grains.Partition(p).AskLongAsync(question))));
        return ViewWire.Write(Sum(terms, terms.Limit, parts) with { IsExact = terms.IsExact && Array.TrueForAll(parts, p => p is null or { IsExact: true }) });
    }

    /// <summary>The rows of the node in partitions; null where there is none.</summary>
    public async Task<NodeView?[]> PartsAsync() => await Task.WhenAll((await mirrors()).Select(AskAsync));

    private async Task<Payload> ReadAsync()
    {
        if (await AskAsync(PartitionMap.Register) is not { } terms) return ViewWire.Write<NodeView>(null);
        return ViewWire.Write(Sum(terms, ledger.IsOpen ? ledger.Book.Limit : terms.Limit, await PartsAsync()) with { IsExact = false });
    }

    private async Task<NodeView?> AskAsync(int partition) =>
        ViewWire.Read<NodeView>(await grains.Partition(partition).AskAsync(PartitionQuestion.Of(QuestionKind.Node, key)));

    private static NodeView Sum(NodeView terms, long limit, NodeView?[] parts)
    {
        long? exposure = 0;
        long facilities = 0;
        foreach (var part in parts)
        {
            if (part is null) continue;
            exposure += part.Exposure;
            facilities += part.FacilityCount;
        }
        var windows = terms.VelocityLimits.Select(v => v with
        {
            AmountUsed = parts.Sum(p => UseOf(p, v.WindowSeconds).AmountUsed), CountUsed = parts.Sum(p => UseOf(p, v.WindowSeconds).CountUsed),
        });
        return terms with { Limit = limit, Exposure = exposure, Headroom = limit - exposure, FacilityCount = facilities, VelocityLimits = [.. windows] };
    }

    private static VelocityLimitView UseOf(NodeView? part, int windowSeconds) => part is null ? default : part.VelocityLimits.FirstOrDefault(w => w.WindowSeconds == windowSeconds);
}
