using CreditGrains.Api.Transport;

namespace CreditGrains.Api.Security.Access;

/// <summary>The refusals of a known caller. Each begins with a stable name and says how to mend it, and tells nothing of what lies outside.</summary>
internal static class Denials
{
    public static RpcException Role(Principal principal, string act, Roles need) => new(
        StatusCode.PermissionDenied,
        need == Roles.None
            ? $"RoleMissing: nobody may send {act}."
            : $"RoleMissing: {act} needs the role {string.Join(" or ", RoleNames.Of(need & ~Roles.Admin).DefaultIfEmpty("admin"))}; {principal.Id} has {string.Join(", ", RoleNames.Of(principal.Roles))}.");

    public static RpcException Scope(Principal principal, ushort tenant, ushort legalEntity) => new(
        StatusCode.PermissionDenied,
        $"OutsideScope: {principal.Id} acts for {ScopeOf(principal)}; the request names tenant {tenant}{(legalEntity == 0 ? "" : $", legal entity {legalEntity}")}.");

    public static RpcException WholeTenant(Principal principal, string act) => new(
        StatusCode.PermissionDenied,
        $"OutsideScope: {act} reaches all legal entities of a tenant; {principal.Id} acts for {ScopeOf(principal)} only.");

    public static RpcException EngineWide(Principal principal, string act) => new(
        StatusCode.PermissionDenied,
        $"OutsideScope: {act} is about the engine as a whole; {principal.Id} acts for {ScopeOf(principal)}. Use a key of all tenants.");

    public static RpcException Unlisted(Principal principal, string act) => new(
        StatusCode.PermissionDenied, $"OutsideScope: {act} has no rule that says which keys it names, so {principal.Id} may not send it; use a key of all tenants.");

    public static RpcException Method(string method) => new(StatusCode.PermissionDenied, $"RoleMissing: {method} has no rule that says who may call it.");

    private static string ScopeOf(Principal principal) => principal.Tenant == 0
        ? "all tenants"
        : $"tenant {principal.Tenant}{(principal.HasWholeTenant ? "" : $", legal entities {string.Join(", ", principal.LegalEntities)}")}";
}
