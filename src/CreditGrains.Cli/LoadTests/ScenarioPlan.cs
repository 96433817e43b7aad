using CreditGrains.Cli.Bench;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Features;
using CreditGrains.Cli.LoadTests.Reporting;
using CreditGrains.Risk.Features;

namespace CreditGrains.Cli.LoadTests;

/// <summary>What is run and how, once it is known that it can be.</summary>
/// <param name="Scenario">What is run.</param>
/// <param name="Settings">How.</param>
/// <param name="ScoredBy">What scores the requests.</param>
/// <param name="Catalogue">Features it scores by; null when nothing scores.</param>
internal sealed record ScenarioPlan(Scenario Scenario, LoadTestSettings Settings, ScoredBy ScoredBy, FeatureCatalogue? Catalogue)
{
    /// <summary>Checks all that can be checked before a server is started, and makes the directory of the report.</summary>
    /// <exception cref="BenchFault">Scenario and settings do not agree.</exception>
    /// <exception cref="CommandFault">ReportNotWritable, NoCatalogue.</exception>
    public static ScenarioPlan Of(Scenario scenario, LoadTestSettings settings)
    {
        if (scenario.KillsServer && settings.Bench.Address is not null) throw new BenchFault($"the scenario '{scenario.Name}' kills the server; leave --address out, so that one is started for it");
        if (scenario.IsLife && settings.Transport == Transport.Unary) throw new BenchFault($"the scenario '{scenario.Name}' is sent on streams; leave --transport out");
        ReportFiles.Prepare(settings.OutputDirectory, scenario.Name);
        var scoredBy = settings.ScoredBy ?? scenario.ScoredBy;
        return new ScenarioPlan(scenario, settings, scoredBy, scoredBy == ScoredBy.None ? null : CatalogueOf(settings.CataloguePath));
    }

    private static FeatureCatalogue CatalogueOf(string path) => File.Exists(path)
        ? FeatureCommands.Read(path)
        : throw CommandFault.Usage("NoCatalogue", $"the catalogue of features {path} does not exist; run in the root of the source tree, which has docs/examples/features.json, or give --catalogue FILE");
}
