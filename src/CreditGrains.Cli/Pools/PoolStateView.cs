using System.Collections.Immutable;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Cli.Pools;

/// <summary>A pool as JSON shows it. Amounts are minor units, rates parts of one, months yyyy-MM.</summary>
internal sealed record PoolStateView(
    string Name,
    string Currency,
    long Balance,
    long Loans,
    long DefaultedStock,
    long PurchasedTotal,
    long DefaultedTotal,
    long RecoveredTotal,
    ImmutableArray<PoolGroup> Groups,
    ImmutableArray<PoolMonthView> Months,
    int RollMonths,
    ImmutableArray<string> RollColumns,
    ImmutableArray<ImmutableArray<double>> RollMatrix,
    ImmutableArray<VintageView> Vintages,
    ImmutableArray<TriggerView> Triggers)
{
    public static PoolStateView Of(PoolLedger pool, int months)
    {
        var rates = pool.RollRates(months, byBalance: true);
        var cumulative = pool.CumulativeDefaults().Select(point => point.Ratio).ToArray();
        return new PoolStateView(
            pool.Terms.Name,
            pool.Terms.Currency.Code,
            pool.Balance,
            pool.Loans,
            pool.DefaultedStock,
            pool.PurchasedTotal,
            pool.DefaultedTotal,
            pool.RecoveredTotal,
            [.. PoolView.GroupsOf(pool)],
            [.. pool.History.Select((month, i) => PoolMonthView.Of(month, cumulative[i])), PoolMonthView.Of(pool.Open, null)],
            months,
            [.. Enumerable.Range(0, rates.States).Select(BucketEdges.NameOf), "charged off", "paid off"],
            [.. Enumerable.Range(0, rates.States).Select(from => (ImmutableArray<double>)[.. Enumerable.Range(0, rates.States + 2).Select(to => rates[from, to])])],
            [.. pool.Vintages.Select((vintage, place) => VintageView.Of(vintage, pool.By(PoolDimension.Vintage).Balance(place))).OrderBy(vintage => vintage.Month, StringComparer.Ordinal)],
            [.. pool.Triggers().Select(at => new TriggerView(at.Trigger.Name, at.Trigger.Measure.ToString(), at.Value, at.Trigger.Level, at.Distance, at.Headroom, at.IsBreached))]);
    }
}

/// <summary>One group of one dimension.</summary>
internal sealed record PoolGroup(string By, string Group, long Loans, long Balance);

/// <summary>One month; the last is open.</summary>
internal sealed record PoolMonthView(
    string Month, long Opening, long Purchased, long Capitalised, long Scheduled, long Prepaid, long Defaulted, long Repurchased, long Closing, long Delinquent, long Interest, long Recovered, long WrittenOff,
    long Loans, long LoansDefaulted, long LoansPrepaid, long LoansMatured, double? Smm, double? Cpr, double? Mdr, double? Cdr, double? CumulativeDefault)
{
    public static PoolMonthView Of(PoolFlows m, double? cumulative) => new(
        PoolView.MonthOf(m.Period), m.Opening, m.Purchased, m.Capitalised, m.Scheduled, m.Prepaid, m.Defaulted, m.Repurchased, m.Closing, m.Delinquent, m.Interest, m.Recovered, m.WrittenOff,
        m.Loans, m.LoansDefaulted, m.LoansPrepaid, m.LoansMatured, m.Smm?.Ratio, m.Smm?.ToCpr().Ratio, m.Mdr?.Ratio, m.Mdr?.ToCdr().Ratio, cumulative);
}

/// <summary>One static pool; amounts by months on book.</summary>
internal sealed record VintageView(string Month, long Loans, long Purchased, long Balance, ImmutableArray<long> Defaulted, ImmutableArray<long> Prepaid)
{
    public static VintageView Of(VintageCurve vintage, long balance) => new(
        PoolView.MonthOf(vintage.Period), vintage.Loans, vintage.Purchased, balance,
        [.. Enumerable.Range(0, vintage.Ages).Select(vintage.Defaulted)], [.. Enumerable.Range(0, vintage.Ages).Select(vintage.Prepaid)]);
}

/// <summary>One trigger.</summary>
internal sealed record TriggerView(string Name, string Measure, double? Value, double Level, double? Distance, long? Headroom, bool IsBreached);
