using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans.Servicing;

namespace CreditGrains.Cli.Loans;

/// <summary>The life of a loan for people and for machines.</summary>
internal static class LifeView
{
    public static void Print(Shell shell, IReadOnlyList<LifeStep> steps, PrintFormat format)
    {
        if (format == PrintFormat.Csv)
            shell.Line($"date,act,days_past_due,bucket,class,amount_due,principal_owed,instalments_left,next_payment,waiting,paid_fees,paid_penalty,paid_compound,paid_interest,paid_principal,non_accrual_since,observed");
        foreach (var step in steps)
        {
            var a = step.Account;
            if (format == PrintFormat.Json)
            {
                shell.Record(new
                {
                    Date = Date(a.AsOf), Act = step.What, a.DaysPastDue, Bucket = Bucket(a), step.Class, a.AmountDue, a.PrincipalOwed, InstalmentsLeft = a.Upcoming.Length, NextPayment = Next(a),
                    Waiting = a.Unapplied, a.Paid, NonAccrualSince = a.NonAccrualSince is { } since ? Date(since) : null, Observed = Observed(a),
                });
            }
            else if (format == PrintFormat.Csv)
            {
                shell.Line($"{Date(a.AsOf)},{step.What},{a.DaysPastDue},{Bucket(a)},{step.Class},{a.AmountDue},{a.PrincipalOwed},{a.Upcoming.Length},{Next(a)},{a.Unapplied},{a.Paid.Fees},{a.Paid.Penalty},{a.Paid.Compound},{a.Paid.Interest},{a.Paid.Principal},{(a.NonAccrualSince is { } since ? Date(since) : "")},{Observed(a)}");
            }
        }

        if (format == PrintFormat.Table) Table(shell, steps);
    }

    private static void Table(Shell shell, IReadOnlyList<LifeStep> steps) => shell.Table(
        "",
        ["date", "act", "#dpd", "bucket", "class", "#due", "#principal owed", "#left", "#next payment", "#paid interest", "#paid principal", "#paid penalty", "#waiting"],
        steps.Select(step =>
        {
            var a = step.Account;
            string Amount(long minor) => AmountText.Of(minor, a.Terms.Currency);
            return new[]
            {
                Date(a.AsOf), step.What, Number(a.DaysPastDue), Bucket(a), step.Class + (a.NonAccrualSince is null ? "" : ", non-accrual") + (Observed(a) is { } until ? $", observed {until}" : ""), Amount(a.AmountDue), Amount(a.PrincipalOwed), Number(a.Upcoming.Length),
                Amount(Next(a)), Amount(a.Paid.Interest), Amount(a.Paid.Principal), Amount(a.Paid.Penalty + a.Paid.Compound), Amount(a.Unapplied),
            };
        }));

    private static long Next(LoanAccount account) => account.Upcoming.IsEmpty ? 0 : account.Upcoming[0].Total;

    private static string? Observed(LoanAccount account) =>
        account.HeldUntil is not { } until ? null : until == Observation.UntilCured ? "once nothing is overdue" : $"until {Date(until)}";

    private static string Bucket(LoanAccount account) => BucketEdges.NameOf(BucketEdges.Usual.Of(account.DaysPastDue));

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Date(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
