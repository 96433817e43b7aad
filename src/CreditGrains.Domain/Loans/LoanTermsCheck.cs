using System.Globalization;

namespace CreditGrains.Domain.Loans;

/// <summary>What can be said of terms before a schedule is made. The first fault found is given, in the order of the fields.</summary>
public static class LoanTermsCheck
{
    private const int YearMin = 1900;
    private const int YearMax = 2199;

    /// <summary>Checks terms.</summary>
    /// <returns>Null, or the fault with the field and how to mend it.</returns>
    public static LoanRefusal? Check(LoanTerms terms)
    {
        if (terms.Amount is < 1 or > LoanTerms.AmountMax) return Bad(LoanFault.InvalidAmount, $"the amount is {terms.Amount}; it must be 1 to 2^50 minor units");
        if (!terms.Currency.IsKnown) return Bad(LoanFault.InvalidAmount, $"the currency is not known; name an ISO 4217 code");
        if (!terms.Rate.IsValid) return Bad(LoanFault.InvalidRate, $"the rate is {terms.Rate.Nano} billionths; it must be 0 to 10,000,000,000 (1,000 % a year)");
        if (terms.Drawdown.Year is < YearMin or > YearMax) return Bad(LoanFault.InvalidDate, $"the drawdown is on {terms.Drawdown:yyyy-MM-dd}; it must be in {YearMin} to {YearMax}");
        if (terms.InstalmentCount is < 1 or > LoanTerms.InstalmentCountMax)
            return Bad(LoanFault.InvalidTerm, $"there are {terms.InstalmentCount} instalments; there must be 1 to {LoanTerms.InstalmentCountMax}");
        if (!terms.Interval.IsValid) return Bad(LoanFault.InvalidTerm, $"the interval is {terms.Interval.Count} {terms.Interval.Unit}; it must be 1 to 120 months, 520 weeks or 3,660 days");
        if (terms.DueDay is < 1 or > 31) return Bad(LoanFault.InvalidTerm, $"the due day is {terms.DueDay}; it must be 1 to 31");
        if (!Enum.IsDefined(terms.DayCount) || !Enum.IsDefined(terms.BusinessDays) || !Enum.IsDefined(terms.AccrualDates) || !Enum.IsDefined(terms.LastInstalment))
            return Bad(LoanFault.InvalidTerm, $"day count, business-day rule, accrual dates and last-instalment rule must be of their lists");
        if (terms.Rounding.InstalmentUnit is < 0 or > RoundingRule.UnitMax)
            return Bad(LoanFault.InvalidTerm, $"instalments are rounded to {terms.Rounding.InstalmentUnit} minor units; it must be 1 to {RoundingRule.UnitMax}");
        return CheckDates(terms) ?? CheckFees(terms) ?? terms.Overdue.Check() ?? CheckAmortisation(terms);
    }

    private static LoanRefusal? CheckDates(LoanTerms terms)
    {
        if (terms.FirstDue is { } first && (first <= terms.Drawdown || first.DayNumber - terms.Drawdown.DayNumber > LoanTerms.TermDaysMax))
            return Bad(LoanFault.InvalidDate, $"the first due date {first:yyyy-MM-dd} must come after the drawdown {terms.Drawdown:yyyy-MM-dd}, by at most a hundred years");
        if (terms.Amortisation is Amortisation.Custom) return null;
        // The rough bound first: it keeps the date within the calendar.
        var last = terms.InstalmentCount - 1;
        return last * terms.Interval.DaysMin <= LoanTerms.TermDaysMax
            && terms.Interval.After(terms.FirstDueDate, terms.DueDayOfMonth, last).DayNumber - terms.Drawdown.DayNumber <= LoanTerms.TermDaysMax
            ? null
            : Bad(LoanFault.InvalidTerm, $"{terms.InstalmentCount} instalments every {terms.Interval.Count} {terms.Interval.Unit} last over a hundred years; lower one of them");
    }

    private static LoanRefusal? CheckFees(LoanTerms terms)
    {
        if (terms.Fees.IsDefault || terms.Fees.Length > LoanTerms.FeesMax) return Bad(LoanFault.InvalidFee, $"a loan has at most {LoanTerms.FeesMax} fees");
        var upfront = 0L;
        foreach (var fee in terms.Fees)
        {
            if (fee.Check() is { } fault) return fault;
            if (fee.Timing == FeeTiming.AtDrawdown) upfront += fee.Of(terms.Amount, terms.Amount, terms.Rounding.Interest);
        }

        var all = (Int128)0;
        foreach (var fee in terms.Fees)
            all += (Int128)fee.Of(terms.Amount, terms.Amount, RoundingMode.Up) * (fee.Timing == FeeTiming.WithEachInstalment ? terms.InstalmentCount : 1);
        if (all > LoanTerms.SumMax) return Bad(LoanFault.InvalidFee, $"the fees of all instalments come to {all}, which is more than 2^60 minor units");
        return upfront < terms.Amount ? null : Bad(LoanFault.InvalidFee, $"fees at drawdown come to {upfront}, which leaves nothing of the amount {terms.Amount}");
    }

    private static LoanRefusal? CheckAmortisation(LoanTerms terms)
    {
        if (terms.LastInstalment == LastInstalmentRule.FirstTakesRest && terms.Amortisation is not Amortisation.EqualPrincipal)
            return Bad(LoanFault.LastInstalmentRuleDoesNotFit, $"FirstTakesRest is for equal principal; use ClearsBalance");
        if (terms.LastInstalment == LastInstalmentRule.KeepsSize && terms.Amortisation is (Amortisation.EqualPrincipal or Amortisation.Bullet or Amortisation.Seasonal or Amortisation.Custom))
            return Bad(LoanFault.LastInstalmentRuleDoesNotFit, $"KeepsSize needs instalments of a regular size; use ClearsBalance");
        return terms.Amortisation switch
        {
            Amortisation.InterestOnlyThenLevel only when only.InterestOnlyCount < 1 || only.InterestOnlyCount >= terms.InstalmentCount =>
                Bad(LoanFault.InvalidAmortisation, $"{only.InterestOnlyCount} of {terms.InstalmentCount} instalments are interest only; that must be 1 to one less than all"),
            Amortisation.Balloon balloon when balloon.FinalAmount < 1 || balloon.FinalAmount > terms.Amount =>
                Bad(LoanFault.InvalidAmortisation, $"the balloon is {balloon.FinalAmount}; it must be 1 to the amount {terms.Amount}"),
            Amortisation.Stepped stepped => CheckSteps(stepped, terms.InstalmentCount),
            Amortisation.Custom custom => CheckCustom(custom, terms),
            Amortisation.Seasonal seasonal => CheckProfile(seasonal.Cash),
            _ => null,
        };
    }

    private static LoanRefusal? CheckSteps(Amortisation.Stepped stepped, int count)
    {
        if (stepped.Steps.IsDefaultOrEmpty || stepped.Steps[0].FromNumber != 1) return Bad(LoanFault.InvalidAmortisation, $"steps start at instalment 1");
        for (var i = 0; i < stepped.Steps.Length; i++)
        {
            var step = stepped.Steps[i];
            if (step.Ppm is < 1 or > 1_000_000_000) return Bad(LoanFault.InvalidAmortisation, $"step {i + 1} has {step.Ppm} parts per million; it must be 1 to 1,000,000,000");
            if (step.FromNumber > count || (i > 0 && step.FromNumber <= stepped.Steps[i - 1].FromNumber))
                return Bad(LoanFault.InvalidAmortisation, $"step {i + 1} starts at instalment {step.FromNumber}; steps must rise and stay within {count}");
        }

        return null;
    }

    private static LoanRefusal? CheckCustom(Amortisation.Custom custom, LoanTerms terms)
    {
        if (custom.Instalments.IsDefault || custom.Instalments.Length != terms.InstalmentCount)
            return Bad(LoanFault.InvalidAmortisation, $"a custom schedule must list all of its {terms.InstalmentCount} instalments");
        var last = terms.Drawdown;
        var principal = (Int128)0;
        var total = false;
        for (var i = 0; i < custom.Instalments.Length; i++)
        {
            var one = custom.Instalments[i];
            if (one.Due <= last) return Bad(LoanFault.InvalidDate, $"instalment {i + 1} is due {one.Due:yyyy-MM-dd}; it must come after {last:yyyy-MM-dd}");
            if (one.Due.DayNumber - terms.Drawdown.DayNumber > LoanTerms.TermDaysMax) return Bad(LoanFault.InvalidDate, $"instalment {i + 1} is due {one.Due:yyyy-MM-dd}, over a hundred years after the drawdown");
            if (one.Amount is < 0 or > LoanTerms.AmountMax * 1_000) return Bad(LoanFault.InvalidAmount, $"instalment {i + 1} has the amount {one.Amount}; it must be 0 or more");
            last = one.Due;
            total |= one.Counts == CustomAmount.Total;
            principal += one.Amount;
        }

        return total || principal == terms.Amount
            ? null
            : Bad(LoanFault.PrincipalDoesNotAddUp, $"the principal parts add up to {principal}, the amount is {terms.Amount}; make them equal or let the last instalment be a total");
    }

    private static LoanRefusal? CheckProfile(CashProfile profile)
    {
        if (profile.Months.IsDefault || profile.Months.Length != CashProfile.MonthCount) return Bad(LoanFault.InvalidAmortisation, $"a cash profile has twelve months, from January");
        foreach (var cash in profile.Months)
            if (cash is < -LoanTerms.AmountMax or > LoanTerms.AmountMax) return Bad(LoanFault.InvalidAmount, $"the cash of a month is {cash}; it must be within 2^50 minor units");
        if (profile.LeanBelow is < 0 or > LoanTerms.AmountMax) return Bad(LoanFault.InvalidAmount, $"months are lean below {profile.LeanBelow}; that must be 0 to 2^50 minor units");
        return profile.SharePpm is >= 1 and <= CashProfile.WholePpm ? null : Bad(LoanFault.InvalidAmortisation, $"instalments may take {profile.SharePpm} parts per million of the cash; that must be 1 to 1,000,000");
    }

    private static LoanRefusal Bad(LoanFault fault, FormattableString message) => new(fault, message.ToString(CultureInfo.InvariantCulture));
}
