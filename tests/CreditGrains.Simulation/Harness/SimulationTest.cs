using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace CreditGrains.Simulation.Harness;

/// <summary>
/// Many seeds over two threads, see docs/simulator.md. CREDITGRAINS_SEEDS says how many (0: until stopped), CREDITGRAINS_FIRST_SEED where to begin,
/// CREDITGRAINS_SEED runs one, CREDITGRAINS_FAILURES stops at the so-manieth failure instead of the first.
/// </summary>
public sealed class SimulationTest(ITestOutputHelper output)
{
    private const ulong SeedsUsual = 600;
    private const ulong SeedsLong = 5_000;

    // So many seeds meet every trouble there is.
    private const ulong SeedsOfAllTroubles = 200;
    private const int ThreadCount = 2;

    [Fact]
    public void Engine_OverManySeeds_KeepsItsPromises()
    {
        if (Setting("CREDITGRAINS_SEED") is { } only)
        {
            output.WriteLine(Simulation.Run(only).ToString());
            return;
        }
        ulong seeds = Setting("CREDITGRAINS_SEEDS") ?? (Environment.GetEnvironmentVariable("CREDITGRAINS_LONG") == "1" ? SeedsLong : SeedsUsual);
        var watch = Stopwatch.StartNew();
        (long events, Troubles troubles) = RunAll(Setting("CREDITGRAINS_FIRST_SEED") ?? 1, seeds);
        output.WriteLine($"{seeds} seeds, {events} events, {watch.Elapsed.TotalSeconds:F0} s");
        output.WriteLine(troubles.ToString());
        if (seeds >= SeedsOfAllTroubles) Assert.DoesNotContain(troubles.Counts, each => each.Count == 0);
    }

    [Fact]
    public void Seed_RunTwice_DoesTheSame()
    {
        (SimulationResult first, SimulationResult second) = (Simulation.Run(7), Simulation.Run(7));
        Assert.Equal(first with { Troubles = second.Troubles }, second);
        Assert.Equal(first.Troubles.ToString(), second.Troubles.ToString());
    }

    private static (long Events, Troubles Troubles) RunAll(ulong first, ulong seeds)
    {
        long events = 0;
        ulong next = first - 1;
        ulong failuresMax = Setting("CREDITGRAINS_FAILURES") ?? 1;
        var troubles = new Troubles();
        var failures = new List<Exception>();
        void Work()
        {
            while (true)
            {
                ulong seed = Interlocked.Increment(ref next);
                if ((seeds != 0 && seed - first >= seeds) || (ulong)failures.Count >= failuresMax) return;
                try
                {
                    SimulationResult result = Simulation.Run(seed);
                    Interlocked.Add(ref events, result.Events);
                    lock (troubles) troubles.Add(result.Troubles);
                }
                catch (SimulationFailedException failure)
                {
                    lock (failures) failures.Add(failure);
                }
            }
        }
        Thread[] threads = [.. Enumerable.Range(0, ThreadCount).Select(_ => new Thread(Work))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        if (failures.Count > 0) throw new AggregateException($"{failures.Count} of the seeds {first} to {next} failed", failures);
        return (events, troubles);
    }

    private static ulong? Setting(string name) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value : null;
}
