using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Tranches;

namespace CreditGrains.Securitisation.Measures;

/// <summary>
/// What a holder who settles on a day gets of a tranche, and when. With dates, a payment lies as many years after settlement as the basis counts to its payment date; without, payment t lies t × months ÷ 12
/// years after the start.
/// </summary>
public sealed class TrancheCash
{
    /// <exception cref="InvalidInputException">The deal has no such tranche, or its payments have no dates while settlement has.</exception>
    public TrancheCash(DealRun run, string tranche, PricingTerms terms)
    {
        Terms = run.Terms.Tranches.FirstOrDefault(one => one.Name == tranche)
            ?? throw new InvalidInputException("TrancheUnknown", "tranche", $"there is no tranche '{tranche}'; there are {string.Join(", ", run.Terms.Tranches.Select(one => one.Name))}");
        if (terms.Settlement is not null && run.Terms.CutOff is null)
            throw new InvalidInputException("CutOffMissing", "settlement", "a settlement date needs a deal with dates; write collateral.cutOff, or leave settlement out");
        var settlement = terms.Settlement ?? run.Terms.CutOff;
        var periods = run.Of(tranche).ToArray();
        var first = 0;
        while (settlement is { } day && first < periods.Length && run.Periods[first].Payment <= day) first++;
        var left = periods[first..];
        Balance = left.Length == 0 ? 0 : left[0].Opening;
        Notional = left.Length == 0 ? 0 : left[0].Notional;
        Cash = [.. left.Select(period => (double)period.Cash)];
        Principal = [.. left.Select(period => (double)period.PrincipalPaid)];
        IndexRates = [.. left.Select(period => period.IndexRate)];
        Years = [.. left.Select((_, i) => settlement is { } day
            ? terms.Years(day, run.Periods[first + i].Payment!.Value)
            : (first + i + 1) * run.Terms.Dates.MonthsPerPayment / 12.0 + run.Terms.Dates.PaymentDelayDays / 360.0)];
        Flows = new TimedCash(Cash, Years);
        // Of a tranche that gets nothing any more, no interest is bought.
        if (terms.Settlement is { } bought && Flows.Total > 0) Accrued = AccruedOf(run, first, left, bought, Terms.Clock);
    }

    public TrancheTerms Terms { get; }

    /// <summary>Balance bought, in minor units.</summary>
    public long Balance { get; }

    /// <summary>What interest is counted on at first, in minor units.</summary>
    public long Notional { get; }

    /// <summary>Interest earned up to settlement and not yet paid, which the buyer pays the seller; 0 unless a settlement date is given.</summary>
    public double Accrued { get; }

    /// <summary>All cash, by payment.</summary>
    public IReadOnlyList<double> Cash { get; }

    public IReadOnlyList<double> Principal { get; }

    /// <summary>From settlement, by payment.</summary>
    public IReadOnlyList<double> Years { get; }

    /// <summary>Of the index of a floating coupon, by payment.</summary>
    public IReadOnlyList<double> IndexRates { get; }

    /// <summary>Cash with its times.</summary>
    public TimedCash Flows { get; }

    /// <summary>Minor units that a price of one is: the balance, or the notional of an interest-only tranche.</summary>
    public double Unit => Terms.Kind == TrancheKind.InterestOnly ? Notional : Balance;

    /// <summary>
    /// By the days of the tranche's own clock: the basis of the terms is that of yields. A period whose payment is still to come may have ended: its interest is earned whole, and days of the next are earned too.
    /// </summary>
    private static double AccruedOf(DealRun run, int first, TranchePeriod[] left, DateOnly settlement, AccrualClock clock)
    {
        double earned = 0;
        for (var i = 0; i < left.Length; i++)
        {
            var (start, end) = DealDays.Accrual(run.Terms, first + i + 1);
            if (settlement <= start) break;
            earned += settlement >= end ? left[i].InterestDue : left[i].InterestDue * PassedOf(run.Terms, start, end, settlement, clock);
        }

        return earned;
    }

    /// <summary>Part of a period that has passed by a day within it, 0 to 1.</summary>
    private static double PassedOf(DealTerms deal, DateOnly start, DateOnly end, DateOnly day, AccrualClock clock)
    {
        if (clock != AccrualClock.Thirty360) return (day.DayNumber - start.DayNumber) / (double)(end.DayNumber - start.DayNumber);
        var whole = 30 * deal.Dates.MonthsPerPayment;
        // Ends of periods lie on the day of the cut-off, in a shorter month before it: the month has 30 days all the same.
        if (deal.Dates.Accrual == AccrualSpan.PeriodEnds) return Math.Clamp((double)(Days(day, day.Day) - Days(start, deal.CutOff!.Value.Day)) / whole, 0, 1);
        return Math.Clamp((double)(Days(day, day.Day) - Days(start, start.Day)) / Math.Max(whole, Days(end, end.Day) - Days(start, start.Day)), 0, 1);

        static int Days(DateOnly of, int onDay) => 360 * of.Year + 30 * of.Month + Math.Min(onDay, 30);
    }
}
