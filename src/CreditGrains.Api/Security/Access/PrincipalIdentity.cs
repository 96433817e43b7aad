using System.Security.Claims;

namespace CreditGrains.Api.Security.Access;

/// <summary>Who visits the pages, as ASP.NET Core carries identities. A page may stay open for hours, so it is asked anew each time whether the credentials still hold.</summary>
/// <param name="recognise">Recognises the visitor's credentials as of now; null when they are not accepted any more.</param>
/// <param name="id">See <see cref="Principal.Id"/>.</param>
public sealed class PrincipalIdentity(Func<Principal?> recognise, string id) : ClaimsIdentity([new Claim(DefaultNameClaimType, id)], "CreditGrains")
{
    /// <summary>The visitor; null when the credentials have ended.</summary>
    public Principal? Principal => recognise();

    /// <summary>The identity of a user; null when there is none.</summary>
    public static PrincipalIdentity? Of(ClaimsPrincipal user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return user.Identities.OfType<PrincipalIdentity>().FirstOrDefault();
    }
}
