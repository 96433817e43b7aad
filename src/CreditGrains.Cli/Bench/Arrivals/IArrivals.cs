namespace CreditGrains.Cli.Bench.Arrivals;

/// <summary>
/// When the requests of a load are due. Latency counts from the time a request is due, not from when the generator came to
/// send it: a server that stands still makes every request late that was due meanwhile (no coordinated omission).
/// </summary>
internal interface IArrivals
{
    /// <summary>Requests that are due and not taken.</summary>
    /// <param name="now">Stopwatch ticks.</param>
    long Due(long now);

    /// <summary>Whether no more come due: what is left is sent at once, also where it is less than a batch.</summary>
    bool IsEnded { get; }

    /// <summary>Takes the oldest of them; at least that many must be due.</summary>
    /// <param name="count">How many.</param>
    /// <param name="now">Stopwatch ticks.</param>
    /// <returns>Stopwatch ticks at which the first of them was due.</returns>
    long Take(int count, long now);

    /// <summary>Stopwatch ticks at which the oldest request that was not taken is due, or will be.</summary>
    /// <param name="now">Stopwatch ticks.</param>
    long OldestAt(long now);

    /// <summary>Stopwatch ticks until some number of requests is due; 0 when it is.</summary>
    /// <param name="count">How many.</param>
    /// <param name="now">Stopwatch ticks.</param>
    long Until(int count, long now);
}
