using System.Numerics;

namespace CreditGrains.Cli.Generating;

/// <summary>
/// Numbers that depend on seed, stream and place alone, so that any part of a portfolio can be made without the parts before
/// it. SplitMix64 (Steele, Lea, Flood 2014); integers only, so every machine draws the same.
/// </summary>
internal readonly struct SeededDraw(ulong seed, ulong stream, long place)
{
    private readonly ulong state = Mix(Mix(seed + 0x9E37_79B9_7F4A_7C15) ^ Mix((stream << 48) ^ (ulong)place));

    /// <summary>A number of 64 random bits; another for each <paramref name="draw"/>.</summary>
    public ulong Bits(int draw) => Mix(unchecked(state + ((ulong)draw * 0x9E37_79B9_7F4A_7C15)));

    /// <summary>0 to <paramref name="count"/> − 1.</summary>
    public long Below(int draw, long count) => (long)Math.BigMul(Bits(draw), (ulong)count, out _);

    /// <summary>
    /// A heavy-tailed factor in eighths, 8 and up: it doubles with probability one half, again and again (a discrete Pareto law of
    /// index 1), at most <paramref name="doublingsMax"/> times.
    /// </summary>
    public long Eighths(int draw, int doublingsMax)
    {
        var bits = Bits(draw);
        return (8 + (long)(bits >> 61)) << Math.Min(BitOperations.TrailingZeroCount(bits), doublingsMax);
    }

    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
            value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
            return value ^ (value >> 31);
        }
    }
}
