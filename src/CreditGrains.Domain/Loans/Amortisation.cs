using System.Collections.Immutable;

namespace CreditGrains.Domain.Loans;

/// <summary>How the principal comes back: closed cases, each with what it needs and nothing else.</summary>
public abstract record Amortisation
{
    private Amortisation()
    {
    }

    /// <summary>Equal instalments of principal and interest (等额本息).</summary>
    public sealed record Level : Amortisation;

    /// <summary>Equal parts of principal, and the interest on what is left (等额本金).</summary>
    public sealed record EqualPrincipal : Amortisation;

    /// <summary>Interest only for a while, then level.</summary>
    /// <param name="InterestOnlyCount">Instalments without principal, 1 to the count less one.</param>
    public sealed record InterestOnlyThenLevel(int InterestOnlyCount) : Amortisation;

    /// <summary>Level instalments that leave an amount, paid with the last.</summary>
    /// <param name="FinalAmount">Minor units, 1 to the amount.</param>
    public sealed record Balloon(long FinalAmount) : Amortisation;

    /// <summary>Interest each time, the principal with the last instalment. With one instalment, interest too comes at the end.</summary>
    public sealed record Bullet : Amortisation;

    /// <summary>Instalments that grow or fall in steps: level within a step, in a fixed proportion between steps.</summary>
    /// <param name="Steps">In order; the first starts at instalment 1.</param>
    public sealed record Stepped(ImmutableArray<InstalmentStep> Steps) : Amortisation;

    /// <summary>Dates and amounts as agreed.</summary>
    /// <param name="Instalments">In order of their dates, as many as the terms say.</param>
    public sealed record Custom(ImmutableArray<CustomInstalment> Instalments) : Amortisation;

    /// <summary>
    /// From the borrower's cash: interest in lean months, principal in rich ones, each instalment within the cash of the months since
    /// the one before.
    /// </summary>
    /// <param name="Cash">What the profile of cash is.</param>
    public sealed record Seasonal(CashProfile Cash) : Amortisation;
}

/// <summary>A step of instalments.</summary>
/// <param name="FromNumber">The first instalment of the step, from 1.</param>
/// <param name="Ppm">Its size against the others, in parts per million: 1,050,000 is 5 % more than a step of 1,000,000. 1 to 1,000,000,000.</param>
public readonly record struct InstalmentStep(int FromNumber, long Ppm);

/// <summary>What the amount of a custom instalment is.</summary>
public enum CustomAmount
{
    /// <summary>Principal; interest comes on top.</summary>
    Principal = 0,

    /// <summary>Principal and interest together; principal is what interest leaves.</summary>
    Total = 1,
}

/// <summary>One instalment of a custom schedule.</summary>
/// <param name="Due">Its date before adjustment.</param>
/// <param name="Amount">Minor units, 0 or more. Of the last instalment with a total the amount is not read: it clears the balance.</param>
/// <param name="Counts">What the amount is.</param>
public readonly record struct CustomInstalment(DateOnly Due, long Amount, CustomAmount Counts);

/// <summary>The cash a borrower has for the loan in each month of the year.</summary>
/// <param name="Months">Twelve amounts from January, minor units; what is negative counts as nothing.</param>
/// <param name="LeanBelow">Months with less are lean: they pay interest only. Null is the mean of the twelve.</param>
/// <param name="SharePpm">The part of the cash that instalments may take, 1 to 1,000,000 parts per million.</param>
public sealed record CashProfile(ImmutableArray<long> Months, long? LeanBelow, long SharePpm)
{
    /// <summary>Months in a profile.</summary>
    public const int MonthCount = 12;

    /// <summary>The whole of the cash.</summary>
    public const long WholePpm = 1_000_000;
}
