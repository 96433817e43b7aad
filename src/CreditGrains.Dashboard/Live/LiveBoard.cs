using CreditGrains.Api.Metering;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Transport;
using CreditGrains.Engine;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Queries;
using Microsoft.Extensions.Hosting;

namespace CreditGrains.Dashboard.Live;

/// <summary>
/// Makes one view a second for all viewers of one part of the book. Counters are read always, so that the charts have a past; the engine only while somebody looks, and with the rights of that part's reader.
/// </summary>
public sealed class LiveBoard : BackgroundService
{
    private const int SecondsKept = 300;
    private const int MinuteLength = 60;
    private readonly ICreditEngine engine;
    private readonly DecisionMeter meter;
    private readonly DashboardOptions options;
    private readonly ushort tenant;
    private readonly NodeBoard nodes;
    private readonly LatestDecisions latest;
    private readonly Queue<BoardSecond> seconds = new();
    private readonly Queue<MeterReading> readings = new();
    private TaskCompletionSource wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int watchers;
    private BoardView view;
    private (long Bytes, long Flushes, long At) journalBefore;

    /// <summary>A board; it runs once it is started.</summary>
    /// <param name="engine">As the reader may use it.</param>
    /// <param name="meter">Counts of what the host answered.</param>
    /// <param name="options">What is shown.</param>
    /// <param name="reader">Whose part of the book it is.</param>
    public LiveBoard(ICreditEngine engine, DecisionMeter meter, DashboardOptions options, Principal reader)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(meter);
        ArgumentNullException.ThrowIfNull(reader);
        IsWhole = reader.Tenant == 0;
        HasFigures = reader.HasWholeTenant;
        tenant = IsWhole ? options.Tenant : reader.Tenant;
        this.engine = engine;
        this.meter = meter;
        this.options = options;
        nodes = new NodeBoard(engine, tenant);
        latest = new LatestDecisions(engine, tenant, IsWhole);
        Facilities = new FacilityReads(engine);
        view = new BoardView { Tick = 0, At = options.TimeProvider.GetUtcNow(), Seconds = [], Total = MeterReading.Empty, Minute = MeterReading.Empty };
    }

    /// <summary>Whether it tells of the engine as a whole: health and totals.</summary>
    public bool IsWhole { get; }

    /// <summary>Whether what was answered can be counted for its viewers: counts are kept by tenant, not by legal entity.</summary>
    public bool HasFigures { get; }

    /// <summary>Whether somebody looks.</summary>
    public bool IsWatched => Volatile.Read(ref watchers) > 0;

    /// <summary>Accounts that its viewers look at.</summary>
    public FacilityReads Facilities { get; }

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

    private MeterReading Read() => HasFigures ? meter.Read(tenant) : MeterReading.Empty;

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
            var status = IsWhole ? await engine.GetStatusAsync() : null;
            if (status?.Fault is { } fault) return next with { Status = status, Fault = fault };
            await nodes.TurnAsync();
            await latest.TurnAsync(status?.LastSequence ?? await engine.GetFeedEndAsync());
            if (status is not null) next = WithJournal(next, status) with { Status = status };
            return next with { IsRead = true, Nodes = nodes.Nodes, IsSweepComplete = nodes.IsComplete, Latest = latest.Newest };
        }
        catch (Exception failure) when (failure is EngineFaultException or StoreException or RpcException)
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

    private sealed class Watcher(LiveBoard board) : IDisposable
    {
        private int isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isDisposed, 1) == 0) Interlocked.Decrement(ref board.watchers);
        }
    }
}
