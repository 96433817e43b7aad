using System.Collections.Immutable;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Money;

namespace CreditGrains.Domain.Loans;

/// <summary>What the last instalment does with what rounding left over.</summary>
public enum LastInstalmentRule
{
    /// <summary>The last instalment clears the balance, whatever its size. The usual one.</summary>
    ClearsBalance = 0,

    /// <summary>The last instalment has the regular size; its interest takes the difference. For schedules given by whole instalments.</summary>
    KeepsSize = 1,

    /// <summary>The first instalment takes the difference. For equal principal only.</summary>
    FirstTakesRest = 2,
}

/// <summary>Between which dates interest runs.</summary>
public enum AccrualDates
{
    /// <summary>The dates before adjustment: a moved due date changes no interest. The usual one.</summary>
    Unadjusted = 0,

    /// <summary>The dates after adjustment.</summary>
    Adjusted = 1,
}

/// <summary>The terms of a loan, as data. Checked by <see cref="LoanTermsCheck"/>; nothing here computes.</summary>
public sealed record LoanTerms
{
    /// <summary>The largest amount: 2^50 minor units. With at most 1,000 % a year for a hundred years, all sums stay within 2^60.</summary>
    public const long AmountMax = 1L << 50;

    /// <summary>The largest sum that may come of a loan: 2^60 minor units.</summary>
    public const long SumMax = 1L << 60;

    /// <summary>Most instalments.</summary>
    public const int InstalmentCountMax = 5_200;

    /// <summary>The longest term, days.</summary>
    public const int TermDaysMax = 36_525;

    /// <summary>Most fees of a loan.</summary>
    public const int FeesMax = 16;

    /// <summary>Principal paid out, minor units, 1 to <see cref="AmountMax"/>.</summary>
    public required long Amount { get; init; }

    /// <summary>Currency of all amounts.</summary>
    public required Currency Currency { get; init; }

    /// <summary>The contract rate.</summary>
    public required RateAnnual Rate { get; init; }

    /// <summary>The day the money is paid out; interest runs from it.</summary>
    public required DateOnly Drawdown { get; init; }

    /// <summary>Number of instalments, 1 to <see cref="InstalmentCountMax"/>.</summary>
    public required int InstalmentCount { get; init; }

    /// <summary>The time between due dates. Default: monthly. A custom schedule has dates of its own.</summary>
    public PaymentInterval Interval { get; init; } = PaymentInterval.Monthly;

    /// <summary>The first due date before adjustment. Null: one interval after the drawdown.</summary>
    public DateOnly? FirstDue { get; init; }

    /// <summary>Day of the month of the due dates, 1 to 31. Null: that of the first due date, or of the drawdown.</summary>
    public int? DueDay { get; init; }

    /// <summary>How the principal comes back. Default: level.</summary>
    public Amortisation Amortisation { get; init; } = new Amortisation.Level();

    /// <summary>How days become parts of a year. Default: 30/360 of the US market.</summary>
    public DayCount DayCount { get; init; }

    /// <summary>Where a due date goes that is no business day. Default: it stays.</summary>
    public BusinessDayRule BusinessDays { get; init; }

    /// <summary>Business days. Default: weekends off.</summary>
    public BusinessCalendar Calendar { get; init; } = BusinessCalendar.WeekendsOnly;

    /// <summary>Between which dates interest runs. Default: unadjusted.</summary>
    public AccrualDates AccrualDates { get; init; }

    /// <summary>How amounts are rounded. Default: half up to minor units.</summary>
    public RoundingRule Rounding { get; init; }

    /// <summary>Who takes what rounding left. Default: the last instalment.</summary>
    public LastInstalmentRule LastInstalment { get; init; }

    /// <summary>Fees, at most <see cref="FeesMax"/>.</summary>
    public ImmutableArray<LoanFee> Fees { get; init; } = [];

    /// <summary>What happens to what is unpaid. Default: no penalty, no grace, no interest recognised from 90 days past due.</summary>
    public OverdueTerms Overdue { get; init; } = new();

    /// <summary>The first due date before adjustment.</summary>
    public DateOnly FirstDueDate => Amortisation is Amortisation.Custom custom && !custom.Instalments.IsDefaultOrEmpty
        ? custom.Instalments[0].Due
        : FirstDue ?? Interval.After(Drawdown, DueDay ?? Drawdown.Day, 1);

    /// <summary>The day of the month of due dates.</summary>
    public int DueDayOfMonth => DueDay ?? (FirstDue ?? Drawdown).Day;
}
