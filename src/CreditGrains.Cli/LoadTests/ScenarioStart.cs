using System.Diagnostics;
using CreditGrains.Cli.Bench;
using CreditGrains.Cli.Bench.Arrivals;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Bench.Runs;
using CreditGrains.Cli.Bench.Server;
using CreditGrains.Cli.Output;

namespace CreditGrains.Cli.LoadTests;

/// <summary>A server where the load begins, and what was measured on the way there.</summary>
/// <param name="Target">The server; the caller disposes of it.</param>
/// <param name="At">When it was begun, UTC.</param>
/// <param name="Machine">Where.</param>
/// <param name="Sync">How long the disk takes; null of a server that was not started here.</param>
/// <param name="Accounts">Facilities of the server.</param>
/// <param name="Loans">Accounts with a loan.</param>
/// <param name="Closed">What the closed loop reached; null when it was not asked.</param>
/// <param name="PerSecond">Rate of the load that follows, requests a second.</param>
internal sealed record ScenarioStart(ServerTarget Target, DateTimeOffset At, Machine Machine, Figure? Sync, long Accounts, long Loans, LoadResult? Closed, double PerSecond)
{
    private const int WarmUpSecondsMax = 30;
    private const int SettleSecondsMax = 30;
    private static readonly TimeSpan SettlePause = TimeSpan.FromMilliseconds(100);

    /// <summary>The closed loop's rate; 0 when it was not measured.</summary>
    public double PeakPerSecond => Closed?.PerSecond ?? 0;

    /// <summary>Starts or finds the server, fills it, measures its peak or warms it up, and waits until no hold of that is left.</summary>
    /// <exception cref="BenchFault">It cannot be run as asked.</exception>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    public static async Task<ScenarioStart> PrepareAsync(ScenarioPlan plan, Shell shell, CancellationToken cancellation)
    {
        var machine = Machine.Read();
        var at = TimeProvider.System.GetUtcNow();
        var bench = plan.Settings.Bench;
        var sync = bench.Address is null ? DataDisk.MeasureSync(bench.DataDirectory) : null;
        var target = await ServerTarget.OpenAsync(bench, cancellation);
        try
        {
            var (accounts, loans) = await FillAsync(plan, target, cancellation);
            // Baselines are measured by a closed loop, so the engine is too.
            var closed = plan.Settings.RatePerSecond > 0 && !plan.Settings.HasBaselines ? null : Peak(plan.Settings, target, shell, cancellation);
            if (closed is null) WarmUp(plan, target, cancellation);
            await SettleAsync(bench, target, cancellation);
            var perSecond = plan.Settings.RatePerSecond > 0 ? plan.Settings.RatePerSecond : closed!.PerSecond * plan.Scenario.PartOfPeak;
            return new ScenarioStart(target, at, machine, sync, accounts, loans, closed, perSecond);
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
    }

    /// <summary>Population, loans, and what scores.</summary>
    private static async Task<(long Accounts, long Loans)> FillAsync(ScenarioPlan plan, ServerTarget target, CancellationToken cancellation)
    {
        var shape = plan.Settings.Bench.Shape;
        var accounts = await PopulationImport.EnsureAsync(target, shape, cancellation);
        var loans = await PopulationLoans.EnsureAsync(target.Channel, shape, plan.Settings.Loans, cancellation);
        // Features weigh on every event, so a book is put back to none when none is asked for.
        await ScoredBook.PutAsync(target.Channel, plan.ScoredBy, plan.Catalogue);
        return (accounts, loans);
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

    /// <summary>The rate asked for, not counted: a server that starts compiles its code while it answers.</summary>
    private static void WarmUp(ScenarioPlan plan, ServerTarget target, CancellationToken cancellation)
    {
        using var run = new LoadRun(RateProfile.Constant(plan.Settings.RatePerSecond), TimeSpan.FromSeconds(1), tally => ScenarioConnections.Open(plan, target.Address, tally));
        while (run.Elapsed < plan.Settings.Bench.WarmUpSeconds && !cancellation.IsCancellationRequested) run.Second();
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
}
