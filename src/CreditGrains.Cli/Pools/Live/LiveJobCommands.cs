using System.CommandLine;
using System.Globalization;
using CreditGrains.Api.V1;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Deals;
using CreditGrains.Cli.Loans;
using CreditGrains.Cli.Output;
using Google.Protobuf;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Pools.Live;

/// <summary>creditgrains pool project, deal, measures, grid and montecarlo: jobs on a live pool of a server, from the open month on. They end when the command is interrupted.</summary>
internal static class LiveJobCommands
{
    public static Command Project(Shell shell)
    {
        var options = new LiveOptions();
        var assumptions = new AssumptionOptions();
        var conventions = new Option<string>("--conventions") { Description = "standard, bma, absbox, china, or a JSON file", HelpName = "NAME|FILE", DefaultValueFactory = _ => "standard" };
        var command = new Command("project", "What a pool of a server pays from the open month on, loan by loan") { conventions };
        options.AddTo(command);
        assumptions.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var name = parse.GetRequiredValue(conventions);
            var request = new ProjectRequest { Pool = options.MessageOf(parse), Assumptions = assumptions.Read(parse), Conventions = File.Exists(name) ? await TextAsync(name, cancellationToken) : name };
            var months = new List<ProjectedMonth>();
            var output = new JobOutput(shell, options.FormatOf(parse));
            using var channel = options.Connect(parse);
            await foreach (var reply in channel.ServerStreamingAsync(PoolCalls.Project, request, LiveViewCommands.With(cancellationToken), cancellationToken))
                output.Take(reply.Progress, reply.Basis, reply.Summary, reply.Month, months);
            output.Rows(
                months,
                "scenario,period,month,opening,scheduled,prepaid,defaulted,interest,recovered,loss,closing,delinquent",
                m => $"{m.Scenario},{m.Period},{m.Month},{m.Opening},{m.Scheduled},{m.Prepaid},{m.Defaulted},{m.Interest},{m.Recovered},{m.Loss},{m.Closing},{m.Delinquent}");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    public static Command Deal(Shell shell)
    {
        var options = new LiveOptions();
        var assumptions = new AssumptionOptions();
        var deal = DealOption();
        var command = new Command("deal", "A deal on a pool of a server from the middle of its life: actuals to date, then projection") { deal };
        options.AddTo(command);
        assumptions.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var request = new RunDealRequest { Pool = options.MessageOf(parse), DealJson = await TextAsync(parse.GetRequiredValue(deal), cancellationToken), Assumptions = assumptions.Read(parse) };
            var rows = new List<TrancheRow>();
            var output = new JobOutput(shell, options.FormatOf(parse));
            using var channel = options.Connect(parse);
            await foreach (var reply in channel.ServerStreamingAsync(PoolCalls.RunDeal, request, LiveViewCommands.With(cancellationToken), cancellationToken))
            {
                output.Take(reply.Progress, reply.Basis, reply.Summary, reply.Tranche, rows);
                if (reply.Collateral is { Breached.Count: > 0 } period) shell.Note($"period {period.Period}: breached {string.Join(", ", period.Breached)}");
            }

            output.Rows(
                rows,
                "period,payment,state,actual,tranche,opening,rate_annual,interest_due,interest_paid,interest_unpaid,principal_paid,residual_paid,written_down,closing",
                t => $"{t.Period},{t.Payment},{t.State},{(t.Actual ? "yes" : "no")},{t.Tranche},{t.Opening},{t.RateAnnual:R},{t.InterestDue},{t.InterestPaid},{t.InterestUnpaid},{t.PrincipalPaid},{t.ResidualPaid},{t.WrittenDown},{t.Closing}");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    public static Command Measures(Shell shell)
    {
        var options = new LiveOptions();
        var assumptions = new AssumptionOptions();
        var deal = DealOption();
        var pricing = PricingOption();
        var skip = new Option<bool>("--skip-break-even") { Description = "Leave out break-even, critical rate and first loss, which run the deal some hundred times" };
        var command = new Command("measures", "Life, price, yields, durations and losses of the tranches of a deal on a pool of a server") { deal, pricing, skip };
        options.AddTo(command);
        assumptions.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var request = new MeasuresRequest
            {
                Pool = options.MessageOf(parse), DealJson = await TextAsync(parse.GetRequiredValue(deal), cancellationToken), Assumptions = assumptions.Read(parse),
                PricingJson = await TextAsync(parse.GetValue(pricing), cancellationToken), SkipSearches = parse.GetValue(skip),
            };
            var rows = new List<TrancheMeasureRow>();
            var output = new JobOutput(shell, options.FormatOf(parse));
            using var channel = options.Connect(parse);
            await foreach (var reply in channel.ServerStreamingAsync(PoolCalls.Measures, request, LiveViewCommands.With(cancellationToken), cancellationToken))
                output.Take(reply.Progress, reply.Basis, reply.Summary, reply.Tranche, rows);
            output.Rows(
                rows,
                "tranche,balance,average_life_years,price,yield,modified_duration,loss_ratio,loses,break_even_cdr,critical_cumulative_default,first_loss",
                t => $"{t.Tranche},{t.Balance},{Or(t.HasAverageLifeYears, t.AverageLifeYears)},{Or(t.HasPrice, t.Price)},{string.Join(' ', t.Yields.Select(y => y.ToString("R", CultureInfo.InvariantCulture)))},{Or(t.HasModifiedDurationYears, t.ModifiedDurationYears)},{t.LossRatio:R},{(t.Loses ? "yes" : "no")},{Or(t.HasBreakEvenCdr, t.BreakEvenCdr)},{Or(t.HasCriticalCumulativeDefault, t.CriticalCumulativeDefault)},{Or(t.HasFirstLoss, t.FirstLoss)}");
            foreach (var refusal in rows.SelectMany(row => row.Refusals).Distinct()) shell.Note($"refused: {refusal}");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    public static Command Grid(Shell shell)
    {
        var options = new LiveOptions();
        var assumptions = new AssumptionOptions();
        var deal = DealOption();
        var pricing = PricingOption();
        var cpr = Axis("--cpr", "Annual prepayment rates");
        var cdr = Axis("--cdr", "Annual default rates");
        var severity = Axis("--severity", "Severities");
        var lag = Axis("--lag", "Months from default to recovery");
        var shift = Axis("--index-shift", "Moves of all indices; needs rateToCpr in --pricing");
        var command = new Command("grid", "The tranches of a deal on a pool of a server under every combination of the lists given") { deal, pricing, cpr, cdr, severity, lag, shift };
        options.AddTo(command);
        assumptions.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var request = new ScenarioGridRequest
            {
                Pool = options.MessageOf(parse), DealJson = await TextAsync(parse.GetRequiredValue(deal), cancellationToken), Assumptions = assumptions.Read(parse), PricingJson = await TextAsync(parse.GetValue(pricing), cancellationToken),
                Cprs = { DealInputs.Numbers("--cpr", parse.GetValue(cpr)) }, Cdrs = { DealInputs.Numbers("--cdr", parse.GetValue(cdr)) }, Severities = { DealInputs.Numbers("--severity", parse.GetValue(severity)) },
                LagMonths = { DealInputs.Numbers("--lag", parse.GetValue(lag)).Select(months => months == Math.Floor(months) && Math.Abs(months) < int.MaxValue ? (int)months : throw CommandFault.Usage("Usage", "--lag takes whole months")) },
                IndexShifts = { DealInputs.Numbers("--index-shift", parse.GetValue(shift)) },
            };
            var rows = new List<GridRow>();
            var output = new JobOutput(shell, options.FormatOf(parse));
            using var channel = options.Connect(parse);
            await foreach (var reply in channel.ServerStreamingAsync(PoolCalls.ScenarioGrid, request, LiveViewCommands.With(cancellationToken), cancellationToken))
                output.Take(reply.Progress, reply.Basis, reply.Summary, reply.Row, rows);
            output.Rows(
                rows,
                "cpr,cdr,severity,lag_months,index_shift,tranche,average_life_years,price,yield,modified_duration,loss_ratio,loses,cumulative_default",
                c => $"{Or(c.HasCpr, c.Cpr)},{Or(c.HasCdr, c.Cdr)},{Or(c.HasSeverity, c.Severity)},{(c.HasLagMonths ? c.LagMonths : null)},{Or(c.HasIndexShift, c.IndexShift)},{c.Tranche},{Or(c.HasAverageLifeYears, c.AverageLifeYears)},{Or(c.HasPrice, c.Price)},{Or(c.HasYield, c.Yield)},{Or(c.HasModifiedDurationYears, c.ModifiedDurationYears)},{c.LossRatio:R},{(c.Loses ? "yes" : "no")},{c.CumulativeDefault:R}");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    public static Command MonteCarlo(Shell shell)
    {
        var options = new LiveOptions();
        var assumptions = new AssumptionOptions();
        var deal = DealOption();
        var trials = new Option<int>("--trials") { Description = "Trials; each is a run of the deal", DefaultValueFactory = _ => 10_000 };
        var seed = new Option<long>("--seed") { Description = "The same seed gives the same trials", DefaultValueFactory = _ => 1 };
        var correlation = new Option<double>("--correlation") { Description = "Asset correlation of the copula", DefaultValueFactory = _ => 0.15 };
        var probability = new Option<double?>("--probability") { Description = "Default probability over the life; without it that of the scenario" };
        var obligors = new Option<int>("--obligors") { Description = "Equal loans; 0 is the large pool", DefaultValueFactory = _ => 0 };
        var bootstrap = new Option<bool>("--bootstrap") { Description = "Draw from the pool's own vintages instead of the copula" };
        var block = new Option<int>("--block") { Description = "Months of a block of the bootstrap", DefaultValueFactory = _ => 6 };
        var command = new Command("montecarlo", "Loss distributions of a pool of a server and of the tranches of a deal on it") { deal, trials, seed, correlation, probability, obligors, bootstrap, block };
        options.AddTo(command);
        assumptions.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var request = new MonteCarloRequest { Pool = options.MessageOf(parse), DealJson = await TextAsync(parse.GetRequiredValue(deal), cancellationToken), Assumptions = assumptions.Read(parse), Trials = parse.GetValue(trials), Seed = parse.GetValue(seed) };
            if (parse.GetValue(bootstrap)) request.Bootstrap = new Bootstrap { Block = parse.GetValue(block) };
            else request.Copula = new Copula { Correlation = parse.GetValue(correlation), Obligors = parse.GetValue(obligors) };
            if (request.Copula is { } copula && parse.GetValue(probability) is { } given) copula.Probability = given;
            var rows = new List<LossRow>();
            var output = new JobOutput(shell, options.FormatOf(parse));
            using var channel = options.Connect(parse);
            await foreach (var reply in channel.ServerStreamingAsync(PoolCalls.MonteCarlo, request, LiveViewCommands.With(cancellationToken), cancellationToken))
                output.Take(reply.Progress, reply.Basis, reply.Summary, reply.Loss, rows);
            output.Rows(
                rows,
                "of,trials,mean,standard_error,deviation,p50,p90,p95,p99,p999,above_zero",
                l => $"{l.Of},{l.Trials},{l.Mean:R},{l.StandardError:R},{l.Deviation:R},{l.P50:R},{l.P90:R},{l.P95:R},{l.P99:R},{l.P999:R},{l.AboveZero:R}");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    /// <summary>The content of a file; empty when none is named.</summary>
    /// <exception cref="CommandFault">It cannot be read.</exception>
    public static async Task<string> TextAsync(string? path, CancellationToken cancellationToken)
    {
        if (path is null) return "";
        await using var file = Connection.FileHash.Open(path);
        using var reader = new StreamReader(file);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    private static string? Or(bool has, double value) => has ? value.ToString("R", CultureInfo.InvariantCulture) : null;

    private static Option<string> DealOption() => new("--deal") { Description = "The deal, JSON (docs/deals.md); the pool's loans stand for its collateral", HelpName = "FILE", Required = true };

    private static Option<string?> PricingOption() => new("--pricing") { Description = "Quotes, settlement and curve, JSON; without it at par", HelpName = "FILE" };

    private static Option<string?> Axis(string name, string what) => new(name) { Description = $"{what}: 0,0.05,0.1 or 0:0.3:0.05", HelpName = "LIST" };
}

/// <summary>Assumptions of a job.</summary>
internal sealed class AssumptionOptions
{
    private readonly Option<string?> scenarios = new("--assumptions") { Description = "Scenarios, JSON (docs/cashflows.md)", HelpName = "FILE" };
    private readonly Option<string?> own = new("--own") { Description = "The pool's own past instead: rolls (roll matrix) or rates (mean SMM and MDR)", HelpName = "WHAT" };
    private readonly Option<int> months = new("--own-months") { Description = "Closed months looked back on", DefaultValueFactory = _ => 6 };

    public void AddTo(Command command)
    {
        own.AcceptOnlyFromAmong("rolls", "rates");
        foreach (var option in (Option[])[scenarios, own, months]) command.Add(option);
    }

    /// <summary>Null when none were given.</summary>
    /// <exception cref="CommandFault">Both were given, or a file cannot be read.</exception>
    public PoolAssumptions? Read(ParseResult parse) => (parse.GetValue(scenarios), parse.GetValue(own)) switch
    {
        (null, null) => null,
        (not null, not null) => throw CommandFault.Usage("Usage", "give --assumptions or --own, not both"),
        (null, var what) => new PoolAssumptions { Own = new OwnHistory { Months = parse.GetValue(months), ByRates = what == "rates" } },
        var (path, _) => new PoolAssumptions { ScenariosJson = Text(path) },
    };

    private static string Text(string path)
    {
        using var reader = new StreamReader(Connection.FileHash.Open(path));
        return reader.ReadToEnd();
    }
}

/// <summary>Prints what a job streams: rows as asked, progress and summaries for people.</summary>
internal sealed class JobOutput(Shell shell, PrintFormat format)
{
    private string lastStep = "";

    /// <summary>Takes the parts of one reply; the row is kept for <see cref="Rows"/>.</summary>
    public void Take<T>(JobProgress? progress, JobBasis? basis, string summary, T? row, List<T> rows)
        where T : class, IMessage
    {
        if (progress is not null && (progress.Step != lastStep || progress.Part > 0)) shell.Note($"{lastStep = progress.Step}: {100 * progress.Part:F0} %");
        if (basis is not null)
        {
            var lines = basis.Lines == 0 ? "each by itself" : string.Create(CultureInfo.InvariantCulture, $"in {basis.Lines:N0} lines");
            shell.Note($"{basis.Loans:N0} performing loans {lines}, as of decision {basis.AsOfDecisionId}, from {basis.FirstMonth}");
        }

        if (summary.Length > 0) shell.Note($"{summary}");
        if (row is not null) rows.Add(row);
    }

    public void Rows<T>(List<T> rows, string header, Func<T, FormattableString> line)
        where T : class, IMessage
    {
        switch (format)
        {
            case PrintFormat.Json:
                foreach (var row in rows) shell.Message(row);
                break;
            case PrintFormat.Csv:
                shell.Line($"{header}");
                foreach (var row in rows) shell.Line($"{string.Join(',', Cells(line(row)).Select(DealView.Cell))}");
                break;
            default:
                var names = header.Split(',');
                shell.Table("", [.. names.Select((name, i) => (i == 0 ? "" : "#") + name)], rows.Select(row => Cells(line(row))));
                break;
        }
    }

    /// <summary>What stands between the commas.</summary>
    private static string[] Cells(FormattableString line) => [.. line.GetArguments().Select(cell => Convert.ToString(cell, CultureInfo.InvariantCulture) ?? "")];
}
