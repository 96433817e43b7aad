using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Cli.Bench.Runs;

/// <summary>What is measured of the engine in this process, over the population.</summary>
internal static class InProcessRuns
{
    /// <summary>Commands of one submission.</summary>
    public const int BatchLength = 1_000;

    /// <summary>Single callers at once.</summary>
    public const int Callers = 512;

    /// <summary>Batches, single callers, and the bytes that a decision takes in the journal.</summary>
    public static async Task RunAsync(BenchSettings settings, int inFlight, Report report, List<Figure> figures)
    {
        Report.Progress($"in process: opening {settings.DataDirectory}");
        await using var engine = EngineBook.Open(settings);
        await EngineBook.EnsureAsync(engine, settings.Shape);
        var load = new EngineLoad(settings, engine);
        Report.Progress($"in process: batches of {BatchLength}, {inFlight} in flight, {settings.Seconds} s");
        var before = await engine.GetStatusAsync();
        var batches = await load.BatchesAsync(BatchLength, inFlight);
        var after = await engine.GetStatusAsync();
        report.Detail("in process, batches", batches);
        figures.Add(Asked.Batches(batches.PerSecond, batches.ErrorNote));
        figures.Add(EventBytes(before, after));

        Report.Progress($"in process: {Callers} single callers, {settings.Seconds} s");
        var singles = await load.SinglesAsync(Callers);
        report.Detail("in process, single callers", singles);
        figures.Add(Asked.Singles(singles.PerSecond, singles.ErrorNote));
    }

    /// <summary>Journal growth over the decisions of the batches, frame headers and padding included.</summary>
    private static Figure EventBytes(EngineStatus before, EngineStatus after)
    {
        var events = after.LastSequence - before.LastSequence;
        return Asked.EventBytes(events == 0 ? double.NaN : (after.JournalBytes - before.JournalBytes) / (double)events, "whole journal, frames included");
    }
}
