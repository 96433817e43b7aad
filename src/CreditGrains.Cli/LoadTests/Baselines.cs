using System.Globalization;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Bench.Postgres;
using CreditGrains.Cli.Bench.Redis;
using CreditGrains.Cli.Output;

namespace CreditGrains.Cli.LoadTests;

/// <summary>What PostgreSQL and Redis do with the same checks on the same machine, after the engine is gone, and the ratios.</summary>
internal static class Baselines
{
    /// <summary>Measures both. What is not installed is said in its figure.</summary>
    /// <param name="settings">Population and times.</param>
    /// <param name="engine">What the engine reached, by the transport of the run.</param>
    /// <param name="shell">For progress.</param>
    /// <param name="cancellation">Looked at between the two.</param>
    public static List<Figure> Measure(LoadTestSettings settings, EngineRate engine, Shell shell, CancellationToken cancellation)
    {
        var figures = new List<Figure>();
        var isStream = settings.Transport == Transport.Stream;
        var report = new Report(isJson: true);
        if (PostgresRuns.Run(settings.Bench, report, figures) is { } postgres)
        {
            figures.Add(isStream
                ? engine.Over("engine, streamed batches ÷ PostgreSQL, batches of 100", postgres.Batch, Demand.AtLeast, 5)
                : engine.Over("engine, unary ÷ PostgreSQL, single", postgres.Single, Demand.AtLeast, 4));
        }

        cancellation.ThrowIfCancellationRequested();
        shell.Note($"Redis: the same checks by a script, appendfsync always");
        if (RedisRuns.Run(settings.Bench, figures) is { } redis)
        {
            figures.Add(isStream
                ? engine.Over("engine, streamed batches ÷ Redis, pipelined 16", redis.Pipelined)
                : engine.Over("engine, unary ÷ Redis, single", redis.Single));
        }

        return figures;
    }
}

/// <summary>What the engine reached, for a ratio to others.</summary>
/// <param name="PerSecond">Decisions a second of the closed loop, which is how the others are measured too.</param>
/// <param name="ScoredBy">What scored them; the others score nothing.</param>
internal readonly record struct EngineRate(double PerSecond, ScoredBy ScoredBy)
{
    /// <summary>The ratio, with what stands above and below the line.</summary>
    public Figure Over(string name, double otherPerSecond, Demand demand = Demand.None, double asked = 0) => new(name, "times", PerSecond / otherPerSecond, demand, asked, string.Create(
        CultureInfo.InvariantCulture, $"{PerSecond:N0} of the closed loop before the run ÷ {otherPerSecond:N0} decisions/s; {(ScoredBy == ScoredBy.None ? "neither scored" : $"the engine scored by {(ScoredBy == ScoredBy.Card ? "a scorecard" : "trees")}, the other not scored")}"));
}
