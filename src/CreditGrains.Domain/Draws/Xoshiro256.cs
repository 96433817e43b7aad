using System.Numerics;

namespace CreditGrains.Domain.Draws;

/// <summary>
/// xoshiro256** 1.0 (Blackman and Vigna 2018), seeded by SplitMix64: a few nanoseconds a number, and the same numbers from the same seed on every machine. Not for secrets.
/// A mutable struct: keep it in a field or variable that is not readonly.
/// </summary>
public struct Xoshiro256
{
    private ulong a;
    private ulong b;
    private ulong c;
    private ulong d;

    /// <param name="seed">Any number.</param>
    public Xoshiro256(ulong seed)
    {
        a = SplitMix(ref seed);
        b = SplitMix(ref seed);
        c = SplitMix(ref seed);
        d = SplitMix(ref seed);
    }

    /// <summary>One of many streams of a seed, such as one a trial, so that results do not depend on who draws first.</summary>
    public static Xoshiro256 Stream(long seed, long stream) => new(unchecked((ulong)seed * 0x9E3779B97F4A7C15UL + (ulong)stream));

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
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

    /// <summary>A number from 0 below a bound of at least 1, by multiplication (Lemire); the bias is below bound ÷ 2^64.</summary>
    public long Below(long bound) => (long)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>Evenly in (0, 1), never an end: the middle of one of 2^52 even parts.</summary>
    public double Uniform() => ((Next() >> 12) + 0.5) * (1.0 / (1UL << 52));

    private static ulong SplitMix(ref ulong state)
    {
        unchecked
        {
            state += 0x9E3779B97F4A7C15UL;
            var z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }
}
