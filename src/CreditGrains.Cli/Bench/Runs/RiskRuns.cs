using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Control;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Risk.Features;

namespace CreditGrains.Cli.Bench.Runs;

/// <summary>Decisions that are scored and decided by a policy, in this process: without either, by a scorecard, and by trees.</summary>
internal static class RiskRuns
{
    private const int BatchLength = InProcessRuns.BatchLength;
    private const int Shadows = 100;
    private const long ShadowFacilities = 20_000;
    private static readonly NodeKey Scope = new(0, 1, 1, NodeKind.None);

    public static async Task RunAsync(BenchSettings settings, FeatureCatalogue catalogue, int inFlight, Report report, List<Figure> figures)
    {
        Report.Progress($"risk: opening {settings.DataDirectory}");
        await using var engine = EngineBook.Open(settings);
        await EngineBook.EnsureAsync(engine, settings.Shape);
        var load = new EngineLoad(settings, engine);
        IReadOnlyList<string> names = [.. catalogue.Features.Select(feature => feature.Name)];
        await SendAsync(engine, new ActivateFeatures(Scope, []));
        await ActivateAsync(engine, null, names);
        var plain = await load.BatchesAsync(BatchLength, inFlight);
        report.Detail("without model or policy", plain);
        figures.Add(Asked.RiskNone(plain.PerSecond, plain.ErrorNote));

        await SendAsync(engine, new ActivateFeatures(Scope, catalogue.Content.ToArray()));
        await ActivateAsync(engine, "bench-card", names);
        var card = await load.BatchesAsync(BatchLength, inFlight);
        report.Detail("scorecard and policy", card);
        figures.Add(Asked.RiskScorecard(card.PerSecond, card.ErrorNote));

        await ActivateAsync(engine, "bench-trees", names);
        var trees = await load.BatchesAsync(BatchLength, inFlight);
        report.Detail("trees and policy", trees);
        figures.Add(Asked.RiskTrees(trees.PerSecond, trees.ErrorNote));
        await ActivateAsync(engine, null, names);
        await SendAsync(engine, new ActivateFeatures(Scope, []));
    }

    /// <summary>A hundred models behind the journal of a small book of their own: how fast they follow, and what decisions notice of them.</summary>
    public static async Task ShadowsAsync(BenchSettings settings, FeatureCatalogue catalogue, Report report, List<Figure> figures)
    {
        var whole = settings with { Shape = PopulationShape.Part(settings.Shape, ShadowFacilities), DataDirectory = settings.DataDirectory + "-shadows" };
        await using var engine = EngineBook.Open(whole);
        await EngineBook.EnsureAsync(engine, whole.Shape);
        IReadOnlyList<string> names = [.. catalogue.Features.Select(feature => feature.Name)];
        await SendAsync(engine, new ActivateFeatures(Scope, catalogue.Content.ToArray()));
        await ActivateAsync(engine, "bench-card", names);
        for (var i = 0; i < Shadows; i++)
        {
            var name = $"shadow-{i}";
            var file = i % 2 == 0 ? RiskModels.Trees(names, seed: 100 + i) : RiskModels.Card(names);
            await SendAsync(engine, new RegisterModel(Scope, name, 1, await PutAsync(engine, file), default, ""));
            await SendAsync(engine, new ActivateModel(Scope, name, 1, VersionRole.Shadow, 0, 0, "bench", ""));
        }
        var load = new EngineLoad(whole with { Seconds = Math.Min(5, settings.Seconds), WarmUpSeconds = 1 }, engine);
        var before = await load.BatchesAsync(BatchLength, 1);
        double rate, with;
        await using (var desk = engine.StartRiskDesk(text => report.Detail($"{text}")))
        {
            // The first events build the book; what is measured is scored.
            while (desk.Monitors(Scope).Count == 0) await Task.Delay(50);
            var (from, clock) = (desk.FollowedSequence, System.Diagnostics.Stopwatch.StartNew());
            await Task.Delay(TimeSpan.FromSeconds(settings.Seconds));
            rate = (desk.FollowedSequence - from) / clock.Elapsed.TotalSeconds;
            with = (await load.BatchesAsync(BatchLength, 1)).PerSecond;
        }
        // The book grows from run to run: what it is without is taken from before and after.
        var after = await load.BatchesAsync(BatchLength, 1);
        report.Detail($"one batch at a time: {before.PerSecond:N0} and {after.PerSecond:N0} decisions/s without shadows running, before and after; {with:N0} with");
        figures.Add(Asked.ShadowRate(rate));
        figures.Add(Asked.ShadowCost(2 * with / (before.PerSecond + after.PerSecond)));
    }

    /// <summary>Lets one of the bench's models decide with its policy, or none.</summary>
    private static async Task ActivateAsync(ICreditEngine engine, string? model, IReadOnlyList<string> names)
    {
        await RegisterAsync(engine, names);
        foreach (var name in new[] { "bench-card", "bench-trees" })
            await SendAsync(engine, new ActivateModel(Scope, name, 1, name == model ? VersionRole.Acting : VersionRole.Retired, 0, 0, "bench", "check"));
        await SendAsync(engine, new ActivatePolicy(Scope, "bench-policy", 1, model is null ? VersionRole.Retired : VersionRole.Acting, 0, "bench", "check"));
    }

    private static async Task RegisterAsync(ICreditEngine engine, IReadOnlyList<string> names)
    {
        if ((await engine.GetRiskAsync(Scope.Tenant, Scope.LegalEntity)).Versions.Any(version => version.Name.Name == "bench-policy")) return;
        await SendAsync(engine, new RegisterModel(Scope, "bench-card", 1, await PutAsync(engine, RiskModels.Card(names)), default, ""));
        await SendAsync(engine, new RegisterModel(Scope, "bench-trees", 1, await PutAsync(engine, RiskModels.Trees(names)), default, ""));
        await SendAsync(engine, new RegisterPolicy(Scope, "bench-policy", 1, await PutAsync(engine, RiskModels.Policy()), "Request"));
    }

    private static async Task<ContentHash> PutAsync(ICreditEngine engine, byte[] file)
    {
        foreach (var part in PutContent.PartsOf(Scope, file)) await SendAsync(engine, part);
        return ContentHash.Of(file);
    }

    private static async Task SendAsync(ICreditEngine engine, ControlCommand control)
    {
        var outcome = await engine.ExecuteAsync(Command.Of(RequestIds.Draw(), control));
        if (outcome.Kind != OutcomeKind.Posted && outcome.Reason != Reason.NoChange) throw new BenchFault($"{control.Kind} was not taken: {outcome.Reason} {outcome.Message}");
    }
}
