using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Alerts;
using CreditGrains.Orleans.Alerts;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Nodes;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Tests.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Tests.Alerts;

/// <summary>The register and two partitions with alerts, each of which may leave questions unanswered.</summary>
internal sealed class WatchedPartitions : IClusterGrains
{
    public WatchedPartition[] All { get; } = [new(0), new(1), new(2)];

    public IPartitionGrain Partition(int number) => All[number];

    public INodeGrain Node(NodeKey key) => throw new NotSupportedException();

    public IPoolGrain Pool(NodeKey key) => throw new NotSupportedException();
}

/// <summary>One of them.</summary>
internal sealed class WatchedPartition(int number) : RiskPartition
{
    private readonly Lock gate = new();
    private readonly AlertBook book = AlertBooks.New();
    private long sequence = PartitionMap.FirstSequenceOf(number);

    /// <summary>Whether questions get no answer.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Its newest event.</summary>
    public long Sequence => sequence;

    /// <summary>An event changes a figure of an account.</summary>
    public long Put(long account, double figure)
    {
        lock (gate)
        {
            sequence++;
            book.Put(0, AlertBooks.Account(account), figure, default, sequence, AlertBooks.Second);
            return sequence;
        }
    }

    /// <summary>Takes other rules; no event comes of it.</summary>
    public void Use(AlertRules rules)
    {
        lock (gate) book.Use(rules, sequence, AlertBooks.Second);
    }

    public override Task<Payload> RiskAsync(Payload request)
    {
        if (IsSilent) return new TaskCompletionSource<Payload>().Task;
        Assert.True(AlertWire.IsAlerts(request, out var ask));
        lock (gate) return Task.FromResult(ViewWire.Write(AlertReport.Of(new AlertDeskState(7, ClusterRules.StampOf(AlertBooks.Rules), sequence, AlertBooks.Second, null), book, ask)));
    }
}
