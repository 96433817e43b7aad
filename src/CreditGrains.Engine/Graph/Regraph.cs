using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Graph;

/// <summary>
/// Recounts the facilities below a child after its links changed: at once when they are few, else slice by slice, each slice an
/// event. The walk is a stack of link positions; child lists only grow at their head meanwhile (changes of the graph wait), so
/// it never misses a facility that was there at the start, and replay of the same slices walks the same way.
/// </summary>
internal sealed class Regraph(PartitionState state, LimitGraph graph)
{
    private readonly Stack<int> links = new();
    private readonly HashSet<int> visited = [];
    private int single;

    /// <summary>The node whose links changed.</summary>
    public Domain.Limits.NodeKey Root { get; private set; }

    /// <summary>Whether a sliced change is under way.</summary>
    public bool IsActive { get; private set; }

    /// <summary>Recounts everything below a child now.</summary>
    public void RunAtOnce(ChildRef child)
    {
        Begin(child);
        while (NextFacility() is var facility and not 0) graph.Recount(facility);
        visited.Clear();
    }

    /// <summary>Starts a sliced change.</summary>
    public void Start(ChildRef child)
    {
        Begin(child);
        Root = state.Nodes.Read(child.Row).Key;
        IsActive = true;
    }

    /// <summary>The keys of the next facilities in line, without moving on.</summary>
    public Domain.Limits.NodeKey[] Peek(int length)
    {
        var savedLinks = links.Reverse().ToArray();
        var savedVisited = new List<int>();
        var keys = new List<Domain.Limits.NodeKey>(length);
        while (keys.Count < length && NextFacility(savedVisited) is var facility and not 0) keys.Add(state.Facilities.Read(facility).Key);
        foreach (var node in savedVisited) visited.Remove(node);
        links.Clear();
        foreach (var link in savedLinks) links.Push(link);
        return [.. keys];
    }

    /// <summary>Recounts the next facilities in line. A length of 0 ends the change.</summary>
    public void Apply(int length)
    {
        for (var i = 0; i < length; i++) graph.Recount(NextFacility());
        if (length > 0) return;
        IsActive = false;
        links.Clear();
        visited.Clear();
    }

    private void Begin(ChildRef child)
    {
        links.Clear();
        visited.Clear();
        single = child.IsNode ? 0 : child.Row;
        if (child.IsNode && state.Nodes.Read(child.Row).FirstChild is var first and not 0) links.Push(first);
    }

    private int NextFacility(List<int>? noted = null)
    {
        if (single != 0)
        {
            var facility = single;
            single = 0;
            return facility;
        }
        while (links.TryPop(out var link))
        {
            var row = state.Links.Read(link);
            if (row.NextChild != 0) links.Push(row.NextChild);
            if (!row.Child.IsNode) return row.Child.Row;
            if (!visited.Add(row.Child.Row)) continue;
            noted?.Add(row.Child.Row);
            if (state.Nodes.Read(row.Child.Row).FirstChild is var first and not 0) links.Push(first);
        }
        return 0;
    }
}
