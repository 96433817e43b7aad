using System.Globalization;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;

namespace CreditGrains.Cli.Bench.Redis;

/// <summary>Decisions a second of the same checks in a Redis script.</summary>
/// <param name="Single">One a call: the best over several numbers of connections.</param>
/// <param name="Pipelined">Sixteen commands sent at once.</param>
internal sealed record RedisRates(double Single, double Pipelined);

/// <summary>The comparison with Redis, on a server made for it.</summary>
internal static class RedisRuns
{
    private const int Pipeline = 16;
    private const int LoadAtOnce = 50_000;
    private const long TrialRequests = 5_000;
    private static readonly int[] Clients = [16, 64];

    /// <summary>Runs it.</summary>
    /// <returns>Null when Redis is not there; the figures then say so.</returns>
    public static RedisRates? Run(BenchSettings settings, List<Figure> figures)
    {
        if (RedisServer.TryVersion() is not { } version)
        {
            const string Why = "Redis is not installed (no redis-server with redis-benchmark); install its server package to compare";
            figures.Add(Figure.Missing("Redis script, single", "decisions/s", Demand.None, 0, Why));
            figures.Add(Figure.Missing("Redis script, pipelined 16", "decisions/s", Demand.None, 0, Why));
            return null;
        }

        using var server = RedisServer.Start();
        var shape = PopulationShape.Part(settings.Shape, settings.PostgresFacilities);
        LoadBook(server, shape);
        var authorize = server.Load("authorize.lua");
        string[] command = ["EVALSHA", authorize, "0", "__rand_int__", "__rand_int__", "__rand_int__", "__rand_int__", Text(shape.Facilities), Text(shape.Borrowers), Text(shape.Enterprises), Text(shape.Products)];
        var single = Clients.Max(clients => Measure(server, settings.Seconds, clients, 1, command));
        var pipelined = Clients.Max(clients => Measure(server, settings.Seconds, clients, Pipeline, command));
        var sums = server.Command("EVAL_RO", RedisServer.TextOf("check.lua"), "0", Text(shape.Products)).Split(' ');
        if (sums.Length != 2 || sums[0] != sums[1] || sums[0] == "0") throw new BenchFault($"the Redis script broke its own sums: {string.Join(' ', sums)}");
        var note = $"{version.Split(' ').FirstOrDefault(word => word.StartsWith("v=", StringComparison.Ordinal))}, appendfsync always, {shape.Facilities.ToString("N0", CultureInfo.InvariantCulture)} facilities; sums agree";
        figures.Add(new Figure("Redis script, single", "decisions/s", single, Note: note));
        figures.Add(new Figure("Redis script, pipelined 16", "decisions/s", pipelined, Note: note));
        return new RedisRates(single, pipelined);
    }

    private static double Measure(RedisServer server, double seconds, int clients, int pipeline, string[] command)
    {
        var trial = server.Bench(TrialRequests, clients, pipeline, command);
        return server.Bench(Math.Max(TrialRequests, (long)(trial * seconds)), clients, pipeline, command);
    }

    private static void LoadBook(RedisServer server, PopulationShape shape)
    {
        var load = server.Load("load.lua");
        Fill("p", shape.Products, PopulationShape.ProductLimit);
        Fill("e", shape.Enterprises, shape.EnterpriseLimit);
        Fill("b", shape.Borrowers, PopulationShape.BorrowerLimit);
        Fill("f", shape.Facilities, PopulationShape.FacilityLimit);

        void Fill(string prefix, long count, long limit)
        {
            for (long from = 1; from <= count; from += LoadAtOnce)
                server.Command("EVALSHA", load, "0", prefix, Text(from), Text(Math.Min(count, from + LoadAtOnce - 1)), Text(limit));
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
