using System.Collections.Immutable;
using System.Globalization;
using CreditGrains.Cli.Output;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Onnx;
using CreditGrains.Risk.Reasons;
using CreditGrains.Risk.Scorecards;

namespace CreditGrains.Cli.Models;

/// <summary>Prints models, scores and reasons.</summary>
internal static class ModelView
{
    public static string Word(ScoreUnit unit) => unit switch { ScoreUnit.Probability => "probability", ScoreUnit.LogOdds => "log_odds", ScoreUnit.Points => "points", _ => "score" };

    public static string Number(double value) => double.IsNaN(value) ? "" : value.ToString("G9", CultureInfo.InvariantCulture);

    public static void Print(Shell shell, CompiledModel model, string hash, bool isJson)
    {
        var onnx = model as OnnxModel;
        var operators = onnx?.Operators.GroupBy(name => name, StringComparer.Ordinal).Select(group => group.Count() == 1 ? group.Key : $"{group.Key} × {group.Count()}").ToArray() ?? [];
        if (isJson)
        {
            shell.Record(new { model.Kind, Hash = hash, Unit = Word(model.Unit), Inputs = model.Inputs.Select(input => input.Name), Outputs = onnx?.Outputs.Select(output => new { output.Name, Type = output.Described, output.Classes }), Operators = operators, onnx?.Producer, onnx?.Metadata });
            return;
        }

        shell.Line($"{model.Kind}, gives {Word(model.Unit)}; sha256 {hash}");
        if (onnx is not null)
        {
            shell.Line($"made by   {(onnx.Producer.Length == 0 ? "unknown" : onnx.Producer)}; opsets {string.Join(", ", onnx.Opsets.Select(pair => $"{(pair.Key.Length == 0 ? "ai.onnx" : pair.Key)} {pair.Value}"))}");
            shell.Line($"operators {string.Join(", ", operators)}");
            shell.Line($"tensors   {string.Join(", ", onnx.Tensors.Select(pair => $"{pair.Name} {pair.Described}"))}");
            foreach (var output in onnx.Outputs) shell.Line($"output    {output.Name} {output.Described}{(output.Classes.IsEmpty ? "" : $", classes {string.Join(", ", output.Classes)}")}");
        }

        if (model is Scorecard card) shell.Line($"scale     {card.Scale.Points} points at {card.Scale.Odds}:1, {card.Scale.DoubleEvery} double the odds; cut-off {card.Cutoff?.ToString(CultureInfo.InvariantCulture) ?? "none"}");
        shell.Line($"{model.Inputs.Length} inputs  {string.Join(", ", model.Inputs.Take(40).Select(input => input.Name))}{(model.Inputs.Length > 40 ? ", …" : "")}");
    }

    public static void Print(Shell shell, int row, CompiledModel model, double score, ImmutableArray<ScoreReason> reasons, ExplainedModel explained, bool isJson)
    {
        var contributions = new Dictionary<string, double>();
        for (var i = 0; i < explained.Contributions.Length; i++) contributions[model.Inputs[i].Name] = explained.Contributions[i];
        if (isJson)
        {
            shell.Record(new
            {
                Row = row, Score = double.IsFinite(score) ? score : (double?)null, Unit = Word(model.Unit), WeightUnit = explained.Unit, explained.Background, explained.Mean,
                Reasons = reasons.Select(reason => new { reason.Text.Code, reason.Text.English, reason.Text.Chinese, reason.Input, reason.Weight }), Contributions = double.IsNaN(score) || contributions.Count == 0 ? null : contributions,
            });
            return;
        }

        if (double.IsNaN(score))
        {
            shell.Line($"row {row}: not scored, an input is missing or of no known bin");
            return;
        }

        shell.Line($"row {row}: {Word(model.Unit)} {Number(score)}, compared with {explained.Background}");
        foreach (var reason in reasons) shell.Line($"  {reason.Text.Code}  {reason.Text.English} / {reason.Text.Chinese}  ({reason.Input}, {reason.Weight:F4} {explained.Unit})");
        if (reasons.IsEmpty) shell.Line($"  nothing counts against it");
    }
}
