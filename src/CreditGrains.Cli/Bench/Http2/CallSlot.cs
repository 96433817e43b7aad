using CreditGrains.Cli.Bench.Load;

namespace CreditGrains.Cli.Bench.Http2;

/// <summary>One of the calls a connection has under way: its request, how much of it is sent, what came back. Used again for the next call.</summary>
internal sealed class CallSlot
{
    private const int ReplyLengthMax = 64 * 1024;
    private byte[] reply = new byte[512];
    private int replyLength;

    /// <summary>The request with its prefix.</summary>
    public byte[] Body { get; } = new byte[GrpcPrefix.Size + AuthorizationWire.LengthMax];

    public int BodyLength { get; set; }

    public int BodySent { get; set; }

    /// <summary>Body bytes the stream may still send.</summary>
    public long SendWindow { get; set; }

    public long SentAt { get; set; }

    /// <summary>What was asked.</summary>
    public SentRequest Sent { get; set; }

    public long Amount => Sent.Amount;

    /// <summary>A request waits for its turn on a new connection.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>HTTP status of the response, 0 before it.</summary>
    public int Status { get; set; }

    /// <summary>Whether a decision was read.</summary>
    public bool HasDecision { get; private set; }

    /// <summary>What is wrong with the response; null while nothing is.</summary>
    public string? Fault { get; set; }

    public DecisionFields Decision { get; private set; }

    /// <summary>Forgets the response of an earlier call.</summary>
    public void ClearResponse()
    {
        Status = 0;
        HasDecision = false;
        Fault = null;
        replyLength = 0;
    }

    /// <summary>Takes a part of the response's body: in place when it is the whole message, as it nearly always is.</summary>
    public void Take(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return;
        if (replyLength == 0 && IsWhole(data))
        {
            Read(data);
            return;
        }

        if (replyLength + data.Length > ReplyLengthMax)
        {
            Fault = "reply too long";
            return;
        }

        if (reply.Length < replyLength + data.Length) Array.Resize(ref reply, Math.Max(reply.Length * 2, replyLength + data.Length));
        data.CopyTo(reply.AsSpan(replyLength));
        replyLength += data.Length;
        if (IsWhole(reply.AsSpan(0, replyLength))) Read(reply.AsSpan(0, replyLength));
    }

    private static bool IsWhole(ReadOnlySpan<byte> data) => data.Length >= GrpcPrefix.Size && GrpcPrefix.Read(data) <= data.Length - GrpcPrefix.Size;

    private void Read(ReadOnlySpan<byte> data)
    {
        if (HasDecision || data[0] != 0 || GrpcPrefix.Read(data) != data.Length - GrpcPrefix.Size)
        {
            Fault = "reply of a wrong length";
            return;
        }

        if (!DecisionWire.TryRead(data[GrpcPrefix.Size..], out var decision))
        {
            Fault = "reply that is no decision";
            return;
        }

        Decision = decision;
        HasDecision = true;
        replyLength = 0;
    }
}
