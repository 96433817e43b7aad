using System.Diagnostics;
using CreditGrains.Cli.Bench.Arrivals;
using CreditGrains.Cli.Bench.Http2;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Cli.LoadTests;

/// <summary>
/// Drives an open load from one thread, second by second. When the server goes away its connections are made anew as soon as it is
/// back; requests go on coming due meanwhile, and their wait counts.
/// </summary>
internal sealed class LoadRun : IDisposable
{
    private const int ReconnectMs = 10;
    private const int RestSeconds = 1;
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(30);
    private readonly Func<Tally, IReadOnlyList<ILoadConnection>> connect;
    private readonly OpenArrivals arrivals;
    private readonly Tally now = new();
    private readonly long start;
    private IReadOnlyList<ILoadConnection> connections = [];
    private LoadLoop? loop;
    private long offeredBefore;
    private long givenUpBefore;
    private long markedAt;
    private TimeSpan cpuBefore = Environment.CpuUsage.TotalTime;

    /// <param name="profile">Rate over time.</param>
    /// <param name="patience">How long a caller waits for its request to be sent; zero for ever.</param>
    /// <param name="connect">Makes the connections.</param>
    public LoadRun(RateProfile profile, TimeSpan patience, Func<Tally, IReadOnlyList<ILoadConnection>> connect)
    {
        this.connect = connect;
        connections = connect(now);
        start = Stopwatch.GetTimestamp();
        markedAt = start;
        arrivals = new OpenArrivals(profile, start, patience);
        loop = new LoadLoop(connections, arrivals);
        now.MarkGapStart(start);
    }

    /// <summary>Everything since the start.</summary>
    public Tally Total { get; } = new();

    /// <summary>Highest decision seen when the server was last lost; 0 when it never was.</summary>
    public long SeenAtLoss { get; private set; }

    /// <summary>Lowest decision seen after that; 0 when there was none.</summary>
    public long FirstAfterLoss { get; private set; }

    /// <summary>Stopwatch ticks of the first decision after the server was first lost; 0 when there was none.</summary>
    public long FirstDecisionAt { get; private set; }

    /// <summary>Latencies since the caller put a histogram here, nanoseconds.</summary>
    public LatencyHistogram Phase { get; set; } = new();

    /// <summary>What the run comes to; ask after <see cref="Drain"/>.</summary>
    public LoadTotals Totals => new(Total, arrivals.Offered(Stopwatch.GetTimestamp()), arrivals.GivenUp);

    /// <summary>Seconds since the start.</summary>
    public double Elapsed => Stopwatch.GetElapsedTime(start).TotalSeconds;

    /// <summary>Loads for one second and says what it saw.</summary>
    /// <param name="watch">Asked for the server's part; left out, that is 0.</param>
    public LoadSecond Second(ServerWatch? watch = null)
    {
        var until = markedAt + Stopwatch.Frequency;
        while (Stopwatch.GetTimestamp() < until)
        {
            try
            {
                loop ??= new LoadLoop(connections = connect(now), arrivals);
                loop.Run(until);
            }
            catch (Http2Exception)
            {
                // Not there, or gone: what was under way is counted by its connection, and the next try is soon.
                Lose();
                Thread.Sleep(ReconnectMs);
            }
        }

        return Harvest(watch);
    }

    /// <summary>
    /// Ends the arrivals with the last second. What came due and was not sent is sent within one second more, also where it is less than a batch; what is left then has failed. Waits for what is under
    /// way; what does not come is counted as unanswered.
    /// </summary>
    public void Drain()
    {
        arrivals.End(markedAt);
        try
        {
            loop?.SendRest(Stopwatch.GetTimestamp() + RestSeconds * Stopwatch.Frequency);
            if (loop?.Drain(DrainTimeout) == false) Lose();
        }
        catch (Http2Exception)
        {
            Lose();
        }

        var left = arrivals.Due(Stopwatch.GetTimestamp());
        if (left > 0) now.Fail("due and not sent by a second after the end", left);
        Keep();
    }

    public void Dispose()
    {
        foreach (var connection in connections) connection.Dispose();
    }

    private void Lose()
    {
        foreach (var connection in connections) connection.Abandon();
        Dispose();
        connections = [];
        if (loop is null) return;
        loop = null;
        // What was seen until here must not be seen again: a server that lost decisions would give their numbers to others.
        SeenAtLoss = Math.Max(SeenAtLoss, Math.Max(Total.DecisionIdMax, now.DecisionIdMax));
        FirstAfterLoss = 0;
        now.ForgetDecisionIds();
    }

    private LoadSecond Harvest(ServerWatch? watch)
    {
        var at = Stopwatch.GetTimestamp();
        now.MarkGapEnd(at);
        var seconds = Stopwatch.GetElapsedTime(markedAt, at).TotalSeconds;
        var server = watch?.Look(seconds) ?? ServerSecond.NotSeen;
        var cpu = Environment.CpuUsage.TotalTime;
        // Without a connection nobody looked at what is due, and at who gave up.
        arrivals.Due(at);
        var offered = arrivals.Offered(at);
        var latency = now.Latency;
        var rejected = LoadTotals.OverloadedStatusesOf(now) + now.CountOf(Reason.Overloaded);
        var second = new LoadSecond(
            Stopwatch.GetElapsedTime(start, at).TotalSeconds, offered - offeredBefore, now.Completed, now.CountOf(OutcomeKind.Approved), rejected, now.Failed,
            arrivals.GivenUp - givenUpBefore, Millis(0.5), Millis(0.99), Millis(0.999), Millis(0.9999), latency.Max / 1e6, now.GapMaxNanos / 1e6,
            server.Cores, (cpu - cpuBefore).TotalSeconds / seconds, server.ResidentGiB, server.CollectorMs, server.Flushes, server.JournalMiB)
        {
            Refused = now.Refused,
        };
        (offeredBefore, givenUpBefore, markedAt, cpuBefore) = (offered, arrivals.GivenUp, at, cpu);
        Keep();
        return second;

        double Millis(double ratio) => latency.Count == 0 ? double.NaN : latency.Quantile(ratio) / 1e6;
    }

    private void Keep()
    {
        if (SeenAtLoss > 0 && now.FirstCompletionAt > 0)
        {
            if (FirstAfterLoss == 0) FirstAfterLoss = now.DecisionIdMin;
            if (FirstDecisionAt == 0) FirstDecisionAt = now.FirstCompletionAt;
        }

        Total.Add(now);
        Phase.Add(now.Latency);
        now.Clear();
    }
}
