using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Dashboard.Live;

/// <summary>
/// Which nodes are the largest. Finds them by a sweep in short looks, so that the writer is never held up by the size of the book, and keeps their figures current one by one.
/// </summary>
internal sealed class NodeBoard(ICreditEngine engine, ushort tenant)
{
    /// <summary>Nodes shown.</summary>
    public const int Shown = 60;

    private const int RowsOfLook = 4_096;
    private const int LooksAtFirst = 64;
    private const int LooksAfter = 2;
    private readonly Dictionary<NodeKey, NodeView> largest = [];
    private long place;

    /// <summary>Whether a sweep has been through all nodes.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The largest nodes as they were last read, largest first.</summary>
    public IReadOnlyList<NodeView> Nodes { get; private set; } = [];

    /// <summary>Goes on with the sweep and reads the nodes shown again.</summary>
    public async Task TurnAsync()
    {
        var looks = IsComplete ? LooksAfter : LooksAtFirst;
        for (var look = 0; look < looks; look++)
        {
            var found = await engine.SweepNodesAsync(tenant, place, RowsOfLook);
            foreach (var node in found.Nodes) largest[node.Key] = node;
            place = found.NextPlace;
            Trim();
            if (place != 0) continue;
            IsComplete = true;
            break;
        }
        foreach (var key in largest.Keys.ToArray())
        {
            if (await engine.GetNodeAsync(key) is { } now) largest[key] = now;
            else largest.Remove(key);
        }
        Nodes = [.. largest.Values.OrderByDescending(node => node.Exposure ?? 0).ThenBy(node => node.Key.ToString(), StringComparer.Ordinal)];
    }

    private void Trim()
    {
        if (largest.Count <= Shown) return;
        foreach (var node in largest.Values.OrderByDescending(node => node.Exposure ?? 0).Skip(Shown).ToArray()) largest.Remove(node.Key);
    }
}
