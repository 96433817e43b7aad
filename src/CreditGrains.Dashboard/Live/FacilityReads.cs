using System.Collections.Concurrent;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Dashboard.Live;

/// <summary>Facilities that somebody of one audience looks at, each read once a tick however many look.</summary>
public sealed class FacilityReads(ICreditEngine engine)
{
    private long tick = -1;
    private ConcurrentDictionary<NodeKey, Lazy<Task<FacilityView?>>> reads = new();

    /// <summary>A facility as of a tick of the board; null when unknown.</summary>
    public Task<FacilityView?> ReadAsync(NodeKey key, long boardTick)
    {
        if (Interlocked.Exchange(ref tick, boardTick) != boardTick) reads = new();
        return reads.GetOrAdd(key, one => new Lazy<Task<FacilityView?>>(() => engine.GetFacilityAsync(one).AsTask())).Value;
    }
}
