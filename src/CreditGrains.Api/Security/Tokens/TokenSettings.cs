namespace CreditGrains.Api.Security.Tokens;

/// <summary>Which JSON Web Tokens are accepted (RFC 7519).</summary>
public sealed record TokenSettings
{
    /// <summary>The issuer every token must name (iss).</summary>
    public required string Issuer { get; init; }

    /// <summary>The audience every token must be for (aud).</summary>
    public required string Audience { get; init; }

    /// <summary>File with the issuer's public keys as a JSON Web Key Set (RFC 7517): RSA of 2,048 bits or more, or P-256.</summary>
    public required string KeySet { get; init; }

    /// <summary>How far clocks may differ, seconds, 0 to 300; default 30.</summary>
    public int ClockSkewSeconds { get; init; } = 30;
}
