namespace CreditGrains.Api.Metering;

/// <summary>
/// Counters of one tenant, once for each of a few processors: an increment touches a cache line that other processors leave alone, and readers add up. Only ever rises.
/// </summary>
internal sealed class MeterCells
{
    private const int StripesMax = 8;
    private const int Padding = 16;
    private static readonly int Stripes = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Min(StripesMax, Environment.ProcessorCount));
    private readonly long[][] stripes = [.. Enumerable.Range(0, Stripes).Select(_ => new long[MeterPlaces.Count + Padding])];

    public void Add(int place, long count) => Interlocked.Add(ref stripes[Thread.GetCurrentProcessorId() & (Stripes - 1)][place], count);

    public void AddTo(long[] sums)
    {
        foreach (var stripe in stripes)
            for (var i = 0; i < sums.Length; i++) sums[i] += Volatile.Read(ref stripe[i]);
    }
}
