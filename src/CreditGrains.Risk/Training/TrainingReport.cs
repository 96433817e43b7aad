using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CreditGrains.Risk.Training;

/// <summary>A run as one HTML page that needs nothing else (plots are inline SVG, no script), and as JSON. No clock: the same run gives the same bytes.</summary>
public static class TrainingReport
{
    private const string Style = "body{font:14px system-ui,sans-serif;margin:24px;color:#222;max-width:1000px}table{border-collapse:collapse;margin:8px 0}td,th{padding:3px 10px;border-bottom:1px solid #ddd;text-align:right}td:first-child,th:first-child{text-align:left}svg{margin:6px}svg text{font:11px system-ui,sans-serif}svg .t{font-size:13px;font-weight:600}";
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true, NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>The page.</summary>
    public static string Html(TrainingRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>{Plot.Text(run.Plan.Name)}</title><style>{Style}</style><h1>{Plot.Text(run.Plan.Name)}</h1>");
        page.Append(CultureInfo.InvariantCulture, $"<p>{run.Table.Rows} rows, {run.Table.Bads.Count(bad => bad)} bad ({Plot.Text(run.Plan.Label.Bad)}), {run.Table.FoldCount} folds by {Plot.Text(run.Plan.Folds)}, seed {run.Plan.Seed}. All figures are of rows their model did not see.</p>");
        if (run.Table.Left.Count > 0) page.Append(CultureInfo.InvariantCulture, $"<p>Left out: {Plot.Text(string.Join(", ", run.Table.Left.Select(pair => $"{pair.Key} {pair.Value}")))}.</p>");
        page.Append("<table><tr><th>Model<th>AUC<th>Gini<th>KS<th>Brier<th>Log-loss<th>AUC of folds</tr>");
        foreach (var one in run.Scores)
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{one.Kind}<td>{one.Out.Auc:F4}<td>{one.Out.Gini:F4}<td>{one.Out.Ks:F4}<td>{one.Out.Brier:F4}<td>{one.Out.LogLoss:F4}<td>{string.Join(" ", one.Folds.Select(fold => fold.Auc.ToString("F4", CultureInfo.InvariantCulture)))}</tr>");
        page.Append("</table>");
        var curves = run.Scores.Select(one => (one.Kind, Curves: Curves.Of(one, run.Table.Bads))).ToArray();
        var roc = new Plot("ROC", "share of goods", "share of bads", 1, 1);
        var calibration = new Plot("Calibration by decile", "predicted probability of bad", "bad rate", 1, 1);
        var rate = run.Table.Bads.Average(bad => bad ? 1.0 : 0);
        var lift = new Plot("Lift by decile, the worst first", "decile", "bad rate ÷ overall bad rate", 10, Math.Max(2, Math.Ceiling(curves.SelectMany(one => one.Curves.Deciles).Max(decile => decile.Observed / rate))), 1);
        roc.Guide(0, 0, 1, 1);
        calibration.Guide(0, 0, 1, 1);
        lift.Guide(1, 1, 10, 1);
        foreach (var (kind, curve) in curves)
        {
            roc.Line(kind, curve.Roc);
            calibration.Line(kind, curve.Deciles.Select(decile => (decile.Predicted, decile.Observed)));
            lift.Line(kind, curve.Deciles.Select((decile, i) => (i + 1.0, decile.Observed / rate)));
        }

        page.Append(roc.Svg()).Append(calibration.Svg()).Append(lift.Svg());
        foreach (var (kind, curve) in curves)
        {
            var ks = new Plot($"KS, {kind}", "share of all rows, the worst first", "cumulative share", 1, 1);
            ks.Line("bads", curve.Roc.Select(point => (rate * point.Bads + (1 - rate) * point.Goods, point.Bads)));
            ks.Line("goods", curve.Roc.Select(point => (rate * point.Bads + (1 - rate) * point.Goods, point.Goods)));
            var best = curve.Roc.MaxBy(point => point.Bads - point.Goods);
            var at = rate * best.Bads + (1 - rate) * best.Goods;
            ks.Guide(at, best.Goods, at, best.Bads);
            var bands = new Plot($"Scores, {kind}", "log-odds of bad", "share of goods, of bads", 3, Math.Max(0.05, curve.Bands.Goods.Concat(curve.Bands.Bads).Max()), -5);
            bands.Line("goods", curve.Bands.Goods.Select((share, i) => (-4.9 + i / 5.0, share)));
            bands.Line("bads", curve.Bands.Bads.Select((share, i) => (-4.9 + i / 5.0, share)));
            page.Append(ks.Svg()).Append(bands.Svg());
        }

        if (run.Card is { } card) page.Append(Plot.Bars("Information value", [.. card.Characteristics.Take(25).Select(one => (one.Coefficient is null ? $"{one.Input} (out)" : one.Input, one.Iv))]));
        if (run.Trees is { } trees) page.Append(Plot.Bars("Trees: share of the loss saved", [.. Importance(run, trees).Take(25)]));
        if (run.Scorecard is { } points)
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>Scorecard</h2><p>{points.Scale.Points} points at {points.Scale.Odds}:1, {points.Scale.DoubleEvery} double the odds.</p><table><tr><th>Characteristic<th>from<th>below<th>WOE<th>points</tr>");
            foreach (var one in points.Characteristics)
            {
                foreach (var bin in one.Bins) page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Plot.Text(one.Input)}<td>{Edge(bin.Low)}<td>{Edge(bin.High)}<td>{bin.Woe:F3}<td>{bin.Points:F1}</tr>");
                page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Plot.Text(one.Input)}<td colspan=\"2\">missing<td><td>{one.MissingPoints:F1}</tr>");
            }

            page.Append("</table>");
        }

        if (FairnessReport.Of(run) is { Count: > 0 } fairness)
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>Fairness</h2><p>Attributes that no model uses, with {run.Plan.FairnessDeclineShare:P0} of all accounts declined, out of fold. Relative approval is the group's approval share by that of the best group; below 0.80 it is marked. Groups of fewer than {GroupTreatment.RowsMin} are not compared.</p>");
            page.Append("<table><tr><th>Model<th>Column<th>Group<th>Rows<th>Bad rate<th>Mean probability<th>AUC<th>Approved<th>Relative<th>Goods declined</tr>");
            foreach (var one in fairness)
                page.Append(CultureInfo.InvariantCulture, $"<tr><td>{one.Kind}<td>{Plot.Text(one.Column)}<td>{Plot.Text(one.Group)}<td>{one.Rows}<td>{one.BadRatio:F4}<td>{one.MeanProbability:F4}<td>{one.Auc:F4}<td>{one.ApprovalRatio:F4}<td>{one.RelativeApproval:F3}{(one.IsBelowFourFifths ? " (!)" : "")}<td>{one.GoodsDeclinedRatio:F4}</tr>");
            page.Append("</table>");
        }

        return page.Append("</html>\n").ToString();
    }

    /// <summary>The figures as JSON.</summary>
    public static byte[] Json(TrainingRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            run.Plan.Name, run.Plan.Seed, run.Table.Rows, Bads = run.Table.Bads.Count(bad => bad), run.Table.Left, run.Plan.Inputs,
            Models = run.Scores.Select(one => new { one.Kind, one.Out, one.Raw, one.Folds, one.Scale, Isotonic = IsotonicScale.Fit(one.LogOdds, run.Table.Bads).Steps.Select(step => new[] { step.From, step.Probability }) }),
            Fairness = FairnessReport.Of(run), run.Card?.Characteristics, Importance = run.Trees is { } trees ? Importance(run, trees).ToDictionary(one => one.Name, one => one.Value) : null,
        }, Options);
    }

    private static string Edge(double value) => double.IsInfinity(value) ? "" : value.ToString("G6", CultureInfo.InvariantCulture);

    private static IEnumerable<(string Name, double Value)> Importance(TrainingRun run, BoostedTrees trees)
    {
        var total = Math.Max(1e-12, trees.Gains.Sum());
        return run.Table.Names.Select((name, i) => (name, trees.Gains[i] / total)).OrderByDescending(one => one.Item2).ThenBy(one => one.name, StringComparer.Ordinal);
    }
}
