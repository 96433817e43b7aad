using CreditGrains.Securitisation.Tranches;
using CreditGrains.Securitisation.Waterfall;

namespace CreditGrains.Securitisation.Deals;

/// <summary>What falls due, what triggers measure, and by which index rates.</summary>
internal sealed partial class DealBook
{
    private bool StartsYear => Deal.Dates.StartsYear(DealPeriod);

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
        // Sold with the clean-up call, a pool is cash.
        var covers = (IsCalled ? 0 : (one?.Month ?? Pool).Closing) + PrincipalCash(one);
        var original = one?.Original ?? originalPool;
        return trigger.Kind switch
        {
            TriggerKind.CumulativeDefault => one?.CumulativeDefault ?? CumulativeDefault,
            TriggerKind.CumulativeLoss => original == 0 ? 0 : (double)(one?.Lost ?? pools.Sum(pool => pool.Lost)) / original,
            TriggerKind.Delinquency => DelinquencyOf(one),
            TriggerKind.Overcollateralisation => balances == 0 ? null : (double)covers / balances,
            TriggerKind.InterestCoverage => interestDue == 0 ? null : (double)(IncomeCash(one) - Senior()) / interestDue,
            TriggerKind.UnpaidInterest => unpaid,
            TriggerKind.UnpaidPrincipal => late,
            _ => original == 0 ? null : (double)PoolAfter(one) / original,
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

    private double? DelinquencyOf(PoolBook? one) => PoolAfter(one) is > 0 and var left ? (double)(one?.Month ?? Pool).Delinquent / left : null;

    /// <summary>
    /// Performing balance after the period, of one pool or all: at its end, with what was bought in it and what the purchase steps of the state can still buy for the principal at hand.
    /// </summary>
    private long PoolAfter(PoolBook? one = null)
    {
        var left = (one?.Month ?? Pool).Closing;
        for (var i = 0; i < pools.Length; i++)
            if (one is null || one == pools[i]) left += loans.BoughtOf(i, Period);
        if (Deal.Purchase is not { } terms || IsCalled || loans.IsActual(Period) || (one is not null && one != pools[terms.PoolOf(Deal)])) return left;
        var cash = Steps().OfType<Step.Purchase>().Where(step => Holds(step.When)).SelectMany(step => step.From).Distinct().Where(Cash.IsPrincipal).Sum(Cash.Balance);
        return left + Part.Of(Math.Max(0, cash - Part.Of(LeftToBuy, terms.Price)), 1 / terms.Price);
    }

    private long PrincipalCash(PoolBook? one) =>
        one is { Terms.HasOwnAccounts: true } ? Cash.Balance(one.Terms.PrincipalAccount) : Cash.CollectionAccounts(Deal).Where(Cash.IsPrincipal).Sum(Cash.Balance);

    private long IncomeCash(PoolBook? one) =>
        one is { Terms.HasOwnAccounts: true } ? Cash.Balance(one.Terms.IncomeAccount) : Cash.CollectionAccounts(Deal).Where(name => !Cash.IsPrincipal(name)).Sum(Cash.Balance);
}

/// <summary>Something owed that is no tranche interest: a fee, a tax, a swap payment.</summary>
internal sealed class DueBook(string name, long unpaid, long paidThisYear = 0)
{
    public long Owed { get; private set; } = unpaid;

    public long Due { get; private set; }

    public long Paid { get; private set; }

    /// <summary>Since the year of payment dates began.</summary>
    public long PaidThisYear { get; private set; } = paidThisYear;

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
