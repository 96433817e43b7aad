using System.Collections.Immutable;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Tranches;

namespace CreditGrains.Securitisation.Measures;

/// <summary>All measures of one tranche. What cannot be said is null; <see cref="Refusals"/> says by name why a measure was refused.</summary>
public sealed record TrancheFigures
{
    public required string Tranche { get; init; }

    public required TrancheKind Kind { get; init; }

    /// <summary>At settlement, in minor units.</summary>
    public required long Balance { get; init; }

    public required double? AverageLifeYears { get; init; }

    public required int? FirstPrincipalPeriod { get; init; }

    public required int? LastPrincipalPeriod { get; init; }

    /// <summary>Of one unit, without accrued interest.</summary>
    public double? Price { get; init; }

    /// <summary>In minor units.</summary>
    public double Accrued { get; init; }

    /// <summary>All roots; nominal a year.</summary>
    public IReadOnlyList<double> Yields { get; init; } = [];

    /// <summary>All roots; annual, effective.</summary>
    public IReadOnlyList<double> InternalRates { get; init; } = [];

    public double? ModifiedDurationYears { get; init; }

    public double? MacaulayDurationYears { get; init; }

    public double? Convexity { get; init; }

    public double? EffectiveDurationYears { get; init; }

    public double? EffectiveConvexity { get; init; }

    /// <summary>All roots; of a floating coupon.</summary>
    public IReadOnlyList<double> DiscountMargins { get; init; } = [];

    /// <summary>All roots; over the discount curve, continuously compounded.</summary>
    public IReadOnlyList<double> Spreads { get; init; } = [];

    /// <summary>Under the deal's own scenario.</summary>
    public required TrancheShortfall Shortfall { get; init; }

    /// <summary>Break-even annual CDR; null when it was not searched for, or the tranche is equity.</summary>
    public LossThreshold? BreakEvenCdr { get; init; }

    /// <summary>Critical cumulative default rate.</summary>
    public LossThreshold? CriticalCumulativeDefault { get; init; }

    /// <summary>Smallest cumulative default that costs the tranche one unit; null also when none does.</summary>
    public CumulativeDefaultRate? FirstLoss { get; init; }

    /// <summary>Name of the measure and why it was refused.</summary>
    public IReadOnlyList<(string Measure, string Name, string Why)> Refusals { get; init; } = [];
}

/// <summary>Measures of all tranches of a deal.</summary>
public static class DealMeasures
{
    /// <summary>Runs the deal and works them out.</summary>
    /// <param name="deal">With the scenario to be priced.</param>
    /// <param name="pricing">Conventions and quotes.</param>
    /// <param name="searches">Whether break-even, critical rate and first loss are searched for: some hundred runs.</param>
    /// <param name="control">How it is watched and stopped; may be null.</param>
    /// <exception cref="OperationCanceledException">The control said so.</exception>
    /// <exception cref="InvalidInputException">Pricing terms that do not fit the deal.</exception>
    public static IReadOnlyList<TrancheFigures> Of(DealTerms deal, PricingTerms pricing, bool searches = true, RunControl? control = null)
    {
        pricing.Check();
        pricing.Prepayment?.Check(deal);
        foreach (var name in pricing.Quotes.Keys.Order(StringComparer.Ordinal))
            if (deal.Tranches.All(tranche => tranche.Name != name)) throw new InvalidInputException("TrancheUnknown", name, $"there is no such tranche; there are {string.Join(", ", deal.Tranches.Select(one => one.Name))}");
        var function = pricing.Prepayment;
        var run = DealRunner.Run(function?.Shifted(deal, 0) ?? deal);
        if (pricing.Settlement is { } day)
        {
            if (day < run.Terms.CutOff) throw new InvalidInputException("SettlementOutOfRange", "settlement", $"{day:yyyy-MM-dd} is before the cut-off {run.Terms.CutOff:yyyy-MM-dd}; the deal is run from there");
            if (day >= run.Periods[^1].Payment) throw new InvalidInputException("SettlementOutOfRange", "settlement", $"{day:yyyy-MM-dd} is not before the last payment date {run.Periods[^1].Payment:yyyy-MM-dd}; nothing is left to buy");
        }

        DealRun? down = null, up = null;
        if (function is not null)
        {
            down = DealRunner.Run(function.Shifted(deal, -pricing.Shift));
            up = DealRunner.Run(function.Shifted(deal, pricing.Shift));
        }

        var search = searches ? new LossSearch(run.Terms, pricing.Loss, pricing.Timing, control) : null;
        return [.. run.Terms.Tranches.Select((tranche, i) =>
        {
            control?.CancellationToken.ThrowIfCancellationRequested();
            var one = One(run, down, up, tranche, pricing, search);
            control?.Report((double)(i + 1) / run.Terms.Tranches.Length);
            return one;
        })];
    }

    /// <summary>Expected loss of each tranche: Σ probability × principal unpaid ÷ balance, over scenarios whose probabilities add up to 1.</summary>
    /// <param name="weighted">Deals with their scenarios.</param>
    /// <param name="rule">What counts as a loss.</param>
    /// <param name="prepayment">How rates move prepayments, which stands instead of the scenarios' curves as it does in <see cref="Of"/>; null is not declared.</param>
    /// <exception cref="InvalidInputException">Probabilities that do not add up to 1, or a function that does not fit a deal.</exception>
    public static IReadOnlyList<(string Tranche, double LossRatio)> ExpectedLoss(IReadOnlyList<(DealTerms Deal, double Probability)> weighted, LossRule rule, RateToCpr? prepayment = null)
    {
        Timings.Check([.. weighted.Select(pair => pair.Probability)], "probability");
        foreach (var (deal, _) in weighted) prepayment?.Check(deal);
        var losses = weighted.Select(pair => DealRunner.Run(prepayment?.Shifted(pair.Deal, 0) ?? pair.Deal)).Select(run => run.Terms.Tranches.Select(tranche => TrancheShortfall.Of(run, tranche, rule).LossRatio).ToArray()).ToArray();
        return [.. weighted[0].Deal.Tranches.Select((tranche, i) => (tranche.Name, Enumerable.Range(0, weighted.Count).Sum(k => weighted[k].Probability * losses[k][i])))];
    }

    /// <summary>Price and yield by the quote; null for an interest-only tranche without one.</summary>
    internal static (double? Price, double? Yield) Quoted(TrancheMeasures measures, PricingTerms pricing)
    {
        var quote = pricing.Quotes.GetValueOrDefault(measures.Cash.Terms.Name) ?? (measures.Cash.Terms.Kind == TrancheKind.InterestOnly ? null : Quote.Par);
        return quote switch
        {
            Quote.AtPrice price => (price.PerUnit, measures.Yield(measures.ValueOf(price.PerUnit))),
            Quote.AtYield yield => (measures.Price(yield.Annual), yield.Annual),
            Quote.AtSpread spread when measures.Cash.Flows.Value(pricing.Curve!, spread.Annual) is var value => (measures.PriceOf(value), measures.Yield(value)),
            _ => (null, null),
        };
    }

    internal static InvalidInputException NeedsRateFunction(string what) => new(
        "NeedsRateFunction", "rateToCpr", $"{what} moves rates, and how rates move prepayments is not declared; write rateToCpr: points of incentive and CPR on an index, or \"unmoved\"");

    private static TrancheFigures One(DealRun run, DealRun? down, DealRun? up, TrancheTerms tranche, PricingTerms pricing, LossSearch? search)
    {
        var refusals = new List<(string, string, string)>();
        var measures = new TrancheMeasures(run, tranche.Name, pricing);
        var (price, yield) = Quoted(measures, pricing);
        var value = price is { } per ? measures.ValueOf(per) : 0;
        var principal = run.Of(tranche.Name).Select((period, i) => period.PrincipalPaid > 0 ? i + 1 : 0).Where(i => i > 0).ToArray();
        var effective = Effective(measures, down, up, tranche.Name, pricing, value, yield, refusals);
        var figures = new TrancheFigures
        {
            Tranche = tranche.Name,
            Kind = tranche.Kind,
            Balance = measures.Cash.Balance,
            AverageLifeYears = measures.WeightedAverageLifeYears,
            FirstPrincipalPeriod = principal is [var first, ..] ? first : null,
            LastPrincipalPeriod = principal is [.., var last] ? last : null,
            Price = price,
            Accrued = measures.Cash.Accrued,
            Yields = measures.Yields(value),
            InternalRates = measures.InternalRates(value),
            ModifiedDurationYears = yield is { } y ? measures.ModifiedDuration(y) : null,
            MacaulayDurationYears = yield is { } z ? measures.MacaulayDuration(z) : null,
            Convexity = yield is { } c ? measures.Convexity(c) : null,
            EffectiveDurationYears = effective?.Duration,
            EffectiveConvexity = effective?.Convexity,
            DiscountMargins = measures.DiscountMargins(value),
            Spreads = measures.Spreads(value),
            Shortfall = TrancheShortfall.Of(run, tranche, pricing.Loss),
        };
        if (search is not null && tranche.Kind != TrancheKind.Equity) figures = Searched(figures, search, refusals);
        return figures with { Refusals = refusals };
    }

    /// <summary>With a discount curve the spread is kept and the curve moves; without, the yield moves.</summary>
    private static (double Duration, double Convexity)? Effective(
        TrancheMeasures measures, DealRun? down, DealRun? up, string tranche, PricingTerms pricing, double value, double? yield, List<(string, string, string)> refusals)
    {
        if (down is null || up is null)
        {
            var refusal = NeedsRateFunction("effective duration");
            refusals.Add(("effectiveDuration", refusal.Name, refusal.Fault));
            return null;
        }

        if (value <= 0 || yield is not { } y) return null;
        TrancheMeasures low = new(down, tranche, pricing), high = new(up, tranche, pricing);
        if (pricing.Curve is not { } curve) return BondMeasures.Effective(low.Value(y - pricing.Shift), value, high.Value(y + pricing.Shift), pricing.Shift);
        if (measures.Spreads(value) is not [var spread, ..]) return null;
        return BondMeasures.Effective(low.Cash.Flows.Value(curve, spread - pricing.Shift), value, high.Cash.Flows.Value(curve, spread + pricing.Shift), pricing.Shift);
    }

    private static TrancheFigures Searched(TrancheFigures figures, LossSearch search, List<(string, string, string)> refusals)
    {
        figures = figures with { BreakEvenCdr = Try("breakEvenCdr", () => search.BreakEvenCdr(figures.Tranche)) };
        figures = figures with { CriticalCumulativeDefault = Try("criticalCumulativeDefault", () => search.CriticalCumulativeDefault(figures.Tranche)) };
        // What a first loss is needs principal to lose.
        if (figures.CriticalCumulativeDefault is not null && figures.Kind != TrancheKind.InterestOnly) figures = figures with { FirstLoss = search.FirstLoss(figures.Tranche) };
        return figures;

        LossThreshold? Try(string measure, Func<LossThreshold> searched)
        {
            try
            {
                return searched();
            }
            catch (InvalidInputException e)
            {
                refusals.Add((measure, e.Name, e.Fault));
                return null;
            }
        }
    }
}
