using System.Diagnostics;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Control;
using CreditGrains.Cli.Features;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Features;
using CreditGrains.Engine.Standalone;
using CreditGrains.Risk.Features;

namespace CreditGrains.Cli.Bench.Runs;

/// <summary>The engine over its population: decisions without a catalogue, with one, and with its features read at each; then the export of those decisions.</summary>
internal static class FeatureEngineRuns
{
    private const string Rate = "decisions/s";

    public static async Task RunAsync(BenchSettings settings, FeatureCatalogue catalogue, Report report, List<Figure> figures)
    {
        await using (var engine = EngineBook.Open(settings))
        {
            await EngineBook.EnsureAsync(engine, settings.Shape);
            await ActivateAsync(engine, []);
            figures.Add(await BatchesAsync(settings, engine, "in process, batches of 1,000, no catalogue", report));
            await ActivateAsync(engine, catalogue.Content.ToArray());
            figures.Add(await BatchesAsync(settings, engine, "the same, events move the features", report));
        }
        await using (var engine = CreditEngine.Open(new EngineOptions { DataDirectory = settings.DataDirectory, Clock = TimeProvider.System, Partition = new PartitionOptions { ReadsFeatures = true } }))
            figures.Add(await BatchesAsync(settings, engine, "the same, every decision reads them too", report));
        figures.Add(Export(settings, catalogue, report));
    }

    private static async Task<Figure> BatchesAsync(BenchSettings settings, CreditEngine engine, string name, Report report)
    {
        Report.Progress($"{name}, {settings.Seconds} s");
        var result = await new EngineLoad(settings, engine).BatchesAsync(InProcessRuns.BatchLength, settings.BatchesInFlight);
        report.Detail(name, result);
        return new Figure(name, Rate, result.PerSecond, Note: result.ErrorNote);
    }

    private static async Task ActivateAsync(CreditEngine engine, byte[] content)
    {
        var command = Command.Of(RequestIds.From(null), new ActivateFeatures(new NodeKey(0, 1, 1, NodeKind.None), content));
        var outcome = await engine.ExecuteAsync(command);
        if (outcome.Kind != OutcomeKind.Posted && outcome.Reason != Reason.NoChange) throw new BenchFault($"the catalogue was not taken: {outcome.Reason} {outcome.Message}");
    }

    private static Figure Export(BenchSettings settings, FeatureCatalogue catalogue, Report report)
    {
        Report.Progress($"export of those decisions");
        var start = Stopwatch.GetTimestamp();
        var (rows, events) = (0L, 0L);
        using var writer = new DecisionWriter(Stream.Null, catalogue, null);
        FeatureHistory.Open(settings.DataDirectory).Rebuild(catalogue, asUsed: true, (in PastDecision decision, ReadOnlySpan<long> values) =>
        {
            writer.Write(decision, values, null);
            rows++;
        }, sequence => events = sequence);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        report.Detail($"export: {rows:N0} rows of {events:N0} events in {seconds:F1} s, written as CSV to nowhere");
        return new Figure("export, rows of CSV", "rows/s", rows / seconds, Note: "over the whole journal, the building of the population with it");
    }
}
