using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Graph;

/// <summary>
/// The links between facilities and nodes, and the paths that follow from them. A facility's stored path is where it is counted;
/// <see cref="Recount"/> brings path and exposures in line with the links.
/// </summary>
internal sealed class LimitGraph(PartitionState state, ExposureBook exposures)
{
    private readonly Dictionary<int, int> shares = [];
    private readonly Stack<int> pending = new();
    private readonly HashSet<int> seen = [];
    private readonly List<PathEntry> closure = [];

    /// <summary>Row of the link between a child and a direct parent, 0 when there is none.</summary>
    public int FindLink(ChildRef child, int parent)
    {
        for (var link = FirstParentOf(child); link != 0; link = state.Links.Read(link).NextParent)
            if (state.Links.Read(link).Parent == parent) return link;
        return 0;
    }

    /// <summary>Row of the link to the pool a facility is in, 0 when it is in none.</summary>
    public int FindPoolLink(int facility)
    {
        for (var link = FirstParentOf(ChildRef.Facility(facility)); link != 0; link = state.Links.Read(link).NextParent)
            if (state.Nodes.Read(state.Links.Read(link).Parent).Kind == NodeKind.Pool) return link;
        return 0;
    }

    /// <summary>Direct parents of a child.</summary>
    public int ParentCountOf(ChildRef child)
    {
        var count = 0;
        for (var link = FirstParentOf(child); link != 0; link = state.Links.Read(link).NextParent) count++;
        return count;
    }

    /// <summary>The direct parents of a child, in the order they were linked.</summary>
    public List<ParentShare> ParentsOf(ChildRef child)
    {
        var parents = new List<ParentShare>();
        for (var link = FirstParentOf(child); link != 0; link = state.Links.Read(link).NextParent)
        {
            ref readonly var row = ref state.Links.Read(link);
            parents.Add(new ParentShare(state.Nodes.Read(row.Parent).Key, row.SharePpm));
        }
        parents.Reverse();
        return parents;
    }

    /// <summary>Adds a link. Paths follow by <see cref="Recount"/>.</summary>
    public void Link(ChildRef child, int parent, int sharePpm)
    {
        var link = state.Links.Add();
        ref var row = ref state.Links.Write(link);
        ref var node = ref state.Nodes.Write(parent);
        row.Child = child;
        row.Parent = parent;
        row.SharePpm = sharePpm;
        row.NextParent = FirstParentOf(child);
        row.NextChild = node.FirstChild;
        if (node.FirstChild != 0) state.Links.Write(node.FirstChild).PreviousChild = link;
        node.FirstChild = link;
        node.ChildCount++;
        SetFirstParent(child, link);
    }

    /// <summary>Takes a link out. Paths follow by <see cref="Recount"/>.</summary>
    public void Unlink(int link)
    {
        var row = state.Links.Read(link);
        if (FirstParentOf(row.Child) == link)
        {
            SetFirstParent(row.Child, row.NextParent);
        }
        else
        {
            var before = FirstParentOf(row.Child);
            while (state.Links.Read(before).NextParent != link) before = state.Links.Read(before).NextParent;
            state.Links.Write(before).NextParent = row.NextParent;
        }
        ref var node = ref state.Nodes.Write(row.Parent);
        if (row.NextChild != 0) state.Links.Write(row.NextChild).PreviousChild = row.PreviousChild;
        if (row.PreviousChild != 0) state.Links.Write(row.PreviousChild).NextChild = row.NextChild;
        else node.FirstChild = row.NextChild;
        node.ChildCount--;
        state.Links.Free(link);
    }

    /// <summary>Whether one node is another or lies above it.</summary>
    public bool IsSelfOrAncestor(int candidate, int node)
    {
        seen.Clear();
        pending.Push(node);
        var found = false;
        while (pending.TryPop(out var current))
        {
            found |= current == candidate;
            if (found || !seen.Add(current)) continue;
            for (var link = state.Nodes.Read(current).FirstParent; link != 0; link = state.Links.Read(link).NextParent)
                pending.Push(state.Links.Read(link).Parent);
        }
        pending.Clear();
        return found;
    }

    /// <summary>
    /// The distinct ancestors of a child with their shares, sorted by kind, legal entity, id. Shares multiply along links and
    /// add up over ways, at most the whole. Bounded: stops above <paramref name="ancestorsMax"/>.
    /// </summary>
    /// <returns>Null when there are more than the bound.</returns>
    public List<PathEntry>? ClosureOf(ChildRef child, int ancestorsMax)
    {
        closure.Clear();
        if (!Order(child, ancestorsMax)) return null;
        // closure now lists the ancestors so that every child of a node comes before it: shares flow upward in one pass.
        shares.Clear();
        Flow(child, Share.WholePpm);
        return FlowUp();
    }

    private List<PathEntry> FlowUp()
    {
        for (var i = 0; i < closure.Count; i++)
        {
            var node = closure[i].Node;
            closure[i] = new PathEntry(node, shares[node]);
            Flow(ChildRef.Node(node), shares[node]);
        }
        closure.Sort((a, b) => CompareKeys(state.Nodes.Read(a.Node).Key, state.Nodes.Read(b.Node).Key));
        return closure;
    }

    /// <summary>What <see cref="ClosureOf"/> would be for a child that had these parents.</summary>
    public List<PathEntry>? ClosureOfParents(IReadOnlyList<(int Node, int SharePpm)> parents, int ancestorsMax)
    {
        closure.Clear();
        seen.Clear();
        foreach (var (node, _) in parents)
        {
            if (!seen.Add(node)) continue;
            if (seen.Count > ancestorsMax || !Visit(ChildRef.Node(node), ancestorsMax)) return null;
            closure.Add(new PathEntry(node, 0));
        }
        closure.Reverse();
        shares.Clear();
        foreach (var (node, sharePpm) in parents) AddShare(node, sharePpm);
        return FlowUp();
    }

    /// <summary>Facilities below a child.</summary>
    public long FacilitiesBelow(ChildRef child) => child.IsNode ? state.Nodes.Read(child.Row).FacilityCount : 1;

    /// <summary>
    /// Whether every facility below a child keeps at most 16 ancestors when the child gets a further parent. Exact up to
    /// <paramref name="exactMax"/> facilities; above that it adds the new ancestors to the longest path ever below, which
    /// may refuse one that would just fit.
    /// </summary>
    /// <param name="child">The child.</param>
    /// <param name="newParent">Row of the parent it gets.</param>
    /// <param name="lostLink">Link it gives up for it; 0 for none.</param>
    /// <param name="exactMax">See above.</param>
    public bool FitsPathBound(ChildRef child, int newParent, int lostLink, long exactMax)
    {
        var above = new HashSet<int> { newParent };
        if (!CollectAncestors(ChildRef.Node(newParent), above, lostLink)) return false;
        if (FacilitiesBelow(child) > exactMax) return state.Nodes.Read(child.Row).PathBelowMax + above.Count <= PathRow.PathMax;
        var visited = new HashSet<uint>();
        var walk = new Stack<ChildRef>();
        walk.Push(child);
        while (walk.TryPop(out var current))
        {
            if (!visited.Add(current.Value)) continue;
            HashSet<int> ancestors = [.. above];
            if (!CollectAncestors(current, ancestors, lostLink)) return false;
            if (!current.IsNode) continue;
            // A node itself takes one of its facilities' sixteen places.
            if (ancestors.Count >= PathRow.PathMax) return false;
            for (var link = state.Nodes.Read(current.Row).FirstChild; link != 0; link = state.Links.Read(link).NextChild)
                walk.Push(state.Links.Read(link).Child);
        }
        return true;
    }

    /// <summary>Makes a facility count in exactly the ancestors its links give it.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool Recount(int facility)
    {
        var now = ClosureOf(ChildRef.Facility(facility), PathRow.PathMax)
            ?? throw new InvalidOperationException("A facility has more than 16 ancestors: the bound was not checked.");
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        var before = state.PathOf(state.Facilities.Read(facility), buffer);
        if (before.SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(now))) return false;
        foreach (var entry in before) exposures.Count(entry.Node, state.Facilities.Read(facility), -entry.SharePpm);
        foreach (var entry in now) exposures.Count(entry.Node, state.Facilities.Read(facility), entry.SharePpm);
        StorePath(facility, now);
        foreach (var entry in now)
        {
            if (state.Nodes.Read(entry.Node).PathBelowMax < now.Count) state.Nodes.Write(entry.Node).PathBelowMax = (byte)now.Count;
        }
        return true;
    }

    /// <summary>Order of keys in paths.</summary>
    public static int CompareKeys(NodeKey a, NodeKey b)
    {
        var kind = (byte)a.Kind - (byte)b.Kind;
        if (kind != 0) return kind;
        var entity = a.LegalEntity.CompareTo(b.LegalEntity);
        return entity != 0 ? entity : a.Id.CompareTo(b.Id);
    }

    /// <summary>First link to a parent of a child.</summary>
    public int FirstParentOf(ChildRef child) =>
        child.IsNode ? state.Nodes.Read(child.Row).FirstParent : state.Facilities.Read(child.Row).FirstParent;

    private void SetFirstParent(ChildRef child, int link)
    {
        if (child.IsNode) state.Nodes.Write(child.Row).FirstParent = link;
        else state.Facilities.Write(child.Row).FirstParent = link;
    }

    private void Flow(ChildRef from, int sharePpm)
    {
        for (var link = FirstParentOf(from); link != 0; link = state.Links.Read(link).NextParent)
        {
            ref readonly var row = ref state.Links.Read(link);
            AddShare(row.Parent, Share.Along(sharePpm, row.SharePpm));
        }
    }

    private void AddShare(int node, int sharePpm) =>
        shares[node] = shares.TryGetValue(node, out var other) ? Share.Merge(other, sharePpm) : sharePpm;

    /// <summary>Fills <see cref="closure"/> with the ancestors, children before parents (reverse post-order of a depth-first walk).</summary>
    private bool Order(ChildRef child, int ancestorsMax)
    {
        seen.Clear();
        var fits = Visit(child, ancestorsMax);
        closure.Reverse();
        return fits;
    }

    // Depth is bounded by the ancestor bound: no recursion deeper than ancestorsMax + 1.
    private bool Visit(ChildRef child, int ancestorsMax)
    {
        for (var link = FirstParentOf(child); link != 0; link = state.Links.Read(link).NextParent)
        {
            var parent = state.Links.Read(link).Parent;
            if (!seen.Add(parent)) continue;
            if (seen.Count > ancestorsMax || !Visit(ChildRef.Node(parent), ancestorsMax)) return false;
            closure.Add(new PathEntry(parent, 0));
        }
        return true;
    }

    private bool CollectAncestors(ChildRef child, HashSet<int> ancestors, int lostLink)
    {
        for (var link = FirstParentOf(child); link != 0; link = state.Links.Read(link).NextParent)
        {
            if (link == lostLink) continue;
            var parent = state.Links.Read(link).Parent;
            if (!ancestors.Add(parent)) continue;
            if (ancestors.Count > PathRow.PathMax || !CollectAncestors(ChildRef.Node(parent), ancestors, lostLink)) return false;
        }
        return true;
    }

    private void StorePath(int facility, List<PathEntry> path)
    {
        ref var row = ref state.Facilities.Write(facility);
        var oldRow = !row.PathIsInline && row.PathCount > 0 ? row.Path[0] : 0;
        var fitsInline = path.Count <= FacilityRow.InlinePath.Length && path.TrueForAll(e => e.SharePpm == Share.WholePpm);
        row.PathCount = (byte)path.Count;
        row.PathIsInline = fitsInline;
        if (fitsInline)
        {
            if (oldRow != 0) state.Paths.Free(oldRow);
            for (var i = 0; i < FacilityRow.InlinePath.Length; i++) row.Path[i] = i < path.Count ? path[i].Node : 0;
            return;
        }
        var pathRow = oldRow != 0 ? oldRow : state.Paths.Add();
        row.Path = default;
        row.Path[0] = pathRow;
        ref var stored = ref state.Paths.Write(pathRow);
        stored.Owner = facility;
        stored.Count = path.Count;
        for (var i = 0; i < path.Count; i++) stored.Path[i] = path[i];
    }
}
