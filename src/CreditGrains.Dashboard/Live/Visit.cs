using CreditGrains.Api.Security.Access;
using Microsoft.AspNetCore.Components.Authorization;

namespace CreditGrains.Dashboard.Live;

/// <summary>Who looks at the pages of one connection.</summary>
public sealed class Visit(AuthenticationStateProvider states)
{
    private PrincipalIdentity? identity;

    /// <summary>The visitor as of now; null when the credentials have ended and the page must be left.</summary>
    public async ValueTask<Principal?> FindAsync()
    {
        identity ??= PrincipalIdentity.Of((await states.GetAuthenticationStateAsync()).User);
        return identity?.Principal;
    }
}
