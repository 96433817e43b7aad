using System.Diagnostics;
using System.Globalization;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Bench.Runs;

namespace CreditGrains.Cli.Bench.Postgres;

/// <summary>Decisions a second of the same checks in PL/pgSQL: the best over several numbers of clients.</summary>
/// <param name="Single">One authorisation a call.</param>
/// <param name="Batch">A hundred a call.</param>
internal sealed record PostgresRates(double Single, double Batch);

/// <summary>The comparison with PostgreSQL, on a cluster made for it.</summary>
internal static class PostgresRuns
{
    private const int BatchLength = 100;
    private static readonly int[] SingleClients = [8, 16, 32, 64];
    private static readonly int[] BatchClients = [1, 2, 4, 8];
    private static readonly string[] Scripts = ["schema.sql", "authorize.sql", "authorize_batch.sql"];

    /// <summary>Runs it.</summary>
    /// <returns>Null when PostgreSQL is not there; the figures then say so.</returns>
    public static PostgresRates? Run(BenchSettings settings, Report report, List<Figure> figures)
    {
        if (PostgresPrograms.Find(out var why) is not { } programs)
        {
            report.Detail($"PostgreSQL: skipped. {why}");
            figures.Add(Asked.PostgresSingle(double.NaN, why));
            figures.Add(Asked.PostgresBatch(double.NaN, why));
            return null;
        }

        using var cluster = PostgresCluster.Start(programs);
        report.Detail($"PostgreSQL: {programs.Version}; shared_buffers={PostgresCluster.SharedBuffersUsual}, {string.Join(", ", PostgresCluster.Settings)}");
        var shape = PopulationShape.Part(settings.Shape, settings.PostgresFacilities);
        var start = Stopwatch.GetTimestamp();
        foreach (var script in Scripts) cluster.RunScript(script);
        cluster.RunScript(
            "load.sql",
            ("facilities", shape.Facilities), ("borrowers", shape.Borrowers), ("enterprises", shape.Enterprises), ("products", shape.Products),
            ("facility_limit", PopulationShape.FacilityLimit), ("borrower_limit", PopulationShape.BorrowerLimit),
            ("enterprise_limit", shape.EnterpriseLimit), ("product_limit", PopulationShape.ProductLimit));
        report.Detail($"PostgreSQL: population of {shape.Facilities:N0} facilities loaded in {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s");
        var note = shape.Facilities == settings.Shape.Facilities ? "" : $"; over {shape.Facilities.ToString("N0", CultureInfo.InvariantCulture)} facilities, which favours PostgreSQL";

        var single = Best(settings, cluster, report, shape, "single.sql", SingleClients, 1);
        figures.Add(Asked.PostgresSingle(single.PerSecond, $"{single.Clients} clients, the best{note}"));
        var batch = Best(settings, cluster, report, shape, "batch.sql", BatchClients, BatchLength);
        figures.Add(Asked.PostgresBatch(batch.PerSecond, $"{batch.Clients} clients, the best{note}"));
        var ids = TransactionsOf(cluster.Bench("ids_only.sql", 1, 2, ("facilities", shape.Facilities)));
        report.Detail($"PostgreSQL: making the ids and amounts of a batch takes {1e3 / ids:F2} ms of it");
        Check(cluster, report);
        return new PostgresRates(single.PerSecond, batch.PerSecond);
    }

    /// <summary>Transactions a second by pgbench's output.</summary>
    public static double TransactionsOf(string output)
    {
        var line = output.Split('\n').FirstOrDefault(line => line.StartsWith("tps = ", StringComparison.Ordinal))
            ?? throw new BenchFault($"pgbench printed no rate: {output}");
        return double.Parse(line["tps = ".Length..].Split(' ')[0], CultureInfo.InvariantCulture);
    }

    private static (double PerSecond, int Clients) Best(
        BenchSettings settings, PostgresCluster cluster, Report report, PopulationShape shape, string script, int[] clientCounts, int length)
    {
        cluster.Bench(script, clientCounts[^1], Math.Max(1, settings.WarmUpSeconds), ("facilities", shape.Facilities));
        var best = (PerSecond: 0.0, Clients: 0);
        foreach (var clients in clientCounts)
        {
            Report.Progress($"PostgreSQL: {script}, {clients} clients, {settings.Seconds} s");
            var output = cluster.Bench(script, clients, settings.Seconds, ("facilities", shape.Facilities));
            var perSecond = TransactionsOf(output) * length;
            var failed = output.Split('\n').FirstOrDefault(line => line.StartsWith("number of failed transactions", StringComparison.Ordinal)) ?? "";
            report.Detail($"PostgreSQL: {script}, {clients} clients: {perSecond:N0} decisions/s; {failed}");
            if (perSecond > best.PerSecond) best = (perSecond, clients);
        }

        return best;
    }

    /// <summary>The sums must agree after all of it, or the comparison compares nothing.</summary>
    private static void Check(PostgresCluster cluster, Report report)
    {
        var sums = cluster.Query("check.sql");
        report.Detail($"PostgreSQL: sums agree (holds, borrowers, enterprises, products, decisions): {sums}");
        if (sums != "t|t|t|t|t") throw new BenchFault($"the PostgreSQL functions broke their own sums: {sums}");
    }
}
