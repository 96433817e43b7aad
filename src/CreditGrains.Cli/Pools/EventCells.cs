using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Portfolio;
using CreditGrains.Securitisation;
using CreditGrains.Securitisation.Pools;
using CsvHelper;

namespace CreditGrains.Cli.Pools;

/// <summary>The cells of a row of loan events, read by name. What cannot be read is a named fault.</summary>
internal sealed class EventCells
{
    private static readonly string[] Names = ["loan", "date", "event", "principal", "scheduled", "prepaid", "interest", "recovery", "days_past_due", "remaining_months", "rate"];
    private readonly CsvReader csv;
    private readonly Dictionary<string, int> places;
    private readonly decimal unit;

    /// <param name="csv">With its header read.</param>
    /// <param name="unit">Minor units of one as the file writes amounts.</param>
    /// <exception cref="CommandFault">A column is missing.</exception>
    public EventCells(CsvReader csv, decimal unit)
    {
        this.csv = csv;
        this.unit = unit;
        places = Names.ToDictionary(name => name, name => PlaceOf(csv, name), StringComparer.Ordinal);
        foreach (var needed in (string[])["loan", "date", "event"])
            if (places[needed] < 0) throw CommandFault.Usage("MissingColumn", $"the events have no column {needed}; write one of that name");
    }

    public DateOnly Date() => DateOnly.TryParseExact(Text("date"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var read)
        ? read
        : throw Bad("date", "FieldWrong", $"'{Text("date")}' is no date; write it as 2026-03-31");

    /// <summary>Whether a pool has a month for a date.</summary>
    /// <exception cref="InvalidInputException">It has none.</exception>
    public static void Check(DateOnly date, PoolTerms terms)
    {
        if (date < terms.CutOff) throw Bad("date", "BeforeCutOff", $"{date:yyyy-MM-dd} is before the cut-off of {terms.CutOff:yyyy-MM-dd}");
        if (terms.PeriodOf(date) - terms.PeriodOf(terms.CutOff) >= PoolLedger.PeriodsMax) throw Bad("date", "TooLate", $"a pool has at most {PoolLedger.PeriodsMax} months");
    }

    /// <summary>The transfer the event is; null when it is none.</summary>
    public TransferKind? Transfer()
    {
        foreach (var kind in Enum.GetValues<TransferKind>())
            if (Text("event").Equals(kind.ToString(), StringComparison.OrdinalIgnoreCase)) return kind;
        return null;
    }

    public MovementCause Cause()
    {
        foreach (var cause in Enum.GetValues<MovementCause>())
            if (Text("event").Equals(cause.ToString(), StringComparison.OrdinalIgnoreCase)) return cause;
        throw Bad("event", "FieldWrong", $"'{Text("event")}' is not known; write one of {string.Join(", ", Enum.GetNames<MovementCause>().Concat(Enum.GetNames<TransferKind>()).Select(name => char.ToLowerInvariant(name[0]) + name[1..]))}");
    }

    public long Amount(string name, long otherwise, bool isSigned = false)
    {
        var text = Text(name);
        if (text.Length == 0) return otherwise;
        var style = NumberStyles.AllowDecimalPoint | (isSigned ? NumberStyles.AllowLeadingSign : NumberStyles.None);
        if (!decimal.TryParse(text, style, CultureInfo.InvariantCulture, out var value) || Math.Abs(value) > 1e15m)
            throw Bad(name, "FieldWrong", $"'{text}' is no amount{(isSigned ? "" : " of 0 or more")}; write up to 10^15 with a point and without separators");
        var minor = value * unit;
        return minor == decimal.Truncate(minor) ? (long)minor : throw Bad(name, "FieldWrong", $"'{text}' has fractions of a minor unit");
    }

    public int Whole(string name, int otherwise)
    {
        var text = Text(name);
        if (text.Length == 0) return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= 1_000_000 ? value : throw Bad(name, "FieldWrong", $"'{text}' is no whole number from 0 to 1000000");
    }

    public int Rate(int otherwise)
    {
        var text = Text("rate");
        if (text.Length == 0) return otherwise;
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value <= 20 ? (int)Math.Round(value * 1_000_000) : throw Bad("rate", "FieldWrong", $"'{text}' is no rate from 0 to 20; 6 % is 0.06");
    }

    public string Text(string name) => places[name] is >= 0 and var place ? CsvFile.Cell(csv, place) : "";

    private static int PlaceOf(CsvReader csv, string name)
    {
        for (var i = 0; i < csv.Headers.Count; i++)
            if (csv.Headers[i].Equals(name, StringComparison.OrdinalIgnoreCase)) return i;
        return -1;
    }

    private static InvalidInputException Bad(string path, string name, string fault) => new(name, path, fault);
}
