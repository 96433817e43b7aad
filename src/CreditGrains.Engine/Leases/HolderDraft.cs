using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Leases;

/// <summary>One decision of a holder in the making: the state so far, the acts so far, and the moves they are made of.</summary>
internal sealed class HolderDraft(HolderState state, IUsageView usage)
{
    private readonly List<HolderAct> acts = [];

    public HolderState State { get; private set; } = state;

    public IReadOnlyList<HolderAct> Acts => acts;

    public void Act(HolderAct act) => acts.Add(act);

    public void Fence()
    {
        State = State with { IsFenced = true };
        Act(new HolderAct.Stop());
    }

    public NodeLease Lease(NodeKey node) => State.Leases.GetValueOrDefault(node) ?? new NodeLease { Node = node };

    public PathRequest Request(long id) => State.Requests[id];

    public void Put(NodeLease lease) => State = State with { Leases = State.Leases.SetItem(lease.Node, lease) };

    public void Put(PathRequest request) => State = State with { Requests = State.Requests.SetItem(request.Id, request) };

    public void Remove(PathRequest request) => State = State with { Requests = State.Requests.Remove(request.Id) };

    public long UsageOf(NodeKey node) => Math.Min(LeasePolicy.AmountMax, usage.UsageOf(node));

    /// <summary>Usage, what is set aside, and something more.</summary>
    public Int128 With(NodeLease lease, long added) => (Int128)UsageOf(lease.Node) + lease.Pinned + added;

    public long AddedBy(long id)
    {
        var request = Request(id);
        return request.Needs[request.Position].Added;
    }

    public void SetLimit(NodeKey node, long limit)
    {
        Put(Lease(node) with { Limit = limit });
        Act(new HolderAct.JournalLimit(node, limit));
    }

    /// <summary>Sends the whole view of one node under a new sequence, which gives up replies to the ones before.</summary>
    public void Report(NodeKey node)
    {
        var lease = Lease(node);
        Int128 least = 0, wanted = 0;
        if (!lease.Waiting.IsEmpty)
        {
            least = With(lease, AddedBy(lease.Waiting[0]));
            wanted = With(lease, 0);
            foreach (var id in lease.Waiting) wanted += AddedBy(id);
        }
        var asks = least > lease.Limit;
        var report = new LeaseReport(
            node, State.Partition, State.Epoch, lease.Sequence + 1, lease.Limit, UsageOf(node),
            asks ? (long)least : 0, asks ? (long)Int128.Min(LeasePolicy.AmountMax, wanted) : 0, lease.RecallAnswered);
        Put(lease with
        {
            Sequence = report.Sequence,
            LastReport = report,
            Reported = Math.Max(report.Held, report.Usage),
            IsOpen = true,
            IsAsking = asks,
            Covered = lease.IsAsking ? Math.Min(lease.Covered, lease.Waiting.Count) : lease.Waiting.Count,
        });
        Act(new HolderAct.Send(report));
    }

    /// <summary>Carries out a recall as far as what is set aside allows; counts as answered when nothing stands in the way.</summary>
    public void AnswerRecall(NodeKey node)
    {
        var lease = Lease(node);
        if (lease.RecallSeen <= lease.RecallAnswered) return;
        var keep = lease.RecallEverything ? 0 : (Int128)UsageOf(node) + lease.RecallTolerance;
        var pinned = lease.Pinned > 0 ? With(lease, 0) : 0;
        var target = Int128.Max(keep, pinned);
        var isLowered = lease.Limit > target;
        if (isLowered) SetLimit(node, (long)target);
        lease = Lease(node);
        var isDone = lease.Pinned == 0 || lease.Limit <= keep;
        if (isDone) Put(lease with { RecallAnswered = lease.RecallSeen });
        if (isDone || isLowered) Report(node);
    }
}
