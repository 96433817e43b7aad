using System.Globalization;
using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Training;

/// <summary>A column by whose groups the models are compared. No model uses it.</summary>
/// <param name="Column">Column of the file, such as one that holds sex or age.</param>
public sealed record FairnessQuestion(string Column)
{
    /// <summary>Edges of bands for numbers, rising; none: each value is a group.</summary>
    public double[] Edges { get; init; } = [];

    /// <summary>The group of a cell.</summary>
    /// <param name="cell">As in the file.</param>
    /// <param name="row">Number of the row, for the fault.</param>
    /// <exception cref="ModelFault">There are edges and the cell is no number.</exception>
    public string GroupOf(string cell, int row)
    {
        ArgumentNullException.ThrowIfNull(cell);
        if (cell.Length == 0) return "missing";
        if (Edges.Length == 0) return cell;
        if (!double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) throw new ModelFault("BadNumber", $"row {row}, column {Column}: '{cell}' is no number, and fairness asks for bands of it; take the edges out");
        var at = Edges.Count(edge => value >= edge);
        string Text(int edge) => Edges[edge].ToString("R", CultureInfo.InvariantCulture);
        return at == 0 ? $"below {Text(0)}" : at == Edges.Length ? $"{Text(at - 1)} and above" : $"{Text(at - 1)} to below {Text(at)}";
    }
}

/// <summary>How a model treats one group, out of fold, when the accounts of the highest probability are declined.</summary>
/// <param name="Kind">"scorecard" or "trees".</param>
/// <param name="Column">What is compared.</param>
/// <param name="Group">Value or band.</param>
/// <param name="Rows">Accounts of the group.</param>
/// <param name="BadRatio">Share of them that were bad.</param>
/// <param name="MeanProbability">Mean probability told; above the bad ratio the group is judged worse than it was.</param>
/// <param name="Auc">Separation within the group; NaN where it has only goods or only bads.</param>
/// <param name="ApprovalRatio">Share approved.</param>
/// <param name="RelativeApproval">Approval ratio ÷ that of the group with the highest; NaN for groups too small to compare.</param>
/// <param name="GoodsDeclinedRatio">Share of the group's goods that would be declined.</param>
public readonly record struct GroupTreatment(
    string Kind, string Column, string Group, int Rows, double BadRatio, double MeanProbability, double Auc, double ApprovalRatio, double RelativeApproval, double GoodsDeclinedRatio)
{
    /// <summary>Groups below are not compared.</summary>
    public const int RowsMin = 100;

    /// <summary>Less than four fifths of the best group's rate (29 CFR 1607.4 D, in use for credit as a first look).</summary>
    public bool IsBelowFourFifths => RelativeApproval < 0.8;
}

/// <summary>The fairness report of a run: for each model and question how its groups fare. It says what is so, not why, and decides nothing.</summary>
public static class FairnessReport
{
    /// <summary>Compares.</summary>
    /// <param name="run">A run whose plan asks for it; else there is nothing to compare.</param>
    public static IReadOnlyList<GroupTreatment> Of(TrainingRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var found = new List<GroupTreatment>();
        foreach (var scores in run.Scores)
        {
            var sorted = scores.Probabilities.Order().ToArray();
            // Declined are those above the bound; equal ones are approved together.
            var bound = sorted[Math.Clamp((int)Math.Ceiling((1 - run.Plan.FairnessDeclineShare) * sorted.Length) - 1, 0, sorted.Length - 1)];
            for (var i = 0; i < run.Table.Groups.Count; i++)
            {
                var groups = run.Table.Groups[i].Index().GroupBy(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
                    .Select(group => Treatment(scores, run, run.Plan.Fairness[i].Column, group.Key, [.. group], bound)).ToArray();
                var best = groups.Where(one => one.Rows >= GroupTreatment.RowsMin).Select(one => one.ApprovalRatio).DefaultIfEmpty(double.NaN).Max();
                found.AddRange(groups.Select(one => one with { RelativeApproval = one.Rows >= GroupTreatment.RowsMin ? one.ApprovalRatio / best : double.NaN }));
            }
        }

        return found;
    }

    private static GroupTreatment Treatment(FoldScores scores, TrainingRun run, string column, string group, int[] rows, double bound)
    {
        var probabilities = Array.ConvertAll(rows, row => scores.Probabilities[row]);
        var bads = Array.ConvertAll(rows, row => run.Table.Bads[row]);
        var goods = rows.Where(row => !run.Table.Bads[row]).ToArray();
        return new GroupTreatment(
            scores.Kind, column, group, rows.Length, bads.Average(bad => bad ? 1.0 : 0), probabilities.Average(), Measures.Of(probabilities, bads).Auc, probabilities.Average(one => one <= bound ? 1.0 : 0), double.NaN,
            goods.Length == 0 ? double.NaN : goods.Average(row => scores.Probabilities[row] > bound ? 1.0 : 0));
    }
}
