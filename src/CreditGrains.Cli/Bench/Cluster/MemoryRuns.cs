using System.Globalization;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Bench.Runs;
using CreditGrains.Cli.Bench.Server;

namespace CreditGrains.Cli.Bench.Cluster;

/// <summary>A large population in three silos: how fast it comes in, how much memory it takes, and how long the collector holds a silo up while streams run.</summary>
internal static class MemoryRuns
{
    /// <summary>The most a message of an import holds: fewer, larger calls to each of many partitions.</summary>
    private const int ImportBatchRows = 10_000;

    /// <summary>Runs it.</summary>
    public static async Task RunAsync(BenchSettings settings, ClusterShape shape, Report report, List<Figure> figures)
    {
        using var client = new HttpClient();
        await using var cluster = await ClusterUnderTest.StartAsync(shape);
        await ShowAsync(client, cluster, report, "empty", 0);
        var (reply, time) = await PopulationImport.RunAsync(cluster.Silos[0].Channel, settings.Shape, ImportBatchRows);
        report.Detail($"import over {shape.Partitions} partitions: {reply.Rows:N0} rows in {time.TotalSeconds:F1} s, {reply.Rows / time.TotalSeconds:N0} rows/s");
        await ShowAsync(client, cluster, report, "after the import, its pauses", 0);
        Report.Progress($"cluster stream: {shape.StreamConnections} connections, {settings.Seconds} s");
        var since = (await SiloMemory.ReadAsync(client, cluster.HttpAddresses[0], 0)).NowMicros;
        var load = GeneratorRun.Stream(settings, cluster.Addresses, shape.StreamConnections);
        report.Detail("stream over the whole population", load);
        var (resident, longest) = await ShowAsync(client, cluster, report, "under load", since);
        var size = settings.Shape.Facilities.ToString("N0", CultureInfo.InvariantCulture);
        figures.Add(Asked.ClusterMemory(resident / (double)(1L << 30), $"at {size} facilities"));
        figures.Add(Asked.ClusterPause(longest, $"at {size} facilities, {load.PerSecond.ToString("N0", CultureInfo.InvariantCulture)} decisions/s"));
    }

    private static async Task<(long Resident, double Longest)> ShowAsync(HttpClient client, ClusterUnderTest cluster, Report report, string when, long since)
    {
        long resident = 0;
        var longest = 0.0;
        for (var i = 0; i < cluster.Silos.Count; i++)
        {
            var memory = ProcessMemory.Read(cluster.Silos[i].Process!.Id) ?? throw new BenchFault("memory can only be measured where there is /proc");
            var told = await SiloMemory.ReadAsync(client, cluster.HttpAddresses[i], since);
            report.Detail($"{when}: silo {i} resident {Gib(memory.Resident):F2} GiB, peak {Gib(memory.Peak):F2}, collector's heap {Gib(told.HeapBytes):F2}; {told.Pauses.Count} pauses, longest {told.Pauses.LongestMillis:F1} ms (generation {told.Pauses.LongestGeneration}, {told.Pauses.LongestStoppingMillis:F1} ms of it until all threads stood), together {told.Pauses.TotalMillis:F0} ms; collections {string.Join('/', told.Collections)}");
            resident += memory.Resident;
            longest = Math.Max(longest, told.Pauses.LongestMillis);
        }
        report.Detail($"{when}: three silos together {Gib(resident):F2} GiB resident");
        return (resident, longest);
    }

    private static double Gib(long bytes) => bytes / (double)(1L << 30);
}
