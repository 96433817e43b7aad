using System.Buffers.Binary;

namespace CreditGrains.Cli.Bench.Http2;

/// <summary>Frame types of RFC 9113 §6.</summary>
internal enum FrameType : byte
{
    Data = 0,
    Headers = 1,
    Priority = 2,
    ResetStream = 3,
    Settings = 4,
    PushPromise = 5,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8,
    Continuation = 9,
}

/// <summary>Frame flags of RFC 9113 §6.</summary>
[Flags]
internal enum FrameFlags : byte
{
    None = 0,
    EndStream = 1,
    EndHeaders = 4,
    Padded = 8,
    Priority = 32,
}

/// <summary>The nine bytes before a frame's payload, RFC 9113 §4.1.</summary>
internal readonly record struct FrameHeader(int Length, FrameType Type, FrameFlags Flags, int Stream)
{
    /// <summary>Bytes of a frame header.</summary>
    public const int Size = 9;

    /// <summary>Largest payload unless settings say otherwise.</summary>
    public const int PayloadMax = 16_384;

    /// <summary>ACK of SETTINGS and PING: the bit that is END_STREAM elsewhere.</summary>
    public const FrameFlags Ack = FrameFlags.EndStream;

    public bool Has(FrameFlags flag) => (Flags & flag) != 0;

    public static FrameHeader Read(ReadOnlySpan<byte> source) => new(
        (source[0] << 16) | (source[1] << 8) | source[2],
        (FrameType)source[3],
        (FrameFlags)source[4],
        BinaryPrimitives.ReadInt32BigEndian(source[5..]) & int.MaxValue);

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteInt32BigEndian(target, Length << 8);
        target[3] = (byte)Type;
        target[4] = (byte)Flags;
        BinaryPrimitives.WriteInt32BigEndian(target[5..], Stream);
    }
}
