using System.Diagnostics;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Bench.Server;
using CreditGrains.Cli.Output;

namespace CreditGrains.Cli.LoadTests;

/// <summary>
/// The load of a scenario, second by second, and what the scenario does meanwhile: rule-breakers who join, a server that is killed. Owns the server from where the load begins. For one run:
/// load, end, report. Not thread-safe.
/// </summary>
internal sealed class RunningScenario : IAsyncDisposable
{
    private const double RestartPart = 0.4;
    private const double ReturnSecondsMax = 35;
    private const int AskedAgainMax = 1_000;
    private const double FirstSeconds = 2.5;
    private readonly ScenarioPlan plan;
    private readonly ScenarioStart start;
    private readonly Shell shell;
    private readonly AnsweredRequests? answered;
    private readonly LoadRun run;
    private readonly Abuse abuse;
    private readonly List<LoadSecond> seconds = [];
    private readonly ScenarioEvents events = new();
    private QueryLoad? queries;
    private ServerTarget target;
    private ServerWatch watch;
    private bool isInterrupted;

    /// <summary>Begins the load: from here on requests come due.</summary>
    /// <param name="plan">What is run and how.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="shell">For progress.</param>
    /// <exception cref="Bench.Http2.Http2Exception">The server is gone; it stays the caller's.</exception>
    public RunningScenario(ScenarioPlan plan, ScenarioStart start, Shell shell)
    {
        (this.plan, this.start, this.shell, target) = (plan, start, shell, start.Target);
        var (scenario, bench) = (plan.Scenario, plan.Settings.Bench);
        // A server that is killed comes back at the same address.
        var address = target.Address;
        answered = scenario.KillsServer ? new AnsweredRequests(AskedAgainMax) : null;
        run = new LoadRun(
            scenario.Shape(start.PerSecond, plan.Settings.Seconds, plan.Settings.Transport), TimeSpan.FromMilliseconds(scenario.PatienceMs), tally => ScenarioConnections.Open(plan, address, tally, answered));
        abuse = new Abuse(address, bench.Seed);
        queries = scenario.QueriesPerSecond > 0 ? new QueryLoad(address, bench.Authorization, bench.Shape, scenario.QueriesPerSecond, bench.Seed) : null;
        watch = new ServerWatch(target);
    }

    /// <summary>Whether there is more to come: the run is shorter than asked, or a killed server has not decided since and may still be in time.</summary>
    private bool IsUnfinished => run.Elapsed < plan.Settings.Seconds || IsAwaited;

    private bool IsAwaited => events.RestartedAt > 0 && run.FirstDecisionAt == 0 && Stopwatch.GetElapsedTime(events.RestartedAt).TotalSeconds < ReturnSecondsMax;

    /// <summary>Loads until the end of the run, an interrupt, or the end of the server, whichever is first.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        while (IsUnfinished && !cancellation.IsCancellationRequested)
            if (!await SecondAsync()) break;

        isInterrupted = cancellation.IsCancellationRequested && IsUnfinished;
        // A report has one second at least.
        if (seconds.Count == 0) seconds.Add(run.Second(watch));
    }

    /// <summary>Ends what goes on beside the load, waits for the answers under way, and adds up what is told of the whole run.</summary>
    public async Task EndAsync()
    {
        await EndQueriesAsync();
        var stillOpen = abuse.CountOpen();
        run.Drain();
        if (abuse.IsStarted) events.Abuse = new AbuseTotals(events.Quiet, run.Phase, abuse.SilentJoined, Abuse.SilentAsked(Abuse.OpenFilesMax()), stillOpen, abuse.Text);
        if (events.RestartedAt > 0) events.Restart = await RestartTotalsAsync();
    }

    /// <summary>What was seen; after <see cref="EndAsync"/>. Of an interrupted run it judges nothing.</summary>
    public LoadReport Report()
    {
        var total = run.Total;
        var settings = plan.Settings;
        var report = new LoadReport(
            plan.Scenario.Name, plan.Scenario.Description, start.At, start.Machine, start.Accounts, ReportSettings.TransportOf(settings), start.PeakPerSecond, seconds, RunFigures.Percentiles(total),
            [.. total.Outcomes.Select(pair => new NamedValue(pair.Kind.ToString(), pair.Count))], [.. total.Reasons.Select(pair => new NamedValue(pair.Reason.ToString(), pair.Count))],
            [.. total.Errors.Select(pair => new NamedValue(pair.Key, pair.Value))], RunFigures.Of(plan, start, seconds, run.Totals, events))
        {
            Loans = start.Loans,
            AskedPerSecond = settings.RatePerSecond,
            Settings = ReportSettings.Of(plan.Scenario, settings, plan.ScoredBy, plan.Catalogue),
            ServerCommit = ReportSettings.ServerCommitOf(settings),
        };
        return isInterrupted ? report.Interrupted() : report;
    }

    /// <summary>Ends what is still under way, the connections and the server.</summary>
    public async ValueTask DisposeAsync()
    {
        // Ended in reverse, each also when another cannot be.
        await using var server = target;
        using var load = run;
        using var ruleBreakers = abuse;
        await EndQueriesAsync();
    }

    /// <summary>One second of load, and then what is due at this point of the run.</summary>
    /// <returns>Whether the load can go on: false when the server has ended by itself.</returns>
    private async Task<bool> SecondAsync()
    {
        seconds.Add(run.Second(watch));
        Progress(seconds[^1]);
        if (target.Process is { HasExited: true } ended)
        {
            events.ServerEndedText = $"the server ended by itself: {ended.LastLine}";
            return false;
        }

        if (plan.Scenario.HasAbuse && !abuse.IsStarted) AwaitAbuse();
        if (plan.Scenario.KillsServer && events.KilledAtSeconds == 0 && run.Elapsed >= plan.Settings.Seconds * RestartPart) await KillAndRestartAsync();
        return true;
    }

    /// <summary>Rule-breakers join in the middle; what was seen until then is kept apart.</summary>
    private void AwaitAbuse()
    {
        if (run.Elapsed >= plan.Settings.Seconds / 2)
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

    /// <summary>SIGKILL, and a new server on the same address; the load goes on meanwhile and finds it again.</summary>
    private async Task KillAndRestartAsync()
    {
        events.KilledAtSeconds = run.Elapsed;
        events.AnsweredBeforeKill = answered!.Newest();
        await target.Process!.KillAsync();
        await target.DisposeAsync();
        var again = ServerProcess.Start(plan.Settings.Bench, target.Address);
        events.RestartedAt = Stopwatch.GetTimestamp();
        target = ServerTarget.Of(again);
        watch = new ServerWatch(target);
    }

    private async Task EndQueriesAsync()
    {
        if (queries is null) return;
        var ending = queries;
        queries = null;
        await ending.DisposeAsync();
        events.Queries = ending.Totals;
    }

    private async Task<RestartTotals> RestartTotalsAsync()
    {
        if (run.FirstDecisionAt == 0) return new RestartTotals(double.NaN, run.SeenAtLoss, run.FirstAfterLoss, 0, 0);
        return new RestartTotals(
            Stopwatch.GetElapsedTime(events.RestartedAt, run.FirstDecisionAt).TotalSeconds, run.SeenAtLoss, run.FirstAfterLoss, events.AnsweredBeforeKill.Count,
            await AskedAgain.CountOthersAsync(target.Channel, events.AnsweredBeforeKill));
    }

    private void Progress(LoadSecond second)
    {
        if (Math.Round(second.AtSeconds) % 5 != 0 && second.AtSeconds > 5) return;
        shell.Note($"{second.AtSeconds,6:F0} of {plan.Settings.Seconds:F0} s: offered {second.Offered,9:N0}/s, done {second.Completed,9:N0}/s, p99 {second.P99Ms,8:F2} ms, max {second.MaxMs,8:F2} ms, failed {second.Failed:N0}, refused {second.Refused:N0}{(double.IsNaN(second.ResidentGiB) ? "" : $", {second.ResidentGiB:F2} GiB")}");
    }
}
