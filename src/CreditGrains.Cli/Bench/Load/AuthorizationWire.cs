using System.Buffers.Binary;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Cli.Bench.Load;

/// <summary>
/// AuthorizeRequest as bytes, written here from the proto and not by the server's own codec, so that a fault there does not
/// hide. Fields: 1 request id, 4 facility {1 tenant, 2 legal entity, 3 id}, 5 amount, 6 currency, 7 channel, 8 category, 11 seconds of the hold.
/// </summary>
internal static class AuthorizationWire
{
    /// <summary>Most bytes of one message.</summary>
    public const int LengthMax = 64;

    /// <summary>Most bytes of one member of a batch: tag, length, message.</summary>
    public const int MemberLengthMax = LengthMax + 2;

    /// <summary>Grocery stores, ISO 18245.</summary>
    public const ushort MerchantCategory = 5411;

    private const int IdEnd = 18;

    /// <summary>Writes a message.</summary>
    /// <returns>Its length.</returns>
    public static int Write(in Authorization request, Span<byte> target)
    {
        var at = WriteHead(request.Id, request.Facility, target);
        at += WriteAmount(request.Amount, target[at..]);
        "\u0038\u0001\u0040"u8.CopyTo(target[at..]);
        at += 3;
        at += WireVarint.Write(MerchantCategory, target[at..]);
        if (request.HoldSeconds == 0) return at;
        target[at++] = 11 << 3;
        return at + WireVarint.Write((ulong)request.HoldSeconds, target[at..]);
    }

    /// <summary>Writes request id and facility, with which every command of accounts begins.</summary>
    /// <returns>The length.</returns>
    public static int WriteHead(RequestId id, long facility, Span<byte> target)
    {
        target[0] = (1 << 3) | 2;
        target[1] = 16;
        BinaryPrimitives.WriteUInt64BigEndian(target[2..], id.High);
        BinaryPrimitives.WriteUInt64BigEndian(target[10..], id.Low);
        target[IdEnd] = (4 << 3) | 2;
        var at = IdEnd + 2;
        target[at++] = 1 << 3;
        at += WireVarint.Write(PopulationShape.Scope, target[at..]);
        target[at++] = 2 << 3;
        at += WireVarint.Write(PopulationShape.Scope, target[at..]);
        target[at++] = 3 << 3;
        at += WireVarint.Write((ulong)facility, target[at..]);
        target[IdEnd + 1] = (byte)(at - IdEnd - 2);
        return at;
    }

    /// <summary>Writes amount and currency.</summary>
    /// <returns>The length.</returns>
    public static int WriteAmount(long amount, Span<byte> target)
    {
        target[0] = 5 << 3;
        var at = 1 + WireVarint.Write((ulong)amount, target[1..]);
        "\u0032\u0003EUR"u8.CopyTo(target[at..]);
        return at + 5;
    }

    /// <summary>Writes a member of AuthorizeBatchRequest.requests.</summary>
    /// <returns>Its length.</returns>
    public static int WriteMember(in Authorization request, Span<byte> target)
    {
        var length = Write(request, target[2..]);
        target[0] = (2 << 3) | 2;
        target[1] = (byte)length;
        return length + 2;
    }
}
