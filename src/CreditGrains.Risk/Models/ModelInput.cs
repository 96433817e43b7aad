namespace CreditGrains.Risk.Models;

/// <summary>What to do when an input is missing, that is not a number (NaN).</summary>
public enum MissingValue
{
    /// <summary>The model knows what a missing value means: a bin of its own, a branch, an imputer.</summary>
    Passed,

    /// <summary>The row is not scored: the score is NaN.</summary>
    Refused,

    /// <summary>A number stands in for it.</summary>
    Replaced,
}

/// <summary>One named input of a model.</summary>
/// <param name="Name">The feature it takes, as the catalogue names it.</param>
/// <param name="Missing">What to do when it is missing.</param>
/// <param name="Replacement">What stands in when <paramref name="Missing"/> says so.</param>
public readonly record struct ModelInput(string Name, MissingValue Missing = MissingValue.Passed, double Replacement = 0);

/// <summary>What a score is.</summary>
public enum ScoreUnit
{
    /// <summary>A probability of the bad event, 0 to 1.</summary>
    Probability,

    /// <summary>Natural logarithm of the odds of the bad event.</summary>
    LogOdds,

    /// <summary>Scorecard points; more is better.</summary>
    Points,

    /// <summary>Any other number, such as an amount.</summary>
    Number,
}
