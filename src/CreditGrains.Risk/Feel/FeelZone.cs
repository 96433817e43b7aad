using System.Globalization;

namespace CreditGrains.Risk.Feel;

/// <summary>
/// The zone of a time: an offset from UTC, or a name of the time zone database of the machine. An offset is known from the text alone; what a name means depends on that
/// database, so a policy that must decide the same everywhere writes offsets. Immutable.
/// </summary>
internal sealed class FeelZone
{
    private const int OffsetMaxSeconds = 18 * 3_600;
    private readonly int offset;
    private readonly TimeZoneInfo? zone;

    private FeelZone(int offset, string? name, TimeZoneInfo? zone) => (this.offset, Name, this.zone) = (offset, name, zone);

    public static FeelZone Utc { get; } = new(0, null, null);

    /// <summary>Name such as Europe/Paris; null for an offset.</summary>
    public string? Name { get; }

    /// <summary>A zone of an offset; null beyond 18 hours.</summary>
    public static FeelZone? Of(decimal seconds) =>
        Math.Abs(seconds) > OffsetMaxSeconds || decimal.Truncate(seconds) != seconds ? null : seconds == 0 ? Utc : new FeelZone((int)seconds, null, null);

    /// <summary>A zone of a name; null when this machine knows none.</summary>
    public static FeelZone? Named(string name)
    {
        if (name.Length is 0 or > 64 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+')) return null;
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found) ? new FeelZone((int)found.BaseUtcOffset.TotalSeconds, name, found) : null;
    }

    /// <summary>Seconds east of UTC at a local time; null of a name without a day, when its offset changes in the year.</summary>
    /// <param name="localSeconds">Since 0001-01-01; null for a time of day alone.</param>
    public decimal? OffsetAt(decimal? localSeconds)
    {
        if (zone is null) return offset;
        if (localSeconds is not { } local) return zone.SupportsDaylightSavingTime ? null : offset;
        var ticks = local * TimeSpan.TicksPerSecond;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks) return offset;
        return (decimal)zone.GetUtcOffset(new DateTime((long)ticks, DateTimeKind.Unspecified)).TotalSeconds;
    }

    /// <summary>Whether both are the same zone as written.</summary>
    public bool IsSame(FeelZone other) => Name == other.Name && (Name is not null || offset == other.offset);

    /// <summary>As ISO 8601 writes an offset, with seconds where there are any; a name behind @.</summary>
    public override string ToString()
    {
        if (Name is not null) return "@" + Name;
        if (offset == 0) return "Z";
        var left = Math.Abs(offset);
        return string.Create(CultureInfo.InvariantCulture, $"{(offset < 0 ? '-' : '+')}{left / 3_600:00}:{left / 60 % 60:00}{(left % 60 != 0 ? $":{left % 60:00}" : "")}");
    }
}
