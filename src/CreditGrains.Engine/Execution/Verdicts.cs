using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Engine.Events;

namespace CreditGrains.Engine.Execution;

/// <summary>How deciders write what they decided into an event.</summary>
internal static class Verdicts
{
    /// <summary>Posts what was asked, or of an ending what it took.</summary>
    public static void Post(ref LedgerEvent e, in FacilityBalances after) => Post(ref e, after, e.AmountAsked != 0 ? e.AmountAsked : e.Amount);

    /// <summary>Posts an amount.</summary>
    public static void Post(ref LedgerEvent e, in FacilityBalances after, long amount)
    {
        e.Outcome = OutcomeKind.Posted;
        e.Amount = amount;
        e.Balances = after;
    }

    /// <summary>Declines what would leave a balance out of range, with nothing of it done.</summary>
    public static void RefuseOverflow(ref LedgerEvent e, in FacilityBalances before)
    {
        if (Postings.IsInRange(e.Balances)) return;
        e.Balances = before;
        e.Effects = EventEffects.None;
        e.ReleasedFromHold = 0;
        e.Uncovered = 0;
        // A correction's parts are what was asked, not what was done: the record of a decline keeps them.
        if (e.Kind != CommandKind.Adjust) e.Parts = default;
        e.OriginalSequence = 0;
        e.ExpiresAtSeconds = 0;
        e.ItemRow = 0;
        e.Loans = null;
        Decline(ref e, Reason.AmountOverflow);
    }

    /// <summary>Declines; nothing is done.</summary>
    public static void Decline(ref LedgerEvent e, Reason reason)
    {
        e.Outcome = OutcomeKind.Declined;
        e.Reason = reason;
        e.Amount = 0;
    }

    /// <summary>The second at which a lifetime that begins now is over.</summary>
    public static long EndOf(long recordedAtMicros, int lifetimeSeconds) =>
        (recordedAtMicros + lifetimeSeconds * 1_000_000L + 999_999) / 1_000_000;
}
