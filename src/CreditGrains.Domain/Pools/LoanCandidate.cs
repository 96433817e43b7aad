using CreditGrains.Domain.Money;

namespace CreditGrains.Domain.Pools;

/// <summary>How a loan's principal is paid back. The numbers are part of the journal format.</summary>
public enum LoanPlan : byte
{
    /// <summary>Level instalments (等额本息).</summary>
    Level = 0,

    /// <summary>Equal principal (等额本金).</summary>
    EqualPrincipal = 1,

    /// <summary>All with the last instalment.</summary>
    AtMaturity = 2,

    /// <summary>Interest only, then level.</summary>
    InterestOnlyThenLevel = 3,
}

/// <summary>A loan that is to enter a pool, as rules look at it.</summary>
public readonly record struct LoanCandidate
{
    public Currency Currency { get; init; }

    /// <summary>Principal owed, minor units.</summary>
    public long Principal { get; init; }

    /// <summary>Annual rate, parts per million.</summary>
    public int RatePpm { get; init; }

    /// <summary>Instalments left.</summary>
    public int RemainingMonths { get; init; }

    public int DaysPastDue { get; init; }

    /// <summary>Code of the debtor's industry, in the lender's own list; 0 is unknown.</summary>
    public int Industry { get; init; }

    /// <summary>Code of the debtor's region.</summary>
    public int Region { get; init; }

    /// <summary>Number of the debtor; 0 is unknown, and counts for no concentration.</summary>
    public long Obligor { get; init; }

    /// <summary>Day of the first drawdown: the vintage.</summary>
    public DateOnly Origination { get; init; }

    /// <summary>How principal is paid back; for projections.</summary>
    public LoanPlan Plan { get; init; }

    /// <summary>Of <see cref="LoanPlan.InterestOnlyThenLevel"/>: the last instalments, which are level; 0 with other plans.</summary>
    public int LevelMonths { get; init; }

    /// <summary>Whole months from origination to a date.</summary>
    public int SeasoningMonths(DateOnly on) => Math.Max(0, (on.Year - Origination.Year) * 12 + on.Month - Origination.Month - (on.Day < Origination.Day ? 1 : 0));
}
