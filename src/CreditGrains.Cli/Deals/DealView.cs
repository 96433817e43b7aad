using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Loans;
using CreditGrains.Cli.Output;
using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Cli.Deals;

/// <summary>Prints tranche tables and trustee reports.</summary>
internal static class DealView
{
    public static void Print(Shell shell, DealRun run, IReadOnlyList<PeriodReport> periods, PrintFormat format, bool isReport)
    {
        switch (format)
        {
            case PrintFormat.Json:
                foreach (var period in periods)
                    if (isReport) shell.Record(period);
                    else shell.Record(new { period.Period, period.Payment, period.State, period.Tranches });
                break;
            case PrintFormat.Csv when isReport: ReportCsv(shell, periods); break;
            case PrintFormat.Csv: TrancheCsv(shell, periods); break;
            default:
                if (isReport)
                    foreach (var period in periods) Report(shell, run, period);
                else Tranches(shell, run, periods);
                break;
        }
    }

    private static void TrancheCsv(Shell shell, IReadOnlyList<PeriodReport> periods)
    {
        shell.Line($"period,payment,state,tranche,opening,rate_annual,interest_due,interest_paid,interest_unpaid,accreted,principal_paid,residual_paid,written_down,deficiency,closing");
        foreach (var period in periods)
            foreach (var t in period.Tranches)
                shell.Line($"{period.Period},{Date(period.Payment)},{period.State},{Cell(t.Name)},{t.Opening},{t.RateAnnual:R},{t.InterestDue},{t.InterestPaid},{t.InterestUnpaid},{t.Accreted},{t.PrincipalPaid},{t.ResidualPaid},{t.WrittenDown},{t.Deficiency},{t.Closing}");
    }

    private static void ReportCsv(Shell shell, IReadOnlyList<PeriodReport> periods)
    {
        shell.Line($"period,section,name,item,value");
        foreach (var period in periods)
            foreach (var (section, name, item, value) in Rows(period)) shell.Line($"{period.Period},{section},{Cell(name)},{item},{value}");
    }

    private static void Tranches(Shell shell, DealRun run, IReadOnlyList<PeriodReport> periods)
    {
        string Text(long amount) => AmountText.Of(amount, run.Terms.Currency);
        shell.Table(
            run.Terms.Name,
            ["#Period", "Payment", "State", "Tranche", "#Opening", "#Interest", "#Principal", "#Residual", "#Unpaid", "#Closing"],
            periods.SelectMany(period => period.Tranches.Select(t => (string[])[
                period.Period.ToString(CultureInfo.InvariantCulture), Date(period.Payment), period.State.ToString(), t.Name, Text(t.Opening), Text(t.InterestPaid), Text(t.PrincipalPaid), Text(t.ResidualPaid),
                Text(t.InterestUnpaid), Text(t.Closing)])));
    }

    private static void Report(Shell shell, DealRun run, PeriodReport period) => shell.Table(
        $"{run.Terms.Name}, period {period.Period.ToString(CultureInfo.InvariantCulture)}{(period.IsActual ? " (actual)" : "")}",
        ["Section", "Name", "Item", "#Value"],
        Rows(period).Select(row => (string[])[row.Section, row.Name, row.Item, row.IsAmount ? AmountText.Of(long.Parse(row.Value, CultureInfo.InvariantCulture), run.Terms.Currency) : row.Value]));

    /// <summary>The report as rows. Ratios are parts of one.</summary>
    private static IEnumerable<ReportRow> Rows(PeriodReport p)
    {
        if (p.Payment is not null)
        {
            yield return new("dates", "", "cut_off", Date(p.CutOff));
            yield return new("dates", "", "determination", Date(p.Determination));
            yield return new("dates", "", "payment", Date(p.Payment));
        }

        yield return new("deal", "", "state", p.State.ToString());
        foreach (var (item, amount) in ((string, long)[])[
            ("opening", p.Pool.Opening), ("added", p.Pool.Added), ("scheduled", p.Pool.Scheduled), ("prepaid", p.Pool.Prepaid), ("interest", p.Pool.Interest), ("recovered", p.Pool.Recovered),
            ("advanced_principal", p.Pool.AdvancedPrincipal), ("advanced_interest", p.Pool.AdvancedInterest), ("defaulted", p.Pool.Defaulted),
            ("loss", p.Pool.Loss), ("delinquent", p.Pool.Delinquent), ("closing", p.Pool.Closing), ("purchased", p.Pool.Purchased), ("clean_up", p.CleanUpProceeds)]) yield return Of("pool", "", item, amount);
        foreach (var one in p.Pools)
        {
            foreach (var (item, amount) in ((string, long)[])[
                ("opening", one.Month.Opening), ("added", one.Month.Added), ("scheduled", one.Month.Scheduled), ("prepaid", one.Month.Prepaid), ("interest", one.Month.Interest), ("recovered", one.Month.Recovered),
                ("defaulted", one.Month.Defaulted), ("loss", one.Month.Loss), ("closing", one.Month.Closing)]) yield return Of("pool", one.Name, item, amount);
            yield return new("pool", one.Name, "cumulative_default", Ratio(one.CumulativeDefault));
        }

        yield return new("pool", "", "delinquency", Ratio(p.Delinquency));
        yield return new("pool", "", "cumulative_default", Ratio(p.CumulativeDefault));
        foreach (var trigger in p.Triggers)
        {
            yield return new("trigger", trigger.Name, "value", trigger.Value is { } value ? Ratio(value) : "none");
            yield return new("trigger", trigger.Name, "level", Ratio(trigger.Level));
            yield return new("trigger", trigger.Name, "breached", trigger.IsBreached ? "yes" : "no");
        }

        foreach (var due in p.Dues)
            foreach (var (item, amount) in ((string, long)[])[("due", due.Due), ("paid", due.Paid), ("unpaid", due.Unpaid)]) yield return Of("fee", due.Name, item, amount);
        foreach (var t in p.Tranches)
            foreach (var (item, amount) in ((string, long)[])[
                ("opening", t.Opening), ("interest_due", t.InterestDue), ("interest_paid", t.InterestPaid), ("interest_unpaid", t.InterestUnpaid), ("accreted", t.Accreted),
                ("principal_paid", t.PrincipalPaid), ("residual_paid", t.ResidualPaid), ("written_down", t.WrittenDown), ("deficiency", t.Deficiency), ("closing", t.Closing)])
                yield return Of("tranche", t.Name, item, amount);
        foreach (var a in p.Accounts)
        {
            foreach (var (item, amount) in ((string, long)[])[("opening", a.Opening), ("in", a.In), ("out", a.Out), ("closing", a.Closing)]) yield return Of("account", a.Name, item, amount);
            if (a.Target is { } target) yield return Of("account", a.Name, "target", target);
        }

        foreach (var f in p.Facilities)
            foreach (var (item, amount) in ((string, long)[])[("opening", f.Opening), ("drawn", f.Drawn), ("interest", f.Interest), ("repaid", f.Repaid), ("closing", f.Closing)]) yield return Of("facility", f.Name, item, amount);
        foreach (var (item, amount) in ((string, long)[])[
            ("opening", p.OpeningCash), ("collections", p.Collections), ("advances", p.Advances), ("draws", p.Draws), ("payments", p.Payments), ("purchases", p.Purchases), ("closing", p.ClosingCash)])
            yield return Of("cash", "", item, amount);
    }

    private static ReportRow Of(string section, string name, string item, long amount) => new(section, name, item, amount.ToString(CultureInfo.InvariantCulture), true);

    internal static string Date(DateOnly? date) => date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private static string Ratio(double ratio) => ratio.ToString("0.########", CultureInfo.InvariantCulture);

    internal static string Cell(string text) => text.AsSpan().IndexOfAny(",\"\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private readonly record struct ReportRow(string Section, string Name, string Item, string Value, bool IsAmount = false)
    {
        public void Deconstruct(out string section, out string name, out string item, out string value) => (section, name, item, value) = (Section, Name, Item, Value);
    }
}
