using System.Buffers.Binary;
using System.Security.Cryptography;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Cli.Control;

/// <summary>Ids of single commands.</summary>
internal static class RequestIds
{
    /// <summary>A UUIDv7 of this moment.</summary>
    public static RequestId Draw()
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        return RequestId.ForTime(
            DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), BinaryPrimitives.ReadUInt64BigEndian(random), BinaryPrimitives.ReadUInt64BigEndian(random[8..]));
    }

    /// <summary>The id the caller gave, or a new one.</summary>
    /// <exception cref="CommandFault">The text is no UUID.</exception>
    public static RequestId From(string? text)
    {
        if (text is null) return Draw();
        return Guid.TryParseExact(text, "D", out var guid)
            ? RequestId.FromGuid(guid)
            : throw CommandFault.Usage("BadRequestId", $"'{text}' is no UUID; give a UUIDv7 of 8-4-4-4-12 hexadecimal digits, or leave --id out");
    }
}
