using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Queries;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Nodes;

/// <summary>What a shared node is, put together: its terms from the register, its use from the partitions that have a row of it.</summary>
internal sealed class NodeReadings
{
    private readonly NodeKey key;
    private readonly SiloServices silo;
    private readonly IClusterGrains grains;
    private readonly NodeLedger ledger;
    private readonly SharedRead<Payload> view;

    /// <param name="key">The node.</param>
    /// <param name="silo">What grains share.</param>
    /// <param name="grains">The way to partitions.</param>
    /// <param name="ledger">Its book.</param>
    public NodeReadings(NodeKey key, SiloServices silo, IClusterGrains grains, NodeLedger ledger)
    {
        this.key = key;
        this.silo = silo;
        this.grains = grains;
        this.ledger = ledger;
        view = new SharedRead<Payload>(ReadViewAsync);
    }

    private IPartitionGrain Register => grains.Partition(PartitionMap.Register);

    /// <summary>Terms to be acted upon: not those of a register that was taken over and does not know.</summary>
    public async Task<NodeView?> TermsAsync() => ViewWire.Read<NodeView?[]>(await Register.TermsAsync(KeyWire.Write([key])))![0];

    /// <summary>The partitions with a row of the node, or about to open one.</summary>
    public async Task<IEnumerable<int>> MirrorsAsync() => (await silo.Mirrors.OfAsync(key)).Union(ledger.MirrorsBefore);

    /// <summary>The node's row in each of them; null where there is none yet.</summary>
    public async Task<NodeView?[]> MirrorViewsAsync() => await Task.WhenAll((await MirrorsAsync()).Select(p => AskAsync(grains.Partition(p))));

    /// <summary>Limit, exposure and what is lent, as of about now; null when there is no such node.</summary>
    public async Task<NodeStanding?> StandingAsync()
    {
        if (await AskAsync(Register) is not { } terms) return null;
        return ledger.IsOpen
            ? new NodeStanding(ledger.Book.Limit, (long)ledger.Book.GrantSum, (long)ledger.Book.UsageSum, ledger.Book.Entries.Count, ledger.Book.IsCutting)
            : new NodeStanding(terms.Limit, 0, 0, 0, false);
    }

    /// <summary>The node as callers see it; those who ask meanwhile share one reading.</summary>
    public Task<Payload> ViewAsync() => view.ReadAsync();

    /// <summary>The node as of a past moment.</summary>
    public async Task<Payload> ViewAsOfAsync(long asOfMicros)
    {
        var question = PartitionQuestion.Of(QuestionKind.NodeAsOf, key, asOfMicros);
        if (ViewWire.Read<NodeView>(await Register.AskLongAsync(question)) is not { } terms) return ViewWire.Write<NodeView>(null);
        var parts = await Task.WhenAll((await MirrorsAsync()).Select(async p => ViewWire.Read<NodeView>(await grains.Partition(p).AskLongAsync(question))));
        return ViewWire.Write(Sum(terms, terms.Limit, parts) with { IsExact = terms.IsExact && Array.TrueForAll(parts, p => p is null or { IsExact: true }) });
    }

    private async Task<Payload> ReadViewAsync()
    {
        if (await AskAsync(Register) is not { } terms) return ViewWire.Write<NodeView>(null);
        return ViewWire.Write(Sum(terms, ledger.IsOpen ? ledger.Book.Limit : terms.Limit, await MirrorViewsAsync()) with { IsExact = false });
    }

    private async Task<NodeView?> AskAsync(IPartitionGrain partition) => ViewWire.Read<NodeView>(await partition.AskAsync(PartitionQuestion.Of(QuestionKind.Node, key)));

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
