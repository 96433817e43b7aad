using CreditGrains.Api.Security.Access;

namespace CreditGrains.Server.Security;

/// <summary>Who may open a page. An endpoint without a rule is refused to all.</summary>
/// <param name="AnyOf">The roles of which a visitor must have one; null: it is open to everybody.</param>
/// <param name="IsEngineWide">Whether it shows more than one tenant, so that a principal of one tenant may not open it.</param>
internal sealed record PageRule(Roles? AnyOf, bool IsEngineWide = false);

/// <summary>Says who may open pages and other endpoints of the HTTP port.</summary>
public static class PageRules
{
    /// <summary>Lets everybody in: a sign-in page, a style sheet.</summary>
    public static TBuilder AllowAnyone<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new PageRule(AnyOf: null));

    /// <summary>Lets principals in who have one of these roles.</summary>
    /// <param name="endpoint">What is opened.</param>
    /// <param name="anyOf">The roles.</param>
    /// <param name="isEngineWide">Whether only principals of all tenants may.</param>
    public static TBuilder RequireRoles<TBuilder>(this TBuilder endpoint, Roles anyOf, bool isEngineWide = false)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new PageRule(anyOf, isEngineWide));

    /// <summary>Who visits; null on a page open to everybody when the visitor showed nothing.</summary>
    public static Principal? Principal(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<Visitor>()?.Principal;
    }
}

/// <summary>The visitor of a request.</summary>
internal sealed record Visitor(Principal Principal);
