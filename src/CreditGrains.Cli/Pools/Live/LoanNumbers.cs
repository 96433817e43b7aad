using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CreditGrains.Cli.Pools.Live;

/// <summary>Ids of tapes as numbers of loans: a number from 1 to 2^62 - 1 is itself, any other text 2^62 and the first 62 bits of its SHA-256.</summary>
internal static class LoanNumbers
{
    private const long Texts = 1L << 62;

    public static long Of(string id) => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < Texts
        ? number
        : Texts | (long)(BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(id))) >> 2);
}
