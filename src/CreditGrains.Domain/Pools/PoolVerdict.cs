namespace CreditGrains.Domain.Pools;

/// <summary>What a pool that is kept in parts says of its concentration rules before a loan enters one of the parts.</summary>
/// <param name="Rule">The rule that keeps the loan out; empty when it may enter.</param>
/// <param name="Text">Why, with figures; empty when it may enter.</param>
public sealed record PoolVerdict(string Rule, string Text)
{
    /// <summary>It may enter.</summary>
    public static PoolVerdict MayEnter { get; } = new("", "");
}
