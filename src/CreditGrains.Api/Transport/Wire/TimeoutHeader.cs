using System.Globalization;

namespace CreditGrains.Api.Transport.Wire;

/// <summary>grpc-timeout: one to eight digits and a unit of H, M, S, m, u or n.</summary>
internal static class TimeoutHeader
{
    private const long ValueMax = 99_999_999;

    /// <summary>Reads the header; nanoseconds are rounded up to the 100 ns tick so that a positive timeout stays positive.</summary>
    public static bool TryParse(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > 9 || text.AsSpan(0, text.Length - 1).ContainsAnyExceptInRange('0', '9'))
            return false;

        var value = long.Parse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture);
        long ticks;
        switch (text[^1])
        {
            case 'H': ticks = value * TimeSpan.TicksPerHour; break;
            case 'M': ticks = value * TimeSpan.TicksPerMinute; break;
            case 'S': ticks = value * TimeSpan.TicksPerSecond; break;
            case 'm': ticks = value * TimeSpan.TicksPerMillisecond; break;
            case 'u': ticks = value * TimeSpan.TicksPerMicrosecond; break;
            case 'n': ticks = (value + 99) / 100; break;
            default: return false;
        }

        timeout = new TimeSpan(ticks);
        return true;
    }

    /// <summary>Writes the finest unit that fits in eight digits, rounded up; zero or less is <c>1n</c>.</summary>
    public static string Format(TimeSpan timeout)
    {
        var ticks = timeout.Ticks;
        if (ticks <= 0)
            return "1n";
        if (ticks <= ValueMax / 100)
            return Text(ticks * 100, 'n');
        ReadOnlySpan<(long Ticks, char Unit)> units =
        [
            (TimeSpan.TicksPerMicrosecond, 'u'),
            (TimeSpan.TicksPerMillisecond, 'm'),
            (TimeSpan.TicksPerSecond, 'S'),
            (TimeSpan.TicksPerMinute, 'M'),
        ];
        foreach (var (unitTicks, unit) in units)
        {
            var value = ((ticks - 1) / unitTicks) + 1;
            if (value <= ValueMax)
                return Text(value, unit);
        }

        return Text(Math.Min(((ticks - 1) / TimeSpan.TicksPerHour) + 1, ValueMax), 'H');
    }

    private static string Text(long value, char unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{value}{unit}");
}
