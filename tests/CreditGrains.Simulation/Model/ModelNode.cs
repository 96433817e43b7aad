using System.Numerics;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Queries;
using CreditGrains.Simulation.Model.Loans;

namespace CreditGrains.Simulation.Model;

/// <summary>A limit node as commands set it up. What is below it, and what it counts, is looked up in the graph each time.</summary>
internal class ModelNode(NodeKey key, Currency currency, ExposureBasis basis, Ceiling ceiling)
{
    public const int VelocityLimitsMax = 4;
    public const int ParentsMax = 8;
    public const int AncestorsMax = 16;

    public NodeKey Key { get; } = key;

    public Currency Currency { get; } = currency;

    public ExposureBasis Basis { get; } = basis;

    public Ceiling Ceiling { get; set; } = ceiling;

    public NodeStatus Status { get; set; }

    public List<ParentShare> Parents { get; set; } = [];

    public List<ModelVelocity> Velocity { get; } = [];

    /// <summary>Review threshold; null is none.</summary>
    public BigInteger? Review { get; set; }
}

/// <summary>A facility with its balances and open items.</summary>
internal sealed class ModelFacility(NodeKey key, Currency currency, ExposureBasis basis, Ceiling ceiling, bool creditAddsHeadroom)
    : ModelNode(key, currency, basis, ceiling)
{
    public const int OpenItemsMax = 1_000;
    public const int SubLimitsMax = 8;

    public bool CreditAddsHeadroom { get; } = creditAddsHeadroom;

    public Purse Purse { get; set; } = new();

    /// <summary>Open items by the sequence that names them.</summary>
    public SortedDictionary<long, ModelItem> Items { get; } = [];

    public List<ModelSubLimit> SubLimits { get; } = [];

    /// <summary>Loans by the sequence that names them.</summary>
    public SortedDictionary<long, ModelLoan> Loans { get; } = [];

    /// <summary>What happened to each loan, ended ones too: to run it again without a payment.</summary>
    public Dictionary<long, List<LoanEntry>> LoanLog { get; } = [];

    /// <summary>Sequence of its newest event.</summary>
    public long LastSequence { get; set; }

    /// <summary>
    /// The path in which it still counts while a large change of the graph is under way and its slice has not come;
    /// null counts by the graph as it is.
    /// </summary>
    public SharePath? CountedPath { get; set; }

    public ModelItem? Open(long reference, OpenItemKind kind) =>
        Items.TryGetValue(reference, out ModelItem? item) && item.Kind == kind ? item : null;
}

/// <summary>An open hold, float or referral.</summary>
internal sealed class ModelItem
{
    public required long Reference { get; init; }

    public required OpenItemKind Kind { get; init; }

    public required BigInteger Amount { get; set; }

    public required BigInteger Remaining { get; set; }

    /// <summary>End, writer time; 0 is none.</summary>
    public required long End { get; set; }

    public Channel Channel { get; init; }

    public ushort Category { get; init; }

    /// <summary>Referral: the kind of request that waits.</summary>
    public CommandKind ReferredKind { get; init; }

    /// <summary>Referral of an IncreaseHold: the hold.</summary>
    public long HoldReference { get; init; }

    /// <summary>Referral: lifetime the request asked for, seconds.</summary>
    public int LifetimeSeconds { get; init; }

    public bool IsDue(long now) => End != 0 && End <= now;
}
