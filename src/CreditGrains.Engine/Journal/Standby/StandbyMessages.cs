using System.Buffers.Binary;
using System.Text;

namespace CreditGrains.Engine.Journal.Standby;

/// <summary>What a message between a writer and its standby says.</summary>
internal enum StandbyMessage : byte
{
    /// <summary>Standby: who I am and what I have.</summary>
    Hello = 1,

    /// <summary>Writer: a frame as stored.</summary>
    Frame = 2,

    /// <summary>Standby: what I have durably now.</summary>
    Acknowledgement = 3,

    /// <summary>Either: why I stop; an error code and a text.</summary>
    Refusal = 4,

    /// <summary>Writer, while it has no frame: say again what you have.</summary>
    Probe = 5,
}

/// <summary>
/// Messages over a byte stream: body length (32 bits, little endian), kind (8 bits), body. Blocking; deadlines are the stream's.
/// </summary>
internal sealed class StandbyMessages(Stream stream) : IDisposable
{
    private const int PrefixBytes = 5;
    private const int RefusalTextBytesMax = 1024;
    private static readonly int BodyBytesMax = FrameLayout.FrameBytes(FrameLayout.PayloadBytesMax);
    private byte[] _received = new byte[4096];

    public void Send(StandbyMessage kind, ReadOnlySpan<byte> body)
    {
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        BinaryPrimitives.WriteInt32LittleEndian(prefix, body.Length);
        prefix[4] = (byte)kind;
        stream.Write(prefix);
        stream.Write(body);
        stream.Flush();
    }

    public void SendRefusal(JournalErrorCode code, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        byte[] body = new byte[2 + Math.Min(bytes.Length, RefusalTextBytesMax)];
        BinaryPrimitives.WriteUInt16LittleEndian(body, (ushort)code);
        bytes.AsSpan(0, body.Length - 2).CopyTo(body.AsSpan(2));
        Send(StandbyMessage.Refusal, body);
    }

    /// <summary>Receives one message; its body may be changed and is valid until the next.</summary>
    /// <exception cref="EndOfStreamException">The other side closed.</exception>
    /// <exception cref="JournalException">The other side refused, or sent something else than expected.</exception>
    public Span<byte> Receive(StandbyMessage expected) => Receive(expected, expected, out _);

    /// <summary>Receives one message of either of two kinds.</summary>
    /// <inheritdoc cref="Receive(StandbyMessage)"/>
    public Span<byte> Receive(StandbyMessage expected, StandbyMessage alternative, out StandbyMessage kind)
    {
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        stream.ReadExactly(prefix);
        int length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (length < 0 || length > BodyBytesMax) throw Violation($"a body of {length} bytes");
        if (_received.Length < length) Array.Resize(ref _received, length);
        Span<byte> body = _received.AsSpan(0, length);
        stream.ReadExactly(body);
        kind = (StandbyMessage)prefix[4];
        if (kind == StandbyMessage.Refusal && length >= 2)
            throw new JournalException((JournalErrorCode)BinaryPrimitives.ReadUInt16LittleEndian(body), Encoding.UTF8.GetString(body[2..]));
        return kind == expected || kind == alternative ? body : throw Violation($"message {prefix[4]} where {expected} is due");
    }

    public void Dispose() => stream.Dispose();

    public static JournalException Violation(string what) =>
        new(JournalErrorCode.ProtocolViolation, $"The other side of a standby link sent {what}. Run the same version on both sides.");
}
