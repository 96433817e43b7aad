using CreditGrains.Domain.Clocks;
using CreditGrains.Engine;
using CreditGrains.Engine.Alerts;
using CreditGrains.Engine.Queries;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Alerts;

/// <summary>
/// The alerts of the whole cluster at one silo: about every second it asks each partition, and the register, what changed, and keeps a copy. So every silo shows the same list, up to a second old. One that does not answer keeps what it told, is said, and holds up no other.
/// </summary>
internal sealed class ClusterAlerts : IAlertDesk, IAsyncDisposable
{
    /// <summary>How long before a cursor's event changes are told again: changes of partitions are not in the order of the feed.</summary>
    public static readonly TimeSpan ToldAgain = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    // Silos that start together find each other first: the first would open every partition.
    private static readonly TimeSpan FirstAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan WaitStep = TimeSpan.FromSeconds(1);
    private readonly IClusterGrains grains;
    private readonly Func<AlertRules> rules;
    private readonly Func<long, ValueTask<EventRecord?>> find;
    private readonly TimeProvider clock;
    private readonly AlertMirror[] mirrors;
    private readonly List<(AlertChange Change, long HeardMicros)> changes = [];
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Task following;
    private readonly OpenAsks asks;
    private readonly TaskCompletionSource[] heard;
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
        heard = [.. mirrors.Select(_ => NewHeard())];
        asks = new OpenAsks(mirrors.Length, clock);
        following = Task.Run(FollowAsync);
    }

    /// <inheritdoc/>
    public AlertView Read(ushort tenant, int take)
    {
        (IReadOnlyList<RaisedAlert> Standing, IReadOnlyList<TenantAlerts> Counts, long Unwatched, long Sequence, long Micros, string? Fault)[] seen;
        long changed;
        // What is kept by a mirror is never changed, only replaced: sorted outside, so that nobody waits for it.
        lock (gate) (seen, changed) = ([.. mirrors.Select(mirror => (mirror.Standing, mirror.Counts, mirror.Unwatched, mirror.Sequence, mirror.Micros, mirror.Fault))], changeCount);
        var counts = seen.SelectMany(one => one.Counts).Where(count => tenant == 0 || count.Tenant == tenant).ToArray();
        var raised = take == 0 ? [] : AlertBook.InOrder(seen.SelectMany(one => one.Standing).Where(alert => tenant == 0 || alert.Subject.Key.Tenant == tenant)).Take(take).ToArray();
        var newest = seen.MaxBy(one => one.Micros);
        var missing = Array.FindIndex(seen, one => one.Fault is not null);
        return new AlertView(
            rules(), raised, counts.Sum(count => count.Info), counts.Sum(count => count.Warning), counts.Sum(count => count.Critical), changed, seen.Sum(one => one.Unwatched),
            newest.Sequence, newest.Micros, missing < 0 ? null : $"alerts may be missing: {(missing == PartitionMap.Register ? "shared nodes" : $"partition {missing}")}: {seen[missing].Fault}");
    }

    /// <inheritdoc/>
    public IReadOnlyList<AlertChange> Newest(ushort tenant, int take)
    {
        AlertChange[] all;
        lock (gate) all = [.. changes.Select(one => one.Change)];
        return [.. all.Where(change => tenant == 0 || change.Alert.Subject.Key.Tenant == tenant).OrderByDescending(change => change.Micros).Take(take)];
    }

    /// <inheritdoc/>
    public async ValueTask<IAlertReader> FollowAsync(long afterSequence, bool isFromNow)
    {
        var again = (long)ToldAgain.TotalMicroseconds;
        if (isFromNow)
        {
            // A silo that has just started hears of what was long ago only now.
            lock (gate) return new Reader(this, changeCount, clock.UnixMicros() - again);
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
                // A partition that does not answer holds up nobody but itself.
                await asks.PassAsync(AskAsync, Every, stop.Token);
                foreach (var (partition, seconds) in asks.Silent())
                    lock (gate) mirrors[partition].Miss($"it has not answered for {seconds} s");
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
            for (var hasMore = true; hasMore;)
            {
                AlertAsk ask;
                lock (gate) ask = mirror.AskOf(mirrors.Max(one => one.Micros));
                asks.Begin(partition);
                var report = ViewWire.Read<AlertReport>(await grains.Partition(partition).RiskAsync(AlertWire.Alerts(ask)).WaitAsync(stop.Token))!;
                lock (gate)
                {
                    var isFirst = mirror.Desk == 0;
                    var told = mirror.Take(report, ClusterRules.StampOf(rules()));
                    // What a desk tells who knows nothing yet may be of long ago; whatever else is told is news, whenever its figure moved.
                    var now = clock.UnixMicros();
                    changes.AddRange(told.Select(change => (change, isFirst ? change.Micros : now)));
                    changeCount += told.Count;
                    if (changes.Count >= 2 * AlertBook.ChangesMax) changes.RemoveRange(0, changes.Count - AlertBook.ChangesMax);
                    hasMore = report.HasMore && mirror.Desk == report.State.Desk;
                }
                Hear(partition);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The silo stops.
            return;
        }
        catch (Exception failure)
        {
            // Told with the list; the next pass asks again.
            lock (gate) mirror.Miss($"it does not answer: {failure.Message}");
        }
    }

    private void Hear(int partition) => Interlocked.Exchange(ref heard[partition], NewHeard()).TrySetResult();

    private static TaskCompletionSource NewHeard() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes once a partition was looked at up to an event.</summary>
    private async ValueTask FollowedAsync(long sequence, CancellationToken cancellationToken)
    {
        var partition = PartitionMap.OfSequence(sequence);
        var mirror = mirrors[partition];
        var began = clock.GetTimestamp();
        while (true)
        {
            var next = Volatile.Read(ref heard[partition]).Task;
            string? fault;
            lock (gate)
            {
                if (mirror.Sequence >= sequence) return;
                fault = mirror.Fault;
            }
            if (clock.GetElapsedTime(began) >= WaitMax) throw new EngineFaultException($"Alerts have not been looked at up to decision {sequence} for {WaitMax.TotalSeconds:0} s{(fault is null ? "" : $": {fault}")}. Go on from the last cursor.", null);
            // In steps, so that one that is never heard of is said with its fault.
            await next.WaitAsync(WaitStep, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Tells changes in the order in which this silo heard of them.</summary>
    /// <param name="alerts">Of the silo.</param>
    /// <param name="told">How many of them are known.</param>
    /// <param name="fromMicros">What was heard before, or was of before when a desk was heard first, is left out.</param>
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
                return at >= list.Count ? [] : [.. list.Skip(at).Where(one => one.HeardMicros >= fromMicros).Select(one => one.Change)];
            }
        }
    }
}
