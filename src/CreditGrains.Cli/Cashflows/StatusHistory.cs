using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Portfolio;
using CreditGrains.Securitisation.Assumptions;
using CsvHelper;

namespace CreditGrains.Cli.Cashflows;

/// <summary>How statuses of a history become states of a matrix.</summary>
/// <param name="States">Number of states; the last means that many missed or more.</param>
/// <param name="CurrentUpTo">Statuses up to this number are state 0, the next is state 1.</param>
internal sealed record StatusScale(int States, int CurrentUpTo)
{
    private static readonly string[] ChargedOff = ["chargedoff", "charged_off", "charged off"];
    private static readonly string[] PaidOff = ["paidoff", "paid_off", "paid off"];

    /// <returns>State, or null when the text is neither a whole number nor a way out.</returns>
    public int? StateOf(string text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var status) ? (int)Math.Clamp((long)status - CurrentUpTo, 0, States - 1)
        : ChargedOff.Contains(text, StringComparer.OrdinalIgnoreCase) ? States
        : PaidOff.Contains(text, StringComparer.OrdinalIgnoreCase) ? States + 1
        : null;
}

/// <summary>Counts month-to-month moves from a file of loan statuses: a row a loan and month, or a row a loan with a column a month.</summary>
internal static class StatusHistory
{
    /// <summary>A column a month, named from the oldest to the newest; an empty cell is no status.</summary>
    /// <exception cref="CommandFault">Naming the row and the fix.</exception>
    public static TransitionCounts ReadWide(string path, IReadOnlyList<string> columns, StatusScale scale)
    {
        using var csv = CsvFile.Open(path);
        var places = columns.Select(column => CsvFile.PlaceOf(csv, column, "it is named as a month")).ToArray();
        if (places.Length < 2) throw CommandFault.Usage("Usage", "name at least two months, from the oldest to the newest");
        var counts = new TransitionCounts(scale.States);
        while (csv.Read())
        {
            int? before = null;
            foreach (var place in places)
            {
                var cell = CsvFile.Cell(csv, place);
                int? state = cell.Length == 0 ? null : StateOf(path, csv, cell, scale);
                if (before is { } from && from < scale.States && state is { } to) counts.Add(from, to);
                before = state;
            }
        }

        return counts;
    }

    /// <summary>Columns loan, month and status, rows in any order. Only months that follow each other are counted.</summary>
    /// <returns>The counts, and how many pairs of statuses of a loan had months missing between them.</returns>
    /// <exception cref="CommandFault">Naming the row and the fix.</exception>
    public static (TransitionCounts Counts, long Gaps) ReadLong(string path, StatusScale scale)
    {
        using var csv = CsvFile.Open(path);
        var loan = CsvFile.PlaceOf(csv, "loan", "or name the months with --wide when each is a column");
        var month = CsvFile.PlaceOf(csv, "month", "it is a whole number, 2026-03 or 2026-03-31");
        var status = CsvFile.PlaceOf(csv, "status", "it is the number of missed instalments, chargedOff or paidOff");
        var loans = new Dictionary<string, SortedDictionary<int, int>>(StringComparer.Ordinal);
        while (csv.Read())
        {
            var name = CsvFile.Cell(csv, loan);
            if (!loans.TryGetValue(name, out var months)) loans[name] = months = [];
            if (!months.TryAdd(MonthOf(path, csv, CsvFile.Cell(csv, month)), StateOf(path, csv, CsvFile.Cell(csv, status), scale)))
                throw CommandFault.Usage("BadRow", $"{path}, row {csv.RowNumber}: loan '{name}' has a status in that month already; leave one out");
        }

        var counts = new TransitionCounts(scale.States);
        long gaps = 0;
        foreach (var months in loans.Values)
        {
            (int Month, int State)? before = null;
            foreach (var (at, state) in months)
            {
                if (before is var (last, from) && from < scale.States)
                    if (at == last + 1) counts.Add(from, state);
                    else gaps++;
                before = (at, state);
            }
        }

        return (counts, gaps);
    }

    private static int StateOf(string path, CsvReader csv, string text, StatusScale scale) =>
        scale.StateOf(text) ?? throw CommandFault.Usage("BadRow", $"{path}, row {csv.RowNumber}: '{text}' is no status; write the number of missed instalments, chargedOff or paidOff");

    private static int MonthOf(string path, CsvReader csv, string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        return DateOnly.TryParseExact(text, ["yyyy-MM-dd", "yyyy-MM"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date.Year * 12 + date.Month
            : throw CommandFault.Usage("BadRow", $"{path}, row {csv.RowNumber}: '{text}' is no month; write a whole number, 2026-03 or 2026-03-31");
    }
}
