namespace CreditGrains.Domain.Limits;

/// <summary>What a limit node stands for. Facilities are the leaves; the others may nest in any order without cycles.</summary>
public enum NodeKind : byte
{
    /// <summary>No node.</summary>
    None = 0,

    /// <summary>A credit line or loan account of one borrower in one currency.</summary>
    Facility = 1,

    /// <summary>A person or company that owes.</summary>
    Borrower = 2,

    /// <summary>A company with the borrowers that belong to it.</summary>
    Enterprise = 3,

    /// <summary>Obligors whose risk is one (connected clients).</summary>
    ObligorGroup = 4,

    /// <summary>A product line.</summary>
    Product = 5,

    /// <summary>An industry.</summary>
    Industry = 6,

    /// <summary>A region.</summary>
    Region = 7,

    /// <summary>A provider of funds (co-lending).</summary>
    Funder = 8,

    /// <summary>Any other cut of the book.</summary>
    Portfolio = 9,

    /// <summary>An asset pool; a facility has at most one as direct parent.</summary>
    Pool = 10,
}

/// <summary>
/// The key of a facility or limit node: unique within tenant, legal entity and kind. The default value is no key.
/// </summary>
/// <param name="Id">Caller's number, 1 to 2^63 − 1.</param>
/// <param name="Tenant">1 to 65,535.</param>
/// <param name="LegalEntity">1 to 65,535.</param>
/// <param name="Kind">What the node stands for.</param>
public readonly record struct NodeKey(long Id, ushort Tenant, ushort LegalEntity, NodeKind Kind)
{
    /// <summary>Whether every part is in range.</summary>
    public bool IsValid => Id > 0 && Tenant > 0 && LegalEntity > 0 && Kind is >= NodeKind.Facility and <= NodeKind.Pool;

    /// <summary>Whether the key names a facility.</summary>
    public bool IsFacility => Kind == NodeKind.Facility;

    /// <summary>The key of a facility.</summary>
    public static NodeKey Facility(ushort tenant, ushort legalEntity, long id) => new(id, tenant, legalEntity, NodeKind.Facility);

    /// <summary>Kind/tenant/entity/id, such as "Borrower/1/1/42".</summary>
    public override string ToString() => $"{Kind}/{Tenant}/{LegalEntity}/{Id}";
}
