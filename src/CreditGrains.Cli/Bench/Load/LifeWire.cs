using CreditGrains.Domain.Requests;

namespace CreditGrains.Cli.Bench.Load;

/// <summary>
/// Members of ExecuteBatchRequest.commands as bytes, written from the proto: Command {1 authorize, 16 capture, 18 repay, 48 void}. Fields: as of <see cref="AuthorizationWire"/>,
/// 14 hold id, 15 final.
/// </summary>
internal static class LifeWire
{
    private const int BodyLengthMax = AuthorizationWire.LengthMax + 16;

    /// <summary>Most bytes of a member: tag and length of the member, tag (two bytes) and length of the command, the command.</summary>
    public const int MemberLengthMax = 2 + 3 + BodyLengthMax;

    public static int WriteAuthorize(in Authorization request, Span<byte> target)
    {
        Span<byte> body = stackalloc byte[BodyLengthMax];
        return Wrap(1, body[..AuthorizationWire.Write(request, body)], target);
    }

    public static int WriteCapture(RequestId id, long facility, long amount, long hold, Span<byte> target)
    {
        Span<byte> body = stackalloc byte[BodyLengthMax];
        var at = AuthorizationWire.WriteHead(id, facility, body);
        at += AuthorizationWire.WriteAmount(amount, body[at..]);
        at += WriteHold(hold, body[at..]);
        body[at++] = 15 << 3;
        body[at++] = 1;
        return Wrap(16, body[..at], target);
    }

    public static int WriteRepay(RequestId id, long facility, long amount, Span<byte> target)
    {
        Span<byte> body = stackalloc byte[BodyLengthMax];
        var at = AuthorizationWire.WriteHead(id, facility, body);
        at += AuthorizationWire.WriteAmount(amount, body[at..]);
        return Wrap(18, body[..at], target);
    }

    public static int WriteVoid(RequestId id, long facility, long hold, Span<byte> target)
    {
        Span<byte> body = stackalloc byte[BodyLengthMax];
        var at = AuthorizationWire.WriteHead(id, facility, body);
        at += WriteHold(hold, body[at..]);
        return Wrap(48, body[..at], target);
    }

    private static int WriteHold(long hold, Span<byte> target)
    {
        target[0] = 14 << 3;
        return 1 + WireVarint.Write((ulong)hold, target[1..]);
    }

    private static int Wrap(int field, ReadOnlySpan<byte> body, Span<byte> target)
    {
        var at = 2 + WireVarint.Write((ulong)((field << 3) | 2), target[2..]);
        target[at++] = (byte)body.Length;
        body.CopyTo(target[at..]);
        at += body.Length;
        target[0] = (2 << 3) | 2;
        target[1] = (byte)(at - 2);
        return at;
    }
}
