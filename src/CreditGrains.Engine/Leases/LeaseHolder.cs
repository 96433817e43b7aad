namespace CreditGrains.Engine.Leases;

/// <summary>
/// The partition side of the lease protocol (docs/leases.md). Pure: state and input give state and acts. A request acquires its nodes in one
/// order, each set aside until all are there; when one is turned down the rest goes back. Safety rests on: a limit is lowered in the journal before
/// it is told; it is raised only by a reply to the last report of this epoch; an epoch begins with every limit at nothing.
/// </summary>
public static class LeaseHolder
{
    /// <summary>
    /// Begins an epoch: grants of earlier ones are void. The acts are journaled before any request is decided. Only a node whose grant facts went above hears of it at once; the others count the earlier
    /// grant, which is at least the usage, until a request needs them or they recall it.
    /// </summary>
    /// <param name="partition">The partition.</param>
    /// <param name="epoch">Its new epoch, from 1; its row was raised before the journal was read.</param>
    /// <param name="nodes">Every shared node that has a row in the partition.</param>
    /// <param name="usage">Exposures as read from the journal.</param>
    public static HolderDecision Open(PartitionId partition, long epoch, IEnumerable<OpenedNode> nodes, IUsageView usage)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partition.Value, 1, nameof(partition));
        ArgumentOutOfRangeException.ThrowIfLessThan(epoch, 1);
        var draft = new HolderDraft(new HolderState { Partition = partition, Epoch = epoch }, usage);
        foreach (var node in nodes.OrderBy(n => n.Node, LeaseOrder.Instance))
        {
            if (node.Limit > 0) draft.SetLimit(node.Node, 0);
            if (draft.UsageOf(node.Node) > node.Limit) draft.Report(node.Node);
        }
        return new HolderDecision(draft.State, draft.Acts);
    }

    /// <summary>Decides one input.</summary>
    /// <exception cref="ArgumentException">A request id that is in hand already (Plan) or is not (Finish, PlanAgain); needs out of range.</exception>
    public static HolderDecision Decide(HolderState state, HolderInput input, IUsageView usage)
    {
        var draft = new HolderDraft(state, usage);
        if (state.IsFenced) draft.Act(new HolderAct.Stop());
        else Take(draft, input);
        return new HolderDecision(draft.State, draft.Acts);
    }

    private static void Take(HolderDraft draft, HolderInput input)
    {
        switch (input)
        {
            case HolderInput.Plan i: HolderPath.Begin(draft, i.Id, i.Needs, attempts: 1); break;
            case HolderInput.PlanAgain i: HolderPath.BeginAgain(draft, i.Id, i.Needs); break;
            case HolderInput.Finish i: HolderPath.Finish(draft, i.Id); break;
            case HolderInput.Abandon i: HolderPath.Abandon(draft, i.Id); break;
            case HolderInput.TakeReply i: TakeReply(draft, i.Reply); break;
            case HolderInput.TakeRecall i: TakeRecall(draft, i.Recall); break;
            case HolderInput.Observe i: Observe(draft, i); break;
            case HolderInput.ReturnIdle i: ReturnIdle(draft, i); break;
            case HolderInput.Resend:
                foreach (var lease in draft.State.Leases.Values)
                    if (lease is { IsOpen: true, LastReport: not null }) draft.Act(new HolderAct.Send(lease.LastReport));
                break;
            default: throw new ArgumentOutOfRangeException(nameof(input), input, "no such input");
        }
    }

    private static void TakeReply(HolderDraft draft, LeaseReply reply)
    {
        if (reply.Partition != draft.State.Partition) return;
        if (reply.Status == ReplyStatus.Fenced)
        {
            if (reply.Epoch > draft.State.Epoch) draft.Fence();
            return;
        }
        var lease = draft.Lease(reply.Node);
        if (reply.Epoch != draft.State.Epoch || reply.Sequence != lease.Sequence || !lease.IsOpen || reply.Status == ReplyStatus.Waiting) return;
        var covered = lease.IsAsking ? Math.Min(lease.Covered, lease.Waiting.Count) : 0;
        draft.Put(lease with { IsOpen = false, LastReport = null, IsAsking = false, Covered = 0 });
        switch (reply.Status)
        {
            case ReplyStatus.Granted:
                HolderPath.Raise(draft, reply);
                break;
            case ReplyStatus.Declined:
                foreach (var id in lease.Waiting.Take(covered)) HolderPath.DeclineIfAbove(draft, id, reply);
                break;
            case ReplyStatus.Recalling:
                foreach (var id in lease.Waiting) HolderPath.TurnDown(draft, draft.Request(id), new HolderAct.Refuse(id, reply.Node));
                break;
            default: break;
        }
        HolderPath.Serve(draft, reply.Node);
    }

    private static void TakeRecall(HolderDraft draft, LeaseRecall recall)
    {
        if (recall.Partition != draft.State.Partition || recall.Epoch > draft.State.Epoch) return;
        var lease = draft.Lease(recall.Node);
        if (recall.Epoch < draft.State.Epoch)
        {
            // The node still counts a grant of an earlier epoch: by the first report of this one it lets go of it.
            if (lease.Sequence == 0) draft.Report(recall.Node);
            return;
        }
        TakeReply(draft, recall.LastReply);
        lease = draft.Lease(recall.Node);
        if (recall.Number < lease.RecallSeen) return;
        if (recall.Number == lease.RecallSeen)
        {
            // The node has not heard the answer.
            if (lease is { IsOpen: true, LastReport: not null }) draft.Act(new HolderAct.Send(lease.LastReport));
            return;
        }
        draft.Put(lease with { RecallSeen = recall.Number, RecallTolerance = recall.Tolerance, RecallEverything = recall.Everything });
        draft.AnswerRecall(recall.Node);
    }

    private static void Observe(HolderDraft draft, HolderInput.Observe input)
    {
        var lease = draft.Lease(input.Node);
        var charge = Math.Max(lease.Limit, draft.UsageOf(input.Node));
        if (charge != lease.Reported) draft.Report(input.Node);
        if (!lease.Waiting.IsEmpty) HolderPath.Serve(draft, input.Node);
    }

    private static void ReturnIdle(HolderDraft draft, HolderInput.ReturnIdle input)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(input.Keep);
        var lease = draft.Lease(input.Node);
        var target = draft.With(lease, 0) + input.Keep;
        if (!lease.Waiting.IsEmpty || lease.Limit <= target) return;
        draft.SetLimit(input.Node, (long)target);
        draft.Report(input.Node);
    }
}
