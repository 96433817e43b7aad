using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Domain.Clocks;

namespace CreditGrains.Cli.Output;

/// <summary>Writer time for people: ISO 8601 in UTC, with microseconds.</summary>
internal static class TimeText
{
    /// <summary>"-" for 0, which is no time.</summary>
    public static string Of(long micros) => micros == 0
        ? "-"
        : DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads ISO 8601, UTC unless it names an offset.</summary>
    /// <exception cref="CommandFault">The text is no time.</exception>
    public static long Parse(string option, string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            && time > DateTimeOffset.UnixEpoch
            ? time.UnixMicros()
            : throw CommandFault.Usage("BadTime", $"{option}: '{text}' is no time; write ISO 8601, such as 2026-03-31T09:00:00Z");
}
