using CreditGrains.Domain.Draws;

namespace CreditGrains.Cli.Fuzzing;

/// <summary>Makes hostile inputs of good ones: the same from the same seed. Lengths stay below a bound.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> corpus, int lengthMax)
{
    private static readonly byte[][] Odd =
    [
        "-1"u8.ToArray(), "0"u8.ToArray(), "9223372036854775807"u8.ToArray(), "9223372036854775808"u8.ToArray(), "1e999"u8.ToArray(), "NaN"u8.ToArray(), "null"u8.ToArray(),
        "\"\""u8.ToArray(), "[]"u8.ToArray(), "{}"u8.ToArray(), "[[[[[[[["u8.ToArray(), "{\"a\":{\"a\":{\"a\":"u8.ToArray(), "\u202e\u0000"u8.ToArray(), [0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
        [0x80], [0xED, 0xA0, 0x80], "2026-02-30"u8.ToArray(), "&lt;"u8.ToArray(), "]]>"u8.ToArray(), "\r\n"u8.ToArray(), ",,,,"u8.ToArray(), "\"\"\""u8.ToArray(),
    ];

    /// <summary>The input of a number.</summary>
    public byte[] Make(ulong seed, long number)
    {
        var draw = Xoshiro256.Stream((long)(seed & long.MaxValue), number);
        var input = new List<byte>(corpus[Below(ref draw, corpus.Count)]);
        for (var steps = 1 + Below(ref draw, 6); steps > 0; steps--) Step(ref draw, input);
        if (input.Count > lengthMax) input.RemoveRange(lengthMax, input.Count - lengthMax);
        return [.. input];
    }

    private void Step(ref Xoshiro256 draw, List<byte> input)
    {
        var at = Below(ref draw, input.Count + 1);
        var room = input.Count - at;
        switch (Below(ref draw, 10))
        {
            case 0 when room > 0: input[at] ^= (byte)(1 << Below(ref draw, 8)); break;
            case 1 when room > 0: input[at] = (byte)(draw.Next() & 0xFF); break;
            case 2: input.InsertRange(at, Odd[Below(ref draw, Odd.Length)]); break;
            case 3 when room > 0: input.RemoveRange(at, 1 + Below(ref draw, Math.Min(room, 16))); break;
            case 4 when room > 0: input.RemoveRange(at, room); break;
            case 5 when room > 0: input.InsertRange(Below(ref draw, input.Count + 1), input.GetRange(at, 1 + Below(ref draw, Math.Min(room, 64)))); break;
            case 6: Splice(ref draw, input, at); break;
            case 7 when room > 0: Number(ref draw, input, at); break;
            case 8 when room > 1: (input[at], input[at + 1]) = (input[at + 1], input[at]); break;
            default: input.InsertRange(at, Enumerable.Repeat((byte)(draw.Next() & 0xFF), 1 + Below(ref draw, 32))); break;
        }
    }

    /// <summary>What stands here, up to its end, is replaced by the end of another good input.</summary>
    private void Splice(ref Xoshiro256 draw, List<byte> input, int at)
    {
        var other = corpus[Below(ref draw, corpus.Count)];
        var from = Below(ref draw, other.Length + 1);
        input.RemoveRange(at, input.Count - at);
        input.AddRange(other.AsSpan(from));
    }

    /// <summary>The digits that stand here, or next, are replaced by odd ones.</summary>
    private static void Number(ref Xoshiro256 draw, List<byte> input, int at)
    {
        while (at < input.Count && input[at] is < (byte)'0' or > (byte)'9') at++;
        var end = at;
        while (end < input.Count && input[end] is >= (byte)'0' and <= (byte)'9') end++;
        input.RemoveRange(at, end - at);
        input.InsertRange(at, Odd[Below(ref draw, 6)]);
    }

    private static int Below(ref Xoshiro256 draw, int bound) => (int)(draw.Next() % (ulong)bound);
}
