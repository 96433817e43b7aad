using CreditGrains.Securitisation.Tranches;
using CreditGrains.Securitisation.Waterfall;

namespace CreditGrains.Securitisation.Deals;

/// <summary>All that changes while a deal runs. Owned by one run.</summary>
internal sealed partial class DealBook
{
    private readonly Dictionary<string, TrancheBook> byName = new(StringComparer.Ordinal);
    private readonly PoolBook[] pools;
    private readonly IReadOnlyList<TrancheBook> lossOrder;
    private readonly DealPool loans;
    private readonly long originalPool;
    private long poolOpening;

    public DealBook(DealTerms deal, DealPool pool)
    {
        Deal = deal;
        loans = pool;
        Cash = new CashAccounts(deal);
        Tranches = [.. deal.Tranches.Select(terms => new TrancheBook(terms))];
        foreach (var tranche in Tranches) byName[tranche.Name] = tranche;
        lossOrder = deal.LossOrder.IsEmpty ? [.. Tranches.AsEnumerable().Reverse()] : deal.LossOrder.Select(name => byName[name]).ToArray();
        pools = [.. pool.Pools.Select((terms, i) => new PoolBook(terms, pool.OpeningOf(i), terms.LossOrder.IsEmpty ? lossOrder : [.. terms.LossOrder.Select(name => byName[name])]))];
        // A deal with one pool says its own original balance; with several it may, and otherwise theirs are added.
        originalPool = deal.OriginalPool ?? pools.Sum(book => book.Original);
        Watches = [.. deal.Triggers.Select(trigger => new TriggerWatch(trigger))];
        foreach (var fee in deal.Fees) Dues[fee.Name] = new DueBook(fee.Name, fee.Unpaid, fee.PaidThisYear);
        foreach (var swap in deal.Swaps) Dues[swap.Name] = new DueBook(swap.Name, swap.Unpaid);
    }

    public DealTerms Deal { get; }

    public long OriginalPool => originalPool;

    public CashAccounts Cash { get; }

    public IReadOnlyList<TrancheBook> Tranches { get; }

    public IReadOnlyList<TriggerWatch> Watches { get; }

    public SortedDictionary<string, DueBook> Dues { get; } = new(StringComparer.Ordinal);

    /// <summary>Of the run, from 1.</summary>
    public int Period { get; private set; }

    /// <summary>Of the deal, from 1.</summary>
    public int DealPeriod => Deal.PeriodsBefore + Period;

    public PoolMonth Pool { get; private set; }

    public DealState State { get; private set; }

    public bool IsCalled { get; private set; }

    public long CleanUpProceeds { get; private set; }

    /// <summary>Of what was bought in actual months of the period, what no step has paid for yet: principal.</summary>
    public long LeftToBuy { get; private set; }

    /// <summary>Delinquent over pool with what is bought in the period, as triggers see it; 0 without pool.</summary>
    public double Delinquency { get; private set; }

    public double CumulativeDefault => originalPool == 0 ? 0 : (double)pools.Sum(pool => pool.Defaulted) / originalPool;

    public TrancheBook Tranche(string name) => byName[name];

    /// <summary>Interest, fees and swap payments of the period fall due, on opening balances.</summary>
    public void Begin(int period, PoolMonth month, DealPool pool)
    {
        Period = period;
        Pool = month;
        poolOpening = month.Opening;
        CleanUpProceeds = 0;
        LeftToBuy = month.Purchased;
        for (var i = 0; i < pools.Length; i++) pools[i].Month = pool.Of(i, period);
        Cash.Begin(Deal.Dates.MonthsPerPayment);
        // Notionals are opening balances, so all are read before any tranche accretes or is paid.
        foreach (var tranche in Tranches)
        {
            var terms = tranche.Terms;
            var rate = terms.Coupon.RateOf(IndexOf(terms), DealPeriod);
            var on = terms.Kind == TrancheKind.InterestOnly ? Notional(terms.NotionalOf) : tranche.Balance;
            if (terms.InterestOnUnpaid) on += tranche.InterestOwed;
            var (numerator, denominator) = DealDays.Year(Deal, terms.Clock, period);
            tranche.Begin(on, Part.Of(on, rate, numerator, denominator), rate);
        }

        foreach (var fee in Deal.Fees) Dues[fee.Name].Begin(FeeOf(fee), fee.CarriesShortfall, StartsYear);
        foreach (var swap in Deal.Swaps) Dues[swap.Name].Begin(Math.Max(0, -SwapReceipt(swap)), carries: true, StartsYear);
    }

    /// <summary>Cash comes in, losses are booked, the rest of the pool is sold if it is small.</summary>
    public void Collect(DealPool pool)
    {
        foreach (var book in pools)
        {
            var (terms, month) = (book.Terms, book.Month);
            Cash.Collect(terms.IncomeAccount, month.Interest);
            Cash.Collect(terms.PrincipalAccount, month.Scheduled + month.Prepaid);
            Cash.Collect(Deal.RecoveriesAreIncome ? terms.IncomeAccount : terms.PrincipalAccount, month.Recovered);
            Cash.Advance(terms.IncomeAccount, month.AdvancedInterest);
            Cash.Advance(terms.PrincipalAccount, month.AdvancedPrincipal);
            book.Defaulted += month.Defaulted;
            book.Lost += month.Loss;
        }

        foreach (var swap in Deal.Swaps) Cash.Draw(CashAccounts.Income, Math.Max(0, SwapReceipt(swap)));
        foreach (var book in pools) Bear(Deal.RecoveriesAreIncome ? book.Month.Defaulted : book.Month.Loss, book.LossOrder);
        Call(pool);
    }

    /// <summary>A step paid for loans that were bought.</summary>
    public void Bought(long principal) => LeftToBuy -= principal;

    /// <summary>Looks at the triggers and says in which state the deal is.</summary>
    public void Look()
    {
        State = DealPeriod <= Deal.RevolvingPeriods ? DealState.Revolving : DealState.Amortising;
        Delinquency = DelinquencyOf(null) ?? 0;
        foreach (var watch in Watches)
        {
            if (Knows(watch.Trigger)) watch.Look(Measure(watch.Trigger), DealPeriod);
            else watch.Skip(DealPeriod);
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

    /// <summary>Books principal borrowed for other ends, as the deal says.</summary>
    public void Bear(long loss) => Bear(loss, lossOrder);

    public long Target(Reserve reserve)
    {
        long notes = 0;
        foreach (var tranche in Tranches)
            if (tranche.Terms.Kind != TrancheKind.Equity) notes += tranche.Balance;
        var left = PoolAfter();
        // While revolving an empty pool will buy again, unless nothing comes any more.
        var isGone = left == 0 && (State != DealState.Revolving || Period >= loans.Periods);
        if (isGone || notes == 0 || IsCalled) return 0;
        var target = reserve.Fixed + Part.Of(left, reserve.OfPool) + Part.Of(originalPool, reserve.OfOriginalPool) + Part.Of(notes, reserve.OfTranches);
        return Math.Min(Math.Max(target, reserve.Floor), reserve.Cap ?? long.MaxValue);
    }

    /// <summary>What a planned tranche may have left after this period.</summary>
    public long Planned(TrancheBook tranche)
    {
        var schedule = tranche.Terms.Schedule;
        return DealPeriod <= schedule.Length ? schedule[DealPeriod - 1] : 0;
    }

    public bool Accrues(TrancheBook tranche) => tranche.Terms.Kind == TrancheKind.Accrual && tranche.Terms.AccruesUntilPaid.Any(name => byName[name].Balance > 0);

    public TranchePeriod Report(TrancheBook tranche) => new(
        tranche.Name, tranche.Opening, tranche.RateAnnual, tranche.InterestDue, tranche.InterestPaid, tranche.InterestOwed, tranche.Accreted, tranche.PrincipalPaid, tranche.ResidualPaid,
        tranche.WrittenDown, tranche.Deficiency, tranche.Balance)
    {
        Notional = tranche.Notional,
        IndexRate = IndexOf(tranche.Terms),
    };

    public IEnumerable<AccountPeriod> Accounts()
    {
        foreach (var name in Cash.CollectionAccounts(Deal)) yield return Cash.Report(name, null);
        foreach (var reserve in Deal.Reserves) yield return Cash.Report(reserve.Name, Target(reserve));
    }

    public IReadOnlyList<PoolPeriod> PoolReports() => pools.Length == 1 ? [] : [.. pools.Select(pool => new PoolPeriod(pool.Terms.Name, pool.Month, pool.CumulativeDefault))];

    private void Bear(long loss, IReadOnlyList<TrancheBook> order)
    {
        foreach (var tranche in order)
        {
            if (loss == 0 || Deal.Losses == LossTreatment.None) return;
            loss = Deal.Losses == LossTreatment.Ledger ? tranche.Book(loss) : tranche.WriteDown(loss);
        }
    }

    private void Call(DealPool pool)
    {
        var left = Pool.Closing;
        // What has been was not called, and while revolving the pool is small only until it has bought.
        if (pool.IsActual(Period) || DealPeriod <= Deal.RevolvingPeriods) return;
        if (Deal.CleanUp is not { } call || left == 0 || originalPool == 0 || (double)left / originalPool >= call.PoolFactorBelow) return;
        if (call.NeedsFullRepayment)
        {
            long owed = 0;
            foreach (var tranche in Tranches)
                if (tranche.Terms.Kind != TrancheKind.Equity) owed += tranche.Balance + tranche.InterestOwed;
            foreach (var due in Dues.Values) owed += due.Owed;
            foreach (var facility in Deal.Facilities) owed += Cash.Drawn(facility.Name);
            var cash = Part.Of(left, call.Price);
            foreach (var account in Cash.CollectionAccounts(Deal)) cash += Cash.Balance(account);
            foreach (var reserve in Deal.Reserves) cash += Cash.Balance(reserve.Name);
            if (cash < owed) return;
        }

        IsCalled = true;
        foreach (var book in pools)
        {
            var proceeds = Part.Of(book.Month.Closing, call.Price);
            CleanUpProceeds += proceeds;
            Cash.Collect(book.Terms.PrincipalAccount, proceeds);
        }

        pool.Sell(Period);
    }
}
