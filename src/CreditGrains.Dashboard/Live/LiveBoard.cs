using CreditGrains.Api.Metering;
using CreditGrains.Domain.Commands;
using CreditGrains.Engine;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Queries;
using Microsoft.Extensions.Hosting;

namespace CreditGrains.Dashboard.Live;

/// <summary>
/// Makes one view a second for all viewers. Counters are read always, so that the charts have a past; the engine only while somebody looks.
/// </summary>
public sealed class LiveBoard : BackgroundService
{
    private const int SecondsKept = 300;
    private const int MinuteLength = 60;
    private const int LatestShown = 12;
    private readonly ICreditEngine engine;
    private readonly DecisionMeter meter;
    private readonly DashboardOptions options;
    private readonly NodeBoard nodes;
    private readonly Queue<BoardSecond> seconds = new();
    private readonly Queue<MeterReading> readings = new();
    private TaskCompletionSource wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int watchers;
    private BoardView view;
    private (long Bytes, long Flushes, long At) journalBefore;

    public LiveBoard(ICreditEngine engine, DecisionMeter meter, DashboardOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(meter);
        this.engine = engine;
        this.meter = meter;
        this.options = options;
        nodes = new NodeBoard(engine, options.Tenant);
        view = new BoardView { Tick = 0, At = options.TimeProvider.GetUtcNow(), Seconds = [], Total = MeterReading.Empty, Minute = MeterReading.Empty };
    }

    /// <summary>Raised after each new view, on a thread of the pool.</summary>
    public event Action? Changed;

    /// <summary>The newest view.</summary>
    public BoardView View => Volatile.Read(ref view);

    /// <summary>Says that somebody looks, until disposed of.</summary>
    public IDisposable Watch()
    {
        // The first to look need not wait for the next turn.
        if (Interlocked.Increment(ref watchers) == 1) Volatile.Read(ref wake).TrySetResult();
        return new Watcher(this);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var clock = options.TimeProvider;
        using var timer = new PeriodicTimer(options.Every, clock);
        var before = Read();
        var beforeAt = clock.GetTimestamp();
        readings.Enqueue(before);
        Task<bool>? tick = null;
        try
        {
            while (true)
            {
                var reading = Read();
                var now = clock.GetTimestamp();
                Keep(reading, BoardSecond.Of(clock.GetUtcNow(), reading.Since(before), clock.GetElapsedTime(beforeAt, now)));
                (before, beforeAt) = (reading, now);
                Volatile.Write(ref view, await LookAsync(reading));
                Changed?.Invoke();
                tick ??= timer.WaitForNextTickAsync(stoppingToken).AsTask();
                await Task.WhenAny(tick, wake.Task);
                if (wake.Task.IsCompleted) Volatile.Write(ref wake, new(TaskCreationOptions.RunContinuationsAsynchronously));
                if (!tick.IsCompleted) continue;
                await tick;
                tick = null;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
            return;
        }
    }

    private MeterReading Read() => meter.Read(options.Tenant);

    private void Keep(MeterReading reading, BoardSecond second)
    {
        seconds.Enqueue(second);
        if (seconds.Count > SecondsKept) seconds.Dequeue();
        readings.Enqueue(reading);
        if (readings.Count > MinuteLength + 1) readings.Dequeue();
    }

    private async Task<BoardView> LookAsync(MeterReading reading)
    {
        var last = View;
        var next = last with { Tick = last.Tick + 1, At = options.TimeProvider.GetUtcNow(), Seconds = [.. seconds], Total = reading, Minute = reading.Since(readings.Peek()), Fault = null };
        if (Volatile.Read(ref watchers) == 0) return next;
        try
        {
            var status = await engine.GetStatusAsync();
            if (status.Fault is { } fault) return next with { Status = status, Fault = fault };
            await nodes.TurnAsync();
            return WithJournal(next, status) with { Status = status, Nodes = nodes.Nodes, IsSweepComplete = nodes.IsComplete, Latest = await LatestAsync(status) };
        }
        catch (Exception failure) when (failure is EngineFaultException or StoreException)
        {
            return next with { Fault = failure.Message };
        }
    }

    private BoardView WithJournal(BoardView next, EngineStatus status)
    {
        var now = options.TimeProvider.GetTimestamp();
        var (bytes, flushes, at) = journalBefore;
        journalBefore = (status.JournalBytes, status.FlushCount, now);
        if (at == 0) return next;
        var took = Math.Max(0.001, options.TimeProvider.GetElapsedTime(at, now).TotalSeconds);
        return next with { JournalBytesPerSecond = Math.Max(0, (status.JournalBytes - bytes) / took), FlushesPerSecond = Math.Max(0, (status.FlushCount - flushes) / took) };
    }

    // Sequences of a standalone engine have no gaps. On a cluster they name a partition too: what is found is that partition's.
    private async Task<IReadOnlyList<EventRecord>> LatestAsync(EngineStatus status)
    {
        var latest = new List<EventRecord>();
        for (var sequence = status.LastSequence; sequence > 0 && sequence > status.LastSequence - 3 * LatestShown && latest.Count < LatestShown; sequence--)
        {
            if (await engine.GetDecisionAsync(sequence) is not { } e) break;
            if (e.Kind < CommandKind.OpenNode && e.Key.Tenant == options.Tenant && e.Id != default) latest.Add(e);
        }
        return latest;
    }

    private sealed class Watcher(LiveBoard board) : IDisposable
    {
        private int isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isDisposed, 1) == 0) Interlocked.Decrement(ref board.watchers);
        }
    }
}
