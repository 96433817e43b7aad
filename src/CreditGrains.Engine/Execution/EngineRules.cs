namespace CreditGrains.Engine.Execution;

/// <summary>Settings of the rules that are the same for a whole partition.</summary>
/// <param name="HoldSeconds">Lifetime of a hold that names none.</param>
/// <param name="ReferralSeconds">Lifetime of a referral that names none.</param>
/// <param name="AtomicRegraphMax">Most facilities a change of the graph moves in one event; above, it goes in slices.</param>
/// <param name="SliceLength">Facilities of a slice.</param>
/// <param name="SweepMax">Most items ended by their time in one batch, beside those of the facilities in it.</param>
/// <param name="SessionGapsAllowed">Whether places of a session may be missing here.</param>
/// <param name="LoanSliceLength">Most loans brought to their business date in one batch, beside those of the facilities in it.</param>
/// <param name="PoolParts">Partitions that each keep a part of every pool.</param>
internal readonly record struct EngineRules(int HoldSeconds, int ReferralSeconds, int AtomicRegraphMax, int SliceLength, int SweepMax, bool SessionGapsAllowed = false, int LoanSliceLength = 1_000, int PoolParts = 1)
{
    /// <summary>As docs/rules.md states.</summary>
    public static readonly EngineRules Standard = new(7 * 86_400, 7 * 86_400, 10_000, 1_000, 4_096);
}
