using System.Collections.Immutable;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Measures;

/// <summary>The axes of a sensitivity grid; an empty one leaves what the deal has.</summary>
public sealed record GridAxes
{
    /// <summary>Most cells of a grid.</summary>
    public const int CellsMax = 100_000;

    /// <summary>Flat annual prepayment rates, 0 to 1.</summary>
    public ImmutableArray<double> Cprs { get; init; } = [];

    /// <summary>Flat annual default rates, 0 to 1.</summary>
    public ImmutableArray<double> Cdrs { get; init; } = [];

    /// <summary>Severities, 0 to 1.</summary>
    public ImmutableArray<double> Severities { get; init; } = [];

    /// <summary>Months from default to recovery.</summary>
    public ImmutableArray<int> Lags { get; init; } = [];

    /// <summary>By which all indices are moved; 0.01 is 100 basis points. Prepayments follow by the declared function only.</summary>
    public ImmutableArray<double> IndexShifts { get; init; } = [];
}

/// <summary>One cell for one tranche. Rates of axes that the grid leaves are null.</summary>
public sealed record GridCell(
    double? Cpr, double? Cdr, double? Severity, int? LagMonths, double? IndexShift, string Tranche, double? AverageLifeYears, int? LastPrincipalPeriod, double? Price, double? YieldAnnual,
    double? ModifiedDurationYears, TrancheShortfall Shortfall, double CumulativeDefault);

/// <summary>Tranches under every combination of assumptions.</summary>
public static class DealGrid
{
    /// <summary>Runs the deal for each cell, the last axis moving fastest, and gives its tranches in their order.</summary>
    /// <exception cref="OperationCanceledException">The control said so.</exception>
    /// <exception cref="InvalidInputException">A rate is out of range, there are too many cells, or an index is moved without a declared function.</exception>
    public static IReadOnlyList<GridCell> Of(DealTerms deal, GridAxes axes, PricingTerms pricing, RunControl? control = null)
    {
        pricing.Check();
        pricing.Prepayment?.Check(deal);
        var cells = (from cpr in Or(axes.Cprs) from cdr in Or(axes.Cdrs) from severity in Or(axes.Severities) from lag in Or(axes.Lags) from shift in Or(axes.IndexShifts) select (cpr, cdr, severity, lag, shift)).ToArray();
        if (cells.Length > GridAxes.CellsMax) throw new InvalidInputException("GridTooLarge", "", $"the grid has {cells.Length} cells; at most {GridAxes.CellsMax} are run");
        if (axes.IndexShifts.Any(shift => shift != 0) && pricing.Prepayment is null) throw DealMeasures.NeedsRateFunction("a grid over index shifts");
        var results = new GridCell[cells.Length][];
        var within = ParallelRuns.Within(cells.Length);
        ParallelRuns.For(cells.Length, -1, i =>
        {
            var (cpr, cdr, severity, lag, shift) = cells[i];
            var moved = (pricing.Prepayment?.Shifted(deal, shift ?? 0) ?? deal).Assume(scenario => scenario with
            {
                Prepayment = cpr is { } speed ? new PrepaymentCurve.FlatCpr(new Cpr(speed)) : scenario.Prepayment,
                LoanDefault = cdr is { } rate ? new LoanDefaultCurve.FlatCdr(new Cdr(rate)) : scenario.LoanDefault,
                Recovery = scenario.Recovery with { Severity = severity ?? scenario.Recovery.Severity, LagMonths = lag ?? scenario.Recovery.LagMonths },
            });
            var run = DealRunner.Run(moved, within);
            results[i] = [.. run.Terms.Tranches.Select(tranche =>
            {
                var measures = new TrancheMeasures(run, tranche.Name, pricing);
                var (price, yield) = DealMeasures.Quoted(measures, pricing);
                return new GridCell(
                    cpr, cdr, severity, lag, shift, tranche.Name, measures.WeightedAverageLifeYears, run.LastPrincipalPeriod(tranche.Name), price, yield, yield is { } y ? measures.ModifiedDuration(y) : null,
                    TrancheShortfall.Of(run, tranche, pricing.Loss), run.Periods[^1].CumulativeDefault);
            })];
        }, control);
        return [.. results.SelectMany(cell => cell)];
    }

    private static IEnumerable<double?> Or(ImmutableArray<double> values) => values.IsEmpty ? [null] : values.Select(value => (double?)value);

    private static IEnumerable<int?> Or(ImmutableArray<int> values) => values.IsEmpty ? [null] : values.Select(value => (int?)value);
}
