using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Security.Files;

namespace CreditGrains.Api.Security.Keys;

/// <summary>Recognises API keys and client certificates by a key file, which is read again when it changes.</summary>
public sealed class ApiKeys : IAuthenticator
{
    private readonly ConditionalWeakTable<X509Certificate2, string> hashes = [];
    private readonly WatchedFile<Known> file;
    private readonly TimeProvider clock;

    /// <summary>Reads the file.</summary>
    /// <param name="path">The key file.</param>
    /// <param name="clock">Of expiry.</param>
    /// <param name="warn">Told when a new version of the file cannot be read.</param>
    /// <exception cref="SecurityFileException">It cannot be used.</exception>
    public ApiKeys(string path, TimeProvider clock, Action<string> warn)
    {
        this.clock = clock;
        file = new WatchedFile<Known>([path], () => Known.Of(KeyFile.Read(path)), clock, warn);
    }

    /// <inheritdoc/>
    public long Generation => file.Generation;

    /// <inheritdoc/>
    public Recognition Authenticate(in Credentials credentials)
    {
        if (credentials.Authorization is not null)
        {
            return credentials.BearerToken is { } token && token.StartsWith(ApiKey.Prefix, StringComparison.Ordinal) ? ByKey(token) : Recognition.Foreign;
        }

        return credentials.Certificate is { } certificate ? ByCertificate(certificate) : Recognition.Foreign;
    }

    private Recognition ByKey(string token)
    {
        if (ApiKey.IdOf(token) is not { } id || !file.Current.Keys.TryGetValue(id, out var known) || !ApiKey.Matches(token, known.Hash))
            return Recognition.Refused("the API key is not known here");
        return Judge(known, "API key");
    }

    private Recognition ByCertificate(X509Certificate2 certificate)
    {
        var hash = hashes.GetValue(certificate, c => c.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant());
        return file.Current.Certificates.TryGetValue(hash, out var known)
            ? Judge(known, "client certificate")
            : Recognition.Refused("the client certificate has no row in the key file");
    }

    private Recognition Judge(KnownKey known, string what)
    {
        if (known.IsRevoked) return Recognition.Refused($"the {what} was revoked");
        return known.ExpiresAt <= clock.GetUtcNow() ? Recognition.Refused($"the {what} has expired") : Recognition.Of(known.Principal, known.ExpiresAt);
    }

    private sealed record KnownKey(Principal Principal, byte[] Hash, DateTimeOffset ExpiresAt, bool IsRevoked);

    private sealed record Known(FrozenDictionary<string, KnownKey> Keys, FrozenDictionary<string, KnownKey> Certificates)
    {
        public static Known Of(KeyFile file)
        {
            var keys = new Dictionary<string, KnownKey>(StringComparer.Ordinal);
            var certificates = new Dictionary<string, KnownKey>(StringComparer.Ordinal);
            foreach (var entry in file.Entries)
            {
                var known = new KnownKey(
                    entry.ToPrincipal(), Convert.FromHexString(entry.KeySha256 ?? entry.CertificateSha256!), entry.ExpiresAt ?? DateTimeOffset.MaxValue, entry.RevokedAt is not null);
                var (map, key) = entry.KeySha256 is null ? (certificates, entry.CertificateSha256!) : (keys, entry.Id);
                if (!map.TryAdd(key, known)) throw new SecurityFileException("KeyFileInvalid", $"two keys have the id '{key}'.");
            }

            return new Known(keys.ToFrozenDictionary(StringComparer.Ordinal), certificates.ToFrozenDictionary(StringComparer.Ordinal));
        }
    }
}
