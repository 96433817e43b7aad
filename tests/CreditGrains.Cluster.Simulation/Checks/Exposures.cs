using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Leases;
using CreditGrains.Orleans.Partitions;

namespace CreditGrains.Cluster.Simulation.Checks;

/// <summary>What facilities add to shared nodes, added up from events by who opened what under whom, and held against limits in force and the bound on false declines.</summary>
internal sealed class Exposures(int partitions)
{
    private readonly Dictionary<NodeKey, NodeKey[]> parents = [];
    private readonly Dictionary<NodeKey, (int Partition, NodeKey[] Nodes, long Amount)> facilities = [];
    private readonly SortedDictionary<NodeKey, SharedNode> nodes = new(LeaseOrder.Instance);

    /// <summary>Shared nodes that were opened.</summary>
    public IEnumerable<NodeKey> Nodes => nodes.Keys;

    /// <summary>Facilities that were opened.</summary>
    public IEnumerable<NodeKey> Facilities => facilities.Keys;

    /// <summary>Facilities that count in a shared node.</summary>
    public IEnumerable<NodeKey> FacilitiesUnder(NodeKey node) => facilities.Where(f => f.Value.Nodes.Contains(node)).Select(f => f.Key);

    /// <summary>Shared nodes in which a facility counts.</summary>
    public NodeKey[] NodesOf(NodeKey facility) => facilities[facility].Nodes;

    /// <summary>Exposure of a shared node.</summary>
    public long Of(NodeKey node) => nodes[node].Sum;

    /// <summary>A node was opened.</summary>
    public void Open(OpenNode opening)
    {
        parents[opening.Key] = [.. opening.Parents.Select(p => p.Parent)];
        if (PartitionMap.IsShared(opening.Key.Kind)) nodes.TryAdd(opening.Key, new SharedNode(partitions));
    }

    /// <summary>A facility was opened.</summary>
    public void Open(OpenFacility opening, int partition)
    {
        var above = new HashSet<NodeKey>();
        var left = new Queue<NodeKey>(opening.Parents.Select(p => p.Parent));
        while (left.TryDequeue(out var next))
        {
            if (!above.Add(next)) continue;
            Checker.Require(parents.ContainsKey(next), $"{opening.Key} was opened under {next}, which was not");
            foreach (var parent in parents[next]) left.Enqueue(parent);
        }
        Checker.Require(facilities.TryAdd(opening.Key, (partition, [.. above.Where(k => PartitionMap.IsShared(k.Kind)).Order(LeaseOrder.Instance)], 0)), $"{opening.Key} was opened twice");
    }

    /// <summary>A node has a limit in force.</summary>
    public void LimitIs(NodeKey node, long limit, long now)
    {
        if (nodes.TryGetValue(node, out var shared)) shared.Limits.Add((now, limit));
    }

    /// <summary>A facility counts with another amount.</summary>
    public void Change(NodeKey facility, long amount, bool isApproval, long now, string what)
    {
        var (partition, above, before) = facilities[facility];
        facilities[facility] = (partition, above, amount);
        if (amount == before) return;
        foreach (var key in above)
        {
            var node = nodes[key];
            node.Change(partition, amount - before, isApproval, now);
            if (!isApproval || amount < before) continue;
            Checker.Require(node.Limits.Count > 0, $"{what}: approved under {key}, which has lent nothing");
            // What facts brought is not the approvals' fault.
            Checker.Require(node.Sum - node.FactSum <= node.Limits[^1].Limit, $"{what}: partition {partition} approved it under {key}: {node.Sum} used, {node.FactSum} of it by facts, limit in force {node.Limits[^1].Limit}");
        }
    }

    /// <summary>A request was declined by shared nodes alone: one of them had no more left than the bound allows (docs/leases.md).</summary>
    public void CheckDecline(NodeKey[] failing, long amount, long sentAt, long now, string what)
    {
        var rounding = partitions + 1;
        foreach (var key in failing)
        {
            var node = nodes[key];
            var (least, most) = node.LimitsSince(sentAt);
            if (amount > least - node.MostUsedSince(sentAt) - most / 1_024 - rounding) return;
        }
        Checker.Require(false, $"{what}: declined although there was room under {string.Join(", ", failing)} since it was sent {(now - sentAt) / 1e6:0.000} s before; " +
            string.Join(", ", failing.Select(k => $"{nodes[k].Sum} of {nodes[k].Limits.LastOrDefault().Limit} used")));
    }

    private sealed class SharedNode(int partitions)
    {
        private readonly long[] usage = new long[partitions + 1];
        private readonly long[] facts = new long[partitions + 1];
        private readonly List<(long At, long Usage)>[] history = [.. Enumerable.Range(0, partitions + 1).Select(_ => new List<(long, long)>())];

        public List<(long At, long Limit)> Limits { get; } = [];

        public long Sum => usage.Sum();

        public long FactSum => facts.Sum();

        public void Change(int partition, long change, bool isApproval, long now)
        {
            usage[partition] += change;
            if (!isApproval) facts[partition] = Math.Max(0, facts[partition] + change);
            history[partition].Add((now, usage[partition]));
        }

        /// <summary>The least and the most limit in force at some time since a time.</summary>
        public (long Least, long Most) LimitsSince(long at)
        {
            var since = Limits.Skip(Math.Max(0, Limits.FindLastIndex(l => l.At <= at))).Select(l => l.Limit).DefaultIfEmpty(0).ToArray();
            return (since.Min(), since.Max());
        }

        /// <summary>The sum of the most that each partition used at some time since a time.</summary>
        public long MostUsedSince(long at)
        {
            var sum = 0L;
            foreach (var changes in history) sum += changes.Skip(Math.Max(0, changes.FindLastIndex(c => c.At <= at))).Select(c => c.Usage).DefaultIfEmpty(0).Max();
            return sum;
        }
    }
}
