using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Loans;
using CreditGrains.Cli.Output;
using CreditGrains.Securitisation.Measures;
using CreditGrains.Securitisation.Tranches;

namespace CreditGrains.Cli.Deals;

/// <summary>creditgrains deal grid: the tranches under every combination of speeds, default rates, severities, lags and index shifts.</summary>
internal static class DealGridCommand
{
    public static Command Create(Shell shell)
    {
        var inputs = new DealInputs();
        var pricing = new PricingInputs();
        var cpr = Axis("--cpr", "Annual prepayment rates");
        var cdr = Axis("--cdr", "Annual default rates");
        var severity = Axis("--severity", "Severities");
        var lag = Axis("--lag", "Months from default to recovery");
        var shift = Axis("--index-shift", "Moves of all indices, 0.01 is 100 basis points; needs rateToCpr in --pricing");
        var tranche = new Option<string?>("--tranche") { Description = "This tranche only", HelpName = "NAME" };
        var command = new Command("grid", "Sensitivity grid: every combination of the lists given, each run whole") { cpr, cdr, severity, lag, shift, tranche };
        inputs.AddTo(command);
        pricing.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var format = inputs.FormatOf(parse);
            var deal = await inputs.ReadOneAsync(parse, shell, cancellationToken);
            var terms = await pricing.ReadAsync(parse, deal.CutOff, cancellationToken);
            var axes = new GridAxes
            {
                Cprs = DealInputs.Numbers("--cpr", parse.GetValue(cpr)),
                Cdrs = DealInputs.Numbers("--cdr", parse.GetValue(cdr)),
                Severities = DealInputs.Numbers("--severity", parse.GetValue(severity)),
                Lags = [.. DealInputs.Numbers("--lag", parse.GetValue(lag)).Select(months => months == Math.Floor(months) && Math.Abs(months) < int.MaxValue ? (int)months : throw CommandFault.Usage("Usage", "--lag takes whole months"))],
                IndexShifts = DealInputs.Numbers("--index-shift", parse.GetValue(shift)),
            };
            var only = parse.GetValue(tranche);
            if (only is not null && deal.Tranches.All(one => one.Name != only)) throw CommandFault.Usage("TrancheUnknown", $"there is no tranche '{only}'; there are {string.Join(", ", deal.Tranches.Select(one => one.Name))}");
            var start = Stopwatch.GetTimestamp();
            var cells = DealGrid.Of(deal, axes, terms);
            var elapsed = Stopwatch.GetElapsedTime(start);
            Print(shell, deal.Name, [.. cells.Where(cell => only is null || cell.Tranche == only)], format);
            var losing = cells.Where(cell => cell.Shortfall.IsLoss && deal.Tranches.First(one => one.Name == cell.Tranche).Kind != TrancheKind.Equity).GroupBy(cell => cell.Tranche).Select(group => $"{group.Key} loses in {group.Count()}");
            shell.Note($"{deal.Name}: {cells.Count / deal.Tranches.Length:N0} cells in {elapsed.TotalSeconds:F2} s{string.Concat(losing.Select(text => "; " + text))}");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static Option<string?> Axis(string name, string what) => new(name) { Description = $"{what}: 0,0.05,0.1 or 0:0.3:0.05; without it as the deal has", HelpName = "LIST" };

    private static void Print(Shell shell, string name, IReadOnlyList<GridCell> cells, PrintFormat format)
    {
        switch (format)
        {
            case PrintFormat.Json:
                foreach (var cell in cells) shell.Record(cell);
                break;
            case PrintFormat.Csv:
                shell.Line($"cpr,cdr,severity,lag_months,index_shift,tranche,average_life_years,last_principal_period,price,yield,modified_duration,principal_unpaid,interest_unpaid,loss_ratio,is_loss,cumulative_default");
                foreach (var c in cells)
                    shell.Line($"{c.Cpr:R},{c.Cdr:R},{c.Severity:R},{c.LagMonths},{c.IndexShift:R},{DealView.Cell(c.Tranche)},{c.AverageLifeYears:R},{c.LastPrincipalPeriod},{c.Price:R},{c.YieldAnnual:R},{c.ModifiedDurationYears:R},{c.Shortfall.PrincipalUnpaid},{c.Shortfall.InterestUnpaid},{c.Shortfall.LossRatio:R},{(c.Shortfall.IsLoss ? "true" : "false")},{c.CumulativeDefault:R}");
                break;
            default:
                string Ratio(double? value) => value is { } number ? MeasuresView.Percent(number) : "";
                string Number(double? value, string digits) => value?.ToString(digits, CultureInfo.InvariantCulture) ?? "";
                (string Name, Func<GridCell, string> Of)[] columns =
                [
                    ("#CPR", c => Ratio(c.Cpr)), ("#CDR", c => Ratio(c.Cdr)), ("#Severity", c => Ratio(c.Severity)), ("#Lag", c => c.LagMonths?.ToString(CultureInfo.InvariantCulture) ?? ""), ("#Index shift", c => Ratio(c.IndexShift)),
                    ("Tranche", c => c.Tranche), ("#Average life", c => Number(c.AverageLifeYears, "F3")), ("#Last principal", c => c.LastPrincipalPeriod?.ToString(CultureInfo.InvariantCulture) ?? ""),
                    ("#Price", c => Number(100 * c.Price, "F4")), ("#Yield", c => Ratio(c.YieldAnnual)), ("#Duration", c => Number(c.ModifiedDurationYears, "F3")), ("#Loss", c => Ratio(c.Shortfall.LossRatio)),
                    ("#Cumulative default", c => Ratio(c.CumulativeDefault)),
                ];
                var shown = columns.Where(column => cells.Any(cell => column.Of(cell).Length > 0)).ToArray();
                shell.Table(name, [.. shown.Select(column => column.Name)], cells.Select(cell => shown.Select(column => column.Of(cell)).ToArray()));
                break;
        }
    }
}
