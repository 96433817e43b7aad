using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace CreditGrains.Api.Security.Keys;

/// <summary>
/// An API key: <c>cg_</c>, twelve hex digits that name it, <c>_</c> and 256 random bits in URL-safe base64. Only the SHA-256 of it is kept, which is
/// enough for a random key: there is nothing to guess, so nothing to slow down.
/// </summary>
public static class ApiKey
{
    /// <summary>What every key begins with.</summary>
    public const string Prefix = "cg_";

    private const int IdLength = 12;
    private const int SecretBytes = 32;
    private const int SecretLength = 43;
    private const int Length = 3 + IdLength + 1 + SecretLength;

    /// <summary>Makes a key from the system's secure source of chance.</summary>
    public static string Create()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength / 2));
        return $"{Prefix}{id}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}";
    }

    /// <summary>The part that names a key and may be shown; null when the text is no key.</summary>
    public static string? IdOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Length == Length && key.StartsWith(Prefix, StringComparison.Ordinal) && key[3 + IdLength] == '_' ? key.Substring(3, IdLength) : null;
    }

    /// <summary>What is kept of a key, 32 bytes.</summary>
    public static byte[] HashOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return SHA256.HashData(Encoding.UTF8.GetBytes(key));
    }

    /// <summary>Whether a key has a hash, in a time that does not depend on where they differ.</summary>
    internal static bool Matches(string key, ReadOnlySpan<byte> hash)
    {
        Span<byte> bytes = stackalloc byte[Length * 3];
        Span<byte> own = stackalloc byte[SHA256.HashSizeInBytes];
        var length = Encoding.UTF8.GetBytes(key, bytes);
        SHA256.HashData(bytes[..length], own);
        return CryptographicOperations.FixedTimeEquals(own, hash);
    }
}
