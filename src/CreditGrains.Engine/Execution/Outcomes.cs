using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Events;

namespace CreditGrains.Engine.Execution;

/// <summary>The answer that follows from an event: the same live and read back from the journal.</summary>
internal static class Outcomes
{
    /// <summary>Fills an answer from an event.</summary>
    public static void Fill(in LedgerEvent e, ref Outcome outcome)
    {
        outcome.Kind = e.Outcome;
        outcome.Reason = e.Reason;
        outcome.Sequence = e.Sequence;
        outcome.RecordedAtMicros = e.RecordedAtMicros;
        outcome.Amount = e.Amount;
        outcome.ExpiresAtMicros = e.ExpiresAtSeconds * 1_000_000;
        outcome.Balances = e.Balances;
        outcome.Headroom = e.Headroom;
        outcome.Limits = e.Limits is { Length: > 0 } ? e.Limits : null;
    }

    /// <summary>What to do about a refusal that says nothing more.</summary>
    public static string MessageOf(Reason reason) => reason switch
    {
        Reason.RequestIdTooOld => "the id's time is more than 72 hours before writer time; use a new UUIDv7 only if you know the old request never arrived",
        Reason.RequestIdFromFuture => "the id's time is more than 5 minutes ahead of writer time; check the caller's clock",
        Reason.SessionGap => "send the session's sequences in order, starting at 1; one before this is missing",
        Reason.RequestIdReused => "the id was used for another command; use a new id for a new command",
        Reason.OutcomeArchived => "the id took effect, its outcome is archived; it is not executed again",
        Reason.Overloaded => "the queue is full; wait and send the same id again",
        Reason.DiskFull => "there is no room to journal the outcome; free disk space and send the same id again",
        Reason.ClockStepUnconfirmed => "the clock stepped forward by more than 5 minutes; an operator must confirm it (ConfirmClock)",
        Reason.StandbyLost => "the standby is required and cannot be reached; bring it back and send the same id again",
        Reason.Recalling => "the limit of a shared node is being cut and grants are on their way back; send the same id again in a moment",
        Reason.DeadlineExceeded => "the deadline passed while the command waited to be decided; send the same id again with more time",
        Reason.EngineStopped => "the engine is stopping or has failed; send the same id again when it is back",
        _ => reason.ToString(),
    };
}
