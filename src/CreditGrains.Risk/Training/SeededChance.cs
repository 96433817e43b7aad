namespace CreditGrains.Risk.Training;

/// <summary>SplitMix64 (Steele, Lea and Flood, 2014): the same seed gives the same numbers on every machine and runtime.</summary>
internal struct SeededChance(ulong seed)
{
    private ulong state = seed;

    public ulong Next()
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

    /// <summary>A number in [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A seed of its own for one part of a run.</summary>
    public static ulong Mix(ulong seed, int part) => new SeededChance(unchecked(seed * 0x2545F4914F6CDD1DUL + (ulong)part)).Next();
}
