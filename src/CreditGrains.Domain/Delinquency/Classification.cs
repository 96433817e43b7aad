namespace CreditGrains.Domain.Delinquency;

/// <summary>The five classes of credit risk, best first. From <see cref="Substandard"/> on a claim is non-performing.</summary>
public enum Classification
{
    /// <summary>正常.</summary>
    Normal = 0,

    /// <summary>关注.</summary>
    SpecialMention = 1,

    /// <summary>次级.</summary>
    Substandard = 2,

    /// <summary>可疑.</summary>
    Doubtful = 3,

    /// <summary>损失.</summary>
    Loss = 4,
}

/// <summary>The words that go with <see cref="Classification"/>.</summary>
public static class Classifications
{
    /// <summary>Whether a class is non-performing.</summary>
    public static bool IsNonPerforming(this Classification value) => value >= Classification.Substandard;

    /// <summary>The worse of two.</summary>
    public static Classification Worse(Classification one, Classification other) => one > other ? one : other;
}
