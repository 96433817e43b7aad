using System.Security.Cryptography;

namespace CreditGrains.Api.Security.Vault;

/// <summary>AES-256-GCM with a fresh nonce before and the tag behind (NIST SP 800-38D). The context is authenticated and not kept: a box opens only where it belongs.</summary>
internal static class SealedBox
{
    public const int KeyLength = 32;
    private const byte Version = 1;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int Overhead = 1 + NonceLength + TagLength;

    public static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> content, ReadOnlySpan<byte> context)
    {
        var box = new byte[content.Length + Overhead];
        box[0] = Version;
        var nonce = box.AsSpan(1, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(key, TagLength);
        cipher.Encrypt(nonce, content, box.AsSpan(1 + NonceLength, content.Length), box.AsSpan(^TagLength..), context);
        return box;
    }

    /// <exception cref="CryptographicException">Another key, another context, or changed bytes.</exception>
    public static byte[] Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> box, ReadOnlySpan<byte> context)
    {
        if (box.Length < Overhead || box[0] != Version) throw new CryptographicException("The box is of no known form.");
        var content = new byte[box.Length - Overhead];
        using var cipher = new AesGcm(key, TagLength);
        cipher.Decrypt(box.Slice(1, NonceLength), box[(1 + NonceLength)..^TagLength], box[^TagLength..], content, context);
        return content;
    }
}
