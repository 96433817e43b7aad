namespace CreditGrains.Securitisation.Pools;

/// <summary>What is looked at before an event is booked, so that booking it cannot fail.</summary>
public sealed partial class PoolLedger
{
    /// <summary>Why a date cannot be reached; null when it can.</summary>
    public PoolRefusal? CheckDate(DateOnly date) => IsBeyond(date) ? TooManyMonths(date) : null;

    /// <summary>Why an event of a loan of this pool cannot be booked; null when it can. Then <see cref="Apply"/> does not fail.</summary>
    /// <param name="member">The loan's row, in this pool.</param>
    /// <param name="movement">Amounts 0 or more and at most <see cref="SumMax"/>; interest and recovery of either sign.</param>
    public PoolRefusal? CheckMovement(in PoolMember member, in LoanMovement movement)
    {
        if (IsBeyond(movement.Date)) return TooManyMonths(movement.Date);
        var (before, after) = (member.Principal, movement.Principal);
        if (after - before > SumMax - balance - DefaultedStock) return TooLarge;
        var isDefaulted = member.State == MemberState.Defaulted;
        var paid = isDefaulted ? 0 : movement.Scheduled + movement.Prepaid;
        if (paid > before) return new(PoolFault.MoreThanOwed, "", Text($"{paid} minor units of principal are paid of {before} owed; check the parts"));
        if (movement.Cause == MovementCause.WrittenOff && after + paid > before)
            return new(PoolFault.MoreThanOwed, "", Text($"after a write-off {after} minor units are owed and {paid} were paid of {before}; write what is left"));
        return FitSums(isDefaulted, before, movement) ? null : TooLarge;
    }

    /// <summary>
    /// Why an event that somebody reports cannot be booked; null when it can. More than <see cref="CheckMovement"/>: what was lent, capitalised or taken back may leave more principal than was owed less
    /// what was paid; all else would add to the pool what nobody lent. The engine's own loans are not asked: their events are made by the engine, and one may pay and capitalise.
    /// </summary>
    /// <param name="member">The loan's row, in this pool.</param>
    /// <param name="movement">As for <see cref="CheckMovement"/>.</param>
    public PoolRefusal? CheckReport(in PoolMember member, in LoanMovement movement)
    {
        if (CheckMovement(member, movement) is { } refusal) return refusal;
        if (movement.Cause is MovementCause.Drawn or MovementCause.Capitalised or MovementCause.Bounced) return null;
        var paid = member.State == MemberState.Defaulted ? 0 : movement.Scheduled + movement.Prepaid;
        var most = member.Principal - paid;
        return movement.Principal <= most ? null : new(PoolFault.MoreThanOwed, "", Text(
            $"after '{movement.Cause}' {movement.Principal} minor units are owed, {member.Principal} were before it and {paid} were paid; write at most {most}, or book what was added as drawn, capitalised or bounced"));
    }

    private PoolRefusal TooLarge => new(PoolFault.PoolTooLarge, "", Parts == 1
        ? "the pool, or a sum of its month, would pass 2^60 minor units; open another"
        : Text($"this partition's part of the pool, or a sum of its month, would pass {SumMax} minor units, 2^60 ÷ {Parts} partitions; open another"));

    private static PoolRefusal TooManyMonths(DateOnly date) => new(PoolFault.TooManyMonths, "", Text($"with {date:yyyy-MM-dd} the pool would have more than {PeriodsMax} months; check the year"));

    private bool IsBeyond(DateOnly date) => Terms.PeriodOf(date) is var period && period > open.Period && period - open.Period + history.Count > PeriodsMax;

    private bool FitSums(bool isDefaulted, long before, in LoanMovement movement)
    {
        var fall = before - movement.Principal;
        if (isDefaulted)
        {
            var cash = movement.Recovery != 0 ? movement.Recovery : movement.Interest + fall;
            return Fits(open.Recovered, cash) && Fits(RecoveredTotal, cash) && Fits(open.WrittenOff, fall);
        }

        var grown = movement.Scheduled + movement.Prepaid - fall;
        return Fits(open.Interest, movement.Interest) && Fits(open.Prepaid, movement.Prepaid) && Fits(open.Scheduled, movement.Scheduled - grown) && Fits(open.Scheduled, movement.Scheduled)
            && Fits(open.Capitalised, grown) && Fits(open.Drawn, grown) && Fits(open.Bounced, grown) && Fits(open.Defaulted, before) && Fits(DefaultedTotal, Math.Max(before, movement.Principal))
            && Fits(open.Defaulted, movement.Principal) && Fits(open.WrittenOff, before);
    }

    private bool Fits(long sum, long more) => sum + more >= -SumMax && sum + more <= SumMax;
}
