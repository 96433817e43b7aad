using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Securitisation.Deals;

/// <summary>The collateral's cash by payment period: actuals, the projection, and what was bought meanwhile.</summary>
internal sealed class DealPool
{
    private readonly DealTerms deal;
    private readonly List<PoolMonth> months;

    public DealPool(DealTerms deal)
    {
        this.deal = deal;
        var calendar = new ProjectionCalendar(ProjectionStart(deal));
        months = [.. deal.Actuals, .. PoolMonth.Of(PoolProjection.Run(deal.Lines, deal.Scenarios, deal.Conventions, calendar).Total)];
        Step = deal.Dates.MonthsPerPayment;
    }

    /// <summary>Balance when the run begins.</summary>
    public long Opening => months.Count == 0 ? 0 : months[0].Opening;

    /// <summary>Payment periods with collections.</summary>
    public int Periods => (months.Count + Step - 1) / Step;

    private int Step { get; }

    /// <param name="period">From 1.</param>
    public PoolMonth Of(int period)
    {
        var from = (period - 1) * Step;
        if (from >= months.Count) return default;
        var sum = months[from];
        for (var i = from + 1; i < Math.Min(from + Step, months.Count); i++) sum = sum.Then(months[i]);
        return from + Step <= months.Count ? sum : sum with { Closing = 0, Delinquent = 0 };
    }

    /// <summary>Whether all months of a period are actuals.</summary>
    public bool IsActual(int period) => period * Step <= deal.Actuals.Length;

    /// <summary>Adds loans bought at the end of a period. Their curves by period start anew.</summary>
    public void Buy(PurchaseTerms terms, long face, int period)
    {
        if (face <= 0) return;
        var like = deal.Lines[terms.LikeLine];
        var line = like with { Balance = face, RemainingMonths = terms.RemainingMonths, AgeMonths = 0, FirstPayment = null, MissedInstalments = 0, RatePath = [] };
        var scenario = deal.Scenarios.Length == 1 ? deal.Scenarios[0] : deal.Scenarios[like.Segment];
        var after = period * Step;
        var table = LineProjection.Of(line, scenario, deal.Conventions, new ProjectionCalendar(deal.CutOff?.AddMonths(after)));
        var bought = PoolMonth.Of(table);
        for (var i = 0; i < bought.Length; i++)
        {
            while (months.Count <= after + i) months.Add(default);
            months[after + i] = months[after + i].And(bought[i]);
        }
    }

    /// <summary>The servicer has taken the rest over: nothing comes any more.</summary>
    public void Sell(int period)
    {
        var keep = Math.Min(months.Count, period * Step);
        months.RemoveRange(keep, months.Count - keep);
    }

    private static DateOnly? ProjectionStart(DealTerms deal) => deal.CutOff?.AddMonths(deal.Actuals.Length);
}
