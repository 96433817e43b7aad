using System.CommandLine;
using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Cli.Portfolio;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Training;

namespace CreditGrains.Cli.Training;

/// <summary>creditgrains train: from a labelled CSV to a scorecard, trees and a report. Docs: docs/training.md.</summary>
internal static class TrainCommand
{
    public static Command Create(Shell shell)
    {
        var file = new Argument<string>("file") { Description = "CSV with a header, one row an account" };
        var config = new Option<string>("--config") { Description = "Training file, JSON: label, inputs, folds, settings; docs/training.md has the format", Required = true, HelpName = "FILE" };
        var output = new Option<string>("--out") { Description = "Directory for scorecard.json, trees.onnx, scores.csv, report.json and report.html; made when it is not there", Required = true, HelpName = "DIR" };
        var challenger = new Option<bool>("--challenger") { Description = "Register the models with the engine at --address and let them run as shadows; promotion needs a checker" };
        var tenant = new Option<uint>("--tenant") { Description = "Challenger: tenant", DefaultValueFactory = _ => 1 };
        var entity = new Option<uint>("--entity") { Description = "Challenger: legal entity", DefaultValueFactory = _ => 1 };
        var command = new Command("train", "Train a scorecard and boosted trees from a labelled CSV, and report how well they do out of fold") { file, config, output, challenger, tenant, entity };
        var client = new ClientOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var json = client.IsJson(parse);
            try
            {
                var plan = TrainingPlan.Read(Read(parse.GetRequiredValue(config)));
                var run = TrainingRun.Of(plan, Table(plan, parse.GetRequiredValue(file)));
                var directory = parse.GetRequiredValue(output);
                Write(run, directory);
                foreach (var one in run.Scores) Print(shell, run, one, json);
                PrintFairness(shell, run, json);
                if (!json) shell.Line($"written   {directory}");
                if (!parse.GetValue(challenger)) return (int)ExitCode.Ok;
                using var channel = client.Connect(parse);
                return (int)await ChallengerUpload.RunAsync(shell, channel, run, parse.GetValue(tenant), parse.GetValue(entity), json, cancellationToken);
            }
            catch (ModelFault fault)
            {
                throw new CommandFault(ExitCode.Usage, fault.Name, fault.Message, fault);
            }
        });
        return command;
    }

    /// <summary>Reads the rows of a plan from a CSV.</summary>
    internal static TrainingTable Table(TrainingPlan plan, string path)
    {
        if (!File.Exists(path)) throw CommandFault.Usage("FileError", $"{path} does not exist; check the path");
        using var csv = CsvFile.Open(path);
        var header = csv.Headers.ToArray();
        return TrainingRows.Read(plan, header, Lines());

        IEnumerable<IReadOnlyList<string>> Lines()
        {
            var cells = new string[header.Length];
            while (csv.Read())
            {
                for (var i = 0; i < cells.Length; i++) cells[i] = CsvFile.Cell(csv, i);
                yield return cells;
            }
        }
    }

    private static void Write(TrainingRun run, string directory)
    {
        Directory.CreateDirectory(directory);
        if (run.ScorecardFile() is { } card) File.WriteAllBytes(Path.Combine(directory, "scorecard.json"), card);
        if (run.TreesFile() is { } trees) File.WriteAllBytes(Path.Combine(directory, "trees.onnx"), trees);
        using (var scores = new StreamWriter(Path.Combine(directory, "scores.csv")))
        {
            scores.WriteLine($"row,fold,bad,{string.Join(',', run.Scores.Select(one => one.Kind))}");
            for (var row = 0; row < run.Table.Rows; row++)
                scores.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row + 1},{run.Table.Folds[row]},{(run.Table.Bads[row] ? 1 : 0)},{string.Join(',', run.Scores.Select(one => one.Probabilities[row].ToString("R", CultureInfo.InvariantCulture)))}"));
        }

        File.WriteAllText(Path.Combine(directory, "report.html"), TrainingReport.Html(run));
        File.WriteAllBytes(Path.Combine(directory, "report.json"), TrainingReport.Json(run));
    }

    private static void Print(Shell shell, TrainingRun run, FoldScores one, bool isJson)
    {
        var m = one.Out;
        if (isJson) shell.Record(new { run.Plan.Name, Model = one.Kind, m.Rows, m.Bads, run.Table.Left, Folds = run.Table.FoldCount, m.Auc, m.Gini, m.Ks, m.Brier, m.LogLoss, FoldAuc = one.Folds.Select(fold => fold.Auc), RawBrier = one.Raw.Brier, one.Scale.Slope, one.Scale.Shift });
        else shell.Line($"{one.Kind,-9} {m.Rows} rows, {m.Bads} bad, {run.Table.FoldCount} folds: AUC {m.Auc:F4} (folds {one.Folds.Min(f => f.Auc):F4} to {one.Folds.Max(f => f.Auc):F4}), Gini {m.Gini:F4}, KS {m.Ks:F4}, Brier {m.Brier:F4}, log-loss {m.LogLoss:F4}");
    }

    private static void PrintFairness(Shell shell, TrainingRun run, bool isJson)
    {
        var groups = FairnessReport.Of(run);
        if (groups.Count == 0) return;
        if (isJson)
        {
            foreach (var one in groups) shell.Record(new { Fairness = one.Kind, one.Column, one.Group, one.Rows, one.BadRatio, one.MeanProbability, Auc = Finite(one.Auc), one.ApprovalRatio, RelativeApproval = Finite(one.RelativeApproval), GoodsDeclinedRatio = Finite(one.GoodsDeclinedRatio), one.IsBelowFourFifths });
            return;
        }

        static string Figure(double value) => double.IsNaN(value) ? "" : value.ToString("F3", CultureInfo.InvariantCulture);
        shell.Table($"fairness: no model uses these; {run.Plan.FairnessDeclineShare.ToString("P0", CultureInfo.InvariantCulture)} of all accounts declined, out of fold", ["model", "column", "group", "#rows", "#bad rate", "#mean probability", "#approved", "#relative", "#goods declined"], groups.Select(one => new[]
        {
            one.Kind, one.Column, one.Group, one.Rows.ToString("N0", CultureInfo.InvariantCulture), Figure(one.BadRatio), Figure(one.MeanProbability), Figure(one.ApprovalRatio), $"{Figure(one.RelativeApproval)}{(one.IsBelowFourFifths ? " (!)" : "")}", Figure(one.GoodsDeclinedRatio),
        }));
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static byte[] Read(string path)
    {
        if (!File.Exists(path)) throw CommandFault.Usage("FileError", $"{path} does not exist; check the path");
        return File.ReadAllBytes(path);
    }
}
