using CreditGrains.Dashboard.Charts;
using CreditGrains.Dashboard.Texts;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Pools;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Dashboard.Pools;

/// <summary>Figures of a pool laid out for charts and tables.</summary>
internal static class PoolCharts
{
    private const int MonthsShown = 24;
    private const int RollMonths = 6;
    private const int VintagesShown = 8;
    private static readonly string[] Colours = ["c1", "c2", "c3", "c4", "c5", "c6", "none", "warn"];

    /// <summary>Month of a pool, such as "2026-03".</summary>
    public static string MonthText(int period) => FormattableString.Invariant($"{period / 12:D4}-{period % 12 + 1:D2}");

    /// <summary>A bucket with its days.</summary>
    public static string BucketText(int bucket, BucketEdges edges)
    {
        if (bucket == 0) return "M0";
        var from = edges.LastDays[bucket - 1] + 1;
        return bucket < edges.LastDays.Length ? $"M{bucket} ({from}–{edges.LastDays[bucket]})" : $"M{bucket} ({from}+)";
    }

    /// <summary>Share of the performing balance by late bucket at the end of each of the last months.</summary>
    public static (IReadOnlyList<string> Months, IReadOnlyList<string> Buckets, double[,] Shares) Delinquency(PoolLedger pool)
    {
        var rolls = pool.RollHistory.Skip(Math.Max(0, pool.RollHistory.Count - MonthsShown)).ToArray();
        var months = pool.History.Skip(pool.RollHistory.Count - rolls.Length).Select(month => MonthText(month.Period)).ToArray();
        var buckets = pool.Terms.Buckets.Count;
        var shares = new double[rolls.Length, buckets - 1];
        for (var month = 0; month < rolls.Length; month++)
        {
            var ends = Enumerable.Range(0, buckets).Select(to => Enumerable.Range(0, buckets).Sum(from => rolls[month].Balance(from, to))).ToArray();
            var sum = ends.Sum();
            for (var bucket = 1; bucket < buckets; bucket++) shares[month, bucket - 1] = sum <= 0 ? 0 : Math.Max(0, (double)ends[bucket] / sum);
        }
        return (months, [.. Enumerable.Range(1, buckets - 1).Select(bucket => BucketText(bucket, pool.Terms.Buckets))], shares);
    }

    /// <summary>The roll matrix of the last months by balance: a row for each bucket, a column for each and for charged off and paid off.</summary>
    public static (IReadOnlyList<string> Columns, IReadOnlyList<string> Rows, double[,] Ratios) Roll(PoolLedger pool, Words words)
    {
        var matrix = pool.RollRates(RollMonths, byBalance: true);
        var buckets = Enumerable.Range(0, matrix.States).Select(bucket => BucketText(bucket, pool.Terms.Buckets)).ToArray();
        var ratios = new double[matrix.States, matrix.States + 2];
        for (var from = 0; from < matrix.States; from++)
            for (var to = 0; to < matrix.States + 2; to++) ratios[from, to] = matrix[from, to];
        return ([.. buckets, words["pool.defaulted"], words["pool.paidOff"]], buckets, ratios);
    }

    /// <summary>Cumulative default by months on book, of the years of origination with the most principal.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<double?> Ratios)> Vintages(PoolLedger pool)
    {
        var years = pool.Vintages.GroupBy(vintage => vintage.Period / 6).Select(group => (Half: group.Key, Members: group.ToArray(), Purchased: group.Sum(vintage => vintage.Purchased)))
            .OrderByDescending(group => group.Purchased).Take(VintagesShown).OrderBy(group => group.Half);
        return [.. years.Select(group => (FormattableString.Invariant($"{group.Half / 2} H{group.Half % 2 + 1}"), Curve(group.Members, group.Purchased)))];
    }

    /// <summary>Vintage curves as a chart.</summary>
    public static object VintageOption(IReadOnlyList<(string Name, IReadOnlyList<double?> Ratios)> vintages)
    {
        var ages = vintages.Count == 0 ? 0 : vintages.Max(vintage => vintage.Ratios.Count);
        return ChartOptions.Lines([.. Enumerable.Range(0, ages).Select(age => age.ToString(System.Globalization.CultureInfo.InvariantCulture))], [.. vintages.Select((vintage, i) => new Line(vintage.Name, Colours[i % Colours.Length], vintage.Ratios))], "@fmt:percent");
    }

    /// <summary>What the pool pays, by component and period.</summary>
    public static object CashOption(PoolProjected projected, Currency currency, IReadOnlyList<string> labels, Words words)
    {
        IReadOnlyList<double?> Of(Func<PoolMonth, long> part) => [.. projected.Months.Select(month => (double?)Figures.Units(part(month), currency))];
        return ChartOptions.Columns(labels,
        [
            new Line(words["pool.scheduled"], "c1", Of(month => month.Scheduled)),
            new Line(words["pool.prepaid"], "c2", Of(month => month.Prepaid)),
            new Line(words["pool.interest"], "c3", Of(month => month.Interest)),
            new Line(words["pool.recovered"], "c4", Of(month => month.Recovered)),
        ]);
    }

    /// <summary>Balances of the tranches by period, the first to be paid at the bottom.</summary>
    public static object TrancheOption(DealRun run, IReadOnlyList<string> labels) => ChartOptions.Lines(labels,
    [
        .. run.Terms.Tranches.Select((tranche, i) => new Line(tranche.Name, Colours[i % Colours.Length], [.. run.Of(tranche.Name).Select(period => (double?)Figures.Units(period.Closing, run.Terms.Currency))], "tranches")),
    ]);

    /// <summary>Names of the periods of a projection.</summary>
    public static IReadOnlyList<string> Labels(PoolSight pool, PoolProjected projected)
    {
        if (projected.Run is { } run && run.Periods.All(period => period.Payment is not null)) return [.. run.Periods.Select(period => period.Payment!.Value.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture))];
        return pool.Ledger is { } ledger && projected.Run is null
            ? [.. Enumerable.Range(0, projected.Months.Count).Select(month => MonthText(LiveCollateral.FirstPeriod(ledger) + month))]
            : [.. Enumerable.Range(1, projected.Months.Count).Select(month => month.ToString(System.Globalization.CultureInfo.InvariantCulture))];
    }

    /// <summary>Labels with a word at the period of the open month: it counts as it stands, so it may show little, and the projection begins after it.</summary>
    public static IReadOnlyList<string> WithOpenMonth(IReadOnlyList<string> labels, PoolSight pool, Words words)
    {
        // Loans are copied now and then: the deal may be of an earlier moment than the state.
        if (pool is not { Deal: { Actuals: { IsEmpty: false } actuals } deal, Ledger: { } ledger } || ledger.Terms.PeriodOf(ledger.Terms.CutOff) + actuals.Length != ledger.Open.Period) return labels;
        var open = (actuals.Length - 1) / deal.Dates.MonthsPerPayment;
        return [.. labels.Select((label, i) => i == open ? words.Of("pool.soFar", label) : label)];
    }

    // Loans come onto the pool's books at an age; ages before are none of the pool's.
    private static double?[] Curve(VintageCurve[] members, long purchased)
    {
        var ages = members.Max(member => member.Ages);
        var first = members.Min(member => Enumerable.Range(0, member.Ages).FirstOrDefault(age => member.Balance(age) > 0));
        var ratios = new double?[ages];
        long defaulted = 0;
        for (var age = 0; age < ages; age++)
        {
            defaulted += members.Sum(member => member.Defaulted(age));
            ratios[age] = age < first || purchased == 0 ? null : (double)defaulted / purchased;
        }
        return ratios;
    }
}
