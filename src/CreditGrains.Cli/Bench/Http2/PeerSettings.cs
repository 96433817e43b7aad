using System.Buffers.Binary;

namespace CreditGrains.Cli.Bench.Http2;

/// <summary>The settings a server sent, RFC 9113 §6.5.2, or their initial values.</summary>
internal sealed class PeerSettings
{
    public const ushort HeaderTableSize = 1;
    public const ushort EnablePush = 2;
    public const ushort MaxConcurrentStreams = 3;
    public const ushort InitialWindowSize = 4;
    public const ushort MaxFrameSize = 5;
    private const int EntrySize = 6;

    /// <summary>Bytes of the table for our header blocks.</summary>
    public uint TableSize { get; private set; } = HpackTable.SizeUsual;

    /// <summary>Streams that may be open at once.</summary>
    public int StreamsMax { get; private set; } = int.MaxValue;

    /// <summary>Bytes a new stream may send.</summary>
    public long InitialWindow { get; private set; } = 65_535;

    /// <summary>Largest payload of a frame to the server.</summary>
    public int PayloadMax { get; private set; } = FrameHeader.PayloadMax;

    public static void Write(Span<byte> target, ushort name, int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(target, name);
        BinaryPrimitives.WriteInt32BigEndian(target[2..], value);
    }

    /// <summary>Takes the payload of a SETTINGS frame.</summary>
    public void Read(ReadOnlySpan<byte> payload)
    {
        if (payload.Length % EntrySize != 0) throw new Http2Exception("settings of a wrong length");
        for (; !payload.IsEmpty; payload = payload[EntrySize..])
        {
            var value = BinaryPrimitives.ReadUInt32BigEndian(payload[2..]);
            switch (BinaryPrimitives.ReadUInt16BigEndian(payload))
            {
                case HeaderTableSize: TableSize = value; break;
                case MaxConcurrentStreams: StreamsMax = (int)Math.Min(value, int.MaxValue); break;
                case InitialWindowSize when value > int.MaxValue: throw new Http2Exception("a window larger than allowed");
                case InitialWindowSize: InitialWindow = value; break;
                case MaxFrameSize: PayloadMax = (int)Math.Clamp(value, FrameHeader.PayloadMax, (1 << 24) - 1); break;
                default: break;
            }
        }
    }
}
