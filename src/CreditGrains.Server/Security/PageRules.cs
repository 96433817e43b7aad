using CreditGrains.Api.Security.Access;

namespace CreditGrains.Server.Security;

/// <summary>Who may open a page. An endpoint without a rule is refused to all.</summary>
/// <param name="AnyOf">The roles of which a visitor must have one; null: it is open to everybody.</param>
internal sealed record PageRule(Roles? AnyOf);

/// <summary>Says who may open pages and other endpoints of the HTTP port.</summary>
public static class PageRules
{
    /// <summary>Lets everybody in: a sign-in page, a style sheet.</summary>
    public static TBuilder AllowAnyone<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new PageRule(AnyOf: null));

    /// <summary>Lets principals in who have one of these roles.</summary>
    public static TBuilder RequireRoles<TBuilder>(this TBuilder endpoint, Roles anyOf)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new PageRule(anyOf));

    /// <summary>Who visits; null on a page open to everybody when the visitor showed nothing.</summary>
    public static Principal? Principal(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<Visitor>()?.Principal;
    }
}

/// <summary>The visitor of a request.</summary>
internal sealed record Visitor(Principal Principal);
