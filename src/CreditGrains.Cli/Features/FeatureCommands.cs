using System.CommandLine;
using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Control;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Risk.Features;
using CreditGrains.Risk.Features.Files;

using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Features;

/// <summary>creditgrains features: check a catalogue, put it in force, export what decisions saw. Docs: docs/features.md.</summary>
internal static class FeatureCommands
{
    public static Command Create(Shell shell) => new("features", "Check a catalogue of features, put it in force, and export the features of past decisions") { Check(shell), Activate(shell), ExportCommand.Create(shell) };

    /// <summary>Reads and compiles a catalogue the user named.</summary>
    /// <exception cref="CommandFault">It does not exist or is no catalogue.</exception>
    public static FeatureCatalogue Read(string path)
    {
        if (!File.Exists(path)) throw CommandFault.Usage("FileError", $"{path} does not exist; check the path");
        try
        {
            return CatalogueFile.Read(File.ReadAllBytes(path));
        }
        catch (FeatureFault fault)
        {
            throw new CommandFault(ExitCode.Usage, fault.Name, $"{path}: {fault.Message}", fault);
        }
    }

    private static Command Check(Shell shell)
    {
        var file = new Argument<string>("file") { Description = "Catalogue, JSON" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        var command = new Command("check", "Print the features of a catalogue and the bytes an account takes; refuses what is wrong and says where") { file, json };
        command.SetAction(parse =>
        {
            var catalogue = Read(parse.GetRequiredValue(file));
            if (parse.GetValue(json)) shell.Record(Record(catalogue));
            else Print(shell, catalogue);
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static Command Activate(Shell shell)
    {
        var file = new Argument<string?>("file") { Description = "Catalogue, JSON; left out with --end", Arity = ArgumentArity.ZeroOrOne };
        var end = new Option<bool>("--end") { Description = "End features instead" };
        var tenant = new Option<ushort>("--tenant") { Description = "Who sends it; the catalogue is the whole engine's", DefaultValueFactory = _ => 1 };
        var entity = new Option<ushort>("--entity") { Description = "Legal entity that sends it", DefaultValueFactory = _ => 1 };
        var command = new Command("activate", "Put a catalogue in force on a running engine; features begin empty with it") { file, end, tenant, entity };
        return SingleCommand.Complete(shell, command, parse => new ActivateFeatures(
            new NodeKey(0, parse.GetValue(tenant), parse.GetValue(entity), NodeKind.None), ContentOf(parse.GetValue(file), parse.GetValue(end))));
    }

    private static byte[] ContentOf(string? file, bool end)
    {
        if (end == (file is not null)) throw CommandFault.Usage("Usage", "give a catalogue file or --end, one of them");
        return file is null ? [] : Read(file).Content.ToArray();
    }

    private static void Print(Shell shell, FeatureCatalogue catalogue)
    {
        shell.Table("", ["feature", "entity", "aggregation", "#window", "#bucket", "#digits", "description"], catalogue.Features.Select(feature => new[]
        {
            feature.Name, Word(feature.Entity), Word(feature.Aggregation), WindowOf(feature), feature.GranularitySeconds == 0 ? "" : Length(feature.GranularitySeconds),
            Number(feature.Scale), feature.Description,
        }));
        foreach (var entity in Enum.GetValues<FeatureEntity>())
        {
            var parts = catalogue.PartsOf(entity).ToList();
            if (parts.Count == 0) continue;
            shell.Table($"a {Word(entity)}'s row", ["#at", "#bytes", "part"], parts.Select(part => new[] { Number(part.Offset), Number(part.Length), part.Words }));
        }
        foreach (var (exact, places) in catalogue.Sketches.Distinct())
            shell.Line($"distinct values: exact to {exact}, then a sketch of {places} places: standard error {Error(places, 100)} at 100, {Error(places, 300)} at 300, {Error(places, 1_000)} at 1,000; at most {DistinctSketch.Table(places)[^1]:N0}");
        shell.Line($"{catalogue.Name}: {catalogue.Features.Length} features, {catalogue.FacilityRowLength} bytes a facility{(catalogue.BorrowerRowLength > 0 ? FormattableString.Invariant($", {catalogue.BorrowerRowLength} bytes a borrower") : "")}, late by at most {Length(catalogue.LatenessSeconds)}");
        shell.Line($"version {catalogue.HashText}");
    }

    private static object Record(FeatureCatalogue catalogue) => new
    {
        catalogue.Name,
        Version = catalogue.HashText,
        FacilityBytes = catalogue.FacilityRowLength,
        BorrowerBytes = catalogue.BorrowerRowLength,
        catalogue.LatenessSeconds,
        catalogue.AheadSeconds,
        Features = catalogue.Features.Select(feature => new
        {
            feature.Name, Entity = Word(feature.Entity), Aggregation = Word(feature.Aggregation), feature.WindowSeconds, feature.GranularitySeconds, feature.Scale, feature.Description,
        }),
    };

    private static string Error(int places, int distinct) =>
        distinct >= DistinctSketch.Table(places)[^1] ? "none, full" : (100 * DistinctSketch.RelativeError(places, distinct)).ToString("F1", CultureInfo.InvariantCulture) + " %";

    private static string WindowOf(Feature feature) => feature.WindowSeconds > 0 ? Length(feature.WindowSeconds) : feature.Aggregation is Aggregation.Ratio or Aggregation.Derived ? "" : "lifetime";

    private static string Length(long seconds) => seconds % 86_400 == 0 && seconds > 0 ? Number(seconds / 86_400) + " d" : seconds % 3_600 == 0 && seconds > 0 ? Number(seconds / 3_600) + " h" : Number(seconds) + " s";

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant() is var lower && lower.Length > 0 ? lower[0] + value.ToString()[1..] : "";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
