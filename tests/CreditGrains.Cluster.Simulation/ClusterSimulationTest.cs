using System.Diagnostics;
using Xunit.Abstractions;

namespace CreditGrains.Cluster.Simulation;

/// <summary>Seeds of the cluster's simulator. CREDITGRAINS_CLUSTER_SEEDS says how many, CREDITGRAINS_SEED runs one alone and says what happens in it.</summary>
public sealed class ClusterSimulationTest(ITestOutputHelper output)
{
    private const ulong SeedsUsual = 300, SeedsLong = 3_000, FaultSeedsMax = 300;

    [Fact]
    public void Cluster_OverManySeeds_KeepsItsPromises()
    {
        if (Number("CREDITGRAINS_SEED") is { } one)
        {
            ClusterSimulation.Run(one, new SimulationOptions { Log = output.WriteLine });
            return;
        }
        var seeds = Number("CREDITGRAINS_CLUSTER_SEEDS") ?? (Environment.GetEnvironmentVariable("CREDITGRAINS_LONG") == "1" ? SeedsLong : SeedsUsual);
        var first = Number("CREDITGRAINS_FIRST_SEED") ?? 1;
        var sums = new Dictionary<string, long>();
        var start = Stopwatch.GetTimestamp();
        for (var seed = first; seed < first + seeds; seed++)
            foreach (var (name, count) in ClusterSimulation.Run(seed).Counts) sums[name] = sums.GetValueOrDefault(name) + count;
        output.WriteLine($"{seeds} seeds in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s: {string.Join(", ", sums.Select(s => $"{s.Key} {s.Value}"))}");
        if (seeds >= 100) Assert.All(sums, s => Assert.True(s.Value > 0, $"{s.Key} never came up"));
    }

    [Fact]
    public void Seed_RunTwice_DoesTheSame()
    {
        for (ulong seed = 1; seed <= 5; seed++) Assert.Equal(ClusterSimulation.Run(seed).Trace, ClusterSimulation.Run(seed).Trace);
    }

    [Theory]
    [InlineData(PlantedFault.StaleEpochAccepted)]
    [InlineData(PlantedFault.LeaseCountedTwice)]
    [InlineData(PlantedFault.AllowanceCountedTwice)]
    [InlineData(PlantedFault.ReclaimBeforeFencing)]
    [InlineData(PlantedFault.AnswerBeforeAppend)]
    [InlineData(PlantedFault.AnswerBeforeStored)]
    public void Fault_PlantedOnPurpose_IsFound(PlantedFault fault)
    {
        var options = new SimulationOptions { Fault = fault };
        Exception? found = null;
        ulong seed = 0;
        while (found is null && seed < FaultSeedsMax) found = Record.Exception(() => ClusterSimulation.Run(++seed, options));
        output.WriteLine($"{fault}: {found?.Message ?? "not found"}");
        Assert.IsType<SimulationFailedException>(found);
    }

    private static ulong? Number(string variable) => ulong.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : null;
}
