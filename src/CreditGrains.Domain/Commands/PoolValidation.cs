using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Pools;

namespace CreditGrains.Domain.Commands;

/// <summary>What can be said of a command about a pool without any state, in the order of <see cref="Reason"/>.</summary>
internal static class PoolValidation
{
    private const int YearMin = 1970;
    private const int YearMax = 2999;
    private const int MonthsMax = 1_200;
    private const int DaysMax = 1_000_000;
    private const int RatePpmMax = 20_000_000;
    private static readonly (Reason, string?) Valid = (Reason.None, null);

    public static (Reason Reason, string? Message) Check(PoolCommand command)
    {
        if (!command.Key.IsValid || command.Key.Kind != NodeKind.Pool) return (Reason.InvalidKey, "key must name a pool, with tenant, legal entity and id");
        return command switch
        {
            DefinePool c => c.Terms.Length is >= 1 and <= DefinePool.TermsLengthMax ? Valid : Field("terms", $"must be a pool file of 1 to {DefinePool.TermsLengthMax} bytes"),
            PutLoanInPool c => First(Loan(c.Loan), State(c.State), Transfer(c.Transfer, isIn: true), Date(c.Date), Origination(c)),
            TakeLoanFromPool c => First(Loan(c.Loan), Transfer(c.Transfer, isIn: false), Date(c.Date)),
            ReportLoan c => First(Loan(c.Loan), Movement(c.Movement)),
            _ => (Reason.InvalidKind, $"{command.GetType().Name} is not a known command about a pool"),
        };
    }

    private static (Reason, string?) First(params ReadOnlySpan<(Reason Reason, string? Message)> checks)
    {
        var lowest = Valid;
        foreach (var check in checks)
            if (check.Reason != Reason.None && (lowest.Item1 == Reason.None || check.Reason < lowest.Item1)) lowest = check;
        return lowest;
    }

    private static (Reason, string?) Loan(long loan) => loan > 0 ? Valid : (Reason.InvalidKey, "loan must be 1 or more");

    private static (Reason, string?) Transfer(TransferKind kind, bool isIn) => Enum.IsDefined(kind) && kind.IsIn() == isIn
        ? Valid
        : Field("transfer", isIn ? "must be purchase or substitute-in" : "must be repurchase, substitute-out, sale or clean-up");

    private static (Reason, string?) Date(DateOnly date) => date.Year is >= YearMin and <= YearMax ? Valid : Field("date", $"must lie in the years {YearMin} to {YearMax}");

    private static (Reason, string?) State(in LoanCandidate loan)
    {
        if (loan.Principal is < 0 or > Command.AmountMax) return (Reason.InvalidAmount, "principal must be 0 to 2^60 minor units");
        if (!loan.Currency.IsKnown) return (Reason.InvalidCurrency, "currency must be an ISO 4217 code");
        if (loan.Industry < 0 || loan.Region < 0 || loan.Obligor < 0) return Field("industry, region, obligor", "must be 0 (unknown) or more");
        if (!Enum.IsDefined(loan.Plan)) return Field("plan", "is not a known plan");
        if (loan.Plan == LoanPlan.InterestOnlyThenLevel ? loan.LevelMonths is < 1 or > MonthsMax : loan.LevelMonths != 0)
            return Field("level_months", $"must be 1 to {MonthsMax} with an interest-only plan, and 0 with others");
        return Terms(loan.DaysPastDue, loan.RemainingMonths, loan.RatePpm);
    }

    private static (Reason, string?) Origination(PutLoanInPool c) =>
        c.State.Origination.Year >= 1900 && c.State.Origination <= c.Date ? Valid : Field("origination", "must lie from 1900 to the date of the transfer");

    private static (Reason, string?) Movement(in LoanMovement m)
    {
        if (!IsAmount(m.Principal) || !IsAmount(m.Scheduled) || !IsAmount(m.Prepaid)) return (Reason.InvalidAmount, "principal, scheduled and prepaid must be 0 to 2^60 minor units");
        if (!IsSigned(m.Interest) || !IsSigned(m.Recovery)) return (Reason.InvalidAmount, "interest and recovery must lie within ±2^60 minor units");
        if (!Enum.IsDefined(m.Cause)) return Field("cause", "is not a known event of a loan");
        return First(Date(m.Date), Terms(m.DaysPastDue, m.RemainingMonths, m.RatePpm));
    }

    private static (Reason, string?) Terms(int daysPastDue, int remainingMonths, int ratePpm)
    {
        if (daysPastDue is < 0 or > DaysMax) return Field("days_past_due", $"must be 0 to {DaysMax}");
        if (remainingMonths is < 0 or > MonthsMax) return Field("remaining_months", $"must be 0 to {MonthsMax}");
        return ratePpm is < 0 or > RatePpmMax ? Field("rate_ppm", $"must be 0 to {RatePpmMax} parts per million a year") : Valid;
    }

    private static bool IsAmount(long amount) => amount is >= 0 and <= Command.AmountMax;

    private static bool IsSigned(long amount) => amount is >= -Command.AmountMax and <= Command.AmountMax;

    private static (Reason, string?) Field(string field, string fix) => (Reason.InvalidField, $"{field} {fix}");
}
