namespace CreditGrains.Risk.Feel;

/// <summary>
/// A range of comparable values; an end that is null is open without bound. A range written as a test, such as <c>(&lt; 10)</c>, holds everything on its side; one with null written at an end
/// is another, which does not tell what lies towards that end. Of the inverse, <c>(!= 10)</c>, everything but the value at its low end.
/// </summary>
internal sealed record FeelRange(FeelValue Low, bool HasLow, FeelValue High, bool HasHigh, bool IsTest = false, bool IsInverse = false)
{
    /// <summary>Kind of its ends; null when they differ or both are missing.</summary>
    public FeelKind? Kind => Low.IsNull && High.IsNull ? null : Low.IsNull ? High.Kind : High.IsNull || High.Kind == Low.Kind ? Low.Kind : null;

    /// <summary>Whether a value lies within; null when it cannot be compared.</summary>
    public FeelValue Contains(in FeelValue value)
    {
        if (IsInverse) return FeelOperators.Not(FeelOperators.AreEqual(value, Low));
        if (value.IsNull) return FeelValue.Null;
        return FeelOperators.And(IsBeyond(value, Low, HasLow, 1), IsBeyond(value, High, HasHigh, -1));
    }

    public bool Equals(FeelRange? other) =>
        other is not null && IsTest == other.IsTest && IsInverse == other.IsInverse && HasLow == other.HasLow && HasHigh == other.HasHigh && Low.Equals(other.Low) && High.Equals(other.High);

    public override int GetHashCode() => HashCode.Combine(HasLow, HasHigh, IsInverse);

    public override string ToString() => IsInverse ? $"(!= {Low})" : $"{(HasLow ? '[' : '(')}{Low}..{High}{(HasHigh ? ']' : ')')}";

    private FeelValue IsBeyond(in FeelValue value, in FeelValue end, bool isWithin, int side)
    {
        if (end.IsNull) return IsTest ? FeelValue.Of(true) : FeelValue.Null;
        return FeelOperators.Compare(value, end) is { } order ? FeelValue.Of(order * side > 0 || (order == 0 && isWithin)) : FeelValue.Null;
    }
}
