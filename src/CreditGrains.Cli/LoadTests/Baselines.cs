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
    /// <param name="perSecond">Decisions a second of the engine, by the transport of the run.</param>
    /// <param name="shell">For progress.</param>
    public static List<Figure> Measure(LoadTestSettings settings, double perSecond, Shell shell)
    {
        var figures = new List<Figure>();
        var isStream = settings.Transport == Transport.Stream;
        var report = new Report(isJson: true);
        if (PostgresRuns.Run(settings.Bench, report, figures) is { } postgres)
        {
            figures.Add(isStream
                ? new Figure("engine, streamed batches ÷ PostgreSQL, batches of 100", "times", perSecond / postgres.Batch, Demand.AtLeast, 5)
                : new Figure("engine, unary ÷ PostgreSQL, single", "times", perSecond / postgres.Single, Demand.AtLeast, 4));
        }

        shell.Note($"Redis: the same checks by a script, appendfsync always");
        if (RedisRuns.Run(settings.Bench, figures) is { } redis)
        {
            figures.Add(isStream
                ? new Figure("engine, streamed batches ÷ Redis, pipelined 16", "times", perSecond / redis.Pipelined)
                : new Figure("engine, unary ÷ Redis, single", "times", perSecond / redis.Single));
        }

        return figures;
    }
}
