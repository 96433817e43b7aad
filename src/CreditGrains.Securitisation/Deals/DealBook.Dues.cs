using CreditGrains.Securitisation.Tranches;
using CreditGrains.Securitisation.Waterfall;

namespace CreditGrains.Securitisation.Deals;

/// <summary>What falls due, what triggers measure, and by which index rates.</summary>
internal sealed partial class DealBook
{
    private bool StartsYear => (DealPeriod - 1) % Math.Max(1, 12 / Deal.Dates.MonthsPerPayment) == 0;

    /// <summary>Most that may be paid of a fee now.</summary>
    public long CapOf(Fee fee, DueBook due)
    {
        var cap = fee.CapPerPayment ?? long.MaxValue;
        if (fee.CapOfPool is { } ratio) cap = Math.Min(cap, Part.Of(poolOpening, ratio, Deal.Dates.MonthsPerPayment, 12));
        // Several steps may pay one fee: what has been paid before counts.
        cap = Math.Max(0, cap == long.MaxValue ? cap : cap - due.Paid);
        return fee.CapPerYear is { } yearly ? Math.Min(cap, Math.Max(0, yearly - due.PaidThisYear)) : cap;
    }

    private double IndexOf(TrancheTerms terms) => terms.Coupon.Index is { } name ? IndexRate(name) : 0;

    private double IndexRate(string name) => Deal.Indices[name].RateOf(Period, Deal.CutOff?.AddMonths((Period - 1) * Deal.Dates.MonthsPerPayment));

    private long Notional(IReadOnlyCollection<string> of)
    {
        if (of.Count == 0) return poolOpening;
        long sum = 0;
        foreach (var name in of) sum += byName[name].Balance;
        return sum;
    }

    private long SwapReceipt(Swap swap)
    {
        var (numerator, denominator) = DealDays.Year(Deal, swap.Clock, Period);
        long on = 0;
        if (!swap.NotionalSchedule.IsEmpty) on = DealPeriod <= swap.NotionalSchedule.Length ? swap.NotionalSchedule[DealPeriod - 1] : 0;
        else if (swap.NotionalOf.IsEmpty) on = poolOpening;
        else
            foreach (var name in swap.NotionalOf) on += byName[name].Opening;
        return Part.Of(on, IndexRate(swap.ReceivesIndex) + swap.ReceivesSpread - swap.PaysAnnual, numerator, denominator);
    }

    private long FeeOf(Fee fee)
    {
        long notes = 0;
        foreach (var tranche in Tranches) notes += tranche.Opening;
        return fee.Base switch
        {
            FeeBase.Fixed => fee.Amount,
            FeeBase.PoolBalance => Part.Of(poolOpening, fee.Rate, Deal.Dates.MonthsPerPayment, 12),
            FeeBase.TrancheBalance => Part.Of(notes, fee.Rate, Deal.Dates.MonthsPerPayment, 12),
            _ => Part.Of(Pool.Interest, fee.Rate),
        };
    }

    /// <summary>Whether the period says what a trigger measures. Delinquency is of months that have been and of roll rates only; a pool that has ended has none.</summary>
    private bool Knows(Trigger trigger) => trigger.Kind != TriggerKind.Delinquency || pools.All(pool =>
        (trigger.Pool is { } name && pool.Terms.Name != name) || pool.Month.Closing == 0 || pool.Terms.Actuals.Length >= Period * Deal.Dates.MonthsPerPayment || pool.Terms.ProjectsDelinquency);

    private double? Measure(Trigger trigger)
    {
        long balances = 0, interestDue = 0, unpaid = 0, late = 0;
        foreach (var tranche in trigger.Tranches.Select(Tranche))
        {
            balances += tranche.Balance;
            interestDue += tranche.InterestOwed;
            unpaid += tranche.InterestOwed - tranche.InterestDue;
            // Past its legal final: what is left after the payment date of that period.
            if (tranche.Terms.LegalFinalPeriod < DealPeriod) late += tranche.Balance;
        }

        var one = trigger.Pool is { } name ? pools.First(pool => pool.Terms.Name == name) : null;
        var month = one?.Month ?? Pool;
        var original = one?.Original ?? originalPool;
        return trigger.Kind switch
        {
            TriggerKind.CumulativeDefault => one?.CumulativeDefault ?? CumulativeDefault,
            TriggerKind.CumulativeLoss => original == 0 ? 0 : (double)(one?.Lost ?? pools.Sum(pool => pool.Lost)) / original,
            TriggerKind.Delinquency => month.Closing == 0 ? null : (double)month.Delinquent / month.Closing,
            TriggerKind.Overcollateralisation => balances == 0 ? null : (double)(month.Closing + PrincipalCash(one)) / balances,
            TriggerKind.InterestCoverage => interestDue == 0 ? null : (double)(IncomeCash(one) - Senior()) / interestDue,
            TriggerKind.UnpaidInterest => unpaid,
            TriggerKind.UnpaidPrincipal => late,
            _ => original == 0 ? null : (double)month.Closing / original,
        };
    }

    /// <summary>What may be paid before interest now: fees owed up to their caps, and swaps.</summary>
    private long Senior()
    {
        long sum = 0;
        foreach (var fee in Deal.Fees) sum += Math.Min(Dues[fee.Name].Owed, CapOf(fee, Dues[fee.Name]));
        foreach (var swap in Deal.Swaps) sum += Dues[swap.Name].Owed;
        return sum;
    }

    private long PrincipalCash(PoolBook? one) =>
        one is { Terms.HasOwnAccounts: true } ? Cash.Balance(one.Terms.PrincipalAccount) : Cash.CollectionAccounts(Deal).Where(Cash.IsPrincipal).Sum(Cash.Balance);

    private long IncomeCash(PoolBook? one) =>
        one is { Terms.HasOwnAccounts: true } ? Cash.Balance(one.Terms.IncomeAccount) : Cash.CollectionAccounts(Deal).Where(name => !Cash.IsPrincipal(name)).Sum(Cash.Balance);
}

/// <summary>Something owed that is no tranche interest: a fee, a tax, a swap payment.</summary>
internal sealed class DueBook(string name, long unpaid)
{
    public long Owed { get; private set; } = unpaid;

    public long Due { get; private set; }

    public long Paid { get; private set; }

    /// <summary>Since the year of payment dates began.</summary>
    public long PaidThisYear { get; private set; }

    public void Begin(long due, bool carries, bool startsYear)
    {
        Due = due;
        Owed = carries ? Owed + due : due;
        Paid = 0;
        if (startsYear) PaidThisYear = 0;
    }

    public void Pay(long amount)
    {
        Paid += amount;
        PaidThisYear += amount;
        Owed -= amount;
    }

    public DuePeriod Report() => new(name, Due, Paid, Owed);
}

/// <summary>A pool while a deal runs.</summary>
internal sealed class PoolBook(CollateralPool terms, long opening, IReadOnlyList<TrancheBook> lossOrder)
{
    public CollateralPool Terms { get; } = terms;

    public IReadOnlyList<TrancheBook> LossOrder { get; } = lossOrder;

    public long Original { get; } = terms.OriginalBalance ?? opening;

    public long Defaulted { get; set; } = terms.DefaultedBefore;

    public long Lost { get; set; } = terms.LostBefore;

    public PoolMonth Month { get; set; }

    public double CumulativeDefault => Original == 0 ? 0 : (double)Defaulted / Original;
}
