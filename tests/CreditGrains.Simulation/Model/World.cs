using System.Numerics;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Simulation.Model;

/// <summary>A dated exchange rate.</summary>
internal sealed record ModelRate(BigInteger Nano, long ValidUntil);

/// <summary>What an event did, kept to answer repeats and to undo it.</summary>
internal sealed class Entry
{
    public required EventRecord Event { get; init; }

    public required Command Command { get; init; }

    /// <summary>The facility it worked on; null when there was none.</summary>
    public ModelFacility? Facility { get; init; }

    /// <summary>The parts of a repayment it allocated; null when it allocated none.</summary>
    public Allocation? Allocation { get; init; }

    /// <summary>ResolveReferral, accepted: the kind of request it carried out; None for others.</summary>
    public CommandKind AcceptedKind { get; init; }

    /// <summary>Whether a reversal undid it.</summary>
    public bool Undone { get; set; }
}

/// <summary>Everything the model knows, in plain dictionaries.</summary>
internal sealed class World
{
    public SortedDictionary<NodeKey, ModelNode> Nodes { get; } = new(KeyOrder.Instance);

    public Dictionary<(ushort Tenant, ushort LegalEntity, Currency From, Currency To), ModelRate> Rates { get; } = [];

    public Dictionary<(ushort Tenant, ushort LegalEntity), int> BusinessDays { get; } = [];

    /// <summary>What borrowers owe to all banks, and what of it is over 90 days late.</summary>
    public Dictionary<NodeKey, (BigInteger Total, BigInteger Over90Days)> BankDebts { get; } = [];

    /// <summary>Loan products that the journal has held.</summary>
    public Dictionary<UInt128, LoanProduct> Products { get; } = [];

    /// <summary>The catalogue of features in force; empty for none.</summary>
    public byte[] Catalogue { get; set; } = [];

    /// <summary>Of a drawdown whose product was never journaled, because it was declined: the fault that the journal gives.</summary>
    public LoanFault UnknownProductFault { get; set; }

    public Dictionary<long, Entry> Entries { get; } = [];

    public Dictionary<(ushort Tenant, RequestId Id), Entry> Ids { get; } = [];

    /// <summary>Ids reversed before they came, with the reversal.</summary>
    public Dictionary<(ushort Tenant, RequestId Id), Entry> Tombstones { get; } = [];

    public Dictionary<(ushort Tenant, ulong Session), long> Sessions { get; } = [];

    public long LastSequence { get; set; }

    public long LastRecordedAt { get; set; }

    public ModelNode? Node(NodeKey key) => Nodes.GetValueOrDefault(key);

    public ModelFacility? Facility(NodeKey key) => Node(key) as ModelFacility;

    public IEnumerable<ModelFacility> Facilities(ushort tenant) =>
        Nodes.Values.OfType<ModelFacility>().Where(facility => facility.Key.Tenant == tenant);

    public bool HasChildren(NodeKey key) => Nodes.Values.Any(node => node.Parents.Exists(link => link.Parent == key));
}

/// <summary>Tenant, then kind, legal entity, id: the order of a path.</summary>
internal sealed class KeyOrder : IComparer<NodeKey>
{
    public static readonly KeyOrder Instance = new();

    public int Compare(NodeKey x, NodeKey y) =>
        (x.Tenant, x.Kind, x.LegalEntity, x.Id).CompareTo((y.Tenant, y.Kind, y.LegalEntity, y.Id));
}
