using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Securitisation.Deals;

/// <summary>The collateral's cash by payment period: actuals, the projection, and what was bought meanwhile. One row of months a pool.</summary>
internal sealed class DealPool
{
    private readonly DealTerms deal;
    private readonly int parallelism;
    private readonly List<PoolMonth>[] months;
    private readonly List<BoughtLoans> bought = [];

    public DealPool(DealTerms deal, int parallelism = -1)
    {
        this.deal = deal;
        this.parallelism = parallelism;
        Pools = deal.AllPools;
        Step = deal.Dates.MonthsPerPayment;
        months = [.. Pools.Select((pool, i) => Project(pool, deal.Pools.IsEmpty ? "collateral" : $"collateral.pools[{i}]"))];
    }

    public IReadOnlyList<CollateralPool> Pools { get; }

    public IReadOnlyList<BoughtLoans> Bought => bought;

    /// <summary>Payment periods with collections.</summary>
    public int Periods => (months.Max(row => row.Count) + Step - 1) / Step;

    private int Step { get; }

    /// <summary>Balance of a pool when the run begins.</summary>
    public long OpeningOf(int pool) => months[pool].Count == 0 ? 0 : months[pool][0].Opening;

    /// <summary>All pools in a period.</summary>
    /// <param name="period">From 1.</param>
    public PoolMonth Of(int period)
    {
        var sum = Of(0, period);
        for (var pool = 1; pool < months.Length; pool++) sum = sum.And(Of(pool, period));
        return sum;
    }

    /// <summary>One pool in a period.</summary>
    public PoolMonth Of(int pool, int period)
    {
        var row = months[pool];
        var from = (period - 1) * Step;
        if (from >= row.Count) return default;
        var sum = row[from];
        for (var i = from + 1; i < Math.Min(from + Step, row.Count); i++) sum = sum.Then(row[i]);
        return from + Step <= row.Count ? sum : sum with { Closing = 0, Delinquent = 0 };
    }

    /// <summary>Principal of loans that a pool bought at the end of a period: its next opening has them, and its closing not.</summary>
    public long BoughtOf(int pool, int period)
    {
        var last = period * Step;
        long sum = last <= months[pool].Count ? months[pool][last - 1].Purchased : 0;
        for (var i = bought.Count - 1; i >= 0 && bought[i].AfterMonth >= last; i--)
            if (bought[i].Pool == pool && bought[i].AfterMonth == last) sum += (long)bought[i].Line.Balance;
        return sum;
    }

    /// <summary>Whether all months of a period are actuals.</summary>
    public bool IsActual(int period) => period * Step <= Pools[0].Actuals.Length;

    /// <summary>Adds loans bought at the end of a period. Their curves by period start anew.</summary>
    public void Buy(PurchaseTerms terms, long face, int period)
    {
        if (face <= 0) return;
        var at = terms.PoolOf(deal);
        var like = Pools[at].Lines[terms.LikeLine];
        var line = like with { Balance = face, RemainingMonths = terms.RemainingMonths, AgeMonths = 0, FirstPayment = null, MissedInstalments = 0, RatePath = [], Floating = null };
        var after = period * Step;
        var purchase = new BoughtLoans(at, line, after);
        bought.Add(purchase);
        var row = months[at];
        var cash = PoolMonth.Of(TableOf(deal, Pools[at], purchase));
        for (var i = 0; i < cash.Length; i++)
        {
            while (row.Count <= after + i) row.Add(default);
            row[after + i] = row[after + i].And(cash[i]);
        }
    }

    /// <summary>The projection of loans bought; its first period is the month after the purchase.</summary>
    public static CashflowTable TableOf(DealTerms deal, CollateralPool pool, BoughtLoans purchase)
    {
        var scenario = pool.Scenarios.Length == 1 ? pool.Scenarios[0] : pool.Scenarios[purchase.Line.Segment];
        return LineProjection.Of(purchase.Line, scenario, deal.Conventions, new ProjectionCalendar(deal.CutOff?.AddMonths(purchase.AfterMonth)));
    }

    /// <summary>The servicer has taken the rest over: nothing comes any more.</summary>
    public void Sell(int period)
    {
        foreach (var row in months)
        {
            var keep = Math.Min(row.Count, period * Step);
            row.RemoveRange(keep, row.Count - keep);
        }
    }

    /// <param name="pool">The pool.</param>
    /// <param name="path">Where its lines stand in the file.</param>
    private List<PoolMonth> Project(CollateralPool pool, string path)
    {
        var calendar = new ProjectionCalendar(deal.CutOff?.AddMonths(pool.Actuals.Length));
        try
        {
            var lines = PoolProjection.Run(pool.Lines, pool.Scenarios, deal.Conventions, calendar, parallelism).Total;
            return [.. pool.Actuals, .. PoolMonth.Of(pool.DefaultedStock == 0 ? lines : CashflowTable.Sum([lines, pool.StockOf(deal.Conventions)]))];
        }
        catch (InvalidInputException e) when (e.Path.StartsWith("lines[", StringComparison.Ordinal))
        {
            throw e.Under(path);
        }
    }
}
