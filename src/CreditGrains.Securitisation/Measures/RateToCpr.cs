using System.Collections.Immutable;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Measures;

/// <summary>A declared answer to how rates move prepayments: one of the closed cases below.</summary>
public abstract record RateToCpr
{
    private RateToCpr()
    {
    }

    /// <summary>Rates do not move prepayments; said, not taken for granted.</summary>
    public sealed record Unmoved : RateToCpr;

    /// <summary>
    /// CPR by incentive: the average rate of a segment's loans at the cut-off less the index of the month. Linear between the points, flat outside. It takes the place of the
    /// prepayment curve, also without a shift.
    /// </summary>
    /// <param name="Index">Name of an index of the deal.</param>
    /// <param name="Points">By rising incentive; 0.01 is one percent above the index.</param>
    public sealed record ByIncentive(string Index, ImmutableArray<(double Incentive, double Cpr)> Points) : RateToCpr
    {
        /// <summary>CPR at an incentive.</summary>
        public double At(double incentive)
        {
            if (incentive <= Points[0].Incentive) return Points[0].Cpr;
            for (var i = 1; i < Points.Length; i++)
            {
                var (low, high) = (Points[i - 1], Points[i]);
                if (incentive <= high.Incentive) return low.Cpr + (high.Cpr - low.Cpr) * (incentive - low.Incentive) / (high.Incentive - low.Incentive);
            }

            return Points[^1].Cpr;
        }
    }

    /// <exception cref="InvalidInputException">No such index, or points that are no function.</exception>
    public void Check(DealTerms deal)
    {
        if (this is not ByIncentive by) return;
        if (!deal.Indices.ContainsKey(by.Index)) throw new InvalidInputException("IndexUnknown", "rateToCpr.index", $"the deal has no index '{by.Index}'; {(deal.Indices.IsEmpty ? "it has none, so write 'unmoved'" : $"there are {string.Join(", ", deal.Indices.Keys.Order(StringComparer.Ordinal))}")}");
        if (by.Points.IsEmpty) throw new InvalidInputException("CurveEmpty", "rateToCpr.points", "there is no point; write at least one");
        for (var i = 0; i < by.Points.Length; i++)
        {
            RateCheck.Ratio(by.Points[i].Cpr, $"rateToCpr.points[{i}].cpr");
            if (i > 0 && !(by.Points[i].Incentive > by.Points[i - 1].Incentive)) throw new InvalidInputException("CurveOutOfRange", $"rateToCpr.points[{i}].incentive", "write the points by rising incentive, each once");
        }
    }

    /// <summary>
    /// The deal when all rates are moved: indices, loans that float (those with a row of rates, which never fall below the servicing fee), and prepayments by this function. Fixed coupons stay.
    /// </summary>
    public DealTerms Shifted(DealTerms deal, double shift)
    {
        var moved = deal with
        {
            Indices = deal.Indices.ToImmutableDictionary(pair => pair.Key, pair => pair.Value.Shift(shift)),
            Lines = Float(deal.Lines, shift),
            Scenarios = Move(deal, deal.Lines, deal.Scenarios, shift),
            Pools = [.. deal.Pools.Select(pool => pool with { Lines = Float(pool.Lines, shift), Scenarios = Move(deal, pool.Lines, pool.Scenarios, shift) })],
        };
        return moved;
    }

    private static ImmutableArray<Cashflows.LoanLine> Float(ImmutableArray<Cashflows.LoanLine> lines, double shift) =>
        [.. lines.Select(line => line.RatePath.IsDefaultOrEmpty ? line : line with { RatePath = [.. line.RatePath.Select(rate => Math.Max(line.ServicingFeeAnnual, rate + shift))] })];

    private ImmutableArray<Scenario> Move(DealTerms deal, ImmutableArray<Cashflows.LoanLine> lines, ImmutableArray<Scenario> scenarios, double shift) => this is not ByIncentive by || lines.IsEmpty ? scenarios :
    [
        .. scenarios.Select((scenario, segment) =>
        {
            var own = lines.Where(line => scenarios.Length == 1 || line.Segment == segment).ToArray();
            var balance = own.Sum(line => line.Balance);
            if (balance == 0) return scenario;
            var rate = own.Sum(line => line.Balance * line.RateAnnual) / balance;
            var months = own.Max(line => line.RemainingMonths);
            var step = deal.Dates.MonthsPerPayment;
            var first = deal.AllPools[0].Actuals.Length;
            return scenario with
            {
                Prepayment = new PrepaymentCurve.Vector(
                    [.. Enumerable.Range(first, months).Select(month => by.At(rate - shift - deal.Indices[by.Index].RateOf(month / step + 1, deal.CutOff?.AddMonths(month))))], RateUnit.Annual, CurveClock.Period),
            };
        }),
    ];
}
