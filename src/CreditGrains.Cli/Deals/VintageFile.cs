using System.Collections.Immutable;
using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Portfolio;

namespace CreditGrains.Cli.Deals;

/// <summary>Reads monthly default rates of vintages: columns vintage, month (on book, from 1), and rate, or opening and defaulted.</summary>
internal static class VintageFile
{
    private const int MonthsMax = 1_200;

    /// <returns>Conditional monthly rates by month on book, vintages in the order they first come.</returns>
    /// <exception cref="CommandFault">Naming the row and the fix.</exception>
    public static IReadOnlyList<ImmutableArray<double>> Read(string path)
    {
        using var csv = CsvFile.Open(path);
        var vintage = CsvFile.PlaceOf(csv, "vintage", "it names the month or year of origination");
        var month = CsvFile.PlaceOf(csv, "month", "it counts months on book from 1");
        var hasRate = csv.Headers.Any(header => header.Equals("rate", StringComparison.OrdinalIgnoreCase));
        var rate = hasRate ? CsvFile.PlaceOf(csv, "rate", "") : -1;
        var opening = hasRate ? -1 : CsvFile.PlaceOf(csv, "opening", "without a column rate the rate is defaulted over opening");
        var defaulted = hasRate ? -1 : CsvFile.PlaceOf(csv, "defaulted", "without a column rate the rate is defaulted over opening");
        var order = new List<string>();
        var all = new Dictionary<string, SortedDictionary<int, double>>(StringComparer.Ordinal);
        while (csv.Read())
        {
            var name = CsvFile.Cell(csv, vintage);
            var at = Number(month);
            if (at != Math.Floor(at) || at is < 1 or > MonthsMax) throw Bad($"month '{CsvFile.Cell(csv, month)}' must be a whole number from 1 to {MonthsMax}");
            var value = hasRate ? Number(rate) : Number(opening) == 0 ? 0 : Number(defaulted) / Number(opening);
            if (value is not (>= 0 and <= 1)) throw Bad(string.Create(CultureInfo.InvariantCulture, $"the rate is {value}; it must be 0 to 1, so 1 % as 0.01"));
            if (!all.TryGetValue(name, out var rates))
            {
                order.Add(name);
                all[name] = rates = [];
            }

            if (!rates.TryAdd((int)at, value)) throw Bad($"month {at} of vintage '{name}' comes twice");
        }

        if (order.Count == 0) throw CommandFault.Usage("NoVintages", $"{path} has no row; write one a vintage and month under the header");
        return [.. order.Select(name => all[name].Keys.Max() == all[name].Count
            ? all[name].Values.ToImmutableArray()
            : throw CommandFault.Usage("VintageHasGaps", $"{path}: vintage '{name}' has {all[name].Count} months up to {all[name].Keys.Max()}; write each month from 1 on"))];

        double Number(int place) => double.TryParse(CsvFile.Cell(csv, place), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw Bad($"'{CsvFile.Cell(csv, place)}' in column {csv.Headers[place]} is no number; write it with a point");

        CommandFault Bad(string fault) => CommandFault.Usage("BadRow", $"{path}, row {csv.RowNumber}: {fault}");
    }
}
