namespace CreditGrains.Domain.Clocks;

/// <summary>Times as commands, events and files have them: whole microseconds since 1970-01-01T00:00:00Z.</summary>
public static class UnixTime
{
    private static readonly long EpochMicros = DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The time a clock shows.</summary>
    /// <param name="clock">Asked for its UTC time.</param>
    /// <returns>As <see cref="UnixMicros(DateTimeOffset)"/>.</returns>
    public static long UnixMicros(this TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        return clock.GetUtcNow().UnixMicros();
    }

    /// <summary>A moment, whatever its offset.</summary>
    /// <param name="time">Any.</param>
    /// <returns>Microseconds since the epoch, the fraction dropped towards the past; negative before 1970. Every <see cref="DateTimeOffset"/> is in range.</returns>
    public static long UnixMicros(this DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerMicrosecond - EpochMicros;
}
