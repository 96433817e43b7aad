using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Loans;
using CreditGrains.Cli.Output;
using CreditGrains.Securitisation.Measures;
using CreditGrains.Securitisation.Tranches;

namespace CreditGrains.Cli.Deals;

/// <summary>Prints measures: for people a measure a row and a tranche a column; CSV a tranche a row, several roots separated by spaces; JSON with all there is.</summary>
internal static class MeasuresView
{
    private const string Header = "scenario,tranche,kind,balance,average_life_years,first_principal_period,last_principal_period,price,accrued,yield,irr,modified_duration,macaulay_duration,convexity,effective_duration,effective_convexity," +
        "discount_margin,spread,principal_unpaid,interest_unpaid,interest_late_most,allowance,is_loss,expected_loss,break_even_cdr,cumulative_default_at_break_even,critical_cumulative_default,cumulative_default_at_critical,first_loss";

    public static void Print(Shell shell, IReadOnlyList<ScenarioFigures> results, PricingTerms terms, PrintFormat format)
    {
        switch (format)
        {
            case PrintFormat.Csv:
                shell.Line($"{Header}");
                foreach (var result in results)
                    foreach (var one in result.Figures) shell.Line($"{string.Join(',', Cells(result.Name, one))}");
                break;
            case PrintFormat.Json:
                foreach (var result in results)
                    foreach (var one in result.Figures) shell.Record(Json(result.Name, one));
                break;
            default:
                foreach (var result in results) Table(shell, result, terms);
                break;
        }
    }

    /// <summary>0.05 is "5 %", to a hundredth of a basis point.</summary>
    public static string Percent(double ratio) => (100 * ratio).ToString("0.####", CultureInfo.InvariantCulture) + " %";

    /// <summary>The first place and how many more there are.</summary>
    public static string Threshold(LossThreshold threshold) => (threshold.IsPaidWithoutDefaults, threshold.Points.Length) switch
    {
        (false, 0) => "none, it loses without defaults",
        (false, _) => $"none, it loses without defaults and again above {Percent(threshold.Points[0].Bearable)}",
        (true, 0) => "none, it never loses",
        (true, 1) => Percent(threshold.Points[0].Bearable),
        _ => string.Join(" and ", threshold.Points.Select(point => Percent(point.Bearable))),
    };

    private static void Table(Shell shell, ScenarioFigures result, PricingTerms terms)
    {
        var currency = result.Deal.Currency;
        var figures = result.Figures;
        var rows = new List<string[]>();
        void Row(string name, Func<TrancheFigures, string> of)
        {
            var cells = figures.Select(of).ToArray();
            if (cells.Any(cell => cell.Length > 0)) rows.Add([name, .. cells]);
        }

        Row("kind", one => one.Kind.ToString());
        Row("balance", one => AmountText.Of(one.Balance, currency));
        Row("average life, years", one => Number(one.AverageLifeYears));
        Row("principal, periods", one => one.FirstPrincipalPeriod is { } first ? $"{first}-{one.LastPrincipalPeriod}" : "");
        Row("price of 100", one => one.Price is { } price ? (100 * price).ToString("F6", CultureInfo.InvariantCulture) : "");
        Row("accrued", one => one.Accrued == 0 ? "" : AmountText.Of((long)Math.Round(one.Accrued), currency));
        Row(terms.CompoundingPerYear is { } times ? $"yield, compounded {times} times a year" : "yield, compounded with the payments", one => Roots(one.Yields));
        Row("internal rate, effective", one => Roots(one.InternalRates));
        Row("modified duration, years", one => Number(one.ModifiedDurationYears));
        Row("Macaulay duration, years", one => Number(one.MacaulayDurationYears));
        Row("convexity", one => Number(one.Convexity));
        Row("effective duration, years", one => Number(one.EffectiveDurationYears));
        Row("effective convexity", one => Number(one.EffectiveConvexity));
        Row("discount margin", one => Roots(one.DiscountMargins));
        Row("spread over the curve", one => Roots(one.Spreads));
        Row("principal unpaid", one => AmountText.Of(one.Shortfall.PrincipalUnpaid, currency));
        Row("interest unpaid at the end", one => AmountText.Of(one.Shortfall.InterestUnpaid, currency));
        Row("loses by the rule", one => one.Kind == TrancheKind.Equity ? "" : one.Shortfall.IsLoss ? "yes" : "no");
        Row("loss, of the balance", one => Percent(one.Shortfall.LossRatio));
        Row("break-even CDR, annual", one => one.BreakEvenCdr is { } threshold ? Threshold(threshold) : "");
        Row("critical cumulative default", one => one.CriticalCumulativeDefault is { } threshold ? Threshold(threshold) : "");
        Row("cumulative default in that run", one => one.CriticalCumulativeDefault?.First is { } point ? Percent(point.CumulativeDefault) : "");
        Row("first loss, cumulative default", one => one.FirstLoss is { } first ? Percent(first.Ratio) : "");
        shell.Table($"{result.Deal.Name}, {result.Name}", ["Measure", .. figures.Select(one => "#" + one.Tranche)], rows);
    }

    private static IEnumerable<string> Cells(string scenario, TrancheFigures one) =>
    [
        DealView.Cell(scenario), DealView.Cell(one.Tranche), one.Kind.ToString(), Whole(one.Balance), Raw(one.AverageLifeYears), Whole(one.FirstPrincipalPeriod), Whole(one.LastPrincipalPeriod), Raw(one.Price), Raw(one.Accrued),
        Raws(one.Yields), Raws(one.InternalRates), Raw(one.ModifiedDurationYears), Raw(one.MacaulayDurationYears), Raw(one.Convexity), Raw(one.EffectiveDurationYears), Raw(one.EffectiveConvexity), Raws(one.DiscountMargins),
        Raws(one.Spreads), Whole(one.Shortfall.PrincipalUnpaid), Whole(one.Shortfall.InterestUnpaid), Whole(one.Shortfall.InterestLateMost), Whole(one.Shortfall.Allowance), one.Shortfall.IsLoss ? "true" : "false",
        Raw(one.Shortfall.LossRatio), Raws(Places(one.BreakEvenCdr, point => point.Bearable)), Raws(Places(one.BreakEvenCdr, point => point.CumulativeDefault)),
        Raws(Places(one.CriticalCumulativeDefault, point => point.Bearable)), Raws(Places(one.CriticalCumulativeDefault, point => point.CumulativeDefault)), Raw(one.FirstLoss?.Ratio),
    ];

    private static object Json(string scenario, TrancheFigures one) => new
    {
        Scenario = scenario,
        one.Tranche,
        one.Kind,
        one.Balance,
        one.AverageLifeYears,
        one.FirstPrincipalPeriod,
        one.LastPrincipalPeriod,
        one.Price,
        one.Accrued,
        one.Yields,
        one.InternalRates,
        ModifiedDurationYears = Finite(one.ModifiedDurationYears),
        MacaulayDurationYears = Finite(one.MacaulayDurationYears),
        Convexity = Finite(one.Convexity),
        EffectiveDurationYears = Finite(one.EffectiveDurationYears),
        EffectiveConvexity = Finite(one.EffectiveConvexity),
        one.DiscountMargins,
        one.Spreads,
        one.Shortfall,
        one.BreakEvenCdr,
        one.CriticalCumulativeDefault,
        FirstLoss = one.FirstLoss?.Ratio,
        Refusals = one.Refusals.Select(refusal => new { refusal.Measure, refusal.Name, refusal.Why }),
    };

    private static IReadOnlyList<double> Places(LossThreshold? threshold, Func<LossPoint, double> of) => threshold is null ? [] : [.. threshold.Points.Select(of)];

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private static string Number(double? value) => Finite(value)?.ToString("F4", CultureInfo.InvariantCulture) ?? "";

    private static string Roots(IReadOnlyList<double> roots) => string.Join(" and ", roots.Select(Percent));

    private static string Raw(double? value) => Finite(value)?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static string Raws(IReadOnlyList<double> values) => string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    private static string Whole(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}
