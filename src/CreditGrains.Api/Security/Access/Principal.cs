using CreditGrains.Domain.Limits;

namespace CreditGrains.Api.Security.Access;

/// <summary>
/// Who calls: a name, roles, and the part of the book they hold for. Immutable; made by an authenticator, never by a caller's message.
/// </summary>
public sealed class Principal
{
    /// <summary>Longest <see cref="Id"/>, characters: as long as a maker or checker of an activation may be.</summary>
    public const int IdLengthMax = 64;

    private readonly ushort[] legalEntities;

    /// <summary>Makes a principal.</summary>
    /// <param name="id">See <see cref="Id"/>.</param>
    /// <param name="roles">At least one.</param>
    /// <param name="tenant">See <see cref="Tenant"/>.</param>
    /// <param name="legalEntities">See <see cref="LegalEntities"/>.</param>
    /// <exception cref="ArgumentException">The id is empty, too long or holds other than letters, digits and <c>. _ - : @ /</c>; there is no role; or entities are given without a tenant.</exception>
    public Principal(string id, Roles roles, ushort tenant, IReadOnlyList<ushort>? legalEntities = null)
    {
        if (!IsId(id)) throw new ArgumentException($"'{id}' is no principal's id: use 1 to {IdLengthMax} letters, digits and . _ - : @ /", nameof(id));
        if ((roles & RoleNames.All) == Roles.None || (roles & ~RoleNames.All) != 0) throw new ArgumentException($"principal '{id}' has no role", nameof(roles));
        this.legalEntities = [.. legalEntities ?? []];
        if (tenant == 0 && this.legalEntities.Length > 0) throw new ArgumentException($"principal '{id}' has legal entities without a tenant", nameof(legalEntities));
        if (this.legalEntities.Contains((ushort)0)) throw new ArgumentException($"principal '{id}' has legal entity 0; use 1 to 65535", nameof(legalEntities));
        Id = id;
        Tenant = tenant;
        Roles = (roles & Roles.Admin) != 0 ? RoleNames.All : roles;
    }

    /// <summary>The caller where nothing is checked: a server opened to its own machine with --open. May do everything.</summary>
    public static Principal Local { get; } = new("local", Roles.Admin, tenant: 0);

    /// <summary>Stable name, such as <c>key:core-banking</c>; stands in the audit log and beside proposals.</summary>
    public string Id { get; }

    /// <summary>What it may do; with <see cref="Roles.Admin"/> all others are set too.</summary>
    public Roles Roles { get; }

    /// <summary>The one tenant it acts for, 1 to 65,535; 0 is every tenant and the engine as a whole.</summary>
    public ushort Tenant { get; }

    /// <summary>The legal entities of the tenant it acts for; empty is all of them.</summary>
    public IReadOnlyList<ushort> LegalEntities => legalEntities;

    /// <summary>Whether it acts for all legal entities of its tenant.</summary>
    public bool HasWholeTenant => legalEntities.Length == 0;

    /// <summary>Whether it has one of these roles.</summary>
    public bool HasAny(Roles roles) => (Roles & roles) != 0;

    /// <summary>Whether it acts for a tenant, or at least part of it.</summary>
    public bool Covers(ushort tenant) => Tenant == 0 || Tenant == tenant;

    /// <summary>Whether it acts for a legal entity of a tenant.</summary>
    public bool Covers(ushort tenant, ushort legalEntity) =>
        Covers(tenant) && (legalEntities.Length == 0 || Array.IndexOf(legalEntities, legalEntity) >= 0);

    /// <summary>Whether it acts for the tenant and legal entity of a key.</summary>
    public bool Covers(NodeKey key) => Covers(key.Tenant, key.LegalEntity);

    /// <summary>Whether a text may be a principal's id.</summary>
    public static bool IsId(string? id) =>
        id is { Length: > 0 and <= IdLengthMax } && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or ':' or '@' or '/');

    /// <inheritdoc/>
    public override string ToString() => Id;
}
