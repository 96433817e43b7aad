using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Loans.Apr;
using CreditGrains.Domain.Loans.Schedules;

namespace CreditGrains.Cli.Loans;

/// <summary>A schedule for people and for machines.</summary>
internal static class ScheduleView
{
    public static void Print(Shell shell, LoanSchedule schedule, AprResult rate, PrintFormat format)
    {
        switch (format)
        {
            case PrintFormat.Json:
                foreach (var one in schedule.Instalments)
                    shell.Record(new { one.Number, Due = Date(one.Due), UnadjustedDue = Date(one.UnadjustedDue), AccrualStart = Date(one.AccrualStart), AccrualEnd = Date(one.AccrualEnd), one.Opening, one.Principal, one.Interest, one.Fees, one.Total, one.Closing });
                shell.Record(new { Instalments = schedule.Instalments.Length, schedule.PaidOut, schedule.TotalInterest, schedule.TotalFees, AprPercent = rate.PercentRounded() });
                break;
            case PrintFormat.Csv:
                shell.Line($"number,due,unadjusted_due,accrual_start,accrual_end,opening,principal,interest,fees,total,closing");
                foreach (var one in schedule.Instalments)
                    shell.Line($"{one.Number},{Date(one.Due)},{Date(one.UnadjustedDue)},{Date(one.AccrualStart)},{Date(one.AccrualEnd)},{one.Opening},{one.Principal},{one.Interest},{one.Fees},{one.Total},{one.Closing}");
                break;
            default:
                Table(shell, schedule, rate);
                break;
        }
    }

    private static void Table(Shell shell, LoanSchedule schedule, AprResult rate)
    {
        var currency = schedule.Terms.Currency;
        string Amount(long minor) => AmountText.Of(minor, currency);
        shell.Table("", ["#no", "due", "#opening", "#principal", "#interest", "#fees", "#total", "#closing"], schedule.Instalments.Select(one => new[]
        {
            one.Number.ToString(CultureInfo.InvariantCulture),
            Date(one.Due) + (one.Due == one.UnadjustedDue ? "" : "*"),
            Amount(one.Opening),
            Amount(one.Principal),
            Amount(one.Interest),
            Amount(one.Fees),
            Amount(one.Total),
            Amount(one.Closing),
        }));
        if (schedule.Instalments.Any(one => one.Due != one.UnadjustedDue)) shell.Line($"* moved to a business day");
        shell.Line($"{schedule.Instalments.Length} instalments; paid out {Amount(schedule.PaidOut)} {currency}, interest {Amount(schedule.TotalInterest)}, fees {Amount(schedule.TotalFees)}; APR {rate.PercentRounded():F2} %");
    }

    private static string Date(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
