using System.Globalization;

namespace CreditGrains.Domain.Loans.Apr;

/// <summary>The kinds of unit-period of Regulation Z, Appendix J (b)(4) and (5).</summary>
public enum UnitPeriodKind
{
    /// <summary>A day; 365 a year.</summary>
    Day = 0,

    /// <summary>A week or a multiple; 52 over their number a year.</summary>
    Week = 1,

    /// <summary>Half a month; 24 a year.</summary>
    Semimonth = 2,

    /// <summary>A month or a multiple up to eleven; 12 over their number a year.</summary>
    Month = 3,

    /// <summary>A year.</summary>
    Year = 4,

    /// <summary>The term of a single advance with a single payment, a number of days below a year; 365 over the days a year.</summary>
    TermInDays = 5,

    /// <summary>The term of a single advance with a single payment, a number of whole months below a year; 12 over the months a year.</summary>
    TermInMonths = 6,
}

/// <summary>A unit-period. The default value is one of no length and is not valid.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Count">How many days, weeks or months it has; 1 for a semimonth and a year.</param>
public readonly record struct UnitPeriod(UnitPeriodKind Kind, int Count)
{
    /// <summary>Unit-periods in a year, Appendix J (b)(5).</summary>
    public double PerYear => Kind switch
    {
        UnitPeriodKind.Day or UnitPeriodKind.TermInDays => 365.0 / Count,
        UnitPeriodKind.Week => 52.0 / Count,
        UnitPeriodKind.Semimonth => 24,
        UnitPeriodKind.Month or UnitPeriodKind.TermInMonths => 12.0 / Count,
        _ => 1,
    };

    /// <summary>Its length in days with months of 30 and a year of 365, to compare kinds by.</summary>
    internal int Days => Kind switch
    {
        UnitPeriodKind.Day or UnitPeriodKind.TermInDays => Count,
        UnitPeriodKind.Week => 7 * Count,
        UnitPeriodKind.Semimonth => 15,
        UnitPeriodKind.Month or UnitPeriodKind.TermInMonths => 30 * Count,
        _ => 365,
    };

    /// <inheritdoc/>
    public override string ToString()
    {
        var unit = Kind switch
        {
            UnitPeriodKind.Day or UnitPeriodKind.TermInDays => "day",
            UnitPeriodKind.Week => "week",
            UnitPeriodKind.Month or UnitPeriodKind.TermInMonths => "month",
            UnitPeriodKind.Semimonth => "semimonth",
            _ => "year",
        };
        return Count == 1 ? unit : string.Create(CultureInfo.InvariantCulture, $"{Count} {unit}s");
    }
}

/// <summary>A time from the start of the term in unit-periods: a whole number and the fraction before it.</summary>
/// <param name="Whole">Whole unit-periods, 0 or more.</param>
/// <param name="Fraction">Odd days as part of a unit-period, 0 to below 1.</param>
public readonly record struct UnitTime(int Whole, double Fraction);
