using System.Globalization;
using CreditGrains.Domain.Delinquency;

namespace CreditGrains.Domain.Loans.Servicing;

/// <summary>A renewal: the loan before, in which only interest may be left, and the one that follows.</summary>
/// <param name="Before">Without principal; its interest to the day is due.</param>
/// <param name="After">With the principal of the one before and its vintage.</param>
public sealed record LoanRenewal(LoanAccount Before, LoanAccount After)
{
    /// <summary>
    /// Refinances without repaying principal first (无还本续贷). A performing loan of an eligible borrower keeps its class; any other is at
    /// least 关注 from then on.
    /// </summary>
    /// <param name="account">The loan before.</param>
    /// <param name="terms">The new terms: drawn on the day, with the principal owed as amount, in the same currency.</param>
    /// <param name="isEligible">Whether the borrower meets the lender's conditions for a renewal: lawful, going concern, in good standing.</param>
    /// <returns>The renewal, or the first fault: date, nothing to renew, unpaid amounts besides principal, another amount, the new terms.</returns>
    public static LoanResult<LoanRenewal> Renew(LoanAccount account, LoanTerms terms, bool isEligible)
    {
        if (terms.Drawdown < account.AsOf) return Bad(LoanFault.OutOfOrder, $"the loan stands at {account.AsOf:yyyy-MM-dd}; the renewal is drawn on {terms.Drawdown:yyyy-MM-dd}, before that");
        var now = DueLedger.Advance(account, terms.Drawdown);
        if (now.PrincipalOwed == 0) return Bad(LoanFault.LoanClosed, $"no principal is owed; there is nothing to renew");
        var others = now.AmountDue - now.PrincipalDue;
        if (others > 0) return Bad(LoanFault.OverdueAmounts, $"{others} of interest, fees or penalty is due and unpaid; only principal may be renewed");
        if (terms.Amount != now.PrincipalOwed || terms.Currency != account.Terms.Currency)
            return Bad(LoanFault.PrincipalMismatch, $"the renewal is of {terms.Amount} {terms.Currency}; the principal owed is {now.PrincipalOwed} {account.Terms.Currency}");
        var isPerforming = now.DaysPastDue == 0 && now.NonAccrualSince is null && now.HeldUntil is null && now.ClassificationBest == Classification.Normal;
        var best = isPerforming && isEligible ? Classification.Normal : Classifications.Worse(now.ClassificationBest, Classification.SpecialMention);
        // Under observation it stays, from the beginning; without a rule to end it, for good.
        if (now.HeldUntil is not null && terms.Overdue.Observation is null) best = Classifications.Worse(best, Classification.Substandard);
        var after = LoanServicing.Open(terms, account.Vintage, account.RenewalCount + 1, best, now.HeldUntil is not null);
        if (after.Refusal is { } refusal) return refusal;
        var interest = now.Upcoming.IsEmpty ? 0 : LoanServicing.Count(now).Carried;
        var cleared = now with { Upcoming = [], Dues = [], Carried = 0, Paid = now.Paid.With(DueComponent.Principal, now.PrincipalOwed), NonAccrualSince = null, HeldUntil = null };
        return new LoanRenewal(DueLedger.Charge(cleared, 0, interest), after.Value);
    }

    private static LoanRefusal Bad(LoanFault fault, FormattableString message) => new(fault, message.ToString(CultureInfo.InvariantCulture));
}
