namespace CreditGrains.Api.Security.Limits;

/// <summary>
/// So many commands a second, and so many at once after a pause. Exact in whole microseconds: equal calls at equal times give equal answers, and no fraction
/// of a command is lost or made by how often it is asked. Not thread-safe.
/// </summary>
/// <param name="perSecond">1 to 1,000,000,000.</param>
/// <param name="burst">Most at once, 1 to 1,000,000,000.</param>
public sealed class TokenBucket(long perSecond, long burst)
{
    private const long MicrosPerSecond = 1_000_000;

    /// <summary>Largest rate or burst.</summary>
    public const long Max = 1_000_000_000;

    private readonly long perSecond = perSecond is >= 1 and <= Max ? perSecond : throw new ArgumentOutOfRangeException(nameof(perSecond));
    private readonly long full = burst is >= 1 and <= Max ? burst * MicrosPerSecond : throw new ArgumentOutOfRangeException(nameof(burst));

    // Millionths of a command; starts full.
    private long left = burst * MicrosPerSecond;
    private long filledAt = long.MinValue;

    /// <summary>Takes some, or none when there are not so many. More than the burst is taken from a full bucket only, and must be paid for before the next.</summary>
    /// <param name="count">1 or more.</param>
    /// <param name="nowMicros">Any clock that does not run backward, microseconds; a step back counts as no time.</param>
    /// <returns>0 when they were taken; else after how many microseconds there may be as many.</returns>
    public long Take(long count, long nowMicros)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Fill(nowMicros);
        // A batch may be longer than the burst; it would never pass, so it waits for a full bucket and leaves a debt.
        var price = Math.Min(count, Max) * MicrosPerSecond;
        var needed = Math.Min(price, full);
        if (left >= needed)
        {
            left -= price;
            return 0;
        }

        return (needed - left + perSecond - 1) / perSecond;
    }

    private void Fill(long nowMicros)
    {
        if (filledAt == long.MinValue)
        {
            filledAt = nowMicros;
            return;
        }

        var passed = nowMicros - filledAt;
        if (passed <= 0) return;
        filledAt = nowMicros;
        // Longer than it takes to fill: no multiplication that could pass the range.
        left = passed >= (full - left) / perSecond + 1 ? full : left + passed * perSecond;
    }
}
