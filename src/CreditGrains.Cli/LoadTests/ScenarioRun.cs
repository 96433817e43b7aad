using System.Diagnostics;
using System.Globalization;
using System.Net;
using CreditGrains.Cli.Bench;
using CreditGrains.Cli.Bench.Arrivals;
using CreditGrains.Cli.Bench.Http2;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Bench.Runs;
using CreditGrains.Cli.Bench.Server;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Features;
using CreditGrains.Cli.LoadTests.Reporting;
using CreditGrains.Cli.Output;
using CreditGrains.Risk.Features;

namespace CreditGrains.Cli.LoadTests;

/// <summary>A scenario from an empty or filled server to its report: population, peak, open load, what happens meanwhile, baselines.</summary>
internal static class ScenarioRun
{
    private const double RestartPart = 0.4;
    private const int WarmUpSecondsMax = 30;
    private const int SettleSecondsMax = 30;
    private const double ReturnSecondsMax = 35;
    private const int AskedAgainMax = 1_000;
    private const double FirstSeconds = 2.5;
    private static readonly TimeSpan SettlePause = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs it. The report is written as soon as there is one, and again when the baselines are measured.</summary>
    /// <param name="scenario">What to run.</param>
    /// <param name="settings">How.</param>
    /// <param name="shell">For progress.</param>
    /// <param name="baselines">Measures what the engine is compared with, when that is asked for.</param>
    /// <param name="cancellation">An interrupt: while the load runs, what was seen until then becomes a report that judges nothing.</param>
    /// <exception cref="BenchFault">It cannot be run as asked.</exception>
    /// <exception cref="CommandFault">ReportNotWritable, NoCatalogue: the same, seen before a server is started.</exception>
    /// <exception cref="OperationCanceledException">Interrupted before the load or in the baselines.</exception>
    public static async Task<LoadReport> RunAsync(
        Scenario scenario, LoadTestSettings settings, Shell shell, Func<LoadTestSettings, EngineRate, Shell, CancellationToken, List<Figure>> baselines, CancellationToken cancellation)
    {
        if (scenario.KillsServer && settings.Bench.Address is not null) throw new BenchFault($"the scenario '{scenario.Name}' kills the server; leave --address out, so that one is started for it");
        if (scenario.IsLife && settings.Transport == Transport.Unary) throw new BenchFault($"the scenario '{scenario.Name}' is sent on streams; leave --transport out");
        ReportFiles.Prepare(settings.OutputDirectory, scenario.Name);
        var scoredBy = settings.ScoredBy ?? scenario.ScoredBy;
        var catalogue = scoredBy == ScoredBy.None ? null : CatalogueOf(settings.CataloguePath);
        var report = await LoadAsync(scenario, settings, scoredBy, catalogue, shell, cancellation);
        if (!settings.HasBaselines || report.IsInterrupted) return report;
        shell.Note($"report: {ReportFiles.PathsOf(report, settings.OutputDirectory).Page}; the baselines will be added");
        report = report with { Figures = [.. report.Figures, .. baselines(settings, new EngineRate(report.PeakPerSecond, scoredBy), shell, cancellation)] };
        ReportFiles.Write(report, settings.OutputDirectory);
        return report;
    }

    private static FeatureCatalogue CatalogueOf(string path) => File.Exists(path)
        ? FeatureCommands.Read(path)
        : throw CommandFault.Usage("NoCatalogue", $"the catalogue of features {path} does not exist; run in the root of the source tree, which has docs/examples/features.json, or give --catalogue FILE");

    private static async Task<LoadReport> LoadAsync(Scenario scenario, LoadTestSettings settings, ScoredBy scoredBy, FeatureCatalogue? catalogue, Shell shell, CancellationToken cancellation)
    {
        var machine = Machine.Read();
        var startedAt = TimeProvider.System.GetUtcNow();
        var sync = settings.Bench.Address is null ? DataDisk.MeasureSync(settings.Bench.DataDirectory) : null;
        var target = await ServerTarget.OpenAsync(settings.Bench, cancellation);
        try
        {
            var accounts = await PopulationImport.EnsureAsync(target, settings.Bench.Shape, cancellation);
            var loans = await PopulationLoans.EnsureAsync(target.Channel, settings.Bench.Shape, settings.Loans, cancellation);
            // Features weigh on every event, so a book is put back to none when none is asked for.
            await ScoredBook.PutAsync(target.Channel, scoredBy, catalogue);
            // Baselines are measured by a closed loop, so the engine is too.
            var closed = settings.RatePerSecond > 0 && !settings.HasBaselines ? null : Peak(settings, target, shell, cancellation);
            var peak = closed?.PerSecond ?? 0;
            var perSecond = settings.RatePerSecond > 0 ? settings.RatePerSecond : peak * scenario.PartOfPeak;
            if (closed is null) WarmUp(scenario, settings, target, cancellation);
            await SettleAsync(settings.Bench, target, cancellation);
            var answered = scenario.KillsServer ? new AnsweredRequests(AskedAgainMax) : null;
            using var run = new LoadRun(
                scenario.Shape(perSecond, settings.Seconds, settings.Transport), TimeSpan.FromMilliseconds(scenario.PatienceMs), tally => Connect(scenario, settings, target.Address, tally, answered));
            using var abuse = new Abuse(target.Address, settings.Bench.Seed);
            var queries = scenario.QueriesPerSecond > 0 ? new QueryLoad(target.Address, settings.Bench.Authorization, settings.Bench.Shape, scenario.QueriesPerSecond, settings.Bench.Seed) : null;
            var seconds = new List<LoadSecond>();
            var events = new ScenarioEvents();
            var watch = new ServerWatch(target);
            while ((run.Elapsed < settings.Seconds || IsAwaited(run, events)) && !cancellation.IsCancellationRequested)
            {
                seconds.Add(run.Second(watch));
                Progress(shell, seconds[^1], settings.Seconds);
                if (target.Process is { HasExited: true } ended)
                {
                    events.ServerEndedText = $"the server ended by itself: {ended.LastLine}";
                    break;
                }

                if (scenario.HasAbuse && !abuse.IsStarted)
                {
                    if (run.Elapsed >= settings.Seconds / 2)
                    {
                        (events.Quiet, run.Phase) = (run.Phase, new LatencyHistogram());
                        abuse.Start();
                    }
                    else if (run.Elapsed < FirstSeconds)
                    {
                        // The first seconds are no measure of a quiet server.
                        run.Phase = new LatencyHistogram();
                    }
                }

                if (scenario.KillsServer && events.KilledAtSeconds == 0 && run.Elapsed >= settings.Seconds * RestartPart)
                {
                    events.KilledAtSeconds = run.Elapsed;
                    events.AnsweredBeforeKill = answered!.Newest();
                    target = await RestartAsync(settings.Bench, target, events);
                    watch = new ServerWatch(target);
                }
            }

            var isInterrupted = cancellation.IsCancellationRequested && (run.Elapsed < settings.Seconds || IsAwaited(run, events));
            if (seconds.Count == 0) seconds.Add(run.Second(watch));
            if (queries is not null) await queries.DisposeAsync();
            var stillOpen = abuse.CountOpen();
            run.Drain();
            events.Queries = queries?.Totals;
            if (abuse.IsStarted) events.Abuse = new AbuseTotals(events.Quiet, run.Phase, abuse.SilentJoined, Abuse.SilentAsked(Abuse.OpenFilesMax()), stillOpen, abuse.Text);
            if (events.RestartedAt > 0) events.Restart = await RestartTotalsAsync(run, target, events);
            var report = new LoadReport(
                scenario.Name, scenario.Description, startedAt, machine, accounts, TransportText(settings), peak, seconds, Percentiles(run.Total),
                [.. run.Total.Outcomes.Select(pair => new NamedValue(pair.Kind.ToString(), pair.Count))], [.. run.Total.Reasons.Select(pair => new NamedValue(pair.Reason.ToString(), pair.Count))],
                [.. run.Total.Errors.Select(pair => new NamedValue(pair.Key, pair.Value))], [.. ScenarioFigures.Of(scenario, settings, peak, seconds, run.Totals, events), .. closed is null ? [] : (Figure[])[PeakFaults(closed)], .. sync is null ? [] : (Figure[])[sync]])
            {
                Loans = loans,
                AskedPerSecond = settings.RatePerSecond,
                Settings = ReportSettings.Of(scenario, settings, scoredBy, catalogue),
                ServerCommit = ReportSettings.ServerCommitOf(settings),
            };
            if (isInterrupted) report = report.Interrupted();
            // Before the server is stopped, which takes its time and may fail.
            ReportFiles.Write(report, settings.OutputDirectory);
            return report;
        }
        finally
        {
            await target.DisposeAsync();
        }
    }

    /// <summary>What the closed loop reaches: the rate that parts are of.</summary>
    private static LoadResult Peak(LoadTestSettings settings, ServerTarget target, Shell shell, CancellationToken cancellation)
    {
        // Long enough that holds placed at the start end while it is measured: ending them is part of the work.
        var bench = settings.Bench with { WarmUpSeconds = Math.Min(WarmUpSecondsMax, settings.Bench.HoldSeconds + settings.Bench.WarmUpSeconds) };
        var result = settings.Transport == Transport.Stream
            ? GeneratorRun.Stream(bench, target, settings.StreamConnections, cancellation)
            : GeneratorRun.Unary(bench, target, bench.Connections, bench.Streams, cancellation);
        shell.Note($"peak of the closed loop: {result.PerSecond:N0} decisions/s {result.ErrorNote}");
        return result;
    }

    /// <summary>A peak that was not answered is no peak.</summary>
    private static Figure PeakFaults(LoadResult peak) => new(
        "requests of the peak that failed or were refused", "", peak.Tally.Failed + peak.Tally.Refused, Demand.AtMost, 0,
        string.Join(", ", peak.Tally.Errors.Select(error => string.Create(CultureInfo.InvariantCulture, $"{error.Key} {error.Value:N0}")).Prepend(peak.ErrorNote).Where(text => text.Length > 0)));

    /// <summary>The rate asked for, not counted: a server that starts compiles its code while it answers.</summary>
    private static void WarmUp(Scenario scenario, LoadTestSettings settings, ServerTarget target, CancellationToken cancellation)
    {
        using var run = new LoadRun(RateProfile.Constant(settings.RatePerSecond), TimeSpan.FromSeconds(1), tally => Connect(scenario, settings, target.Address, tally));
        while (run.Elapsed < settings.Bench.WarmUpSeconds && !cancellation.IsCancellationRequested) run.Second();
        run.Drain();
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Waits until the holds placed so far have ended: ending them at an earlier rate is not part of the load that follows.</summary>
    private static async Task SettleAsync(BenchSettings bench, ServerTarget target, CancellationToken cancellation)
    {
        var ends = Stopwatch.GetTimestamp() + (long)((bench.HoldSeconds + SettleSecondsMax) * Stopwatch.Frequency);
        while (bench.HoldSeconds is > 0 and <= WarmUpSecondsMax && Stopwatch.GetTimestamp() < ends && (await target.StatusAsync()).OpenItemCount > 0) await Task.Delay(SettlePause, cancellation);
        cancellation.ThrowIfCancellationRequested();
    }

    private static List<ILoadConnection> Connect(Scenario scenario, LoadTestSettings settings, IPEndPoint server, Tally tally, AnsweredRequests? answered = null)
    {
        var bench = settings.Bench;
        // Ids must differ from those of every earlier run on the same data.
        var seed = unchecked(bench.Seed * 0x9E3779B97F4A7C15 + (ulong)Stopwatch.GetTimestamp());
        var made = new List<ILoadConnection>();
        try
        {
            var count = settings.Transport == Transport.Stream ? settings.StreamConnections : bench.Connections;
            for (var i = 0; i < count; i++)
            {
                var source = new AuthorizationSource(bench.Shape.Facilities, unchecked(seed + (ulong)i), TimeProvider.System, bench.HoldSeconds, answered);
                IBatchSource members = scenario.IsLife ? new LifeSource(bench.Shape.Facilities, unchecked(seed + (ulong)i), TimeProvider.System, bench.HoldSeconds) : source;
                made.Add(settings.Transport == Transport.Stream
                    ? new StreamConnection(server, bench.BatchLength, bench.BatchesInFlight, members, tally, bench.Authorization)
                    : new UnaryConnection(server, bench.Streams, source, tally, bench.Authorization));
            }

            return made;
        }
        catch (Http2Exception)
        {
            foreach (var connection in made) connection.Dispose();
            throw;
        }
    }

    /// <summary>SIGKILL, and a new server on the same address; the load goes on meanwhile and finds it again.</summary>
    private static async Task<ServerTarget> RestartAsync(BenchSettings bench, ServerTarget target, ScenarioEvents events)
    {
        await target.Process!.KillAsync();
        await target.DisposeAsync();
        var again = ServerProcess.Start(bench, target.Address);
        events.RestartedAt = Stopwatch.GetTimestamp();
        return ServerTarget.Of(again);
    }

    /// <summary>Whether the server was killed, has not decided since, and may still be in time.</summary>
    private static bool IsAwaited(LoadRun run, ScenarioEvents events) =>
        events.RestartedAt > 0 && run.FirstDecisionAt == 0 && Stopwatch.GetElapsedTime(events.RestartedAt).TotalSeconds < ReturnSecondsMax;

    private static async Task<RestartTotals> RestartTotalsAsync(LoadRun run, ServerTarget target, ScenarioEvents events)
    {
        if (run.FirstDecisionAt == 0) return new RestartTotals(double.NaN, run.SeenAtLoss, run.FirstAfterLoss, 0, 0);
        return new RestartTotals(
            Stopwatch.GetElapsedTime(events.RestartedAt, run.FirstDecisionAt).TotalSeconds, run.SeenAtLoss, run.FirstAfterLoss, events.AnsweredBeforeKill.Count,
            await AskedAgain.CountOthersAsync(target.Channel, events.AnsweredBeforeKill));
    }

    private static void Progress(Shell shell, LoadSecond second, double seconds)
    {
        if (Math.Round(second.AtSeconds) % 5 != 0 && second.AtSeconds > 5) return;
        shell.Note($"{second.AtSeconds,6:F0} of {seconds:F0} s: offered {second.Offered,9:N0}/s, done {second.Completed,9:N0}/s, p99 {second.P99Ms,8:F2} ms, max {second.MaxMs,8:F2} ms, failed {second.Failed:N0}, refused {second.Refused:N0}{(double.IsNaN(second.ResidentGiB) ? "" : $", {second.ResidentGiB:F2} GiB")}");
    }

    private static string TransportText(LoadTestSettings settings) => settings.Transport == Transport.Stream
        ? string.Create(CultureInfo.InvariantCulture, $"gRPC streams: {settings.StreamConnections} connections, batches of {settings.Bench.BatchLength}, {settings.Bench.BatchesInFlight} under way on each")
        : string.Create(CultureInfo.InvariantCulture, $"gRPC unary: {settings.Bench.Connections} connections, {settings.Bench.Streams} calls under way on each");

    private static NamedValue[] Percentiles(Tally tally) =>
    [
        .. new (string Name, double Ratio)[] { ("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("p99.99", 0.9999) }
            .Select(p => new NamedValue(p.Name, tally.Latency.Count == 0 ? 0 : tally.Latency.Quantile(p.Ratio) / 1e6)),
        new NamedValue("max", tally.Latency.Max / 1e6),
    ];
}

/// <summary>What happened at which second of a run.</summary>
internal sealed class ScenarioEvents
{
    /// <summary>Latencies before rule-breakers joined, nanoseconds.</summary>
    public LatencyHistogram Quiet { get; set; } = new();

    /// <summary>Rule-breakers and the others; null: they did not come.</summary>
    public AbuseTotals? Abuse { get; set; }

    /// <summary>Queries beside the decisions, ended; null: there were none.</summary>
    public QueryTotals? Queries { get; set; }

    /// <summary>When the server was killed; 0: never.</summary>
    public double KilledAtSeconds { get; set; }

    /// <summary>Stopwatch ticks at which the new server was started.</summary>
    public long RestartedAt { get; set; }

    /// <summary>The newest requests answered before the kill.</summary>
    public IReadOnlyList<AnsweredRequest> AnsweredBeforeKill { get; set; } = [];

    /// <summary>What became of decisions over the restart; null: the server was not killed.</summary>
    public RestartTotals? Restart { get; set; }

    /// <summary>Why the server ended without being asked to; empty: it did not.</summary>
    public string ServerEndedText { get; set; } = "";
}
