using CreditGrains.Domain.Limits;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Nodes;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Tests.Nodes;

/// <summary>Partitions as a node sees them when it deals a velocity limit: an allowance, and what their windows hold. And storage that keeps what is written.</summary>
internal sealed class DealtPartitions : IClusterGrains, IPersistentState<NodeState>
{
    private readonly Dictionary<int, DealtPartition> partitions = [];

    public NodeState State { get; set; } = new();

    public string? Etag => null;

    public bool RecordExists => true;

    public IEnumerable<DealtPartition> All => partitions.Values;

    public DealtPartition Of(int number)
    {
        if (!partitions.TryGetValue(number, out var partition)) partitions[number] = partition = new DealtPartition(number);
        return partition;
    }

    public IPartitionGrain Partition(int number) => Of(number);

    public INodeGrain Node(NodeKey key) => throw new NotSupportedException();

    public IPoolGrain Pool(NodeKey key) => throw new NotSupportedException();

    public Task ReadStateAsync() => Task.CompletedTask;

    public Task WriteStateAsync() => Task.CompletedTask;

    public Task ClearStateAsync() => throw new NotSupportedException();
}

/// <summary>One of them, with one window.</summary>
internal sealed class DealtPartition(int number) : IPartitionGrain
{
    public int Number => number;

    /// <summary>What it may have in its window.</summary>
    public long Allowance { get; private set; }

    /// <summary>What its window holds.</summary>
    public long Used { get; set; }

    /// <summary>Recalls it has heard.</summary>
    public int Recalls { get; private set; }

    /// <summary>Recalls fail.</summary>
    public bool IsSilent { get; set; }

    public long VoidUpTo { get; private set; }

    /// <summary>Takes an answer, unless it is void.</summary>
    public void Take(long question, VelocityShare share)
    {
        if (question > VoidUpTo) Allowance = Math.Max(Allowance, share.Amount);
    }

    public Task<Payload> GiveBackVelocityAsync(Payload asked)
    {
        if (IsSilent) throw new TimeoutException("It does not answer.");
        var recall = ViewWire.Read<VelocityRecall>(asked)!;
        Recalls++;
        VoidUpTo = Math.Max(VoidUpTo, recall.Answered);
        Allowance = recall.IsAll ? 0 : Math.Min(Allowance, Used);
        return Task.FromResult(ViewWire.Write(new VelocityPart(recall.WindowSeconds, number, Used, -1)));
    }

    public Task<Payload> ExecuteAsync(Payload commands) => throw new NotSupportedException();

    public Task<Payload> AskAsync(PartitionQuestion question) => throw new NotSupportedException();

    public Task<Payload> AskLongAsync(PartitionQuestion question) => throw new NotSupportedException();

    public Task<Payload> PoolAsync(Payload request) => throw new NotSupportedException();

    public Task<Payload> RiskAsync(Payload request) => throw new NotSupportedException();

    public Task<Payload> TermsAsync(Payload nodes) => throw new NotSupportedException();

    public Task<int[]> SignpostAsync(Payload facilities, int[] homes) => throw new NotSupportedException();

    public Task TakeLeaseReplyAsync(Payload reply) => throw new NotSupportedException();

    public Task TakeLeaseRecallAsync(Payload recall) => throw new NotSupportedException();

    public Task WakeAsync() => throw new NotSupportedException();
}
