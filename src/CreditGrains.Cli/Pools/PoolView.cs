using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Loans;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Cli.Pools;

/// <summary>Prints the state of a pool: totals, groups, months, roll matrix, vintages, triggers.</summary>
internal static class PoolView
{
    private static readonly PoolDimension[] Shown =
        [PoolDimension.Bucket, PoolDimension.TermBand, PoolDimension.RateBand, PoolDimension.Industry, PoolDimension.Region, PoolDimension.Vintage];

    /// <exception cref="CommandFault">Both were asked for.</exception>
    public static PrintFormat FormatOf(bool json, bool csv) => (json, csv) switch
    {
        (true, true) => throw CommandFault.Usage("Usage", "give --json or --csv, not both"),
        (true, false) => PrintFormat.Json,
        (false, true) => PrintFormat.Csv,
        _ => PrintFormat.Table,
    };

    /// <param name="shell">Where to.</param>
    /// <param name="pool">What of.</param>
    /// <param name="format">How.</param>
    /// <param name="months">Closed months in the roll matrix shown.</param>
    public static void Print(Shell shell, PoolLedger pool, PrintFormat format, int months)
    {
        var view = PoolStateView.Of(pool, months);
        switch (format)
        {
            case PrintFormat.Json: shell.Record(view); break;
            case PrintFormat.Csv: Csv(shell, view); break;
            default: Tables(shell, pool, view); break;
        }
    }

    private static void Tables(Shell shell, PoolLedger pool, PoolStateView view)
    {
        string Text(long amount) => AmountText.Of(amount, pool.Terms.Currency);
        shell.Table(
            $"{pool.Terms.Name}, {pool.Terms.Currency}: groups of performing loans",
            ["By", "Group", "#Loans", "#Balance", "#Part"],
            view.Groups.Select(group => (string[])[group.By, group.Group, Number(group.Loans), Text(group.Balance), Percent(pool.Balance == 0 ? null : (double)group.Balance / pool.Balance)]));
        shell.Table(
            "Months",
            ["Month", "#Opening", "#Purchased", "#Capitalised", "#Scheduled", "#Prepaid", "#Defaulted", "#Repurchased", "#Closing"],
            view.Months.Select(m => (string[])[
                m.Month, Text(m.Opening), Text(m.Purchased), Text(m.Capitalised), Text(m.Scheduled), Text(m.Prepaid), Text(m.Defaulted), Text(m.Repurchased), Text(m.Closing)]));
        shell.Table(
            "Realised rates",
            ["Month", "#SMM", "#CPR", "#MDR", "#CDR", "#Cum. default", "#Delinquent", "#Interest", "#Recovered"],
            view.Months.Select(m => (string[])[
                m.Month, Percent(m.Smm), Percent(m.Cpr), Percent(m.Mdr), Percent(m.Cdr), Percent(m.CumulativeDefault), Text(m.Delinquent), Text(m.Interest), Text(m.Recovered)]));
        shell.Table(
            string.Create(CultureInfo.InvariantCulture, $"Roll matrix by opening balance, last {months(view)} closed months"),
            ["From", .. view.RollColumns.Select(column => "#" + column)],
            view.RollMatrix.Select((row, from) => (string[])[BucketEdges.NameOf(from), .. row.Select(cell => Percent(cell))]));
        shell.Table(
            "Vintages",
            ["Month", "#Loans", "#Purchased", "#Balance", "#Defaulted", "#Prepaid", "#Cum. default"],
            view.Vintages.Select(v => (string[])[v.Month, Number(v.Loans), Text(v.Purchased), Text(v.Balance), Text(v.Defaulted.Sum()), Text(v.Prepaid.Sum()), Percent(v.Purchased == 0 ? null : (double)v.Defaulted.Sum() / v.Purchased)]));
        if (view.Triggers.Length > 0)
            shell.Table(
                "Triggers",
                ["Trigger", "Measure", "#Value", "#Level", "#Distance", "#Headroom", "Breached"],
                view.Triggers.Select(t => (string[])[t.Name, t.Measure, Percent(t.Value), Percent(t.Level), Percent(t.Distance), t.Headroom is { } room ? Text(room) : "", t.IsBreached ? "yes" : "no"]));

        static int months(PoolStateView view) => Math.Min(view.RollMonths, view.Months.Length);
    }

    private static void Csv(Shell shell, PoolStateView view)
    {
        shell.Line($"section,name,item,value");
        foreach (var (item, value) in ((string, long)[])[("balance", view.Balance), ("loans", view.Loans), ("defaulted_stock", view.DefaultedStock), ("purchased_total", view.PurchasedTotal), ("defaulted_total", view.DefaultedTotal), ("recovered_total", view.RecoveredTotal)])
            shell.Line($"pool,,{item},{value}");
        foreach (var group in view.Groups)
        {
            shell.Line($"group,{group.By} {group.Group},loans,{group.Loans}");
            shell.Line($"group,{group.By} {group.Group},balance,{group.Balance}");
        }

        foreach (var m in view.Months)
        {
            foreach (var (item, value) in ((string, long)[])[("opening", m.Opening), ("purchased", m.Purchased), ("capitalised", m.Capitalised), ("scheduled", m.Scheduled), ("prepaid", m.Prepaid), ("defaulted", m.Defaulted), ("repurchased", m.Repurchased), ("closing", m.Closing), ("delinquent", m.Delinquent), ("interest", m.Interest), ("recovered", m.Recovered)])
                shell.Line($"month,{m.Month},{item},{value}");
            foreach (var (item, value) in ((string, double?)[])[("smm", m.Smm), ("cpr", m.Cpr), ("mdr", m.Mdr), ("cdr", m.Cdr), ("cumulative_default", m.CumulativeDefault)])
                shell.Line($"month,{m.Month},{item},{Ratio(value)}");
        }

        for (var from = 0; from < view.RollMatrix.Length; from++)
            for (var to = 0; to < view.RollColumns.Length; to++) shell.Line($"roll,{BucketEdges.NameOf(from)},{view.RollColumns[to]},{Ratio(view.RollMatrix[from][to])}");
        foreach (var vintage in view.Vintages)
            for (var age = 0; age < vintage.Defaulted.Length; age++)
                shell.Line($"vintage,{vintage.Month},defaulted_at_{age},{vintage.Defaulted[age]}");
        foreach (var trigger in view.Triggers)
        {
            shell.Line($"trigger,{Cell(trigger.Name)},value,{Ratio(trigger.Value)}");
            shell.Line($"trigger,{Cell(trigger.Name)},distance,{Ratio(trigger.Distance)}");
        }
    }

    /// <summary>The groups that have loans, smallest code first.</summary>
    public static IEnumerable<PoolGroup> GroupsOf(PoolLedger pool) =>
        from dimension in Shown
        from place in Enumerable.Range(0, pool.GroupsOf(dimension))
        let code = pool.CodeOf(dimension, place)
        where pool.By(dimension).Count(place) > 0
        orderby dimension, code
        select new PoolGroup(dimension.ToString(), NameOf(pool.Terms, dimension, code), pool.By(dimension).Count(place), pool.By(dimension).Balance(place));

    public static string MonthOf(int period) => string.Create(CultureInfo.InvariantCulture, $"{period / 12:D4}-{period % 12 + 1:D2}");

    private static string NameOf(PoolTerms terms, PoolDimension dimension, long code) => dimension switch
    {
        PoolDimension.Bucket => BucketEdges.NameOf((int)code),
        PoolDimension.TermBand => code < terms.TermBands.Length ? string.Create(CultureInfo.InvariantCulture, $"to {terms.TermBands[(int)code]} months") : "longer",
        PoolDimension.RateBand => code < terms.RateBands.Length ? string.Create(CultureInfo.InvariantCulture, $"to {terms.RateBands[(int)code] / 10_000.0:0.####} %") : "above",
        PoolDimension.Vintage => MonthOf((int)code),
        _ => code.ToString(CultureInfo.InvariantCulture),
    };

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double? ratio) => ratio is { } value ? (100 * value).ToString("0.00", CultureInfo.InvariantCulture) + " %" : "";

    private static string Ratio(double? ratio) => ratio?.ToString("0.########", CultureInfo.InvariantCulture) ?? "";

    private static string Cell(string text) => text.AsSpan().IndexOfAny(",\"\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
