using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Pools;

namespace CreditGrains.Orleans.Alerts;

/// <summary>
/// Pools that may have moved, until their standing was read and judged. A few are read at once, the longest untried first; one that cannot be read is kept and tried again, and holds up no other. Not thread-safe: reads go on
/// in the turns of who calls.
/// </summary>
/// <param name="read">Reads a pool's standing.</param>
/// <param name="judge">Takes what was read, with the event that moved the pool.</param>
/// <param name="clock">Of the waits.</param>
internal sealed class MovedPools(Func<NodeKey, Task<PoolState?>> read, Action<NodeKey, PoolState?, long> judge, TimeProvider clock)
{
    /// <summary>Most pools read at once: each is read whole.</summary>
    public const int ReadsMax = 4;

    private readonly Dictionary<NodeKey, Moved> moved = [];
    private readonly List<Task> reading = [];
    private long tries;

    /// <summary>Which pool cannot be read, and why, the first of them; null when all can.</summary>
    public string? Fault => moved.Where(pair => pair.Value.Fault is not null).OrderBy(pair => pair.Key.ToString(), StringComparer.Ordinal).Select(pair => $"{pair.Key}: {pair.Value.Fault}").FirstOrDefault();

    /// <summary>A pool may have moved.</summary>
    public void Note(NodeKey pool, long sequence)
    {
        if (moved.TryGetValue(pool, out var known)) known.Sequence = sequence;
        else moved.Add(pool, new Moved { Sequence = sequence });
    }

    /// <summary>Forgets all, as other rules are in force. What is being read is not judged.</summary>
    public void Clear() => moved.Clear();

    /// <summary>Reads those that are waiting, as many as may be read at once; ends when they are judged, or after a while. Never fails.</summary>
    public async Task ReadAsync(TimeSpan waitMax)
    {
        reading.RemoveAll(task => task.IsCompleted);
        foreach (var (pool, one) in moved.Where(pair => !pair.Value.IsBeingRead).OrderBy(pair => pair.Value.Tried).Take(ReadsMax - reading.Count).ToArray()) reading.Add(ReadAsync(pool, one));
        await Task.WhenAll(reading).WaitAsync(waitMax, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private async Task ReadAsync(NodeKey pool, Moved one)
    {
        var sequence = one.Sequence;
        (one.IsBeingRead, one.Tried) = (true, ++tries);
        try
        {
            var state = await read(pool);
            if (!moved.TryGetValue(pool, out var now) || !ReferenceEquals(now, one)) return;
            judge(pool, state, sequence);
            one.Fault = null;
            // It may have moved again since it was asked.
            if (one.Sequence == sequence) moved.Remove(pool);
        }
        catch (Exception failure)
        {
            // Told with the list; it is read again by a later pass.
            one.Fault = $"it cannot be read: {failure.Message}";
        }
        finally
        {
            one.IsBeingRead = false;
        }
    }

    private sealed class Moved
    {
        public long Sequence;
        public long Tried;
        public bool IsBeingRead;
        public string? Fault;
    }
}
