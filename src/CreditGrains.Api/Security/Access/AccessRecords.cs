using CreditGrains.Api.Security.Approvals;
using CreditGrains.Api.Security.Audit;
using CreditGrains.Api.Security.Vault;

namespace CreditGrains.Api.Security.Access;

/// <summary>What a server keeps beside its engine; each may be missing.</summary>
public sealed record AccessRecords
{
    /// <summary>Who did what; shows its entries to <see cref="Approvals"/> and <see cref="Reviews"/>. Null: nothing is kept.</summary>
    public AuditLog? Audit { get; init; }

    /// <summary>Changes that need a second person; needs <see cref="Audit"/>. Null: none do.</summary>
    public ChangeApprovals? Approvals { get; init; }

    /// <summary>Who asked for reviews and decided them; with an audit log also before this start.</summary>
    public ReviewTrail Reviews { get; init; } = new();

    /// <summary>Personal data. Null: none is kept.</summary>
    public PersonalVault? Vault { get; init; }
}
