using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Leases;

namespace CreditGrains.Orleans.Partitions;

/// <summary>The leases of a partition under its epoch, and what the protocol wants done because of them, in the order in which it was decided.</summary>
internal sealed class LeaseHolding
{
    private readonly SharedUsage usage;
    private readonly Queue<HolderAct> acts = new();

    /// <summary>Begins an epoch: grants of earlier ones are void, and the acts that say so come first.</summary>
    public LeaseHolding(LeaseDeskOptions options, SharedUsage usage)
    {
        this.usage = usage;
        var opened = LeaseHolder.Open(new PartitionId(options.Partition), options.Epoch, usage.Nodes(), usage);
        State = opened.State;
        foreach (var act in opened.Acts) acts.Enqueue(act);
    }

    /// <summary>The leases and the requests on their way.</summary>
    public HolderState State { get; private set; }

    /// <summary>Whether acts wait to be carried out.</summary>
    public bool HasActs => acts.Count > 0;

    /// <summary>Whether requests wait on a node or have parts of its grant set aside: none overtakes them.</summary>
    public bool IsBusy(NodeKey node) =>
        !State.Requests.IsEmpty && State.Leases.TryGetValue(node, out var lease) && (lease.Pinned > 0 || !lease.Waiting.IsEmpty);

    /// <summary>Whether an amount fits a grant as it is used now.</summary>
    public bool Fits(LeaseNeed need, long addedBefore) => (Int128)usage.UsageOf(need.Node) + addedBefore + need.Added <= usage.GrantOf(need.Node);

    /// <summary>Decides an input; its acts wait behind those before.</summary>
    public void Decide(HolderInput input)
    {
        var decision = LeaseHolder.Decide(State, input, usage);
        State = decision.State;
        foreach (var act in decision.Acts) acts.Enqueue(act);
    }

    /// <summary>Has a request looked at in its turn.</summary>
    public void Run(long request) => acts.Enqueue(new HolderAct.Run(request));

    /// <summary>Carries out acts in order, also those that come of them.</summary>
    /// <param name="carryOut">Carries one out; false when the frame is full, and it is asked again in the next batch.</param>
    /// <returns>Whether none is left.</returns>
    public bool CarryOut(Func<HolderAct, bool> carryOut)
    {
        while (acts.TryPeek(out var act))
        {
            if (!carryOut(act)) return false;
            acts.Dequeue();
        }
        return true;
    }
}
