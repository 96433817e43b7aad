using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Leases;

namespace CreditGrains.Simulation.Leases;

/// <summary>
/// One node and its partitions with every message delivered at once, one request at a time: where the bound on false declines and the count of messages
/// can be stated to the unit. Each partition keeps share-weighted sums per currency as an engine does, and rounds up on its own.
/// </summary>
internal sealed class CalmCluster
{
    private readonly LeaseBook book;
    private readonly HolderState[] holders;
    private readonly View[] views;
    private readonly Queue<object> flight = new();
    private (long Id, int Partition, int Currency, Int128 Weighted) asked;
    private HolderAct? ended;
    private long requests;

    public CalmCluster(int partitions, int currencies, long limit, LeasePolicy policy)
    {
        book = new LeaseBook(policy);
        State = LeaseBookState.Open(TinyStore.Key(0), limit);
        views = [.. Enumerable.Range(0, partitions).Select(_ => new View(new Int128[currencies]))];
        holders = new HolderState[partitions];
        for (var p = 0; p < partitions; p++)
        {
            var opened = LeaseHolder.Open(new PartitionId(p + 1), 1, [], views[p]);
            holders[p] = opened.State;
        }
    }

    public LeaseBookState State { get; private set; }

    /// <summary>Commands the node has decided.</summary>
    public long Decided { get; private set; }

    public int Partitions => holders.Length;

    /// <summary>Exact exposure of all, minor units × ppm.</summary>
    public Int128 Weighted { get; private set; }

    /// <summary>Σ of what each partition rounds up on its own.</summary>
    public long Usage { get; private set; }

    public Int128 SumOf(int partition, int currency) => views[partition].Sums[currency];

    /// <summary>Asks for an amount and waits for the answer.</summary>
    /// <param name="partition">Where.</param>
    /// <param name="currency">Which sum.</param>
    /// <param name="weighted">Minor units × ppm.</param>
    /// <returns>Whether it was approved; otherwise it was declined.</returns>
    public bool Authorize(int partition, int currency, Int128 weighted)
    {
        asked = (++requests, partition, currency, weighted);
        ended = null;
        LeaseNeed[] needs = [new(State.Node, (long)FxConversion.RoundUp(weighted))];
        if (holders[partition].Fits(needs, views[partition])) Add(partition, currency, weighted);
        else
        {
            Take(partition, new HolderInput.Plan(asked.Id, [.. needs]));
            while (flight.TryDequeue(out var message)) Deliver(message);
            if (ended is HolderAct.Decline) return false;
            LeaseChecker.Require(ended is HolderAct.Run, $"request {asked.Id} ended with {ended}");
        }
        return true;
    }

    /// <summary>Something is repaid; nobody is told.</summary>
    public void Repay(int partition, int currency, Int128 weighted) => Add(partition, currency, -weighted);

    private void Add(int partition, int currency, Int128 weighted)
    {
        var before = views[partition].UsageOf(default);
        views[partition].Sums[currency] += weighted;
        Usage += views[partition].UsageOf(default) - before;
        Weighted += weighted;
    }

    private void Deliver(object message)
    {
        switch (message)
        {
            case LeaseReport m:
                Decided++;
                var decision = book.Decide(State, new LeaseCommand.Receive(m));
                LeaseChecker.Require(decision.Rejection == LeaseRejection.None, $"{m} rejected: {decision.Rejection}");
                State = decision.State;
                foreach (var reply in decision.Replies) flight.Enqueue(reply);
                foreach (var recall in decision.Recalls) flight.Enqueue(recall);
                break;
            case LeaseReply m: Take(m.Partition.Value - 1, new HolderInput.TakeReply(m)); break;
            case LeaseRecall m: Take(m.Partition.Value - 1, new HolderInput.TakeRecall(m)); break;
            default: throw new InvalidOperationException($"no such message: {message}");
        }
    }

    private void Take(int partition, HolderInput input)
    {
        var decision = LeaseHolder.Decide(holders[partition], input, views[partition]);
        holders[partition] = decision.State;
        foreach (var act in decision.Acts)
        {
            switch (act)
            {
                case HolderAct.Send a: flight.Enqueue(a.Report); break;
                case HolderAct.Run:
                    Add(partition, asked.Currency, asked.Weighted);
                    LeaseChecker.Require(Usage <= State.Limit && views[partition].UsageOf(default) <= holders[partition].Leases[State.Node].Limit, "over its limit");
                    ended = act;
                    Take(partition, new HolderInput.Finish(asked.Id));
                    break;
                case HolderAct.Decline: ended = act; break;
                default: break;
            }
        }
    }

    private sealed class View(Int128[] sums) : IUsageView
    {
        public Int128[] Sums => sums;

        public long UsageOf(NodeKey node)
        {
            Int128 total = 0;
            foreach (var sum in sums) total += FxConversion.RoundUp(sum);
            return (long)total;
        }
    }
}
