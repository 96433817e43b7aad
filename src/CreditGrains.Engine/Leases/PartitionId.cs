namespace CreditGrains.Engine.Leases;

/// <summary>
/// A partition: one engine with its journal. 1 to 2^31 − 1; the default value is no partition.
/// </summary>
/// <param name="Value">The host's number.</param>
public readonly record struct PartitionId(int Value) : IComparable<PartitionId>
{
    /// <summary>By number.</summary>
    public int CompareTo(PartitionId other) => Value.CompareTo(other.Value);

    /// <summary>By number.</summary>
    public static bool operator <(PartitionId left, PartitionId right) => left.Value < right.Value;

    /// <summary>By number.</summary>
    public static bool operator >(PartitionId left, PartitionId right) => left.Value > right.Value;

    /// <summary>By number.</summary>
    public static bool operator <=(PartitionId left, PartitionId right) => left.Value <= right.Value;

    /// <summary>By number.</summary>
    public static bool operator >=(PartitionId left, PartitionId right) => left.Value >= right.Value;

    /// <summary>"p" and the number.</summary>
    public override string ToString() => $"p{Value}";
}
