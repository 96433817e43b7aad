namespace CreditGrains.Engine.Leases;

/// <summary>
/// The node side of the lease protocol (docs/leases.md): takes a command and a state, gives events and messages, or one rejection. Pure.
/// Safety rests on three rules here: a grant is recorded before it is told; a grant falls only by the holder's own later report or by fencing;
/// a grant rises only when all charges with it fit the limit in force and no cut waits.
/// </summary>
public sealed class LeaseBook
{
    private readonly LeasePolicy policy;

    /// <summary>A book with a policy.</summary>
    /// <param name="policy">Bounds; null for the usual ones.</param>
    /// <exception cref="ArgumentOutOfRangeException">A bound is out of range.</exception>
    public LeaseBook(LeasePolicy? policy = null)
    {
        this.policy = policy ?? new LeasePolicy();
        this.policy.Validate();
    }

    /// <summary>Decides one command.</summary>
    /// <param name="state">The durable state.</param>
    /// <param name="command">What is asked.</param>
    public LeaseDecision Decide(LeaseBookState state, LeaseCommand command) => command switch
    {
        LeaseCommand.Receive c => Receive(state, c.Message),
        LeaseCommand.Reclaim c => Reclaim(state, c),
        LeaseCommand.SetLimit c => SetLimit(state, c),
        LeaseCommand.Remind => Remind(state),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "no such command"),
    };

    private LeaseDecision Receive(LeaseBookState state, LeaseReport report)
    {
        var rejection = Judge(state, report);
        if (rejection == LeaseRejection.StaleEpoch)
        {
            var inForce = state.Entries[report.Partition].Epoch;
            var fenced = new LeaseReply(state.Node, report.Partition, inForce, report.Sequence, ReplyStatus.Fenced, 0, 0, state.Limit);
            return new LeaseDecision(state, [], [fenced], [], rejection);
        }
        if (rejection != LeaseRejection.None) return Rejected(state, rejection);
        var before = state.Find(report.Partition);
        if (before is not null && before.Epoch == report.Epoch && before.Sequence == report.Sequence)
            return new LeaseDecision(state, [], [ReplyTo(state, before)], []);

        var draft = new LeaseDraft(state);
        draft.Emit(new LeaseEvent.Reported(report));
        if (state.IsCutting && draft.State.Entries[report.Partition].Arrived != 0)
            draft.Emit(new LeaseEvent.TurnedDown(report.Partition, ReplyStatus.Recalling, 0));
        return Settled(draft);
    }

    private static LeaseRejection Judge(LeaseBookState state, LeaseReport report)
    {
        if (report.Partition.Value < 1 || report.Epoch < 1 || report.Sequence < 1 || report.RecallAnswered < 0
            || !IsAmount(report.Held) || !IsAmount(report.Usage) || !IsAmount(report.Least) || !IsAmount(report.Wanted) || report.Wanted < report.Least)
            return LeaseRejection.Malformed;
        if (report.Node != state.Node) return LeaseRejection.WrongNode;
        var entry = state.Find(report.Partition);
        if (entry is null)
        {
            if (state.Entries.Count >= LeasePolicy.HoldersMax) return LeaseRejection.TooManyHolders;
            return JudgeClaims(report, grant: 0, recallNumber: 0);
        }
        if (report.Epoch < entry.Epoch) return LeaseRejection.StaleEpoch;
        if (report.Epoch > entry.Epoch) return JudgeClaims(report, grant: 0, recallNumber: 0);
        if (report.Sequence < entry.Sequence) return LeaseRejection.StaleSequence;
        return report.Sequence == entry.Sequence ? LeaseRejection.None : JudgeClaims(report, entry.Grant, entry.RecallNumber);
    }

    private static LeaseRejection JudgeClaims(LeaseReport report, long grant, long recallNumber)
    {
        if (report.Held > grant) return LeaseRejection.HeldAboveGrant;
        return report.RecallAnswered > recallNumber ? LeaseRejection.RecallNotMade : LeaseRejection.None;
    }

    private LeaseDecision Reclaim(LeaseBookState state, LeaseCommand.Reclaim command)
    {
        if (command.Partition.Value < 1 || command.Epoch < 1 || !IsAmount(command.Usage)) return Rejected(state, LeaseRejection.Malformed);
        var entry = state.Find(command.Partition);
        if (entry is null && state.Entries.Count >= LeasePolicy.HoldersMax) return Rejected(state, LeaseRejection.TooManyHolders);
        if (entry is not null && command.Epoch <= entry.Epoch) return Rejected(state, LeaseRejection.NotFenced);
        var draft = new LeaseDraft(state);
        draft.Emit(new LeaseEvent.Reclaimed(command.Partition, command.Epoch, command.Usage));
        return Settled(draft);
    }

    private LeaseDecision SetLimit(LeaseBookState state, LeaseCommand.SetLimit command)
    {
        if (command.Order < 1 || !IsAmount(command.Limit)) return Rejected(state, LeaseRejection.Malformed);
        var draft = new LeaseDraft(state);
        if (command.Order > state.LimitOrder)
        {
            if (command.Limit >= state.Limit || FitsCut(state, command.Limit)) draft.Emit(new LeaseEvent.LimitInForce(command.Order, command.Limit));
            else
            {
                draft.Emit(new LeaseEvent.CutStarted(command.Order, command.Limit));
                foreach (var waiting in state.Queue.Values) draft.Emit(new LeaseEvent.TurnedDown(waiting, ReplyStatus.Recalling, 0));
            }
        }
        var settled = Settled(draft);
        return settled with { LimitAnswer = settled.State.IsCutting ? LimitAnswer.Recalling : LimitAnswer.InForce };
    }

    private LeaseDecision Remind(LeaseBookState state)
    {
        var draft = new LeaseDraft(state);
        Settle(draft);
        if (draft.State.Queue.Count > 0) RecallForHead(draft, widen: true);
        foreach (var entry in draft.State.Entries.Values)
            if (entry.IsRecalled) draft.Touch(entry.Partition);
        return Finish(draft);
    }

    private LeaseDecision Settled(LeaseDraft draft)
    {
        Settle(draft);
        return Finish(draft);
    }

    /// <summary>Carries out whatever the state now allows: a waiting cut, waiting demands in order of arrival, recalls.</summary>
    private void Settle(LeaseDraft draft)
    {
        if (draft.State.IsCutting)
        {
            if (!FitsCut(draft.State, draft.State.CutTo))
            {
                RecallOver(draft);
                return;
            }
            draft.Emit(new LeaseEvent.LimitInForce(draft.State.LimitOrder, draft.State.CutTo));
        }
        if (draft.State.ChargeSum > draft.State.Limit) RecallOver(draft);
        while (draft.State.Queue.Count > 0)
        {
            var state = draft.State;
            var head = state.Entries[state.Queue.Values.First()];
            var room = state.Limit - Needed(state, head);
            if (room >= 0)
            {
                var grant = policy.Size((long)room, head.Usage, head.Least, head.Wanted, head.Asked, state.AskedSum, state.Queue.Count > 1, state.Entries.Count);
                draft.Emit(new LeaseEvent.Granted(head.Partition, grant));
                continue;
            }
            if (RecallForHead(draft, widen: false)) return;
            var available = (long)Int128.Max(-LeasePolicy.AmountMax, state.Limit - (state.ChargeSum - head.Charge));
            draft.Emit(new LeaseEvent.TurnedDown(head.Partition, ReplyStatus.Declined, available));
        }
    }

    /// <summary>A cut may take force: what is charged fits it, or no lease remains.</summary>
    private static bool FitsCut(LeaseBookState state, long target) => state.ChargeSum <= target || state.GrantSum == 0;

    /// <summary>What all charges come to when a demand is served with no more than it needs.</summary>
    private static Int128 Needed(LeaseBookState state, LeaseEntry asking) =>
        state.ChargeSum - asking.Charge + Math.Max(asking.Least, asking.Usage);

    /// <summary>
    /// More is charged than may be, by a cut or by facts. When usage alone fits, unused grants suffice; otherwise all of them go back, so that
    /// what is repaid is not spent again above the limit.
    /// </summary>
    private static void RecallOver(LeaseDraft draft)
    {
        var everything = draft.State.UsageSum > draft.State.Target;
        foreach (var entry in draft.State.Entries.Values)
        {
            if (entry.Sequence == 0 || (everything ? entry.Grant : entry.Unused) == 0) continue;
            if (entry.IsRecalled && entry.RecallTolerance == 0 && (entry.RecallEverything || !everything)) continue;
            draft.Emit(new LeaseEvent.Recalled(entry.Partition, 0, everything));
        }
    }

    /// <summary>
    /// Recalls for the demand that waits longest: first from those with most unused, as far as is known, until that covers what lacks; then
    /// from everyone whose charge could hide something.
    /// </summary>
    /// <returns>Whether an answer is awaited; false: nothing is left to recall, the demand does not fit.</returns>
    private bool RecallForHead(LeaseDraft draft, bool widen)
    {
        var state = draft.State;
        var head = state.Entries[state.Queue.Values.First()];
        var tolerance = policy.Tolerance(state.Limit, state.Entries.Count);
        List<LeaseEntry> candidates = [];
        var open = 0;
        Int128 coming = 0;
        foreach (var entry in state.Entries.Values)
        {
            if (entry.Partition == head.Partition || entry.Sequence == 0 || entry.Charge <= tolerance) continue;
            if (entry.IsRecalled && entry.RecallNumber > head.Arrived)
            {
                open++;
                coming += entry.Unused;
            }
            else if (entry.ShrunkSince <= head.Arrived || entry.RecallTolerance > tolerance) candidates.Add(entry);
        }
        candidates.Sort((a, b) => a.Unused != b.Unused ? b.Unused.CompareTo(a.Unused) : a.Partition.CompareTo(b.Partition));
        var lacking = Needed(state, head) - state.Limit;
        foreach (var entry in candidates)
        {
            if (open >= policy.RecallsOpenMax || (coming >= lacking && !widen)) break;
            // An older recall still open is not weakened by the newer one.
            var keep = entry.IsRecalled ? Math.Min(tolerance, entry.RecallTolerance) : tolerance;
            draft.Emit(new LeaseEvent.Recalled(entry.Partition, keep, entry.IsRecalled && entry.RecallEverything));
            open++;
            coming += entry.Unused;
        }
        return open > 0;
    }

    private static LeaseDecision Finish(LeaseDraft draft)
    {
        List<LeaseReply> replies = [];
        List<LeaseRecall> recalls = [];
        foreach (var partition in draft.Answered) replies.Add(ReplyTo(draft.State, draft.State.Entries[partition]));
        foreach (var partition in draft.Recalled)
        {
            var entry = draft.State.Entries[partition];
            if (!entry.IsRecalled) continue;
            recalls.Add(new LeaseRecall(
                draft.State.Node, partition, entry.Epoch, entry.RecallNumber, entry.RecallTolerance, entry.RecallEverything, ReplyTo(draft.State, entry)));
        }
        return new LeaseDecision(draft.State, draft.Events, replies, recalls);
    }

    private static LeaseReply ReplyTo(LeaseBookState state, LeaseEntry entry) =>
        new(state.Node, entry.Partition, entry.Epoch, entry.Sequence, entry.Status, entry.Grant, entry.Available, state.Limit);

    private static LeaseDecision Rejected(LeaseBookState state, LeaseRejection rejection) => new(state, [], [], [], rejection);

    private static bool IsAmount(long amount) => amount is >= 0 and <= LeasePolicy.AmountMax;
}
