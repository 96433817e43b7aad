using System.Numerics;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Simulation.Model;

/// <summary>Questions about who lies above whom, answered by walking the links from scratch.</summary>
internal static class Graph
{
    /// <summary>The distinct ancestors of a node in path order, each with the share it bears of the node in parts per million.</summary>
    public static SortedDictionary<NodeKey, BigInteger> Path(World world, ModelNode start)
    {
        HashSet<NodeKey> above = Above(world, start.Parents);
        List<ModelNode> members = [start, .. above.Select(key => world.Nodes[key])];
        var shares = new Dictionary<NodeKey, BigInteger> { [start.Key] = Exact.Million };
        var path = new SortedDictionary<NodeKey, BigInteger>(KeyOrder.Instance);
        foreach (NodeKey key in above) path[key] = ShareIn(key, members, shares);
        return path;
    }

    /// <summary>Every node reached from the given links upward.</summary>
    public static HashSet<NodeKey> Above(World world, IEnumerable<ParentShare> links)
    {
        var seen = new HashSet<NodeKey>();
        var open = new Stack<NodeKey>(links.Select(link => link.Parent));
        while (open.TryPop(out NodeKey key))
        {
            if (!seen.Add(key)) continue;
            foreach (ParentShare link in world.Nodes[key].Parents) open.Push(link.Parent);
        }
        return seen;
    }

    /// <summary>The facilities at or below a node.</summary>
    public static List<ModelFacility> FacilitiesBelow(World world, ModelNode node) => node is ModelFacility facility
        ? [facility]
        : [.. world.Facilities(node.Key.Tenant).Where(below => Above(world, below.Parents).Contains(node.Key))];

    // A share along two links multiplies, rounded up; over several ways shares add up, at most the whole.
    private static BigInteger ShareIn(NodeKey key, List<ModelNode> members, Dictionary<NodeKey, BigInteger> shares)
    {
        if (shares.TryGetValue(key, out BigInteger known)) return known;
        BigInteger sum = 0;
        foreach (ModelNode child in members)
        {
            foreach (ParentShare link in child.Parents.Where(link => link.Parent == key))
            {
                sum += Exact.CeilDiv(ShareIn(child.Key, members, shares) * link.SharePpm, Exact.Million);
            }
        }
        return shares[key] = BigInteger.Min(sum, Exact.Million);
    }
}
