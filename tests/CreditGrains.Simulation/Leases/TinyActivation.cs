using System.Collections.Immutable;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Leases;

namespace CreditGrains.Simulation.Leases;

/// <summary>
/// One activation of a partition: an engine of one sum a node with the exact check, the holder, and the batch that is not flushed. Does what
/// docs/leases.md asks of a host, and no more.
/// </summary>
internal sealed class TinyActivation : IUsageView
{
    private readonly LeaseFault fault;
    private readonly Queue<HolderAct> acts = new();
    private bool isActing;

    private TinyActivation(TinyStore journal, HolderState holder, LeaseFault fault)
    {
        Memory = journal.Clone();
        Holder = holder;
        this.fault = fault;
    }

    private TinyActivation(TinyActivation from)
    {
        Memory = from.Memory.Clone();
        Holder = from.Holder;
        Batch = [.. from.Batch];
        Needs = from.Needs;
        IsDead = from.IsDead;
        fault = from.fault;
    }

    public TinyStore Memory { get; }

    public HolderState Holder { get; private set; }

    public List<TinyEntry> Batch { get; } = [];

    public ImmutableSortedDictionary<long, ImmutableArray<LeaseNeed>> Needs { get; private set; } = ImmutableSortedDictionary<long, ImmutableArray<LeaseNeed>>.Empty;

    public bool IsDead { get; private set; }

    /// <summary>Raises the epoch row and opens under it.</summary>
    public static TinyActivation Open(PartitionId partition, TinyStore store, LeaseFault fault)
    {
        store.Epoch++;
        var opened = new TinyActivation(store, new HolderState { Partition = partition, Epoch = store.Epoch }, fault);
        var nodes = Enumerable.Range(0, store.Limit.Length).Select(i => new OpenedNode(TinyStore.Key(i), store.Limit[i]));
        opened.Do(LeaseHolder.Open(partition, store.Epoch, nodes, opened));
        return opened;
    }

    public TinyActivation Clone() => new(this);

    public long UsageOf(NodeKey node) => Memory.Usage[TinyStore.Index(node)];

    public void Submit(long id, ImmutableArray<LeaseNeed> needs)
    {
        if (IsDead) return;
        Needs = Needs.Add(id, needs);
        if (Holder.Fits(needs.AsSpan(), this) || (fault == LeaseFault.GrantSurvivesEpoch && FitsEngine(id))) Execute(id);
        else Take(new HolderInput.Plan(id, needs));
    }

    public void Take(HolderInput input)
    {
        if (IsDead) return;
        CountTwice(input);
        Do(LeaseHolder.Decide(Holder, input, this));
    }

    /// <summary>A fact: usage that nobody decided, or that is repaid.</summary>
    public void Post(int node, long change)
    {
        if (IsDead) return;
        var over = change > 0 ? Math.Min(change, Memory.Usage[node] + change - Memory.Limit[node]) : change;
        if (change > 0 && over > 0 && over < change) Record(new TinyEvent(node, -1, change - over, false, 0));
        Record(new TinyEvent(node, -1, over > 0 || change < 0 ? over : change, over > 0 || change < 0, 0));
        Take(new HolderInput.Observe(TinyStore.Key(node)));
    }

    /// <summary>Appends the batch if the epoch row allows it.</summary>
    /// <returns>What may leave now.</returns>
    public List<TinyEntry> Flush(TinyStore store)
    {
        if (IsDead) return [];
        if (store.Epoch != Holder.Epoch && fault != LeaseFault.StaleEpochAccepted)
        {
            IsDead = true;
            return [];
        }
        List<TinyEntry> durable = [.. Batch];
        Batch.Clear();
        foreach (var entry in durable)
            if (entry.Event is { } happened) store.Apply(happened);
        return durable;
    }

    /// <summary>Messages that a faulty host lets out early.</summary>
    public List<LeaseReport> Leak()
    {
        if (fault != LeaseFault.ReportBeforeFlush) return [];
        List<LeaseReport> early = [.. Batch.Where(e => e.Report is not null).Select(e => e.Report!)];
        Batch.RemoveAll(e => e.Report is not null);
        return early;
    }

    private void Do(HolderDecision decision)
    {
        // Acts run in the order they were decided, also when running one decides more.
        Holder = decision.State;
        foreach (var act in decision.Acts) acts.Enqueue(act);
        if (isActing) return;
        isActing = true;
        while (acts.TryDequeue(out var act)) Do(act);
        isActing = false;
    }

    private void Do(HolderAct act)
    {
        switch (act)
        {
            case HolderAct.JournalLimit a:
                if (a.Limit == 0 && fault == LeaseFault.GrantSurvivesEpoch && Holder.Leases.GetValueOrDefault(a.Node)?.Sequence is 0 or 1) return;
                Record(new TinyEvent(TinyStore.Index(a.Node), a.Limit, 0, false, 0));
                break;
            case HolderAct.Send a: Batch.Add(new TinyEntry(null, a.Report, null)); break;
            case HolderAct.Run a:
                if (FitsEngine(a.Id))
                {
                    Execute(a.Id);
                    Take(new HolderInput.Finish(a.Id));
                }
                else Take(new HolderInput.PlanAgain(a.Id, Needs[a.Id]));
                break;
            case HolderAct.Decline a: Answer(a.Id, TinyOutcome.Declined, TinyStore.Index(a.Node), a.Limit); break;
            case HolderAct.Refuse a: Answer(a.Id, TinyOutcome.Refused, TinyStore.Index(a.Node), 0); break;
            case HolderAct.Stop: IsDead = true; break;
            default: throw new InvalidOperationException($"no such act: {act}");
        }
    }

    private bool FitsEngine(long id) => Needs[id].All(n => UsageOf(n.Node) + n.Added <= Memory.Limit[TinyStore.Index(n.Node)]);

    private void Execute(long id)
    {
        foreach (var need in Needs[id]) Record(new TinyEvent(TinyStore.Index(need.Node), -1, need.Added, false, id));
        Answer(id, TinyOutcome.Approved, -1, 0);
    }

    private void Answer(long id, TinyOutcome outcome, int node, long limit)
    {
        Batch.Add(new TinyEntry(null, null, new TinyAnswer(id, outcome, node, limit)));
        if (outcome != TinyOutcome.Approved) Needs = Needs.Remove(id);
    }

    private void Record(TinyEvent happened)
    {
        Memory.Apply(happened);
        Batch.Add(new TinyEntry(happened, null, null));
    }

    private void CountTwice(HolderInput input)
    {
        if (fault != LeaseFault.LeaseCountedTwice || input is not HolderInput.TakeReply { Reply: { Status: ReplyStatus.Granted } reply }) return;
        var lease = Holder.Leases.GetValueOrDefault(reply.Node);
        if (reply.Epoch != Holder.Epoch || lease is null || lease.Sequence != reply.Sequence || lease.IsOpen) return;
        Holder = Holder with { Leases = Holder.Leases.SetItem(reply.Node, lease with { Limit = lease.Limit + reply.Grant }) };
        Record(new TinyEvent(TinyStore.Index(reply.Node), lease.Limit + reply.Grant, 0, false, 0));
    }
}
