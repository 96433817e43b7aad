using System.Buffers.Binary;

namespace CreditGrains.Engine.Journal.Standby;

/// <summary>
/// What a standby has, durably: the body of its hello and of each acknowledgement, 64 bytes, little endian. 0 protocol version,
/// 4 highest epoch, 8 partition id, 24 next sequence, 32 chain hash (24 bytes), 56 zeros.
/// </summary>
internal readonly record struct StandbyPosition(Guid PartitionId, uint Epoch, long NextSequence, ChainHash Chain)
{
    public const int Bytes = 64;
    private const int ProtocolVersion = 1;

    public void Write(Span<byte> destination)
    {
        destination[..Bytes].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(destination, ProtocolVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], Epoch);
        if (!PartitionId.TryWriteBytes(destination[8..])) throw new InvalidOperationException("A partition id has 16 bytes.");
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], NextSequence);
        Chain.Write(destination[32..]);
    }

    public static StandbyPosition Read(ReadOnlySpan<byte> source)
    {
        if (source.Length != Bytes) throw StandbyMessages.Violation($"a position of {source.Length} bytes");
        int version = BinaryPrimitives.ReadInt32LittleEndian(source);
        if (version != ProtocolVersion) throw StandbyMessages.Violation($"protocol version {version}");
        return new StandbyPosition(
            new Guid(source.Slice(8, 16)),
            BinaryPrimitives.ReadUInt32LittleEndian(source[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            ChainHash.Read(source[32..]));
    }
}
