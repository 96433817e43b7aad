using CreditGrains.Domain.Loans;

namespace CreditGrains.Engine.Loans;

/// <summary>What to do about a fault of loan terms or of an act on a loan. The journal keeps the fault's number, so the advice is the same when it is read back.</summary>
internal static class LoanAdvice
{
    /// <summary>Null for no fault.</summary>
    public static string? On(LoanFault fault) => fault switch
    {
        0 => null,
        LoanFault.InvalidAmount => "InvalidAmount: the amount must be 1 to 2^50 minor units, and what can come of it at its rate at most 2^60",
        LoanFault.InvalidDate => "InvalidDate: the first due date must come after the business date, within a hundred years",
        LoanFault.InvalidTerm => "InvalidTerm: a count is out of its range or the loan would last over a hundred years",
        LoanFault.InvalidFee => "InvalidFee: fees at drawdown must leave some of the amount",
        LoanFault.InvalidCalendar => "InvalidCalendar: there is no business day near a due date, or a due date moves to the drawdown; check the holidays",
        LoanFault.NegativeAmortisation => "NegativeAmortisation: an instalment would be less than its interest; raise it, lower the rate or use another schedule",
        LoanFault.PrincipalDoesNotAddUp => "PrincipalDoesNotAddUp: the principal parts of the schedule must add up to the amount",
        LoanFault.CashTooShort => "CashTooShort: the borrower's cash of a month does not pay its instalment; lower the amount or lengthen the term",
        LoanFault.OverdueAmounts => "OverdueAmounts: something is due and unpaid; repay it first",
        LoanFault.MoreThanOwed => "MoreThanOwed: the amount is above the principal not yet due",
        LoanFault.TermCannotShrink => "TermCannotShrink: the term of this kind of schedule cannot shrink; shrink the instalment",
        LoanFault.LoanClosed => "LoanClosed: nothing of the loan is to come",
        LoanFault.PrincipalMismatch => "PrincipalMismatch: a renewal is of exactly the principal owed",
        LoanFault.ReceiptBuiltUpon => "ReceiptBuiltUpon: something done since rests on the payment; take that back first",
        _ => $"{fault}: see docs/loans.md",
    };
}
