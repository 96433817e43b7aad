using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Bench.Postgres;
using CreditGrains.Cli.Bench.Server;

namespace CreditGrains.Cli.Bench.Runs;

/// <summary>
/// Everything in one go on one machine, one after the other, never two at a time: import, memory, single, unary, retries,
/// stream, restart, snapshot over a server; then the engine in process on the same data; then PostgreSQL; then the ratios.
/// </summary>
internal static class FullRun
{
    /// <summary>Runs it.</summary>
    /// <param name="settings">Without an address: the bench must own the server to measure its memory and restart it.</param>
    /// <param name="streamConnections">Connections of the stream.</param>
    /// <param name="inFlight">Batches under way in process.</param>
    /// <param name="holds">Open holds while memory is read.</param>
    /// <param name="report">Where it prints.</param>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchSettings settings, int streamConnections, int inFlight, long holds, Report report)
    {
        var figures = new List<Figure>();
        var (unary, stream) = await MeasureServerAsync(settings, streamConnections, holds, report, figures);
        await InProcessRuns.RunAsync(settings, inFlight, report, figures);
        if (PostgresRuns.Run(settings, report, figures) is { } rates)
        {
            figures.Add(Asked.UnaryRatio(unary / rates.Single));
            figures.Add(Asked.StreamRatio(stream / rates.Batch));
        }
        else
        {
            figures.Add(Asked.UnaryRatio(double.NaN, "no PostgreSQL"));
            figures.Add(Asked.StreamRatio(double.NaN, "no PostgreSQL"));
        }

        return figures;
    }

    private static async Task<(double Unary, double Stream)> MeasureServerAsync(
        BenchSettings settings, int streamConnections, long holds, Report report, List<Figure> figures)
    {
        Report.Progress($"server: starting on {settings.DataDirectory}");
        var target = await ServerTarget.OpenAsync(settings);
        try
        {
            await ServerRuns.ImportAsync(settings, target, report, figures);
            await ServerRuns.MemoryAsync(settings, target, holds, report, figures);
            ServerRuns.Single(settings, target, report, figures);
            var unary = ServerRuns.Unary(settings, target, report, figures);
            await RetryBody.RunAsync(settings, target, report, figures);
            var stream = ServerRuns.Stream(settings, target, streamConnections, report, figures);
            // Before a snapshot is asked for: what the engine's own snapshots left to replay is replayed.
            target = await ServerRuns.RestartAsync(settings, target, report, figures);
            ServerRuns.SnapshotPause(settings, target, unary.PerSecond, report, figures);
            return (unary.PerSecond, stream.PerSecond);
        }
        finally
        {
            await target.DisposeAsync();
        }
    }
}
