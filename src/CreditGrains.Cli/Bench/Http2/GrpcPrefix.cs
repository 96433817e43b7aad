using System.Buffers.Binary;

namespace CreditGrains.Cli.Bench.Http2;

/// <summary>The five bytes before a gRPC message: uncompressed, and its length.</summary>
internal static class GrpcPrefix
{
    public const int Size = 5;

    /// <summary>Length of the message as sent; the caller bounds it.</summary>
    public static long Read(ReadOnlySpan<byte> source) => BinaryPrimitives.ReadUInt32BigEndian(source[1..]);

    public static void Write(Span<byte> target, int length)
    {
        target[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(target[1..], length);
    }
}
