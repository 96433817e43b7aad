using System.CommandLine;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Onnx;
using CreditGrains.Risk.Reasons;

namespace CreditGrains.Cli.Models;

/// <summary>creditgrains model: look at, run and explain a model file, without an engine. Docs: docs/models.md.</summary>
internal static class ModelCommand
{
    public static Command Create(Shell shell) => new("model", "Check, score, explain and combine model files (ONNX, scorecard or logistic JSON), without an engine") { Check(shell), Score(shell), Explain(shell), CombineCommand.Create(shell) };

    private static Command Check(Shell shell)
    {
        var file = File();
        var json = Json();
        var command = new Command("check", "Print what a model is, its inputs, outputs and operators; refuses what cannot be evaluated and says why") { file, json };
        command.SetAction(parse =>
        {
            var bytes = Read(parse.GetRequiredValue(file));
            var model = Compile(bytes, null, null);
            ModelView.Print(shell, model, ModelRegistry.HashOf(bytes), parse.GetValue(json));
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static Command Score(Shell shell)
    {
        var (file, input, json, output, column) = (File(), Input(), Json(), Output(), Column());
        var command = new Command("score", "Print a score for each row of a CSV, as CSV") { file, input, output, column, json };
        command.SetAction(parse =>
        {
            var model = Compile(Read(parse.GetRequiredValue(file)), parse.GetValue(output), parse.GetValue(column));
            var rows = ModelRows.Read(parse.GetRequiredValue(input), model);
            var scratch = new double[model.ScratchLength];
            var hasProbability = model.Unit is ScoreUnit.Points or ScoreUnit.LogOdds;
            if (!parse.GetValue(json)) shell.Line($"row,{ModelView.Word(model.Unit)}{(hasProbability ? ",probability" : "")}");
            for (var i = 0; i < rows.Count; i++)
            {
                var score = Try(() => model.Score(rows[i], scratch));
                if (parse.GetValue(json)) shell.Record(new { Row = i + 1, Score = Finite(score), Unit = ModelView.Word(model.Unit), Probability = Finite(model.Unit == ScoreUnit.Number ? double.NaN : model.ProbabilityOf(score)) });
                else if (hasProbability) shell.Line($"{i + 1},{ModelView.Number(score)},{ModelView.Number(model.ProbabilityOf(score))}");
                else shell.Line($"{i + 1},{ModelView.Number(score)}");
            }

            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static Command Explain(Shell shell)
    {
        var (file, input, json, output, column) = (File(), Input(), Json(), Output(), Column());
        var background = new Option<string?>("--background") { Description = "CSV of rows to compare with, for trees; left out: the row counts that the trees carry", HelpName = "FILE" };
        var reasons = new Option<string?>("--reasons") { Description = "Reasons file, JSON: code and text of each input in English and Chinese", HelpName = "FILE" };
        var basis = new Option<ReasonBasis>("--basis") { Description = "Whom a scorecard's applicant is compared with", DefaultValueFactory = _ => ReasonBasis.AtCutoff };
        var command = new Command("explain", "Print for each row of a CSV the score and the factors that count against it, at most four") { file, input, background, reasons, basis, output, column, json };
        command.SetAction(parse =>
        {
            var model = Compile(Read(parse.GetRequiredValue(file)), parse.GetValue(output), parse.GetValue(column));
            var catalogue = Try(() => parse.GetValue(reasons) is { } path ? ReasonCatalogue.Read(Read(path)) : new ReasonCatalogue(new Dictionary<string, ReasonText>()));
            var rows = ModelRows.Read(parse.GetRequiredValue(input), model);
            var explained = Try(() => ExplainedModel.Of(model, parse.GetValue(background), parse.GetValue(basis)));
            var scratch = new double[model.ScratchLength];
            for (var i = 0; i < rows.Count; i++)
            {
                var score = Try(() => model.Score(rows[i], scratch));
                var found = double.IsNaN(score) ? [] : Try(() => explained.ReasonsOf(rows[i], catalogue));
                ModelView.Print(shell, i + 1, model, score, found, explained, parse.GetValue(json));
            }

            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static CompiledModel Compile(byte[] bytes, string? output, int? column) => Try(() => ModelRegistry.Compile(bytes, new OnnxReading(ScoreOutput: output, ScoreColumn: column)));

    internal static byte[] Read(string path)
    {
        if (!System.IO.File.Exists(path)) throw CommandFault.Usage("FileError", $"{path} does not exist; check the path");
        return System.IO.File.ReadAllBytes(path);
    }

    internal static T Try<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ModelFault fault)
        {
            throw new CommandFault(ExitCode.Usage, fault.Name, fault.Message, fault);
        }
        catch (InvalidOperationException fault)
        {
            throw new CommandFault(ExitCode.Usage, "NoScore", $"{fault.Message}: --column NUMBER", fault);
        }
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static Argument<string> File() => new("file") { Description = "Model: .onnx, or JSON of a scorecard, logistic or combined model" };

    private static Option<string> Input() => new("--input") { Description = "CSV with a column for each input; an empty cell is missing", Required = true, HelpName = "FILE" };

    private static Option<string?> Output() => new("--output") { Description = "Which output of an ONNX model is the score; left out: the last that holds floats", HelpName = "NAME" };

    private static Option<int?> Column() => new("--column") { Description = "Which column of that output, from 0; left out: the only one, or the second of two", HelpName = "NUMBER" };

    private static Option<bool> Json() => new("--json") { Description = "Print one JSON object a line" };
}
