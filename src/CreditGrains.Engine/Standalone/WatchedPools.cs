using System.Collections.Concurrent;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Pools;

namespace CreditGrains.Engine.Standalone;

/// <summary>
/// Pools that callers ask about, at hand to be read. The writer copies one at the end of a batch that touched it; the flusher publishes the copy when that batch is durable, before its answers leave. So a
/// reading waits for neither the writer nor the disk, shows nothing that could be lost, and all that anybody was told. The first question about a pool goes by the writer and begins this; it ends when
/// nobody asks any more.
/// </summary>
/// <param name="clock">The host's clock.</param>
internal sealed class WatchedPools(TimeProvider clock)
{
    /// <summary>How long a pool is kept at hand after the last question.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int PoolsMax = 256;

    // Where nobody asked since the last copy, the next waits until copies have taken at most this part of the writer's time.
    private const int PartOfTime = 32;

    private readonly ConcurrentDictionary<NodeKey, Watched> byKey = [];
    private readonly List<Watched> watched = [];
    private readonly long patienceTicks = (long)(Patience.TotalSeconds * clock.TimestampFrequency);
    private Moment? published;

    /// <summary>Pools at hand; the writer's own.</summary>
    public int Count => watched.Count;

    /// <summary>The newest durable state of a pool, when it is at hand; any thread.</summary>
    /// <param name="key">The pool.</param>
    /// <param name="durableSequence">Newest durable event, which the state must not be behind: the flusher may be about to publish it.</param>
    public PoolState? Find(NodeKey key, long durableSequence)
    {
        if (!byKey.TryGetValue(key, out var pool)) return null;
        Volatile.Write(ref pool.AskedAt, clock.GetTimestamp());
        pool.IsAsked = true;
        // The moment first: a copy is published before its moment, and counts until the next, so what is found holds at the moment or is younger.
        var moment = Volatile.Read(ref published);
        if (moment is null || moment.Sequence < durableSequence || Volatile.Read(ref pool.State) is not { } state) return null;
        return moment.Sequence > state.Sequence ? state with { Sequence = moment.Sequence, AsOfMicros = moment.RecordedAtMicros } : state;
    }

    /// <summary>Has a pool at hand from the end of this batch on, when there is room; the writer, inside a batch.</summary>
    public void Watch(LivePool pool)
    {
        if (watched.Count >= PoolsMax || byKey.ContainsKey(pool.Key)) return;
        var added = new Watched(pool) { AskedAt = clock.GetTimestamp() };
        watched.Add(added);
        byKey[pool.Key] = added;
    }

    /// <summary>Copies what a batch touched; the writer, at its end.</summary>
    /// <returns>What is to be published when the batch is durable; null when no pool is watched.</returns>
    public Copies? Take(Partition partition)
    {
        if (watched.Count == 0) return null;
        Forget();
        List<(Watched, PoolState?)>? states = null;
        foreach (var pool in watched)
        {
            var changes = pool.Live.Ledger.Changes;
            if (changes == pool.Changes) continue;
            if (Copy(partition, pool) is var state && state is null && pool.IsBehind) continue;
            pool.IsBehind = state is null;
            if (state is not null) pool.Changes = changes;
            (states ??= []).Add((pool, state));
        }
        return new Copies(new Moment(partition.Executor.LastSequence, partition.Executor.LastRecordedAtMicros), states);
    }

    /// <summary>Shows the copies of a batch; the flusher, when it is durable and before it is told to anybody.</summary>
    public void Publish(Copies copies)
    {
        if (copies.States is { } states)
            foreach (var (pool, state) in states) Volatile.Write(ref pool.State, state);
        Volatile.Write(ref published, copies.Moment);
    }

    /// <summary>Ends what nobody asks about any more; the writer.</summary>
    public void Forget()
    {
        if (watched.Count == 0) return;
        var since = clock.GetTimestamp() - patienceTicks;
        for (var i = watched.Count - 1; i >= 0; i--)
        {
            var pool = watched[i];
            if (Volatile.Read(ref pool.AskedAt) > since) continue;
            watched.RemoveAt(i);
            byKey.TryRemove(pool.Key, out _);
            // Whoever has found it and not yet looked goes by the writer.
            Volatile.Write(ref pool.State, null);
        }
    }

    /// <summary>A copy, or null when nobody waits for it and it would cost too much.</summary>
    private PoolState? Copy(Partition partition, Watched pool)
    {
        var start = clock.GetTimestamp();
        if (!pool.IsAsked && start < pool.NotBefore) return null;
        pool.IsAsked = false;
        var state = PoolReader.Read(partition, pool.Live);
        var end = clock.GetTimestamp();
        pool.NotBefore = end + (end - start) * PartOfTime;
        return state;
    }

    /// <summary>What a batch leaves behind for readers.</summary>
    /// <param name="Moment">The end of the batch.</param>
    /// <param name="States">Copies of pools it touched; without a copy the pool is at hand no more until there is one. Null when there is nothing.</param>
    internal sealed record Copies(Moment Moment, List<(Watched Pool, PoolState? State)>? States);

    /// <summary>The end of a batch.</summary>
    /// <param name="Sequence">Its newest event.</param>
    /// <param name="RecordedAtMicros">Its writer time.</param>
    internal sealed record Moment(long Sequence, long RecordedAtMicros);

    /// <summary>A pool that is asked about.</summary>
    internal sealed class Watched(LivePool live)
    {
        /// <summary>The pool itself; the writer's own.</summary>
        public LivePool Live => live;

        public NodeKey Key => live.Key;

        /// <summary>Its newest durable state; null when it has to be asked for.</summary>
        public PoolState? State;

        /// <summary>When it was asked about last.</summary>
        public long AskedAt;

        /// <summary>Whether it was asked about since the last copy.</summary>
        public volatile bool IsAsked = true;

        /// <summary>The ledger's count of changes at the last copy; the writer's own, as what follows.</summary>
        public long Changes = -1;

        /// <summary>Whether it changed since and readers were told so.</summary>
        public bool IsBehind;

        /// <summary>When the next copy may be made that nobody waits for.</summary>
        public long NotBefore;
    }
}
