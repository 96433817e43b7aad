using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Leases;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Orleans.Partitions;

/// <summary>How shared nodes stand in a partition, and what commands would add to them: amounts that the engine checks against their rows, whose limits are grants. Reads only.</summary>
internal sealed class SharedUsage(Partition partition) : IUsageView
{
    /// <inheritdoc/>
    public long UsageOf(NodeKey node)
    {
        var row = partition.State.FindNode(node);
        return row == 0 ? 0 : UsageOf(partition.State.Nodes.Read(row));
    }

    /// <summary>Exposure of a row, a stale rate being the best there is; without any rate nobody knows it, and then nothing more is used here.</summary>
    public long UsageOf(in NodeRow node) =>
        partition.Executor.Exposures.TryGet(node, node.Currency, 0, NowMicros, out var exposure) != Reason.FxRateMissing
            ? Math.Clamp(exposure, 0, LeasePolicy.AmountMax) : LeasePolicy.AmountMax;

    /// <summary>The grant: the limit of the node's row; 0 without a row.</summary>
    public long GrantOf(NodeKey key) => partition.State.FindNode(key) is var row and not 0 ? partition.State.Nodes.Read(row).Limit : 0;

    /// <summary>Every shared node with a row here.</summary>
    public List<OpenedNode> Nodes()
    {
        var nodes = new List<OpenedNode>();
        for (var row = 1; row < partition.State.Nodes.End; row++)
        {
            ref readonly var node = ref partition.State.Nodes.Read(row);
            if (node.Id != 0 && PartitionMap.IsShared(node.Kind)) nodes.Add(new OpenedNode(node.Key, node.Limit));
        }
        return nodes;
    }

    /// <summary>Whether a command may be declined for want of headroom on shared nodes: requests, and what opens or raises a facility where commitments count.</summary>
    public static bool IsRequest(in Command command) => command.Kind switch
    {
        CommandKind.ResolveReferral => (command.Options & CommandOptions.Accept) != 0,
        CommandKind.OpenFacility => true,
        CommandKind.SetLimit => command.Facility.IsFacility,
        _ => command.Kind.IsRequest(),
    };

    /// <summary>Whether a fact may add to what nodes count: all but those that only take away.</summary>
    public static bool MayRaise(CommandKind kind) => kind is not (CommandKind.Void or CommandKind.Repay or CommandKind.WriteOff or CommandKind.Recover);

    /// <summary>What a request adds to each shared node of its path. Empty: nothing, or the engine turns it down whatever the grants are.</summary>
    /// <param name="command">The request.</param>
    /// <param name="needs">Gets them.</param>
    /// <param name="part">The part of its amount that is asked for; 0 is all.</param>
    public void Needs(in Command command, List<LeaseNeed> needs, long part = 0)
    {
        needs.Clear();
        if (command.Control is OpenFacility opening)
        {
            NeedsOf(opening, needs);
            return;
        }
        var row = partition.State.FindFacility(command.Facility);
        if (row == 0) return;
        ref readonly var facility = ref partition.State.Facilities.Read(row);
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        var path = partition.State.PathOf(facility, buffer);
        if (command.Control is SetLimit change)
        {
            if (change.FromMicros > NowMicros || change.Limit <= facility.Limit) return;
            foreach (var entry in path) NeedOf(entry, facility.Currency, facility.Balances, facility.Limit, change.Limit, needs);
            return;
        }
        var amount = part > 0 ? part : AmountOf(command);
        if (amount <= 0) return;
        foreach (var entry in path)
        {
            ref readonly var node = ref partition.State.Nodes.Read(entry.Node);
            if (!PartitionMap.IsShared(node.Kind)) continue;
            var added = partition.Executor.Limits.AddedTo(facility, entry, amount, NowMicros);
            if (added is < 0 or > LeasePolicy.AmountMax)
            {
                // The engine refuses for want of a rate, or declines what no limit can hold; both by name.
                needs.Clear();
                return;
            }
            if (added > 0) needs.Add(new LeaseNeed(node.Key, added));
        }
    }

    /// <summary>The shared nodes on a facility's path that are above their grants.</summary>
    public void Excesses(NodeKey facility, HashSet<NodeKey> excesses)
    {
        var row = partition.State.FindFacility(facility);
        if (row == 0) return;
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        foreach (var entry in partition.State.PathOf(partition.State.Facilities.Read(row), buffer))
        {
            ref readonly var node = ref partition.State.Nodes.Read(entry.Node);
            if (PartitionMap.IsShared(node.Kind) && UsageOf(node) > node.Limit) excesses.Add(node.Key);
        }
    }

    private long NowMicros => partition.Executor.LastRecordedAtMicros;

    private long AmountOf(in Command command)
    {
        if (command.Kind != CommandKind.ResolveReferral) return command.Amount;
        var row = partition.State.FindItem(command.Reference);
        return row == 0 ? 0 : partition.State.Items.Read(row).Amount;
    }

    private void NeedsOf(OpenFacility opening, List<LeaseNeed> needs)
    {
        var parents = new List<(int Row, int SharePpm)>(opening.Parents.Count);
        foreach (var parent in opening.Parents)
        {
            var row = partition.State.FindNode(parent.Parent);
            if (row == 0) return;
            parents.Add((row, parent.SharePpm));
        }
        if (partition.Executor.Graph.ClosureOfParents(parents, PathRow.PathMax) is not { } path) return;
        var balances = default(FacilityBalances) with { Principal = opening.OpeningPrincipal };
        foreach (var entry in path) NeedOf(entry, opening.Currency, balances, -1, opening.Limit, needs);
    }

    /// <summary>What a commitment adds, where commitments count; what is drawn is a fact.</summary>
    private void NeedOf(
        PathEntry entry, Domain.Money.Currency currency, in FacilityBalances balances, long limitBefore, long limitAfter, List<LeaseNeed> needs)
    {
        ref readonly var node = ref partition.State.Nodes.Read(entry.Node);
        if (!PartitionMap.IsShared(node.Kind) || !node.Basis.DependsOnLimit) return;
        var was = limitBefore < 0 ? 0 : Contribution.Of(node.Basis, balances, limitBefore);
        var delta = (Int128)(Contribution.Of(node.Basis, balances, limitAfter) - was) * entry.SharePpm;
        if (delta <= 0 || partition.Executor.Exposures.TryGet(node, currency, delta, NowMicros, out var after) != Reason.None) return;
        var added = after - UsageOf(node);
        if (added is > 0 and <= LeasePolicy.AmountMax) needs.Add(new LeaseNeed(node.Key, added));
    }
}
