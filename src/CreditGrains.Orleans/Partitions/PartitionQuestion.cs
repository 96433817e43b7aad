namespace CreditGrains.Orleans.Partitions;

/// <summary>A question to a partition.</summary>
[GenerateSerializer]
[Immutable]
[Alias("CreditGrains.PartitionQuestion")]
public readonly struct PartitionQuestion
{
    /// <summary>What is asked.</summary>
    [Id(0)]
    public QuestionKind Kind { get; init; }

    /// <summary>Key of a facility or node: number.</summary>
    [Id(1)]
    public long KeyId { get; init; }

    /// <summary>Key: tenant.</summary>
    [Id(2)]
    public ushort Tenant { get; init; }

    /// <summary>Key: legal entity.</summary>
    [Id(3)]
    public ushort LegalEntity { get; init; }

    /// <summary>Key: kind.</summary>
    [Id(4)]
    public byte NodeKind { get; init; }

    /// <summary>A sequence, writer time or first half of a request id, by kind.</summary>
    [Id(5)]
    public long First { get; init; }

    /// <summary>A count or second half of a request id, by kind.</summary>
    [Id(6)]
    public long Second { get; init; }

    /// <summary>The key.</summary>
    internal Domain.Limits.NodeKey Key => new(KeyId, Tenant, LegalEntity, (Domain.Limits.NodeKind)NodeKind);

    internal static PartitionQuestion Of(QuestionKind kind, Domain.Limits.NodeKey key, long first = 0, long second = 0) => new()
    {
        Kind = kind, KeyId = key.Id, Tenant = key.Tenant, LegalEntity = key.LegalEntity, NodeKind = (byte)key.Kind, First = first, Second = second,
    };
}

/// <summary>Kinds of question.</summary>
public enum QuestionKind
{
    /// <summary>A facility with path and open items.</summary>
    Facility = 0,

    /// <summary>A node, or a facility as one.</summary>
    Node = 1,

    /// <summary>Nodes after a key; the count in Second, the kind in First.</summary>
    Nodes = 2,

    /// <summary>The event of a sequence (First).</summary>
    Event = 3,

    /// <summary>The event of a request id (First, Second) of the key's tenant.</summary>
    EventOfRequest = 4,

    /// <summary>A page of a facility's history: before First, Second events.</summary>
    History = 5,

    /// <summary>A facility's last event at or before writer time First.</summary>
    EventAsOf = 6,

    /// <summary>How the partition is.</summary>
    Status = 8,

    /// <summary>Takes a snapshot.</summary>
    Snapshot = 9,

    /// <summary>Confirms a step of the clock.</summary>
    ConfirmClock = 10,

    /// <summary>The partition in which a facility lives.</summary>
    Home = 11,

    /// <summary>Models and policies of the key's legal entity.</summary>
    Risk = 12,

    /// <summary>The file whose hash begins with First and Second, of the key's legal entity.</summary>
    Content = 13,

    /// <summary>A pool.</summary>
    Pool = 20,

    /// <summary>Pools of a tenant after a key; the count in Second.</summary>
    Pools = 21,

    /// <summary>A pool with its loans, as of one moment.</summary>
    PoolLoans = 22,

    /// <summary>Referrals of the key's legal entity from place First; the count in Second.</summary>
    Referrals = 15,

    /// <summary>A node as of writer time First, rebuilt from snapshot and journal; asked by <see cref="IPartitionGrain.AskLongAsync"/>.</summary>
    NodeAsOf = 14,
}
