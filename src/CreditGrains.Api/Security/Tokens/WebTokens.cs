using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Security.Files;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CreditGrains.Api.Security.Tokens;

/// <summary>
/// Recognises bearer tokens that an identity provider signed: RS256, PS256 or ES256 by a key of the set, with issuer, audience, end and, where given, start
/// checked. A token that was accepted is remembered by its hash until it ends, so its signature is checked once and not for every call.
/// </summary>
public sealed class WebTokens : IAuthenticator
{
    private const int LengthMax = 16 * 1024;
    private const int RememberedMax = 4_096;
    private const int RsaBitsMin = 2_048;

    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = LengthMax };
    private readonly ConcurrentDictionary<TokenHash, Recognition> remembered = new();
    private readonly WatchedFile<IReadOnlyList<SecurityKey>> keys;
    private readonly TokenSettings settings;
    private readonly TimeProvider clock;
    private long rememberedOf;

    /// <summary>Reads the key set.</summary>
    /// <param name="settings">Which tokens are accepted.</param>
    /// <param name="clock">Of their start and end.</param>
    /// <param name="warn">Told when a new version of the key set cannot be read.</param>
    /// <exception cref="SecurityFileException">The settings or the key set cannot be used.</exception>
    public WebTokens(TokenSettings settings, TimeProvider clock, Action<string> warn)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Issuer.Length == 0 || settings.Audience.Length == 0) throw new SecurityFileException("SecurityFileInvalid", "tokens need an issuer and an audience.");
        if (settings.ClockSkewSeconds is < 0 or > 300) throw new SecurityFileException("SecurityFileInvalid", $"tokens.clockSkewSeconds is {settings.ClockSkewSeconds}; use 0 to 300.");
        this.settings = settings;
        this.clock = clock;
        keys = new WatchedFile<IReadOnlyList<SecurityKey>>([settings.KeySet], () => Read(settings.KeySet), clock, warn);
    }

    /// <inheritdoc/>
    public long Generation => keys.Generation;

    /// <inheritdoc/>
    public Recognition Authenticate(in Credentials credentials)
    {
        if (credentials.BearerToken is not { } token || token.AsSpan().Count('.') != 2) return Recognition.Foreign;
        if (token.Length > LengthMax) return Recognition.Refused($"the token is longer than {LengthMax} characters");
        var generation = keys.Generation;
        if (Interlocked.Exchange(ref rememberedOf, generation) != generation) remembered.Clear();
        var hash = TokenHash.Of(token);
        if (remembered.TryGetValue(hash, out var known))
        {
            if (clock.GetUtcNow() < known.ValidUntil) return known;
            remembered.TryRemove(hash, out _);
            return Recognition.Refused("the token has expired");
        }

        var recognition = Validate(token);
        if (recognition.Principal is null) return recognition;
        if (remembered.Count >= RememberedMax) remembered.Clear();
        remembered[hash] = recognition;
        return recognition;
    }

    private Recognition Validate(string token)
    {
        // Keys are at hand, so nothing is waited for.
        var result = handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.EcdsaSha256],
            ValidTypes = ["JWT", "at+jwt"],
            TypeValidator = (type, _, _) => type is null or "JWT" or "at+jwt" ? type ?? "JWT" : throw new SecurityTokenInvalidTypeException("typ"),
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ValidIssuer = settings.Issuer,
            ValidAudience = settings.Audience,
            IssuerSigningKeys = keys.Current,
            TryAllIssuerSigningKeys = true,
            LifetimeValidator = (start, end, _, _) => IsWithin(start, end),
        }).GetAwaiter().GetResult();
        if (!result.IsValid) return Recognition.Refused($"the token is not accepted ({Why(result.Exception)})");
        var read = (JsonWebToken)result.SecurityToken;
        return TokenClaims.Read(read, new DateTimeOffset(DateTime.SpecifyKind(read.ValidTo, DateTimeKind.Utc)).AddSeconds(settings.ClockSkewSeconds));
    }

    private bool IsWithin(DateTime? start, DateTime? end)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var skew = TimeSpan.FromSeconds(settings.ClockSkewSeconds);
        return end is { } until && until > now - skew && (start is not { } from || from <= now + skew);
    }

    private static string Why(Exception? e) => e switch
    {
        SecurityTokenInvalidLifetimeException or SecurityTokenExpiredException or SecurityTokenNotYetValidException or SecurityTokenNoExpirationException => "outside its time",
        SecurityTokenInvalidIssuerException => "another issuer",
        SecurityTokenInvalidAudienceException => "another audience",
        SecurityTokenInvalidAlgorithmException => "its algorithm",
        SecurityTokenSignatureKeyNotFoundException => "signed by a key not in the set",
        _ => "not signed as asked, or malformed",
    };

    private static List<SecurityKey> Read(string path)
    {
        try
        {
            var set = new JsonWebKeySet(File.ReadAllText(path));
            var read = set.Keys.Where(key => key.Kty is "RSA" or "EC").Cast<SecurityKey>().ToList();
            if (read.Count == 0) throw new SecurityFileException("KeySetInvalid", $"'{path}' holds no RSA or EC key.");
            foreach (var key in set.Keys)
            {
                if (key.HasPrivateKey || key.Kty == "oct") throw new SecurityFileException("KeySetInvalid", $"'{path}' holds a private or shared key; give the public keys only.");
                if (key.Kty == "RSA" && key.KeySize < RsaBitsMin) throw new SecurityFileException("KeySetInvalid", $"'{path}' holds an RSA key of {key.KeySize} bits; at least {RsaBitsMin} are needed.");
            }

            return read;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or FormatException)
        {
            throw new SecurityFileException("KeySetInvalid", $"'{path}' is no JSON Web Key Set: {e.Message}", e);
        }
    }

    private readonly record struct TokenHash(UInt128 High, UInt128 Low)
    {
        public static TokenHash Of(string token)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
            return new TokenHash(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash), System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));
        }
    }
}
