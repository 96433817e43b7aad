using CreditGrains.Securitisation.Tranches;
using CreditGrains.Securitisation.Waterfall;

namespace CreditGrains.Securitisation.Deals;

/// <summary>Something owed that is no tranche interest: a fee, a tax, a swap payment.</summary>
internal sealed class DueBook(string name)
{
    public long Owed { get; private set; }

    public long Due { get; private set; }

    public long Paid { get; private set; }

    public void Begin(long due, bool carries)
    {
        Due = due;
        Owed = carries ? Owed + due : due;
        Paid = 0;
    }

    public void Pay(long amount)
    {
        Paid += amount;
        Owed -= amount;
    }

    public DuePeriod Report() => new(name, Due, Paid, Owed);
}

/// <summary>All that changes while a deal runs. Owned by one run.</summary>
internal sealed class DealBook
{
    private readonly Dictionary<string, TrancheBook> byName = new(StringComparer.Ordinal);
    private readonly List<TrancheBook> lossOrder;
    private readonly long originalPool;
    private long defaulted;
    private long poolOpening;

    public DealBook(DealTerms deal, DealPool pool)
    {
        Deal = deal;
        Cash = new CashAccounts(deal);
        originalPool = deal.OriginalPool ?? pool.Opening;
        defaulted = deal.DefaultedBefore;
        Tranches = [.. deal.Tranches.Select(terms => new TrancheBook(terms))];
        foreach (var tranche in Tranches) byName[tranche.Name] = tranche;
        lossOrder = deal.LossOrder.IsEmpty ? [.. Tranches.AsEnumerable().Reverse()] : [.. deal.LossOrder.Select(name => byName[name])];
        Watches = [.. deal.Triggers.Select(trigger => new TriggerWatch(trigger))];
        foreach (var fee in deal.Fees) Dues[fee.Name] = new DueBook(fee.Name);
        foreach (var swap in deal.Swaps) Dues[swap.Name] = new DueBook(swap.Name);
    }

    public DealTerms Deal { get; }

    public CashAccounts Cash { get; }

    public IReadOnlyList<TrancheBook> Tranches { get; }

    public IReadOnlyList<TriggerWatch> Watches { get; }

    public SortedDictionary<string, DueBook> Dues { get; } = new(StringComparer.Ordinal);

    public int Period { get; private set; }

    public PoolMonth Pool { get; private set; }

    public DealState State { get; private set; }

    public bool IsCalled { get; private set; }

    public long CleanUpProceeds { get; private set; }

    public double CumulativeDefault => originalPool == 0 ? 0 : (double)defaulted / originalPool;

    public TrancheBook Tranche(string name) => byName[name];

    /// <summary>Interest, fees and swap payments of the period fall due, on opening balances.</summary>
    public void Begin(int period, PoolMonth month)
    {
        Period = period;
        Pool = month;
        poolOpening = month.Opening;
        CleanUpProceeds = 0;
        Cash.Begin(Deal.Dates.MonthsPerPayment);
        // Notionals are opening balances, so all are read before any tranche accretes or is paid.
        foreach (var tranche in Tranches)
        {
            var terms = tranche.Terms;
            var index = terms.Coupon.Index is { } name ? IndexRate(name) : 0;
            var rate = terms.Coupon.RateOf(index, period);
            var on = terms.Kind == TrancheKind.InterestOnly ? Notional(terms.NotionalOf) : tranche.Balance;
            if (terms.InterestOnUnpaid) on += tranche.InterestOwed;
            var (numerator, denominator) = DealDays.Year(Deal, terms.Clock, period);
            tranche.Begin(Part.Of(on, rate, numerator, denominator), rate);
        }

        foreach (var fee in Deal.Fees) Dues[fee.Name].Begin(FeeOf(fee), fee.CarriesShortfall);
        foreach (var swap in Deal.Swaps) Dues[swap.Name].Begin(Math.Max(0, -SwapReceipt(swap)), carries: true);
    }

    /// <summary>Cash comes in, losses are booked, the rest of the pool is sold if it is small.</summary>
    public void Collect(PoolMonth month, DealPool pool)
    {
        Cash.Collect(CashAccounts.Income, month.Interest);
        Cash.Collect(CashAccounts.Principal, month.Scheduled + month.Prepaid);
        Cash.Collect(Deal.RecoveriesAreIncome ? CashAccounts.Income : CashAccounts.Principal, month.Recovered);
        Cash.Advance(CashAccounts.Income, month.AdvancedInterest);
        Cash.Advance(CashAccounts.Principal, month.AdvancedPrincipal);
        foreach (var swap in Deal.Swaps) Cash.Draw(CashAccounts.Income, Math.Max(0, SwapReceipt(swap)));
        defaulted += month.Defaulted;
        Bear(Deal.RecoveriesAreIncome ? month.Defaulted : month.Loss);
        Call(month, pool);
    }

    /// <summary>Looks at the triggers and says in which state the deal is.</summary>
    public void Look()
    {
        State = Period <= Deal.RevolvingPeriods ? DealState.Revolving : DealState.Amortising;
        foreach (var watch in Watches)
        {
            watch.Look(Measure(watch.Trigger), Period);
            if (watch.IsBreached && watch.Trigger.Effect is { } effect && effect > State) State = effect;
        }
    }

    /// <summary>The steps of the state, or of the nearest one before it that has any.</summary>
    public IEnumerable<Step> Steps()
    {
        for (var state = State; ; state--)
        {
            if (Deal.Waterfalls.TryGetValue(state, out var steps)) return steps;
            // Before the first state with steps comes the first that has them: DealCheck has seen that there is one.
            if (state == DealState.Revolving) return Deal.Waterfalls[Deal.Waterfalls.Keys.Min()];
        }
    }

    public bool Holds(StepCondition? when) => when is null || Watches.First(watch => watch.Trigger.Name == when.Trigger).IsBreached == when.IsBreached;

    /// <summary>Books a loss, or principal borrowed for other ends, as the deal says.</summary>
    public void Bear(long loss)
    {
        foreach (var tranche in lossOrder)
        {
            if (loss == 0 || Deal.Losses == LossTreatment.None) return;
            loss = Deal.Losses == LossTreatment.Ledger ? tranche.Book(loss) : tranche.WriteDown(loss);
        }
    }

    public long Target(Reserve reserve)
    {
        long notes = 0;
        foreach (var tranche in Tranches)
            if (tranche.Terms.Kind != TrancheKind.Equity) notes += tranche.Balance;
        if (Pool.Closing == 0 || notes == 0 || IsCalled) return 0;
        var target = reserve.Fixed + Part.Of(Pool.Closing, reserve.OfPool) + Part.Of(originalPool, reserve.OfOriginalPool) + Part.Of(notes, reserve.OfTranches);
        return Math.Min(Math.Max(target, reserve.Floor), reserve.Cap ?? long.MaxValue);
    }

    /// <summary>What a planned tranche may have left after this period.</summary>
    public long Planned(TrancheBook tranche)
    {
        var schedule = tranche.Terms.Schedule;
        return Period <= schedule.Length ? schedule[Period - 1] : 0;
    }

    public bool Accrues(TrancheBook tranche) => tranche.Terms.Kind == TrancheKind.Accrual && tranche.Terms.AccruesUntilPaid.Any(name => byName[name].Balance > 0);

    public static TranchePeriod Report(TrancheBook tranche) => new(
        tranche.Name, tranche.Opening, tranche.RateAnnual, tranche.InterestDue, tranche.InterestPaid, tranche.InterestOwed, tranche.Accreted, tranche.PrincipalPaid, tranche.ResidualPaid,
        tranche.WrittenDown, tranche.Deficiency, tranche.Balance);

    public IEnumerable<AccountPeriod> Accounts()
    {
        yield return Cash.Report(CashAccounts.Income, null);
        yield return Cash.Report(CashAccounts.Principal, null);
        foreach (var reserve in Deal.Reserves) yield return Cash.Report(reserve.Name, Target(reserve));
    }

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
        if (swap.NotionalOf.IsEmpty) on = poolOpening;
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

    private void Call(PoolMonth month, DealPool pool)
    {
        if (Deal.CleanUp is not { } call || month.Closing == 0 || originalPool == 0 || (double)month.Closing / originalPool >= call.PoolFactorBelow) return;
        var proceeds = Part.Of(month.Closing, call.Price);
        if (call.NeedsFullRepayment)
        {
            long owed = 0;
            foreach (var tranche in Tranches)
                if (tranche.Terms.Kind != TrancheKind.Equity) owed += tranche.Balance + tranche.InterestOwed;
            foreach (var due in Dues.Values) owed += due.Owed;
            foreach (var facility in Deal.Facilities) owed += Cash.Drawn(facility.Name);
            var cash = proceeds + Cash.Balance(CashAccounts.Income) + Cash.Balance(CashAccounts.Principal);
            foreach (var reserve in Deal.Reserves) cash += Cash.Balance(reserve.Name);
            if (cash < owed) return;
        }

        IsCalled = true;
        CleanUpProceeds = proceeds;
        Cash.Collect(CashAccounts.Principal, proceeds);
        pool.Sell(Period);
    }

    private double? Measure(Trigger trigger)
    {
        long balances = 0, interestDue = 0, unpaid = 0;
        foreach (var tranche in trigger.Tranches.Select(Tranche))
        {
            balances += tranche.Balance;
            interestDue += tranche.InterestOwed;
            unpaid += tranche.InterestOwed - tranche.InterestDue;
        }

        return trigger.Kind switch
        {
            TriggerKind.CumulativeDefault => CumulativeDefault,
            TriggerKind.Delinquency => Pool.Closing == 0 ? null : (double)Pool.Delinquent / Pool.Closing,
            TriggerKind.Overcollateralisation => balances == 0 ? null : (double)(Pool.Closing + Cash.Balance(CashAccounts.Principal)) / balances,
            TriggerKind.InterestCoverage => interestDue == 0 ? null : (double)(Cash.Balance(CashAccounts.Income) - Dues.Values.Sum(due => due.Owed)) / interestDue,
            TriggerKind.UnpaidInterest => unpaid,
            _ => originalPool == 0 ? null : (double)Pool.Closing / originalPool,
        };
    }
}
