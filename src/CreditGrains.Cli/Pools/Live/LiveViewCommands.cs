using System.CommandLine;
using System.Globalization;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Loans;
using CreditGrains.Cli.Output;
using Command = System.CommandLine.Command;
using Currency = CreditGrains.Domain.Money.Currency;

namespace CreditGrains.Cli.Pools.Live;

/// <summary>creditgrains pool state, history, rolls and vintages: what a server knows of a pool.</summary>
internal static class LiveViewCommands
{
    public static Command State(Shell shell)
    {
        var options = new LiveOptions();
        var command = new Command("state", "A pool of a server as it is: balances, groups, the open month, distance to triggers");
        options.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var format = options.FormatOf(parse);
            using var channel = options.Connect(parse);
            var view = await channel.UnaryAsync(PoolCalls.GetPool, new GetPoolRequest { Pool = options.MessageOf(parse) }, With(cancellationToken));
            if (format == PrintFormat.Json) shell.Message(view);
            else if (format == PrintFormat.Csv) StateCsv(shell, view);
            else StateTables(shell, view);
            shell.Note($"{view.Name}: {view.Loans:N0} loans perform with {Text(view.Balance, view.Currency)} {view.Currency}; {view.ClosedMonths} months closed; defaulted to date {Percent(view.HasCumulativeDefault ? view.CumulativeDefault : null)} of what was purchased");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    public static Command History(Shell shell)
    {
        var options = new LiveOptions();
        var months = new Option<int>("--months") { Description = "Last closed months shown", DefaultValueFactory = _ => 60 };
        var command = new Command("history", "The closed months of a pool of a server, oldest first") { months };
        options.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var format = options.FormatOf(parse);
            using var channel = options.Connect(parse);
            var view = await channel.UnaryAsync(PoolCalls.GetPool, new GetPoolRequest { Pool = options.MessageOf(parse) }, With(cancellationToken));
            var reply = await channel.UnaryAsync(PoolCalls.GetPoolHistory, new GetPoolHistoryRequest { Pool = options.MessageOf(parse), PageSize = Within("--months", parse.GetValue(months), 1_000) }, With(cancellationToken));
            PoolMonth[] shown = [.. reply.Months.Reverse()];
            if (format == PrintFormat.Json) foreach (var month in shown) shell.Message(month);
            else Months(shell, shown, view.Currency, format);
            var wrong = shown.Count(m => m.Opening + m.Purchased + m.Capitalised - m.Scheduled - m.Prepaid - m.Defaulted - m.Repurchased != m.Closing);
            shell.Note($"{view.Name}: {shown.Length} of {view.ClosedMonths} closed months; opening + purchased + capitalised - scheduled - prepaid - defaulted - repurchased = closing {(wrong == 0 ? "in all" : $"FAILS in {wrong}")}");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    public static Command Rolls(Shell shell)
    {
        var options = new LiveOptions();
        var months = new Option<int>("--months") { Description = "Last closed months in the matrix", DefaultValueFactory = _ => 6 };
        var byNumber = new Option<bool>("--by-number") { Description = "Rates by number of loans instead of balance" };
        var command = new Command("rolls", "Roll matrix of a pool of a server over its last closed months") { months, byNumber };
        options.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var format = options.FormatOf(parse);
            using var channel = options.Connect(parse);
            var request = new GetRollMatrixRequest { Pool = options.MessageOf(parse), Months = Within("--months", parse.GetValue(months), 2_400), ByNumber = parse.GetValue(byNumber) };
            var reply = await channel.UnaryAsync(PoolCalls.GetRollMatrix, request, With(cancellationToken));
            if (format == PrintFormat.Json) shell.Message(reply);
            else if (format == PrintFormat.Csv)
            {
                shell.Line($"from,to,loans,balance,rate");
                foreach (var row in reply.Rows)
                    for (var to = 0; to < reply.Columns.Count; to++)
                        shell.Line($"{row.From},{reply.Columns[to]},{row.Loans[to]},{row.Balances[to]},{(to < row.Rates.Count ? row.Rates[to].ToString("R", CultureInfo.InvariantCulture) : "")}");
            }
            else
            {
                shell.Table("Loans", ["From", .. reply.Columns.Select(name => "#" + name)], reply.Rows.Select(row => (string[])[row.From, .. row.Loans.Select(Number)]));
                shell.Table(request.ByNumber ? "Rates by number" : "Rates by opening balance", ["From", .. reply.RateColumns.Select(name => "#" + name)], reply.Rows.Select(row => (string[])[row.From, .. row.Rates.Select(rate => Percent(rate))]));
            }

            shell.Note($"{reply.Months} closed months");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    public static Command Vintages(Shell shell)
    {
        var options = new LiveOptions();
        var command = new Command("vintages", "Static pools by month of origination of a pool of a server");
        options.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var format = options.FormatOf(parse);
            using var channel = options.Connect(parse);
            var view = await channel.UnaryAsync(PoolCalls.GetPool, new GetPoolRequest { Pool = options.MessageOf(parse) }, With(cancellationToken));
            var reply = await channel.UnaryAsync(PoolCalls.GetVintages, new GetVintagesRequest { Pool = options.MessageOf(parse) }, With(cancellationToken));
            if (format == PrintFormat.Json) foreach (var vintage in reply.Vintages) shell.Message(vintage);
            else if (format == PrintFormat.Csv)
            {
                shell.Line($"vintage,months_on_book,defaulted,prepaid,balance,purchased,loans");
                foreach (var v in reply.Vintages)
                    for (var age = 0; age < v.Defaulted.Count; age++) shell.Line($"{v.Month},{age},{v.Defaulted[age]},{v.Prepaid[age]},{v.Balances[age]},{v.Purchased},{v.Loans}");
            }
            else shell.Table(
                "Vintages",
                ["Month", "#Loans", "#Purchased", "#Balance", "#Defaulted", "#Prepaid", "#Cum. default"],
                reply.Vintages.Select(v => (string[])[v.Month, Number(v.Loans), Text(v.Purchased, view.Currency), Text(v.Balance, view.Currency), Text(v.Defaulted.Sum(), view.Currency), Text(v.Prepaid.Sum(), view.Currency), Percent(v.Purchased == 0 ? null : (double)v.Defaulted.Sum() / v.Purchased)]));
            shell.Note($"{view.Name}: {reply.Vintages.Count} months of origination");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    public static string Text(long amount, string currency) => AmountText.Of(amount, Currency.Parse(currency));

    public static string Percent(double? ratio) => ratio is { } value ? (100 * value).ToString("0.00", CultureInfo.InvariantCulture) + " %" : "";

    public static CallOptions With(CancellationToken cancellationToken) => new() { CancellationToken = cancellationToken };

    public static int Within(string option, int value, int most) => value >= 1 && value <= most ? value : throw CommandFault.Usage("OutOfRange", $"{option} is {value}; it must be 1 to {most}");

    private static void StateTables(Shell shell, Api.V1.PoolView view)
    {
        shell.Table(
            $"{view.Name}, {view.Currency}: groups of performing loans",
            ["By", "Group", "#Loans", "#Balance", "#Part"],
            view.Groups.Select(g => (string[])[g.By, g.Group, Number(g.Loans), Text(g.Balance, view.Currency), Percent(view.Balance == 0 ? null : (double)g.Balance / view.Balance)]));
        Months(shell, [view.OpenMonth], view.Currency, PrintFormat.Table);
        if (view.Triggers.Count > 0)
            shell.Table(
                "Triggers",
                ["Trigger", "Measure", "#Value", "#Level", "#Distance", "#Headroom", "Breached"],
                view.Triggers.Select(t => (string[])[t.Name, t.Measure, Percent(t.HasValue ? t.Value : null), Percent(t.Level), Percent(t.HasDistance ? t.Distance : null), t.HasHeadroom ? Text(t.Headroom, view.Currency) : "", t.Breached ? "yes" : "no"]));
    }

    private static void StateCsv(Shell shell, Api.V1.PoolView view)
    {
        shell.Line($"section,name,item,value");
        foreach (var (item, value) in ((string, long)[])[("balance", view.Balance), ("loans", view.Loans), ("defaulted_stock", view.DefaultedStock), ("purchased_total", view.PurchasedTotal), ("defaulted_total", view.DefaultedTotal), ("recovered_total", view.RecoveredTotal), ("closed_months", view.ClosedMonths)])
            shell.Line($"pool,,{item},{value}");
        foreach (var group in view.Groups)
        {
            shell.Line($"group,{group.By} {group.Group},loans,{group.Loans}");
            shell.Line($"group,{group.By} {group.Group},balance,{group.Balance}");
        }

        foreach (var trigger in view.Triggers)
            foreach (var (item, value) in ((string, double?)[])[("value", trigger.HasValue ? trigger.Value : null), ("distance", trigger.HasDistance ? trigger.Distance : null)])
                shell.Line($"trigger,{trigger.Name.Replace(',', ' ')},{item},{value?.ToString("0.########", CultureInfo.InvariantCulture)}");
    }

    private static void Months(Shell shell, IReadOnlyList<PoolMonth> months, string currency, PrintFormat format)
    {
        if (format == PrintFormat.Csv)
        {
            shell.Line($"month,opening,purchased,capitalised,scheduled,prepaid,defaulted,repurchased,closing,delinquent,interest,recovered,loans,smm,mdr,cumulative_default");
            foreach (var m in months)
                shell.Line($"{m.Month},{m.Opening},{m.Purchased},{m.Capitalised},{m.Scheduled},{m.Prepaid},{m.Defaulted},{m.Repurchased},{m.Closing},{m.Delinquent},{m.Interest},{m.Recovered},{m.Loans},{(m.HasSmm ? m.Smm : null):R},{(m.HasMdr ? m.Mdr : null):R},{(m.HasCumulativeDefault ? m.CumulativeDefault : null):R}");
            return;
        }

        string Of(long amount) => Text(amount, currency);
        shell.Table(
            "Months",
            ["Month", "#Opening", "#Purchased", "#Capitalised", "#Scheduled", "#Prepaid", "#Defaulted", "#Repurchased", "#Closing", "#Delinquent", "#SMM", "#MDR", "#Cum. default"],
            months.Select(m => (string[])[
                m.Month, Of(m.Opening), Of(m.Purchased), Of(m.Capitalised), Of(m.Scheduled), Of(m.Prepaid), Of(m.Defaulted), Of(m.Repurchased), Of(m.Closing), Of(m.Delinquent), Percent(m.HasSmm ? m.Smm : null),
                Percent(m.HasMdr ? m.Mdr : null), Percent(m.HasCumulativeDefault ? m.CumulativeDefault : null)]));
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
