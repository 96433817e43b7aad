using System.Diagnostics;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using CreditGrains.Cli.Bench.Arrivals;
using CreditGrains.Cli.Bench.Http2;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Bench.Server;

namespace CreditGrains.Cli.Bench.Runs;

/// <summary>What is measured of a server, each over the population.</summary>
internal static class ServerRuns
{
    private const int ConnectRetryMs = 10;
    private const double RestartTimeoutSeconds = 600;

    private static readonly RpcMethod<SnapshotRequest, SnapshotReply> SnapshotMethod =
        RpcMethod.Of<SnapshotRequest, SnapshotReply>(ControlServiceReflection.Descriptor.Services[0], "Snapshot");

    /// <summary>Many connections with many calls under way.</summary>
    public static LoadResult Unary(BenchSettings settings, ServerTarget target, Report report, List<Figure> figures)
    {
        Report.Progress($"unary: {settings.Connections} connections × {settings.Streams} streams, {settings.Seconds} s");
        var result = GeneratorRun.Unary(settings, target, settings.Connections, settings.Streams);
        report.Detail("gRPC unary", result);
        figures.Add(Asked.Unary(result.PerSecond, result.ErrorNote));
        figures.Add(Asked.UnaryTail(result.Tally.Latency.Quantile(0.99) / 1e6));
        return result;
    }

    /// <summary>Batches on bidirectional streams.</summary>
    public static LoadResult Stream(BenchSettings settings, ServerTarget target, int connections, Report report, List<Figure> figures)
    {
        Report.Progress($"stream: {connections} connections, batches of {settings.BatchLength}, {settings.BatchesInFlight} in flight, {settings.Seconds} s");
        var result = GeneratorRun.Stream(settings, target, connections);
        report.Detail("gRPC stream", result);
        figures.Add(Asked.Stream(result.PerSecond, result.ErrorNote));
        return result;
    }

    /// <summary>One client, one request at a time.</summary>
    public static void Single(BenchSettings settings, ServerTarget target, Report report, List<Figure> figures)
    {
        Report.Progress($"single: one request at a time, {settings.Seconds} s");
        var result = GeneratorRun.Unary(settings, target, connections: 1, streams: 1);
        report.Detail("gRPC single", result);
        figures.Add(Asked.Single(result.Tally.Latency.Quantile(0.5) / 1e6, result.ErrorNote));
    }

    /// <summary>The population into an empty server.</summary>
    public static async Task ImportAsync(BenchSettings settings, ServerTarget target, Report report, List<Figure> figures)
    {
        Report.Progress($"import: {settings.Shape.Rows:N0} rows");
        var (reply, time) = await PopulationImport.RunAsync(target.Channel, settings.Shape);
        report.Detail($"import: {reply.Rows:N0} rows in {time.TotalSeconds:F1} s, applied {reply.Applied:N0}, repeated {reply.Repeated:N0}");
        if (reply.Applied == reply.Rows) figures.Add(Asked.Import(reply.Rows / time.TotalSeconds));
        else figures.Add(Figure.Missing("bulk import", "rows/s", Demand.AtLeast, 200_000, "the population was there; use an empty data directory"));
    }

    /// <summary>Resident memory of the server with a stated number of open holds.</summary>
    public static async Task MemoryAsync(BenchSettings settings, ServerTarget target, long holds, Report report, List<Figure> figures)
    {
        var open = (await target.StatusAsync()).OpenItemCount;
        if (open < holds)
        {
            Report.Progress($"memory: placing {holds - open:N0} holds");
            var brief = settings with { WarmUpSeconds = 0, Seconds = 0.25 };
            while ((await target.StatusAsync()).OpenItemCount < holds) GeneratorRun.Stream(brief, target, connections: 1);
        }

        var status = await target.StatusAsync();
        var memory = target.Process is { } process ? ProcessMemory.Read(process.Id) : null;
        if (memory is not { } read)
        {
            figures.Add(Figure.Missing("resident memory", "GiB", Demand.AtMost, 6, "only of a server the bench started, where there is /proc"));
            return;
        }

        report.Detail($"memory: resident {Gib(read.Resident):F2} GiB ({Gib(read.Anonymous):F2} anonymous), peak {Gib(read.Peak):F2} GiB; {status.FacilityCount:N0} facilities, {status.NodeCount:N0} nodes, {status.OpenItemCount:N0} holds");
        figures.Add(Asked.Memory(Gib(read.Resident), $"{status.FacilityCount:N0} facilities, {status.OpenItemCount:N0} holds; peak {Gib(read.Peak):F2}"));
    }

    /// <summary>Ends the server by SIGKILL under load's leftovers and starts it again: until the first decision, from the start of the process.</summary>
    public static async Task<ServerTarget> RestartAsync(BenchSettings settings, ServerTarget target, Report report, List<Figure> figures)
    {
        if (target.Process is not { } process)
        {
            figures.Add(Figure.Missing("restart to first decision", "s", Demand.AtMost, 30, "only of a server the bench started"));
            return target;
        }

        Report.Progress($"restart: SIGKILL and start");
        await process.KillAsync();
        await target.DisposeAsync();
        var start = Stopwatch.GetTimestamp();
        var again = ServerProcess.Start(settings);
        var seconds = FirstDecision(settings, again, start);
        var restarted = await ServerTarget.OfAsync(again);
        var status = await restarted.StatusAsync();
        report.Detail($"restart: first decision after {seconds:F2} s; {status.LastDecisionId:N0} events, snapshot at {status.SnapshotDecisionId:N0}");
        figures.Add(Asked.Restart(seconds, $"{status.LastDecisionId - status.SnapshotDecisionId:N0} events after the snapshot"));
        return restarted;
    }

    /// <summary>Longest time without a completion while a snapshot is written, at half the rate measured before.</summary>
    public static void SnapshotPause(BenchSettings settings, ServerTarget target, double fullRate, Report report, List<Figure> figures)
    {
        var rate = fullRate / 2;
        Report.Progress($"snapshot pause: {rate:N0} requests/s while a snapshot is written");
        var (before, during) = GeneratorRun.Beside(settings, target, rate, () => target.Channel.UnaryAsync(SnapshotMethod, new SnapshotRequest()));
        report.Detail("half load, no snapshot asked for", before);
        report.Detail($"  longest gap between completions {before.Tally.GapMaxNanos / 1e6:F1} ms");
        report.Detail("half load, snapshot being written", during);
        report.Detail($"  longest gap between completions {during.Tally.GapMaxNanos / 1e6:F1} ms; the snapshot took {during.Seconds:F1} s");
        var pause = Math.Max(during.Tally.GapMaxNanos, during.Tally.Latency.Max) / 1e6;
        figures.Add(Asked.Pause(pause, string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"slowest reply; gap {during.Tally.GapMaxNanos / 1e6:F1} ms; slowest without snapshot {before.Tally.Latency.Max / 1e6:F1} ms {during.ErrorNote}")));
    }

    private static double FirstDecision(BenchSettings settings, ServerProcess process, long start)
    {
        var source = new AuthorizationSource(settings.Shape.Facilities, (ulong)start, TimeProvider.System);
        var tally = new Tally();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < RestartTimeoutSeconds && !process.HasExited)
        {
            try
            {
                using var connection = new UnaryConnection(process.Address, 1, source, tally);
                var loop = new LoadLoop([connection], ClosedArrivals.Instance);
                while (tally.Completed == 0 && tally.Failed == 0 && tally.Refused == 0) loop.Run(Stopwatch.GetTimestamp() + Stopwatch.Frequency / 1_000);
                if (tally.Completed > 0) return Stopwatch.GetElapsedTime(start).TotalSeconds;
                tally.Clear();
            }
            catch (Http2Exception) when (!process.HasExited)
            {
                // Not listening yet.
                Thread.Sleep(ConnectRetryMs);
            }
        }

        throw new BenchFault($"the server did not come back: {process.LastLine}");
    }

    private static double Gib(long bytes) => bytes / (double)(1L << 30);
}
