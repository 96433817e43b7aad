namespace CreditGrains.Simulation.Disk;

/// <summary>
/// Chance that a seed reproduces on every machine: SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators", 2014). Not for secrets; one thread.
/// </summary>
public sealed class SeededChance(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            ulong mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }

    /// <summary>A whole number from 0 to <paramref name="bound"/> − 1.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>True with the given probability, a ratio from 0 to 1.</summary>
    public bool Happens(double ratio) => (Next() >> 11) * (1.0 / (1UL << 53)) < ratio;

    /// <summary>Fills a span with bytes from 1 to 255.</summary>
    public void FillNonZero(Span<byte> destination)
    {
        foreach (ref byte each in destination) each = (byte)(1 + (Next() % 255));
    }
}
