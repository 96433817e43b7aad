using System.Numerics;

namespace CreditGrains.Securitisation.Measures;

/// <summary>xoshiro256** 1.0 (Blackman, Vigna), seeded by SplitMix64. A trial has its own stream, so results do not depend on who runs which trial.</summary>
internal struct SeededDraws
{
    private ulong a;
    private ulong b;
    private ulong c;
    private ulong d;

    public SeededDraws(long seed, long stream)
    {
        unchecked
        {
            var state = (ulong)seed * 0x9E3779B97F4A7C15UL + (ulong)stream;
            a = SplitMix(ref state);
            b = SplitMix(ref state);
            c = SplitMix(ref state);
            d = SplitMix(ref state);
        }
    }

    /// <summary>Evenly in (0, 1), never an end.</summary>
    public double Uniform() => ((Next() >> 12) + 0.5) * (1.0 / (1UL << 52));

    public double Gaussian() => Normal.Quantile(Uniform());

    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    private ulong Next()
    {
        unchecked
        {
            var result = BitOperations.RotateLeft(b * 5, 7) * 9;
            var t = b << 17;
            c ^= a;
            d ^= b;
            b ^= c;
            a ^= d;
            c ^= t;
            d = BitOperations.RotateLeft(d, 45);
            return result;
        }
    }

    private static ulong SplitMix(ref ulong state)
    {
        unchecked
        {
            var z = state += 0x9E3779B97F4A7C15UL;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }
}
