namespace CreditGrains.Api.Security.Access;

/// <summary>Who may call a method.</summary>
/// <param name="AnyOf">The roles of which a caller must have one.</param>
/// <param name="IsEngineWide">Whether it reaches beyond one tenant, so that a principal of one tenant may not call it.</param>
/// <param name="IsHealth">Whether it only tells whether the server serves, which may be opened to all by configuration.</param>
internal sealed record MethodRule(Roles AnyOf, bool IsEngineWide = false, bool IsHealth = false);
