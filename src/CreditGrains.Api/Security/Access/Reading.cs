using CreditGrains.Api.Transport;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Api.Security.Access;

/// <summary>Whether a principal may read a part of the book.</summary>
internal static class Reading
{
    /// <exception cref="RpcException">PermissionDenied: it may read nothing.</exception>
    public static void Demand(Principal principal)
    {
        if (!principal.HasAny(Roles.Read)) throw Denials.Role(principal, "a query", Roles.Read);
    }

    /// <exception cref="RpcException">PermissionDenied: not of this tenant.</exception>
    public static void Demand(Principal principal, ushort tenant)
    {
        Demand(principal);
        if (!principal.Covers(tenant)) throw Denials.Scope(principal, tenant, 0);
    }

    /// <exception cref="RpcException">PermissionDenied: not of this tenant or legal entity.</exception>
    public static void Demand(Principal principal, NodeKey key)
    {
        Demand(principal);
        if (!principal.Covers(key)) throw Denials.Scope(principal, key.Tenant, key.LegalEntity);
    }
}
