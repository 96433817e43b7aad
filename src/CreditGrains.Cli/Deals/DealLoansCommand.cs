using System.CommandLine;
using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Loans;
using CreditGrains.Cli.Output;
using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Cli.Deals;

/// <summary>creditgrains deal loans: the loan-level export for investors.</summary>
internal static class DealLoansCommand
{
    public static Command Create(Shell shell)
    {
        var inputs = new DealInputs();
        var period = new Option<int?>("--period") { Description = "Months of this payment period only", HelpName = "NUMBER" };
        var command = new Command("loans", "Export every loan in every month that the deal projects") { period };
        inputs.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var format = inputs.FormatOf(parse);
            var run = DealRunner.Run(await inputs.ReadOneAsync(parse, shell, cancellationToken));
            var only = parse.GetValue(period);
            if (only is { } one && (one < 1 || one > run.Periods.Count)) throw CommandFault.Usage("PeriodUnknown", $"the deal has periods 1 to {run.Periods.Count}; name one of them");
            var rows = 0L;
            var loans = new HashSet<(string, string)>();
            var export = LoanExport.Of(run, only).Select(month =>
            {
                rows++;
                loans.Add((month.Pool, month.Loan));
                return month;
            });
            Print(shell, run, export, format);
            shell.Note($"{run.Terms.Name}: {loans.Count:N0} loans, {rows:N0} loan-months{(only is { } p ? string.Create(CultureInfo.InvariantCulture, $" of payment period {p}") : "")}");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static void Print(Shell shell, DealRun run, IEnumerable<LoanMonth> export, PrintFormat format)
    {
        switch (format)
        {
            case PrintFormat.Json:
                foreach (var month in export) shell.Record(month);
                break;
            case PrintFormat.Csv:
                shell.Line($"pool,loan,segment,month,payment_period,end,rate_annual,age_months,remaining_months,opening,scheduled,prepaid,defaulted,interest,servicing_fee,recovery,loss,delinquent,closing,state");
                foreach (var m in export)
                    shell.Line($"{DealView.Cell(m.Pool)},{DealView.Cell(m.Loan)},{m.Segment},{m.Month},{m.PaymentPeriod},{DealView.Date(m.End)},{m.RateAnnual:R},{m.AgeMonths},{m.RemainingMonths},{m.Opening:0.######},{m.Scheduled:0.######},{m.Prepaid:0.######},{m.Defaulted:0.######},{m.Interest:0.######},{m.ServicingFee:0.######},{m.Recovery:0.######},{m.Loss:0.######},{m.Delinquent:0.######},{m.Closing:0.######},{m.State}");
                break;
            default:
                string Text(double amount) => AmountText.Of((long)Math.Round(amount), run.Terms.Currency);
                shell.Table(
                    run.Terms.Name,
                    ["Pool", "Loan", "#Month", "End", "#Opening", "#Scheduled", "#Prepaid", "#Defaulted", "#Interest", "#Recovery", "#Loss", "#Closing", "State"],
                    export.Select(m => (string[])[
                        m.Pool, m.Loan, m.Month.ToString(CultureInfo.InvariantCulture), DealView.Date(m.End), Text(m.Opening), Text(m.Scheduled), Text(m.Prepaid), Text(m.Defaulted), Text(m.Interest), Text(m.Recovery),
                        Text(m.Loss), Text(m.Closing), m.State.ToString()]));
                break;
        }
    }
}
