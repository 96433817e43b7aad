using System.Diagnostics;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine;
using CreditGrains.Engine.Standalone;

namespace CreditGrains.Cli.Bench.Runs;

/// <summary>Opens the engine in this process and sees that it holds the population.</summary>
internal static class EngineBook
{
    private const int BatchLength = 2_000;

    /// <summary>Opens the engine on the data directory of the run.</summary>
    public static CreditEngine Open(BenchSettings settings) =>
        CreditEngine.Open(new EngineOptions { DataDirectory = settings.DataDirectory, Clock = TimeProvider.System });

    /// <summary>Builds the population unless it is there.</summary>
    public static async Task EnsureAsync(ICreditEngine engine, PopulationShape shape)
    {
        var status = await engine.GetStatusAsync();
        if (status.FacilityCount >= shape.Facilities) return;
        if (status.FacilityCount > 0)
            throw new BenchFault($"the data directory has {status.FacilityCount} facilities, the run asks for {shape.Facilities}; use the same --facilities or an empty directory");
        var start = Stopwatch.GetTimestamp();
        await BuildAsync(engine, shape);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Report.Progress($"population of {shape.Facilities:N0} facilities built in process in {seconds:F1} s, {shape.Rows / seconds:N0} rows/s");
    }

    /// <summary>The next batch is made while the last one is executed.</summary>
    private static async Task BuildAsync(ICreditEngine engine, PopulationShape shape)
    {
        var source = new PopulationCommands(shape);
        var (commands, spare) = (new Command[BatchLength], new Command[BatchLength]);
        var outcomes = new Outcome[BatchLength];
        var count = source.Fill(commands);
        while (count > 0)
        {
            var executing = engine.ExecuteAsync(commands.AsMemory(0, count), outcomes);
            var next = source.Fill(spare);
            await executing;
            if (outcomes.AsSpan(0, count).IndexOfFault() is >= 0 and var at)
                throw new BenchFault($"the population was not taken: {commands[at].Facility} gave {outcomes[at].Reason} {outcomes[at].Message}");
            (commands, spare, count) = (spare, commands, next);
        }
    }

    private static int IndexOfFault(this Span<Outcome> outcomes)
    {
        for (var i = 0; i < outcomes.Length; i++)
            if (outcomes[i].Kind != OutcomeKind.Posted) return i;
        return -1;
    }
}
