using CreditGrains.Domain.Limits;

namespace CreditGrains.Simulation.Model;

/// <summary>The distinct ancestors in which a facility counts, in path order, each with the share it bears in parts per million.</summary>
internal sealed class SharePath
{
    private readonly Dictionary<NodeKey, long> _shares;

    public SharePath(Dictionary<NodeKey, long> shares)
    {
        _shares = shares;
        Ordered = [.. shares.Select(entry => (entry.Key, entry.Value)).OrderBy(entry => entry.Key, KeyOrder.Instance)];
    }

    public IReadOnlyList<(NodeKey Key, long SharePpm)> Ordered { get; }

    public bool Contains(NodeKey key) => _shares.ContainsKey(key);

    /// <summary>The share; 0 where it does not count.</summary>
    public long ShareIn(NodeKey key) => _shares.GetValueOrDefault(key);
}
