using System.Globalization;
using CreditGrains.Api.V1;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Delinquency;
using Google.Protobuf;

namespace CreditGrains.Cli.Queries;

/// <summary>Loans of a facility, and what an event did to them, as tables.</summary>
internal static class LoanPrint
{
    private const decimal NanoPerPercent = 10_000_000;

    public static void Write(Shell shell, IReadOnlyList<LoanView> loans, string currency)
    {
        if (loans.Count == 0) return;
        shell.Table($"loans on {loans[0].AsOf}", ["#loan", "#amount", "#rate %", "drawn", "#not due", "#to come", "next due", "#next", "#due", "#days past due", "bucket", "class", ""], loans.Select(loan => new[]
        {
            loan.LoanId.ToString(CultureInfo.InvariantCulture),
            AmountText.Of(loan.Amount, currency),
            (loan.RateNano / NanoPerPercent).ToString("0.#######", CultureInfo.InvariantCulture),
            loan.Drawdown,
            AmountText.Of(loan.PrincipalNotDue, currency),
            loan.Remaining.ToString(CultureInfo.InvariantCulture),
            loan.NextDue,
            AmountText.Of(loan.NextPrincipal + loan.NextInterest + loan.NextFees, currency),
            AmountText.Of(loan.Dues.Sum(due => due.Fees + due.Penalty + due.Compound + due.Interest + due.Principal), currency),
            loan.DaysPastDue.ToString(CultureInfo.InvariantCulture),
            BucketEdges.NameOf(loan.Bucket),
            loan.OwnClassification == loan.Classification ? loan.Classification.ToString() : $"{loan.Classification} (own: {loan.OwnClassification})",
            NoteOf(loan, currency),
        }));
        var unpaid = loans.SelectMany(loan => loan.Dues.Select(due => (loan.LoanId, Due: due))).ToList();
        if (unpaid.Count == 0) return;
        shell.Table("due and unpaid", ["#loan", "#instalment", "due", "#fees", "#penalty", "#compound", "#interest", "#principal"], unpaid.Select(each => new[]
        {
            each.LoanId.ToString(CultureInfo.InvariantCulture),
            each.Due.Number.ToString(CultureInfo.InvariantCulture),
            each.Due.Due,
            AmountText.Of(each.Due.Fees, currency),
            AmountText.Of(each.Due.Penalty, currency),
            AmountText.Of(each.Due.Compound, currency),
            AmountText.Of(each.Due.Interest, currency),
            AmountText.Of(each.Due.Principal, currency),
        }));
    }

    public static void Write(Shell shell, JournalEvent e)
    {
        if (e.LoanFault.Length > 0) shell.Line($"loan fault: {e.LoanFault}");
        if (e.Loan is { } loan) shell.Line($"loan terms: {JsonFormatter.Default.Format(loan)}");
        if (e.Loans.Count == 0) return;
        shell.Table("loans", ["#loan", "what", "#charged", "#fees", "#penalty", "#compound", "#interest", "#principal paid", "#principal owed", "#to come", "#unpaid", "#days past due", "bucket", "class"],
            e.Loans.Select(each => new[]
            {
                each.LoanId.ToString(CultureInfo.InvariantCulture),
                each.Ended ? $"{each.Deed}, ended" : each.Deed,
                AmountText.Of(each.Charged, e.Currency),
                AmountText.Of(each.FeesPaid, e.Currency),
                AmountText.Of(each.PenaltyPaid, e.Currency),
                AmountText.Of(each.CompoundPaid, e.Currency),
                AmountText.Of(each.InterestPaid, e.Currency),
                AmountText.Of(each.PrincipalPaid, e.Currency),
                AmountText.Of(each.PrincipalOwed, e.Currency),
                each.Remaining.ToString(CultureInfo.InvariantCulture),
                each.Unpaid.ToString(CultureInfo.InvariantCulture),
                each.DaysPastDue.ToString(CultureInfo.InvariantCulture),
                BucketEdges.NameOf(each.Bucket),
                each.Classification.ToString(),
            }));
    }

    private static string NoteOf(LoanView loan, string currency)
    {
        var held = !loan.Held ? "" : loan.HeldUntil.Length == 0 ? "observed once nothing is overdue" : $"observed until {loan.HeldUntil}";
        var income = loan.NonAccrualSince.Length == 0 ? "" : $"interest not recognised since {loan.NonAccrualSince}";
        return loan.WrittenOff != 0 ? $"{AmountText.Of(loan.WrittenOff, currency)} written off" : string.Join("; ", new[] { income, held }.Where(note => note.Length > 0));
    }
}
