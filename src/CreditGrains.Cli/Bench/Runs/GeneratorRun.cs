using System.Diagnostics;
using System.Net;
using CreditGrains.Cli.Bench.Arrivals;
using CreditGrains.Cli.Bench.Http2;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Bench.Server;

namespace CreditGrains.Cli.Bench.Runs;

/// <summary>Loads over gRPC from one thread: warm-up, measurement, then every answer is waited for.</summary>
internal static class GeneratorRun
{
    private const double InterruptSeenSeconds = 0.25;
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Unary Authorize on some connections with some streams each.</summary>
    public static LoadResult Unary(BenchSettings settings, ServerTarget target, int connections, int streams, CancellationToken cancellation = default) =>
        Unary(settings, [target.Address], connections, streams, cancellation);

    /// <summary>The same, connections dealt over several servers.</summary>
    public static LoadResult Unary(BenchSettings settings, IReadOnlyList<IPEndPoint> servers, int connections, int streams, CancellationToken cancellation = default)
    {
        var next = 0;
        return Run(settings, connections, (source, tally) => new UnaryConnection(servers[next++ % servers.Count], streams, source, tally, settings.Authorization), cancellation);
    }

    /// <summary>AuthorizeStream, one call a connection.</summary>
    public static LoadResult Stream(BenchSettings settings, ServerTarget target, int connections, CancellationToken cancellation = default) =>
        Stream(settings, [target.Address], connections, cancellation);

    /// <summary>The same, connections dealt over several servers.</summary>
    public static LoadResult Stream(BenchSettings settings, IReadOnlyList<IPEndPoint> servers, int connections, CancellationToken cancellation = default)
    {
        var next = 0;
        return Run(settings, connections, (source, tally) => new StreamConnection(servers[next++ % servers.Count], settings.BatchLength, settings.BatchesInFlight, source, tally, settings.Authorization), cancellation);
    }

    /// <summary>
    /// Unary at a rate, while something is done beside it: returns what was seen before it and while it ran.
    /// </summary>
    /// <param name="settings">Length of the quiet part before.</param>
    /// <param name="target">The server.</param>
    /// <param name="perSecond">The rate.</param>
    /// <param name="act">What is done beside the load.</param>
    public static (LoadResult Before, LoadResult During) Beside(BenchSettings settings, ServerTarget target, double perSecond, Func<Task> act)
    {
        var tally = new Tally();
        using var load = new Connections(settings, settings.Connections, (source, to) => new UnaryConnection(target.Address, settings.Streams, source, to, settings.Authorization), tally);
        var loop = new LoadLoop(load.All, new OpenArrivals(RateProfile.Constant(perSecond), Stopwatch.GetTimestamp(), TimeSpan.Zero));
        loop.Run(In(settings.WarmUpSeconds));
        var before = Measure(tally, () => loop.Run(In(settings.Seconds)));
        var acting = Task.Run(act);
        var during = Measure(tally, () =>
        {
            while (!acting.IsCompleted) loop.Run(In(0.001));
        });
        acting.GetAwaiter().GetResult();
        End(loop, load.All);
        return (before, during);
    }

    private static LoadResult Run(BenchSettings settings, int count, Func<AuthorizationSource, Tally, ILoadConnection> connect, CancellationToken cancellation)
    {
        var tally = new Tally();
        using var load = new Connections(settings, count, connect, tally);
        var loop = new LoadLoop(load.All, ClosedArrivals.Instance);
        Run(loop, settings.WarmUpSeconds, cancellation);
        var failedBefore = tally.Failed;
        var result = Measure(tally, () => Run(loop, settings.Seconds, cancellation));
        if (failedBefore > 0) result.Tally.Fail("in the warm-up", failedBefore);
        End(loop, load.All, result.Tally, tally);
        return result;
    }

    /// <summary>Loads for a time; an interrupt is seen within a fraction of a second.</summary>
    private static void Run(LoadLoop loop, double seconds, CancellationToken cancellation)
    {
        var until = In(seconds);
        do
        {
            cancellation.ThrowIfCancellationRequested();
            loop.Run(Math.Min(until, In(InterruptSeenSeconds)));
        }
        while (Stopwatch.GetTimestamp() < until);
    }

    /// <summary>Counts from here: what is completed within belongs to the measurement, whenever it was sent.</summary>
    private static LoadResult Measure(Tally tally, Action run)
    {
        tally.Clear();
        var cpu = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        tally.MarkGapStart(start);
        run();
        var end = Stopwatch.GetTimestamp();
        tally.MarkGapEnd(end);
        var measured = new Tally();
        measured.Add(tally);
        return new LoadResult(measured, Stopwatch.GetElapsedTime(start, end).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
    }

    private static void End(LoadLoop loop, IReadOnlyList<ILoadConnection> connections, Tally? measured = null, Tally? tally = null)
    {
        tally?.Clear();
        if (!loop.Drain(DrainTimeout))
            foreach (var connection in connections) connection.Abandon();
        // What failed after the end was sent before it.
        if (measured is not null && tally is not null)
            foreach (var (kind, count) in tally.Errors) measured.Fail(kind, count);
    }

    private static long In(double seconds) => Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);

    /// <summary>The connections of a load, each with a source of its own.</summary>
    private sealed class Connections : IDisposable
    {
        private readonly List<ILoadConnection> all = [];

        public Connections(BenchSettings settings, int count, Func<AuthorizationSource, Tally, ILoadConnection> connect, Tally tally)
        {
            // Ids must differ from those of every earlier run on the same data.
            var seed = unchecked(settings.Seed * 0x9E3779B97F4A7C15 + (ulong)DateTimeOffset.UtcNow.Ticks);
            for (var i = 0; i < count; i++)
                all.Add(connect(new AuthorizationSource(settings.Shape.Facilities, unchecked(seed + (ulong)i), TimeProvider.System, settings.HoldSeconds), tally));
        }

        public IReadOnlyList<ILoadConnection> All => all;

        public void Dispose()
        {
            foreach (var connection in all) connection.Dispose();
        }
    }
}
