using System.CommandLine;
using System.Globalization;
using System.Text;
using CreditGrains.Api.Mapping;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Cli.Cashflows;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Loans;
using CreditGrains.Cli.Output;
using CreditGrains.Cli.Pools.Live;
using CreditGrains.Domain.Limits;
using CreditGrains.Securitisation.Pools;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Cli.Pools;

/// <summary>creditgrains pool simulate: what was forecast each month beside what then happened.</summary>
internal static class SimulateCommand
{
    private const int HistoryMax = 24;
    internal const int MonthsMax = 120;
    internal const int LoansMax = 20_000_000;

    public static Command Create(Shell shell)
    {
        var count = new Option<int>("--loans") { Description = "Loans of the pool", DefaultValueFactory = _ => 1_000_000 };
        var months = new Option<int>("--months") { Description = "Months forecast and lived through", DefaultValueFactory = _ => 12 };
        var history = new Option<int>("--history") { Description = "Months lived through before, which each forecast also looks back", DefaultValueFactory = _ => 6 };
        var seed = new Option<ulong>("--seed") { Description = "The same seed gives the same loans and payments", DefaultValueFactory = _ => 42 };
        var with = new Option<string>("--forecast") { Description = "rolls (the pool's own roll matrix) or rates (its own SMM and MDR, loan by loan)", DefaultValueFactory = _ => "rolls", HelpName = "WHAT" };
        with.AcceptOnlyFromAmong("rolls", "rates");
        var terms = new Option<string?>("--pool") { Description = "Terms of the pool, JSON; docs/pools.md", HelpName = "FILE" };
        var state = new Option<bool>("--state") { Description = "The state of the pool at the end too" };
        var live = new Option<string?>("--live") { Description = "On this pool of a running server, Pool/TENANT/ENTITY/ID, defined before and empty: every payment is a command, every forecast the server's", HelpName = "POOL" };
        var csv = new Option<bool>("--csv") { Description = "CSV with a header, amounts in minor units" };
        var client = new ClientOptions();
        var command = new Command("simulate", "A generated pool through months of streamed payments and missed payments, each forecast beside what then happened")
        {
            count, months, history, seed, with, terms, state, live, csv,
        };
        client.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var format = PoolView.FormatOf(client.IsJson(parse), parse.GetValue(csv));
            var read = parse.GetValue(terms) is { } path ? await CashflowInputs.ReadAsync(path, PoolFile.Parse, cancellationToken) : null;
            var options = new SimulationOptions(
                Within(parse.GetValue(count), 1, LoansMax, "--loans"), Within(parse.GetValue(months), 1, MonthsMax, "--months"), Within(parse.GetValue(history), 1, HistoryMax, "--history"),
                parse.GetValue(seed), parse.GetRequiredValue(with) == "rates", read);
            if (parse.GetValue(live) is { } pool)
            {
                if (read is not null) throw CommandFault.Usage("Usage", "give --pool or --live, not both; a server's pool has its terms");
                using var channel = client.Connect(parse);
                return (int)await LiveAsync(shell, channel, KeyText.Node(pool), options, format, cancellationToken);
            }

            var simulation = new PoolSimulation(options);
            var seen = new List<ForecastMonth>();
            foreach (var month in simulation.Run())
            {
                cancellationToken.ThrowIfCancellationRequested();
                seen.Add(month);
                if (format == PrintFormat.Json) shell.Record(new { month = MonthText(month.Month), items = month.Items });
            }

            if (format == PrintFormat.Csv) Csv(shell, seen);
            if (format == PrintFormat.Table) Table(shell, seen, simulation.Pool.Terms);
            if (parse.GetValue(state)) PoolView.Print(shell, simulation.Pool, format, options.History);
            Summary(shell, simulation, seen);
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static async Task<ExitCode> LiveAsync(Shell shell, RpcChannel channel, NodeKey pool, SimulationOptions options, PrintFormat format, CancellationToken cancellationToken)
    {
        var view = await channel.UnaryAsync(PoolCalls.GetPool, new V1.GetPoolRequest { Pool = Keys.ToNode(pool), WithTerms = true }, LiveViewCommands.With(cancellationToken));
        var terms = PoolFile.ParseKept(Encoding.UTF8.GetBytes(view.TermsJson));
        var simulation = new LiveSimulation(channel, pool, terms, options);
        var seen = new List<ForecastMonth>();
        await foreach (var month in simulation.RunAsync(cancellationToken))
        {
            seen.Add(month);
            if (format == PrintFormat.Json) shell.Record(new { month = MonthText(month.Month), items = month.Items });
        }

        if (format == PrintFormat.Csv) Csv(shell, seen);
        if (format == PrintFormat.Table) Table(shell, seen, terms);
        if (simulation.Refused > 0) shell.Note($"{simulation.Refused:N0} generated loans were kept out by the pool's rules");
        if (simulation.Repeated > 0) shell.Note($"{simulation.Repeated:N0} commands were of an earlier run; forecasts are not made again, for the pool is past them");
        Errors(shell, seen);
        var after = await channel.UnaryAsync(PoolCalls.GetPool, new V1.GetPoolRequest { Pool = Keys.ToNode(pool) }, LiveViewCommands.With(cancellationToken));
        shell.Note($"{after.Loans:N0} loans left on the server; {simulation.Events:N0} events in {simulation.Streaming.TotalSeconds:F2} s, {simulation.Events / Math.Max(0.001, simulation.Streaming.TotalSeconds):N0} a second with the making of them; forecasts {simulation.Forecasting.TotalSeconds:F2} s");
        return ExitCode.Ok;
    }

    internal static int Within(int value, int min, int max, string name) =>
        value >= min && value <= max ? value : throw CommandFault.Usage("OutOfRange", $"{name} is {value}; it must be {min} to {max}");

    private static void Csv(Shell shell, List<ForecastMonth> seen)
    {
        shell.Line($"month,item,forecast,actual,difference,difference_ratio");
        foreach (var month in seen)
            foreach (var item in month.Items)
                shell.Line($"{MonthText(month.Month)},{item.Item},{item.Forecast},{item.Actual},{item.Actual - item.Forecast},{item.Difference?.ToString("0.######", CultureInfo.InvariantCulture)}");
    }

    private static void Table(Shell shell, List<ForecastMonth> seen, PoolTerms terms)
    {
        if (seen.Count == 0) return;
        string Text(long amount) => AmountText.Of(amount, terms.Currency);
        shell.Table(
            $"{terms.Name}, {terms.Currency}: forecast at the start of the month, and what then happened",
            ["Month", "", .. seen[0].Items.Select(item => "#" + item.Item)],
            seen.SelectMany(month => (string[][])
            [
                [MonthText(month.Month), "forecast", .. month.Items.Select(item => Text(item.Forecast))],
                ["", "actual", .. month.Items.Select(item => Text(item.Actual))],
                ["", "difference", .. month.Items.Select(item => item.Difference is { } ratio ? (100 * ratio).ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture) + " %" : "")],
            ]));
    }

    private static void Summary(Shell shell, PoolSimulation simulation, List<ForecastMonth> seen)
    {
        var pool = simulation.Pool;
        var perEvent = simulation.Events == 0 ? 0 : simulation.Streaming.TotalNanoseconds / simulation.Events;
        if (simulation.Refused > 0) shell.Note($"{simulation.Refused:N0} generated loans were kept out by the pool's rules");
        Errors(shell, seen);
        shell.Note($"{pool.Loans:N0} loans left; {simulation.Events:N0} events in {simulation.Streaming.TotalSeconds:F2} s, {perEvent:F0} ns each with the making of them; forecasts {simulation.Forecasting.TotalSeconds:F2} s");
        var wrong = pool.History.Count(month => month.ByFlows != month.Closing);
        shell.Note($"opening + purchased + capitalised - scheduled - prepaid - defaulted - repurchased = closing: {(wrong == 0 ? $"holds in all {pool.History.Count} months" : $"FAILS in {wrong} months")}");
    }

    private static void Errors(Shell shell, List<ForecastMonth> seen)
    {
        foreach (var name in (string[])["scheduled", "prepaid", "defaulted", "closing"])
        {
            var errors = seen.SelectMany(month => month.Items).Where(item => item.Item == name && item.Difference is not null).Select(item => Math.Abs(item.Difference!.Value)).ToArray();
            if (errors.Length > 0) shell.Note($"{name}: forecast off by {100 * errors.Average():F2} % in the mean, {100 * errors.Max():F2} % at most");
        }
    }

    private static string MonthText(DateOnly month) => month.ToString("yyyy-MM", CultureInfo.InvariantCulture);
}
