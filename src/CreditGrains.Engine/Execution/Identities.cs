using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Execution;

/// <summary>What took effect already, by request id or by place in a session: which commands are new, repeated, or barred by a reversal that came first.</summary>
internal sealed class Identities(PartitionState state, IRequestIds ids, IDecisionReader decisions, EngineRules rules)
{
    private const long MicrosPerMilli = 1_000;
    private const long WindowPastMillis = 72 * 3_600_000L;
    private const long WindowFutureMillis = 5 * 60_000L;

    /// <summary>Sequence of the newest event.</summary>
    public long LastSequence { get; set; }

    /// <summary>Writer time of the newest batch, microseconds.</summary>
    public long LastRecordedAtMicros { get; set; }

    private long NowMillis => LastRecordedAtMicros / MicrosPerMilli;

    /// <summary>Whether the identity answers by itself: a repeat, a barred id, or one out of its window.</summary>
    /// <param name="c">The command.</param>
    /// <param name="fingerprint">Of its contents.</param>
    /// <param name="outcome">Marked as a repeat when true.</param>
    /// <param name="reason">When false: why the command is refused; none when it is new.</param>
    public bool IsSettled(in Command c, uint fingerprint, ref Outcome outcome, out Reason reason)
    {
        reason = Reason.None;
        if (c.Id.IsTimeOrdered && c.Id.UnixMillis < NowMillis - WindowPastMillis) reason = Reason.RequestIdTooOld;
        else if (c.Id.IsTimeOrdered && c.Id.UnixMillis > NowMillis + WindowFutureMillis) reason = Reason.RequestIdFromFuture;
        else if (c.Original.IsTimeOrdered && c.Original.UnixMillis > NowMillis + WindowFutureMillis) reason = Reason.RequestIdFromFuture;
        if (reason != Reason.None) return false;
        if (c.Id.IsSession) return IsSettledBySession(c, fingerprint, ref outcome, out reason);
        if (!ids.TryFind(c.Facility.Tenant, c.Id, out var sequence, out var known, out var isTombstone)) return false;
        if (!isTombstone && known != fingerprint)
        {
            reason = Reason.RequestIdReused;
            return false;
        }
        Repeat(ref outcome, sequence);
        return true;
    }

    /// <summary>Whether the place in its session was reversed before it arrived. (A barred UUIDv7 is settled by its id.)</summary>
    public bool IsBarred(in Command c) => c.Id.IsSession && IsBarred(c.Facility.Tenant, c.Id);

    /// <summary>Sequence of the event of an identity, 0 when unknown.</summary>
    public long Find(ushort tenant, in RequestId id)
    {
        if (id.IsSession)
        {
            return state.Small.Sessions.TryGetValue((tenant, id.Session), out var progress) && id.SessionSequence >= 1 && id.SessionSequence <= progress.Last
                ? FindInSession(tenant, id, progress, out _) : 0;
        }
        var isInWindow = id.IsTimeOrdered && id.UnixMillis >= NowMillis - WindowPastMillis && id.UnixMillis <= NowMillis + WindowFutureMillis;
        return isInWindow && ids.TryFind(tenant, id, out var sequence, out _, out _) ? sequence : 0;
    }

    /// <summary>Looks for what a Reverse undoes.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The original's identity.</param>
    /// <param name="sequence">Its event; 0 when it has not come.</param>
    /// <param name="isTombstone">Whether it was reversed before it came.</param>
    /// <returns>False when it is too old to be found.</returns>
    public bool TryFindOriginal(ushort tenant, in RequestId id, out long sequence, out bool isTombstone)
    {
        (sequence, isTombstone) = (0, false);
        if (!id.IsSession)
        {
            if (id.UnixMillis < NowMillis - WindowPastMillis) return false;
            ids.TryFind(tenant, id, out sequence, out _, out isTombstone);
            return true;
        }
        if (!state.Small.Sessions.TryGetValue((tenant, id.Session), out var progress) || id.SessionSequence > progress.Last)
        {
            isTombstone = IsBarred(tenant, id);
            return true;
        }
        sequence = FindInSession(tenant, id, progress, out _);
        return sequence != 0;
    }

    /// <summary>Notes the identities of an event that took its place in the journal.</summary>
    public void Record(in LedgerEvent e)
    {
        var tenant = e.Key.Tenant;
        if ((e.Effects & EventEffects.Tombstone) != 0)
        {
            if (e.Original.IsSession) state.Small.SessionTombstones[(tenant, e.Original.High, e.Original.Low)] = e.Sequence;
            else ids.Add(tenant, e.Original, e.Sequence, 0, isTombstone: true);
        }
        if (e.Id.IsTimeOrdered)
        {
            ids.Add(tenant, e.Id, e.Sequence, e.Fingerprint, isTombstone: false);
        }
        else if (e.Id.IsSession)
        {
            var key = (tenant, e.Id.Session);
            if (!state.Small.Sessions.TryGetValue(key, out var progress)) state.Small.Sessions[key] = progress = new SessionProgress();
            progress.Advance(e.Id.SessionSequence, e.Sequence);
        }
    }

    private bool IsBarred(ushort tenant, in RequestId id) => state.Small.SessionTombstones.ContainsKey((tenant, id.High, id.Low));

    private bool IsSettledBySession(in Command c, uint fingerprint, ref Outcome outcome, out Reason reason)
    {
        reason = Reason.None;
        var place = c.Id.SessionSequence;
        var last = state.Small.Sessions.TryGetValue((c.Facility.Tenant, c.Id.Session), out var progress) ? progress.Last : 0;
        if (place == last + 1) return false;
        if (place > last)
        {
            if (!rules.SessionGapsAllowed) reason = Reason.SessionGap;
            return false;
        }
        var sequence = FindInSession(c.Facility.Tenant, c.Id, progress!, out var known);
        if (sequence == 0) reason = Reason.OutcomeArchived;
        else if (known != fingerprint) reason = Reason.RequestIdReused;
        else Repeat(ref outcome, sequence);
        return reason == Reason.None;
    }

    private long FindInSession(ushort tenant, in RequestId id, SessionProgress progress, out uint fingerprint)
    {
        fingerprint = 0;
        var (start, end) = progress.RangeOf(id.SessionSequence);
        for (var sequence = start; sequence <= Math.Min(end, LastSequence); sequence++)
        {
            if (!decisions.TryRead(sequence, out var e)) return 0;
            if (e.Id != id || e.Key.Tenant != tenant) continue;
            fingerprint = e.Fingerprint;
            progress.Found(id.SessionSequence, sequence);
            return sequence;
        }
        return 0;
    }

    private static void Repeat(ref Outcome outcome, long sequence)
    {
        // The answer is read back from the journal once the frame is flushed: see Partition.Resolve.
        outcome.Duplicate = true;
        outcome.Sequence = sequence;
    }
}
