using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Simulation.Model;

/// <summary>Questions about who lies above whom, answered by walking the links from scratch.</summary>
internal static class Graph
{
    private const long Whole = 1_000_000;

    /// <summary>The distinct ancestors of a node with their shares of it.</summary>
    public static SharePath Path(World world, ModelNode start)
    {
        HashSet<NodeKey> above = Above(world, start.Parents);
        var links = new Dictionary<NodeKey, List<(NodeKey Child, int SharePpm)>>();
        foreach (ModelNode child in above.Select(key => world.Nodes[key]).Append(start))
        {
            foreach (ParentShare link in child.Parents)
            {
                if (!links.TryGetValue(link.Parent, out var from)) links.Add(link.Parent, from = []);
                from.Add((child.Key, link.SharePpm));
            }
        }
        var shares = new Dictionary<NodeKey, long> { [start.Key] = Whole };
        foreach (NodeKey key in above) ShareIn(key, links, shares);
        shares.Remove(start.Key);
        return new SharePath(shares);
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

    // A share along two links multiplies, rounded up to a millionth; over several ways shares add up, at most the whole.
    private static long ShareIn(NodeKey key, Dictionary<NodeKey, List<(NodeKey Child, int SharePpm)>> links, Dictionary<NodeKey, long> shares)
    {
        if (shares.TryGetValue(key, out long known)) return known;
        long sum = 0;
        foreach ((NodeKey child, int sharePpm) in links[key]) sum += (ShareIn(child, links, shares) * sharePpm + Whole - 1) / Whole;
        return shares[key] = Math.Min(sum, Whole);
    }
}
