namespace CreditGrains.Domain.Decisions;

/// <summary>Where a reason comes from. The numbers are part of the journal format.</summary>
public enum ReasonSource : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A rule of the policy.</summary>
    Rule = 1,

    /// <summary>A factor of the score.</summary>
    Factor = 2,

    /// <summary>The score itself: its factors come with the decision by id.</summary>
    Score = 3,

    /// <summary>The engine: the policy or model could not decide.</summary>
    Engine = 4,
}

/// <summary>One reason of an automated decision, as told to the applicant and kept in the journal.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Code">Stable code, such as "R07" or a rule's id.</param>
/// <param name="English">Text in English.</param>
/// <param name="Chinese">Text in Chinese.</param>
public sealed record DecisionReason(ReasonSource Source, string Code, string English, string Chinese);

/// <summary>A version of a model or policy, as decisions name it.</summary>
/// <param name="Name">Its name within tenant and legal entity.</param>
/// <param name="Version">1 or more.</param>
public sealed record VersionName(string Name, int Version)
{
    /// <summary>Such as "cards@3".</summary>
    public override string ToString() => $"{Name}@{Version}";
}

/// <summary>What models and policies had to do with a decision. The default value: nothing.</summary>
public struct RiskRecord : IEquatable<RiskRecord>
{
    /// <summary>The model version that scored it; null is none.</summary>
    public VersionName? Model;

    /// <summary>The policy version that decided it; null is none.</summary>
    public VersionName? Policy;

    /// <summary>At most four, the heaviest first; null when there is none.</summary>
    public DecisionReason[]? Reasons;

    /// <summary>The score in the model's unit; NaN when the model gave none. 0 without a model.</summary>
    public double Score;

    /// <summary>Whether the model decided as a challenger.</summary>
    public bool IsChallenger;

    /// <summary>Most reasons of a decision.</summary>
    public const int ReasonsMax = 4;

    /// <summary>Whether nothing is recorded.</summary>
    public readonly bool IsEmpty => Model is null && Policy is null && Reasons is null;

    /// <inheritdoc/>
    public readonly bool Equals(RiskRecord other) =>
        Model == other.Model && Policy == other.Policy && Score.Equals(other.Score) && IsChallenger == other.IsChallenger
        && (Reasons ?? []).AsSpan().SequenceEqual(other.Reasons ?? []);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is RiskRecord other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => HashCode.Combine(Model, Policy, Score);

    /// <summary>Whether both record the same.</summary>
    public static bool operator ==(in RiskRecord left, in RiskRecord right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(in RiskRecord left, in RiskRecord right) => !left.Equals(right);
}
