using System.CommandLine;
using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Securitisation.Measures;
using CreditGrains.Securitisation.Tranches;

namespace CreditGrains.Cli.Deals;

/// <summary>creditgrains deal measures: worth, yields, durations and what each tranche bears, under each scenario.</summary>
internal static class DealMeasuresCommand
{
    public static Command Create(Shell shell)
    {
        var inputs = new DealInputs();
        var pricing = new PricingInputs();
        var skip = new Option<bool>("--skip-break-even") { Description = "Leave out break-even, critical rate and first loss, which run the deal some hundred times" };
        var command = new Command("measures", "Average life, price, yields, durations, discount margin, losses, break-even CDR, critical cumulative default rate, first loss") { skip };
        inputs.AddTo(command);
        pricing.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var format = inputs.FormatOf(parse);
            var scenarios = await inputs.ReadAsync(parse, shell, cancellationToken);
            var terms = await pricing.ReadAsync(parse, scenarios[0].Deal.CutOff, cancellationToken);
            var results = scenarios.Select(one => new ScenarioFigures(one.Scenario.Name, one.Deal, DealMeasures.Of(one.Deal, terms, !parse.GetValue(skip)))).ToArray();
            MeasuresView.Print(shell, results, terms, format);
            foreach (var result in results) shell.Note($"{Summary(result)}");
            foreach (var refusal in results[0].Figures.SelectMany(one => one.Refusals).DistinctBy(refusal => (refusal.Measure, refusal.Name))) shell.Note($"{refusal.Measure} refused: {refusal.Name}: {refusal.Why}");
            if (scenarios.Count > 1) OverScenarios(shell, scenarios, results, terms);
            return (int)ExitCode.Ok;
        });
        return command;
    }

    /// <summary>The least critical rate, which is the one that counts, and the expected loss when scenarios have weights.</summary>
    private static void OverScenarios(Shell shell, IReadOnlyList<DealScenario> scenarios, ScenarioFigures[] results, PricingTerms terms)
    {
        foreach (var tranche in scenarios[0].Deal.Tranches)
        {
            var points = results.Select(result => (result.Name, Point: result.Figures.First(one => one.Tranche == tranche.Name).CriticalCumulativeDefault?.First)).Where(pair => pair.Point is not null).ToArray();
            if (points.Length > 0 && points.MinBy(pair => pair.Point!.Value.Bearable) is var (name, least)) shell.Note($"{tranche.Name}: least critical cumulative default rate {MeasuresView.Percent(least!.Value.Bearable)}, in {name}");
        }

        if (scenarios.All(one => one.Scenario.Probability is null)) return;
        foreach (var (tranche, loss) in DealMeasures.ExpectedLoss([.. scenarios.Select(one => (one.Deal, one.Scenario.Probability ?? 0))], terms.Loss, terms.Prepayment)) shell.Note($"{tranche}: expected loss {MeasuresView.Percent(loss)} over {scenarios.Count} scenarios");
    }

    private static string Summary(ScenarioFigures result) => $"{result.Name}: " + string.Join("; ", result.Figures.Select(one =>
    {
        var parts = new List<string>();
        if (one.AverageLifeYears is { } life) parts.Add(string.Create(CultureInfo.InvariantCulture, $"average life {life:F2} y"));
        if (one.Price is { } price) parts.Add(string.Create(CultureInfo.InvariantCulture, $"price {100 * price:F4}"));
        if (one.Yields.Count > 0) parts.Add($"yield {string.Join(" and ", one.Yields.Select(MeasuresView.Percent))}");
        if (one.Shortfall.IsLoss && one.Kind != TrancheKind.Equity) parts.Add(one.Shortfall.LossRatio > 0 ? $"loses {MeasuresView.Percent(one.Shortfall.LossRatio)}" : "defaults on its interest");
        if (one.BreakEvenCdr is { } threshold) parts.Add($"break-even CDR {MeasuresView.Threshold(threshold)}");
        if (one.CriticalCumulativeDefault is { } critical) parts.Add($"critical cumulative default {MeasuresView.Threshold(critical)}");
        if (one.FirstLoss is { } first) parts.Add($"first loss {MeasuresView.Percent(first.Ratio)}");
        return $"{one.Tranche} {string.Join(", ", parts)}";
    }));
}

/// <summary>Measures under one scenario.</summary>
internal sealed record ScenarioFigures(string Name, Securitisation.Deals.DealTerms Deal, IReadOnlyList<TrancheFigures> Figures);
