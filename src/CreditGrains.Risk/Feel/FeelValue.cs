using System.Globalization;

namespace CreditGrains.Risk.Feel;

/// <summary>What a FEEL value is.</summary>
public enum FeelKind
{
    /// <summary>No value: missing, not comparable, or of an operation that cannot be done.</summary>
    Null = 0,
    Number = 1,
    Text = 2,
    Boolean = 3,

    /// <summary>A day of the proleptic Gregorian calendar.</summary>
    Date = 4,

    /// <summary>Days and time duration, seconds.</summary>
    DaysDuration = 5,

    /// <summary>Years and months duration, months.</summary>
    MonthsDuration = 6,
    List = 7,
    Context = 8,
    Range = 9,

    /// <summary>A day and a time of it, with or without a zone.</summary>
    DateTime = 10,

    /// <summary>A time of day, with or without a zone.</summary>
    Time = 11,

    /// <summary>A function that may be called.</summary>
    Function = 12,
}

/// <summary>
/// A FEEL value (DMN 1.3 §10.3.2). Numbers are decimal with 28 significant digits, never binary. Default: null. Made without allocation but for texts,
/// lists, contexts and ranges.
/// </summary>
public readonly struct FeelValue : IEquatable<FeelValue>
{
    private readonly decimal number;
    private readonly object? reference;

    private FeelValue(FeelKind kind, decimal number, object? reference = null)
    {
        Kind = kind;
        this.number = number;
        this.reference = reference;
    }

    /// <summary>No value.</summary>
    public static FeelValue Null => default;

    /// <summary>What it is.</summary>
    public FeelKind Kind { get; }

    /// <summary>Whether it is no value.</summary>
    public bool IsNull => Kind == FeelKind.Null;

    /// <summary>Whether it is the boolean true; null and everything else are not.</summary>
    public bool IsTrue => Kind == FeelKind.Boolean && number != 0;

    /// <summary>Whether it is the boolean false.</summary>
    public bool IsFalse => Kind == FeelKind.Boolean && number == 0;

    /// <summary>
    /// The number; of a date the days since 0001-01-01; of a time the seconds since midnight, of a date and time since 0001-01-01; of a duration its
    /// seconds or months; 0 of others.
    /// </summary>
    public decimal Number => number;

    /// <summary>The text, empty of others.</summary>
    public string Text => reference as string ?? "";

    /// <summary>The elements, none of others.</summary>
    public IReadOnlyList<FeelValue> Items => reference as IReadOnlyList<FeelValue> ?? [];

    /// <summary>The entries, null of others.</summary>
    public FeelContext? Entries => reference as FeelContext;

    /// <summary>The range, null of others.</summary>
    internal FeelRange? Range => reference as FeelRange;

    /// <summary>The zone of a time; null of others and where there is none.</summary>
    internal FeelZone? Zone => reference as FeelZone;

    /// <summary>What may be called; null of others.</summary>
    internal FeelCallable? Callable => reference as FeelCallable;

    public static FeelValue Of(decimal value) => new(FeelKind.Number, value);

    public static FeelValue Of(bool value) => new(FeelKind.Boolean, value ? 1 : 0);

    public static FeelValue Of(string? value) => value is null ? Null : new(FeelKind.Text, 0, value);

    public static FeelValue Of(DateOnly value) => new(FeelKind.Date, value.DayNumber);

    /// <summary>A time of day.</summary>
    /// <param name="value">To the tick.</param>
    public static FeelValue Of(TimeOnly value) => new(FeelKind.Time, value.Ticks / (decimal)TimeSpan.TicksPerSecond);

    /// <summary>A day and a time; its kind is not looked at.</summary>
    public static FeelValue Of(DateTime value) => new(FeelKind.DateTime, value.Ticks / (decimal)TimeSpan.TicksPerSecond);

    public static FeelValue Of(IReadOnlyList<FeelValue> items) => new(FeelKind.List, 0, items);

    public static FeelValue Of(FeelContext entries) => new(FeelKind.Context, 0, entries);

    /// <summary>A duration of days and time.</summary>
    public static FeelValue OfSeconds(decimal seconds) => new(FeelKind.DaysDuration, seconds);

    /// <summary>A duration of years and months.</summary>
    public static FeelValue OfMonths(decimal months) => new(FeelKind.MonthsDuration, decimal.Truncate(months));

    internal static FeelValue Of(FeelRange range) => new(FeelKind.Range, 0, range);

    internal static FeelValue Of(FeelCallable function) => new(FeelKind.Function, 0, function);

    internal static FeelValue OfKind(FeelKind kind, decimal number) => new(kind, number);

    internal static FeelValue OfTime(FeelKind kind, decimal localSeconds, FeelZone? zone) => new(kind, localSeconds, zone);

    /// <summary>Whether both are the same value; kinds that cannot be compared are not. FEEL's own = gives null for those (<see cref="FeelOperators"/>).</summary>
    public bool Equals(FeelValue other) => Kind == other.Kind && Kind switch
    {
        FeelKind.Null => true,
        FeelKind.Text => Text == other.Text,
        FeelKind.List => Items.Count == other.Items.Count && Items.Zip(other.Items).All(pair => pair.First.Equals(pair.Second)),
        FeelKind.Context => Entries!.Equals(other.Entries),
        FeelKind.Range => Range!.Equals(other.Range),
        FeelKind.Function => ReferenceEquals(reference, other.reference),
        FeelKind.Time or FeelKind.DateTime => FeelCalendar.Compare(this, other) == 0,
        _ => number == other.number,
    };

    public override bool Equals(object? obj) => obj is FeelValue other && Equals(other);

    public override int GetHashCode() => Kind switch
    {
        FeelKind.Text => string.GetHashCode(Text, StringComparison.Ordinal),
        FeelKind.List => Items.Count,
        FeelKind.Context or FeelKind.Range or FeelKind.Function or FeelKind.Time or FeelKind.DateTime => (int)Kind,
        _ => HashCode.Combine(Kind, number),
    };

    /// <summary>As FEEL writes it.</summary>
    public override string ToString() => Kind switch
    {
        FeelKind.Null => "null",
        FeelKind.Number => number.ToString("0.############################", CultureInfo.InvariantCulture),
        FeelKind.Text => $"\"{Text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
        FeelKind.Boolean => number != 0 ? "true" : "false",
        FeelKind.List => $"[{string.Join(", ", Items)}]",
        FeelKind.Context => Entries!.ToString(),
        FeelKind.Range => Range!.ToString(),
        FeelKind.Function => $"function {Callable!.Name}",
        _ => $"@\"{CalendarText.Write(this)}\"",
    };

    public static bool operator ==(FeelValue left, FeelValue right) => left.Equals(right);

    public static bool operator !=(FeelValue left, FeelValue right) => !left.Equals(right);
}
