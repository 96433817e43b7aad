using System.Collections.Immutable;
using System.Globalization;

namespace CreditGrains.Securitisation.Pools;

/// <summary>What an eligibility rule looks at.</summary>
public enum EligibilityField
{
    /// <summary>Principal owed, minor units.</summary>
    Principal = 0,

    /// <summary>Annual rate, parts per million.</summary>
    Rate = 1,

    /// <summary>Instalments left.</summary>
    RemainingMonths = 2,

    /// <summary>Months since origination.</summary>
    SeasoningMonths = 3,

    DaysPastDue = 4,

    Industry = 5,

    Region = 6,
}

/// <summary>A rule a loan must meet to enter. All that is given must hold; bounds are included.</summary>
/// <param name="Name">As refusals name it.</param>
/// <param name="Field">What it looks at.</param>
/// <param name="Min">At least; null is no bound.</param>
/// <param name="Max">At most.</param>
/// <param name="AnyOf">One of these; empty is any.</param>
/// <param name="NoneOf">None of these.</param>
public sealed record EligibilityRule(string Name, EligibilityField Field, long? Min, long? Max, ImmutableArray<long> AnyOf, ImmutableArray<long> NoneOf)
{
    /// <summary>What is wrong with a loan; null when the rule holds.</summary>
    public string? WhyNot(in LoanCandidate loan, DateOnly on)
    {
        var value = ValueOf(loan, on);
        if (Min is { } min && value < min) return string.Create(CultureInfo.InvariantCulture, $"{Field} is {value}; it must be at least {min}");
        if (Max is { } max && value > max) return string.Create(CultureInfo.InvariantCulture, $"{Field} is {value}; it must be at most {max}");
        if (!AnyOf.IsEmpty && !AnyOf.Contains(value)) return string.Create(CultureInfo.InvariantCulture, $"{Field} is {value}; it must be one of {string.Join(", ", AnyOf)}");
        return NoneOf.Contains(value) ? string.Create(CultureInfo.InvariantCulture, $"{Field} is {value}, which is excluded") : null;
    }

    private long ValueOf(in LoanCandidate loan, DateOnly on) => Field switch
    {
        EligibilityField.Principal => loan.Principal,
        EligibilityField.Rate => loan.RatePpm,
        EligibilityField.RemainingMonths => loan.RemainingMonths,
        EligibilityField.SeasoningMonths => loan.SeasoningMonths(on),
        EligibilityField.DaysPastDue => loan.DaysPastDue,
        EligibilityField.Industry => loan.Industry,
        EligibilityField.Region => loan.Region,
        _ => throw new InvalidOperationException($"no such field: {Field}"),
    };
}
