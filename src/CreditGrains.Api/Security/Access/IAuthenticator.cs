using System.Security.Cryptography.X509Certificates;

namespace CreditGrains.Api.Security.Access;

/// <summary>What a caller shows of itself. Never logged.</summary>
/// <param name="Authorization">The authorization header, such as "Bearer cg_…"; null when there is none.</param>
/// <param name="Certificate">The certificate of its side of the TLS connection, whose chain was checked; null when there is none.</param>
public readonly record struct Credentials(string? Authorization, X509Certificate2? Certificate)
{
    /// <summary>The token after "Bearer "; null when the header is of another scheme or missing.</summary>
    public string? BearerToken =>
        Authorization is { Length: > 7 } header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim() : null;

    /// <summary>Says only what kinds are there.</summary>
    public override string ToString() => $"Credentials(authorization: {Authorization is not null}, certificate: {Certificate is not null})";
}

/// <summary>Who was recognised, and until when that holds.</summary>
/// <param name="Principal">Who; null when the credentials are not accepted.</param>
/// <param name="Refusal">Why not, in words that may be told to the caller; null when accepted.</param>
/// <param name="ValidUntil">When the credentials end.</param>
public readonly record struct Recognition(Principal? Principal, string? Refusal, DateTimeOffset ValidUntil)
{
    /// <summary>Accepted.</summary>
    public static Recognition Of(Principal principal, DateTimeOffset? validUntil = null) => new(principal, null, validUntil ?? DateTimeOffset.MaxValue);

    /// <summary>Not accepted. The reason names no secret and no other principal.</summary>
    public static Recognition Refused(string why) => new(null, why, default);

    /// <summary>Not credentials of this authenticator's kind: another may be asked.</summary>
    public static Recognition Foreign { get; }

    /// <summary>Whether another authenticator may be asked.</summary>
    public bool IsForeign => Principal is null && Refusal is null;
}

/// <summary>Recognises callers. Thread-safe and without waiting: it runs on the path of every call.</summary>
public interface IAuthenticator
{
    /// <summary>Rises when what was accepted before may no longer be (a key revoked, a file changed): long calls ask again then.</summary>
    long Generation { get; }

    /// <summary>Recognises a caller.</summary>
    Recognition Authenticate(in Credentials credentials);
}
