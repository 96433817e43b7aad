using CreditGrains.Engine;
using CreditGrains.Engine.Alerts;
using CreditGrains.Engine.Queries;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Alerts;

/// <summary>
/// The alerts of the whole cluster at one silo: about every second it asks each partition, and the register, what changed, and keeps a copy. So every silo shows the same list, up to a second old.
/// </summary>
internal sealed class ClusterAlerts : IAlertDesk, IAsyncDisposable
{
    /// <summary>How long before a cursor's event changes are told again: changes of partitions are not in the order of the feed.</summary>
    public static readonly TimeSpan ToldAgain = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    // Silos that start together find each other first: the first would open every partition.
    private static readonly TimeSpan FirstAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);
    private readonly IClusterGrains grains;
    private readonly Func<AlertRules> rules;
    private readonly Func<long, ValueTask<EventRecord?>> find;
    private readonly TimeProvider clock;
    private readonly AlertMirror[] mirrors;
    private readonly List<AlertChange> changes = [];
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Task following;
    private TaskCompletionSource passed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long changeCount;

    /// <param name="grains">The way to partitions.</param>
    /// <param name="partitions">How many hold accounts.</param>
    /// <param name="rules">Those of this silo.</param>
    /// <param name="find">Finds an event by its sequence.</param>
    /// <param name="clock">Of the pauses.</param>
    public ClusterAlerts(IClusterGrains grains, int partitions, Func<AlertRules> rules, Func<long, ValueTask<EventRecord?>> find, TimeProvider clock)
    {
        (this.grains, this.rules, this.find, this.clock) = (grains, rules, find, clock);
        mirrors = [.. Enumerable.Range(0, partitions + 1).Select(_ => new AlertMirror())];
        following = Task.Run(FollowAsync);
    }

    /// <inheritdoc/>
    public AlertView Read(ushort tenant, int take)
    {
        lock (gate)
        {
            var counts = mirrors.SelectMany(mirror => mirror.Counts).Where(count => tenant == 0 || count.Tenant == tenant).ToArray();
            var raised = take == 0 ? [] : AlertBook.InOrder(mirrors.SelectMany(mirror => mirror.Standing).Where(alert => tenant == 0 || alert.Subject.Key.Tenant == tenant)).Take(take).ToArray();
            var newest = mirrors.MaxBy(mirror => mirror.Micros)!;
            var missing = Array.FindIndex(mirrors, mirror => mirror.Fault is not null);
            return new AlertView(
                rules(), raised, counts.Sum(count => count.Info), counts.Sum(count => count.Warning), counts.Sum(count => count.Critical), changeCount, mirrors.Sum(mirror => mirror.Unwatched),
                newest.Sequence, newest.Micros, missing < 0 ? null : $"alerts may be missing: {(missing == PartitionMap.Register ? "shared nodes" : $"partition {missing}")}: {mirrors[missing].Fault}");
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<AlertChange> Newest(ushort tenant, int take)
    {
        lock (gate) return [.. changes.Where(change => tenant == 0 || change.Alert.Subject.Key.Tenant == tenant).OrderByDescending(change => change.Micros).Take(take)];
    }

    /// <inheritdoc/>
    public async ValueTask<IAlertReader> FollowAsync(long afterSequence, bool isFromNow)
    {
        var again = (long)ToldAgain.TotalMicroseconds;
        if (isFromNow)
        {
            // A silo that has just started hears of what was long ago only now.
            var now = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            lock (gate) return new Reader(this, changeCount, now - again);
        }

        return new Reader(this, 0, afterSequence == 0 || await find(afterSequence) is not { } e ? 0 : e.RecordedAtMicros - again);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await following;
        stop.Dispose();
    }

    private async Task FollowAsync()
    {
        try
        {
            await Task.Delay(FirstAfter, clock, stop.Token);
            while (true)
            {
                await Task.WhenAll(Enumerable.Range(0, mirrors.Length).Select(AskAsync));
                Interlocked.Exchange(ref passed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
                await Task.Delay(Every, clock, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The silo stops.
            return;
        }
    }

    private async Task AskAsync(int partition)
    {
        var mirror = mirrors[partition];
        try
        {
            for (var hasMore = true; hasMore && !stop.IsCancellationRequested;)
            {
                AlertAsk ask;
                lock (gate) ask = mirror.AskOf(mirrors.Max(one => one.Micros));
                var report = ViewWire.Read<AlertReport>(await grains.Partition(partition).RiskAsync(AlertWire.Alerts(ask)))!;
                lock (gate)
                {
                    var told = mirror.Take(report, ClusterRules.StampOf(rules()));
                    changes.AddRange(told);
                    changeCount += told.Count;
                    if (changes.Count >= 2 * AlertBook.ChangesMax) changes.RemoveRange(0, changes.Count - AlertBook.ChangesMax);
                }
                hasMore = report.HasMore;
            }
        }
        catch (Exception failure)
        {
            // Told with the list; the next pass asks again.
            lock (gate) mirror.Miss($"it does not answer: {failure.Message}");
        }
    }

    /// <summary>Completes once a partition was looked at up to an event.</summary>
    private async ValueTask FollowedAsync(long sequence, CancellationToken cancellationToken)
    {
        var mirror = mirrors[PartitionMap.OfSequence(sequence)];
        var began = clock.GetTimestamp();
        while (true)
        {
            var next = Volatile.Read(ref passed).Task;
            string? fault;
            lock (gate)
            {
                if (mirror.Sequence >= sequence) return;
                fault = mirror.Fault;
            }
            if (clock.GetElapsedTime(began) > WaitMax) throw new EngineFaultException($"Alerts have not been looked at up to decision {sequence} for {WaitMax.TotalSeconds:0} s{(fault is null ? "" : $": {fault}")}. Go on from the last cursor.", null);
            await next.WaitAsync(WaitMax, clock, cancellationToken);
        }
    }

    /// <summary>Tells changes in the order in which this silo heard of them.</summary>
    private sealed class Reader(ClusterAlerts alerts, long told, long fromMicros) : IAlertReader
    {
        private long told = told;

        /// <inheritdoc/>
        public async ValueTask<IReadOnlyList<AlertChange>> BeforeAsync(long sequence, CancellationToken cancellationToken)
        {
            await alerts.FollowedAsync(sequence, cancellationToken);
            return Meanwhile();
        }

        /// <inheritdoc/>
        public IReadOnlyList<AlertChange> Meanwhile()
        {
            lock (alerts.gate)
            {
                var (first, list) = (alerts.changeCount - alerts.changes.Count, alerts.changes);
                var at = (int)Math.Max(0, told - first);
                told = alerts.changeCount;
                return at >= list.Count ? [] : [.. list.Skip(at).Where(change => change.Micros >= fromMicros)];
            }
        }
    }
}
