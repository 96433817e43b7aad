using System.Collections.Immutable;
using System.Globalization;
using CreditGrains.Cli.Loans;
using CreditGrains.Cli.Output;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Measures;

namespace CreditGrains.Cli.Deals;

/// <summary>Prints loss distributions: mean with standard error, deviation, percentiles, and how often there is any loss; beside the drawn rates of a copula Vasicek's limit.</summary>
internal static class MonteCarloView
{
    private static readonly ImmutableArray<double> Confidences = [0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999];

    public static void Print(Shell shell, DealTerms deal, DealLosses losses, CopulaTerms? copula, PrintFormat format)
    {
        (string Name, LossDistribution Of)[] rows =
        [
            ("default rate drawn", losses.DefaultRate), ("pool default", losses.PoolDefault), ("pool loss", losses.PoolLoss),
            .. losses.Tranches.Where((_, i) => deal.Tranches[i].Balance > 0).Select(pair => ($"{pair.Tranche} loss", pair.Loss)),
        ];
        // Without correlation there is no spread, and without a chance no rate to compare.
        var isChecked = copula is { Correlation: > 0, Probability: > 0 and < 1 };
        double[] limit = isChecked ? [.. Confidences.Select(confidence => Vasicek.Quantile(confidence, copula!.Probability, copula.Correlation))] : [];
        switch (format)
        {
            case PrintFormat.Csv:
                shell.Line($"measure,trials,mean,standard_error,deviation,{string.Join(',', Confidences.Select(Label))},most,above_zero");
                foreach (var (name, of) in rows) shell.Line($"{DealView.Cell(name)},{of.Trials},{of.Mean:R},{of.StandardError:R},{of.Deviation:R},{string.Join(',', Confidences.Select(c => of.Percentile(c).ToString("R", CultureInfo.InvariantCulture)))},{of.Percentile(1):R},{of.Above(0):R}");
                if (isChecked) shell.Line($"vasicek large pool,,{copula!.Probability:R},,,{string.Join(',', limit.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))},,");
                break;
            case PrintFormat.Json:
                foreach (var (name, of) in rows)
                    shell.Record(new { Measure = name, of.Trials, of.Mean, of.StandardError, of.Deviation, Percentiles = Confidences.ToDictionary(Label, of.Percentile), Most = of.Percentile(1), AboveZero = of.Above(0) });
                if (isChecked) shell.Record(new { Measure = "vasicek large pool", Mean = copula!.Probability, Percentiles = Confidences.Select((c, i) => (c, i)).ToDictionary(pair => Label(pair.c), pair => limit[pair.i]) });
                break;
            default:
                var table = rows.Select(row => (string[])[
                    row.Name, Percent(row.Of.Mean), Percent(row.Of.StandardError), Percent(row.Of.Deviation), .. Confidences.Select(c => Percent(row.Of.Percentile(c))), Percent(row.Of.Percentile(1)), Percent(row.Of.Above(0))]).ToList();
                if (isChecked) table.Insert(1, ["Vasicek, large pool", Percent(copula!.Probability), "", "", .. limit.Select(Percent), "", ""]);
                shell.Table(deal.Name, ["Measure", "#Mean", "#Std error", "#Deviation", .. Confidences.Select(c => $"#{c * 100:0.#} %"), "#Most", "#Above 0"], table);
                break;
        }
    }

    private static string Label(double confidence) => "p" + (confidence * 100).ToString("0.#", CultureInfo.InvariantCulture);

    private static string Percent(double ratio) => (100 * ratio).ToString("0.000", CultureInfo.InvariantCulture) + " %";
}
