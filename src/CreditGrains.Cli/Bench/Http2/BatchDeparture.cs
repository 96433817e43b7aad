using System.Diagnostics;
using CreditGrains.Cli.Bench.Arrivals;

namespace CreditGrains.Cli.Bench.Http2;

/// <summary>
/// When requests that leave together leave: at once when there are as many as that; else when the oldest has been due for <see cref="WaitMaxMs"/>, as a caller would not wait longer for company.
/// At rates that fill a batch within that time no other than whole ones leave. What was due at the end of the arrivals leaves without a wait.
/// </summary>
internal static class BatchDeparture
{
    /// <summary>How long the oldest request of a batch that is not full is due before it leaves, milliseconds.</summary>
    public const int WaitMaxMs = 5;

    private static readonly long WaitMaxTicks = WaitMaxMs * Stopwatch.Frequency / 1_000;

    /// <summary>Requests that leave now; 0 for none.</summary>
    /// <param name="arrivals">What is due.</param>
    /// <param name="length">Requests of a full batch.</param>
    /// <param name="now">Stopwatch ticks.</param>
    public static int Count(IArrivals arrivals, int length, long now)
    {
        var due = arrivals.Due(now);
        if (due >= length) return length;
        return due > 0 && (arrivals.IsEnded || now - arrivals.OldestAt(now) >= WaitMaxTicks) ? (int)due : 0;
    }

    /// <summary>Stopwatch ticks until some leave; 0 when they may now. Of arrivals that have not ended.</summary>
    /// <param name="arrivals">What is due.</param>
    /// <param name="length">Requests of a full batch.</param>
    /// <param name="now">Stopwatch ticks.</param>
    public static long Until(IArrivals arrivals, int length, long now) =>
        Math.Min(arrivals.Until(length, now), Math.Max(0, arrivals.OldestAt(now) + WaitMaxTicks - now));
}
