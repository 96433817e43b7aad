using CreditGrains.Api.Security.Access;

namespace CreditGrains.Api.Security.Keys;

/// <summary>One row of a key file: a principal and what it is known by. Immutable.</summary>
public sealed record KeyEntry
{
    /// <summary>Of an API key, the part that names it; of a certificate, the first twelve digits of its hash.</summary>
    public required string Id { get; init; }

    /// <summary>The principal's name, unique among the rows in force.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the API key, lower-case hex; null for a certificate.</summary>
    public string? KeySha256 { get; init; }

    /// <summary>SHA-256 of the client certificate (DER), lower-case hex; null for an API key.</summary>
    public string? CertificateSha256 { get; init; }

    /// <summary>Names of roles.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>1 to 65,535; 0 is all tenants.</summary>
    public required ushort Tenant { get; init; }

    /// <summary>Legal entities of the tenant; empty is all.</summary>
    public IReadOnlyList<ushort> LegalEntities { get; init; } = [];

    /// <summary>When the row was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>From when on it is refused; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked; null when it is in force.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The principal of the row.</summary>
    /// <exception cref="SecurityFileException">A field is out of range.</exception>
    internal Principal ToPrincipal()
    {
        var roles = Access.Roles.None;
        foreach (var name in Roles)
        {
            var role = RoleNames.Parse(name);
            if (role == Access.Roles.None) throw new SecurityFileException("KeyFileInvalid", $"key '{Name}' has the role '{name}'; use {string.Join(", ", RoleNames.Names)}.");
            roles |= role;
        }

        try
        {
            return new Principal($"{(KeySha256 is null ? "certificate" : "key")}:{Name}", roles, Tenant, LegalEntities);
        }
        catch (ArgumentException e)
        {
            throw new SecurityFileException("KeyFileInvalid", $"{e.Message}.", e);
        }
    }
}
