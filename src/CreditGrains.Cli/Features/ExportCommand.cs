using System.CommandLine;
using System.Diagnostics;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;
using CreditGrains.Engine.Features;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Risk.Features;
using CreditGrains.Risk.Features.Files;

namespace CreditGrains.Cli.Features;

/// <summary>creditgrains features export: the features of past decisions rebuilt from the journal, as a training set.</summary>
internal static class ExportCommand
{
    public static Command Create(Shell shell)
    {
        var data = new Option<string>("--data") { Description = "Data directory; a server may have it open, then its newest decisions may be missing", HelpName = "DIR", DefaultValueFactory = _ => "./.data" };
        var file = new Option<string?>("--catalogue") { Description = "Catalogue; left out: the one in force at the end of the journal", HelpName = "FILE" };
        var fromStart = new Option<bool>("--from-start") { Description = "As if the catalogue had been in force from the first event; else the decisions taken under it, with exactly what they saw. A catalogue that never was in force is always taken from the start" };
        var output = new Option<string>("--out") { Description = "CSV to write; '-' is the standard output", HelpName = "CSV", Required = true };
        var labels = new Option<string?>("--labels") { Description = "CSV of labels to join: a column sequence, request_id or facility (TENANT/ENTITY/ID), and columns to add", HelpName = "CSV" };
        var labelled = new Option<bool>("--labelled-only") { Description = "Leave out decisions without a label" };
        var command = new Command("export", "Write the features, outcome and labels of every past request as CSV, rebuilt from the journal") { data, file, fromStart, output, labels, labelled };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var directory = parse.GetRequiredValue(data);
            try
            {
                var history = FeatureHistory.Open(directory);
                if (!history.HasJournal) throw CommandFault.Usage("NoJournal", $"{directory} holds no journal; name the engine's data directory");
                var (catalogue, asUsed) = Choose(shell, history, parse.GetValue(file), parse.GetValue(fromStart));
                var join = parse.GetValue(labels) is { } path ? LabelJoin.Read(path) : null;
                var start = Stopwatch.GetTimestamp();
                var written = await LongWork.RunAsync(shell, "Exporting", 0, progress => Task.Run(
                    () => Write(history, catalogue, asUsed, parse.GetRequiredValue(output), join, parse.GetValue(labelled), progress, cancellationToken), cancellationToken));
                Tell(shell, history, catalogue, asUsed, written, join, Stopwatch.GetElapsedTime(start).TotalSeconds);
                return (int)ExitCode.Ok;
            }
            catch (StoreException e)
            {
                throw LocalEngine.FaultOf(e);
            }
            catch (JournalException e)
            {
                throw LocalEngine.FaultOf(e);
            }
            catch (HistoryIncompleteException e)
            {
                throw new CommandFault(ExitCode.Usage, "Incomplete", e.Message, e);
            }
        });
        return command;
    }

    private static (FeatureCatalogue Catalogue, bool AsUsed) Choose(Shell shell, FeatureHistory history, string? file, bool fromStart)
    {
        var given = file is null ? null : FeatureCommands.Read(file);
        if (given is not null && fromStart) return (given, false);
        var activations = history.Activations();
        if (given is not null)
        {
            var wasInForce = activations.Any(one => one.Content.Span.SequenceEqual(given.Content.Span));
            if (!wasInForce) shell.Note($"{given.Name} was never in force here: features are worked out as if it had been from the start");
            return (given, wasInForce);
        }
        var last = activations.LastOrDefault(one => !one.Content.IsEmpty) ?? throw CommandFault.Usage("NoCatalogue", "no catalogue was ever in force in this journal; give one by --catalogue");
        try
        {
            return (CatalogueFile.Read(last.Content), !fromStart);
        }
        catch (FeatureFault fault)
        {
            throw new CommandFault(ExitCode.Damaged, fault.Name, $"the catalogue of event {last.Sequence} cannot be read by this version: {fault.Message}", fault);
        }
    }

    private static (long Rows, long Unlabelled) Write(
        FeatureHistory history, FeatureCatalogue catalogue, bool asUsed, string output, LabelJoin? join, bool labelledOnly, IWorkProgress progress, CancellationToken cancellationToken)
    {
        using var stream = output == "-" ? Console.OpenStandardOutput() : new FileStream(output, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);
        using var writer = new DecisionWriter(stream, catalogue, join);
        var (rows, unlabelled) = (0L, 0L);
        history.Rebuild(
            catalogue, asUsed,
            (in PastDecision decision, ReadOnlySpan<long> values) =>
            {
                var label = join?.Of(decision);
                if (join is not null && label is null)
                {
                    unlabelled++;
                    if (labelledOnly) return;
                }
                writer.Write(decision, values, label);
                rows++;
            },
            sequence =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress.Report(sequence);
            });
        return (rows, unlabelled);
    }

    private static void Tell(Shell shell, FeatureHistory history, FeatureCatalogue catalogue, bool asUsed, (long Rows, long Unlabelled) written, LabelJoin? join, double seconds)
    {
        if (history.BeginsAtSnapshot > 0) shell.Note($"older segments are archived: rebuilt from the snapshot of sequence {history.BeginsAtSnapshot}{(asUsed ? "" : ", where this catalogue begins empty")}");
        var how = asUsed ? "as decisions saw them" : "as if in force from the start";
        shell.Note($"{written.Rows:N0} decisions with {catalogue.Features.Length} features of {catalogue.Name} ({catalogue.HashText[..12]}), {how}, in {seconds:F1} s: {written.Rows / Math.Max(seconds, 1e-3):N0} a second");
        if (join is not null) shell.Note($"{written.Unlabelled:N0} decisions had no label; {join.Unused:N0} labels met no decision");
    }
}
