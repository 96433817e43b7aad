using System.Buffers.Binary;
using System.Buffers.Text;
using CreditGrains.Api.Transport;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Api.Services;

/// <summary>
/// Cursors and page tokens: a letter for what it is of, then its place, in URL-safe base64. Callers pass them back and
/// make nothing of them.
/// </summary>
internal static class OpaqueToken
{
    private const int SequenceLength = 9;
    private const int KeyLength = 14;

    /// <summary>What a token is of.</summary>
    public enum Use : byte
    {
        Feed = (byte)'F',
        History = (byte)'H',
        Nodes = (byte)'N',
    }

    public static string OfSequence(Use use, long sequence)
    {
        Span<byte> bytes = stackalloc byte[SequenceLength];
        bytes[0] = (byte)use;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], sequence);
        return Base64Url.EncodeToString(bytes);
    }

    /// <exception cref="RpcException">InvalidArgument: it is no such token.</exception>
    public static long ToSequence(string name, Use use, string token)
    {
        Span<byte> bytes = stackalloc byte[SequenceLength];
        Decode(name, use, token, bytes);
        var sequence = BinaryPrimitives.ReadInt64BigEndian(bytes[1..]);
        return sequence >= 0 ? sequence : throw Invalid(name);
    }

    public static string OfKey(NodeKey key)
    {
        Span<byte> bytes = stackalloc byte[KeyLength];
        bytes[0] = (byte)Use.Nodes;
        bytes[1] = (byte)key.Kind;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], key.Tenant);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], key.LegalEntity);
        BinaryPrimitives.WriteInt64BigEndian(bytes[6..], key.Id);
        return Base64Url.EncodeToString(bytes);
    }

    /// <exception cref="RpcException">InvalidArgument: it is no such token.</exception>
    public static NodeKey ToKey(string name, string token)
    {
        Span<byte> bytes = stackalloc byte[KeyLength];
        Decode(name, Use.Nodes, token, bytes);
        var key = new NodeKey(
            BinaryPrimitives.ReadInt64BigEndian(bytes[6..]), BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]), (NodeKind)bytes[1]);
        return key.IsValid ? key : throw Invalid(name);
    }

    private static void Decode(string name, Use use, string token, Span<byte> bytes)
    {
        var isWhole = Base64Url.IsValid(token, out var length) && length == bytes.Length
            && Base64Url.TryDecodeFromChars(token, bytes, out _) && bytes[0] == (byte)use;
        if (!isWhole) throw Invalid(name);
    }

    private static RpcException Invalid(string name) =>
        new(StatusCode.InvalidArgument, $"{name} was not given out by this method; pass one back as it came, or leave it empty to start.");
}
