using System.Text;
using CreditGrains.Cli.CommandLine;
using CsvHelper;

namespace CreditGrains.Cli.Portfolio;

/// <summary>Where each of our columns comes from in a file with a given header. Reads the row the reader is on.</summary>
internal sealed class RowSource
{
    private readonly Dictionary<string, Part[]> parts = new(StringComparer.Ordinal);
    private readonly StringBuilder text = new();
    private readonly CsvReader csv;

    /// <exception cref="CommandFault">The mapping names a column that the header does not have, or no column of ours is there.</exception>
    /// <param name="csv">The file.</param>
    /// <param name="mapping">How its columns become ours.</param>
    /// <param name="names">Our columns; those of a portfolio file when left out.</param>
    public RowSource(CsvReader csv, ColumnMapping mapping, string[]? names = null)
    {
        names ??= PortfolioColumns.All;
        this.csv = csv;
        string[] header = [.. csv.Headers];
        var isMapped = !ReferenceEquals(mapping, ColumnMapping.Identity);
        foreach (var name in names)
        {
            if (mapping.Constants.TryGetValue(name, out var constant)) parts[name] = [new Part(constant, -1)];
            else if (mapping.Columns.TryGetValue(name, out var theirs)) parts[name] = [new Part("", Find(header, theirs))];
            else if (mapping.Templates.TryGetValue(name, out var template)) parts[name] = [.. Split(header, template)];
            else if (Array.IndexOf(header, name) is >= 0 and var same) parts[name] = [new Part("", same)];
        }

        if (parts.ContainsKey(PortfolioColumns.Currency)) return;
        throw CommandFault.Usage(
            "MissingColumn", isMapped
                ? "neither the file nor the mapping has a column 'currency'"
                : $"the header has no column 'currency'; name the columns {string.Join(", ", names)}, or give a --mapping");
    }

    /// <summary>Whether amounts are in major units.</summary>
    public required bool IsMajor { get; init; }

    /// <summary>The value of one of our columns in the current row, trimmed; empty when there is none.</summary>
    public string this[string name]
    {
        get
        {
            if (!parts.TryGetValue(name, out var of)) return "";
            if (of.Length == 1) return Cell(of[0]);
            text.Clear();
            foreach (var part in of) text.Append(Cell(part));
            return text.ToString();
        }
    }

    private string Cell(Part part) => part.Column < 0 ? part.Text : CsvFile.Cell(csv, part.Column);

    private static IEnumerable<Part> Split(string[] header, string template)
    {
        for (var at = 0; at < template.Length;)
        {
            var open = template.IndexOf('{', at);
            if (open < 0)
            {
                yield return new Part(template[at..], -1);
                yield break;
            }

            if (open > at) yield return new Part(template[at..open], -1);
            var close = template.IndexOf('}', open);
            if (close < 0) throw CommandFault.Usage("BadMapping", $"the template '{template}' opens a brace and does not close it");
            yield return new Part("", Find(header, template[(open + 1)..close]));
            at = close + 1;
        }
    }

    private static int Find(string[] header, string name) => Array.IndexOf(header, name) is >= 0 and var place
        ? place
        : throw CommandFault.Usage("MissingColumn", $"the mapping names a column '{name}'; the header has {string.Join(", ", header)}");

    private readonly record struct Part(string Text, int Column);
}
