using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Portfolio;
using CreditGrains.Engine.Features;
using CsvHelper;

namespace CreditGrains.Cli.Features;

/// <summary>Labels by decision, request or facility, to stand beside features.</summary>
internal sealed class LabelJoin
{
    private static readonly string[] Keys = ["sequence", "request_id", "facility"];
    private readonly Dictionary<string, (string[] Cells, bool[] Met)> rows = new(StringComparer.OrdinalIgnoreCase);
    private readonly string key;

    private LabelJoin(string key, string[] columns) => (this.key, Columns) = (key, columns);

    /// <summary>Names of the columns that are added.</summary>
    public string[] Columns { get; }

    /// <summary>Labels that met no decision.</summary>
    public int Unused => rows.Values.Count(row => !row.Met[0]);

    /// <summary>Reads a file.</summary>
    /// <exception cref="CommandFault">It has no key column, none to add, a doubled key or a key that is none.</exception>
    public static LabelJoin Read(string path)
    {
        using var reader = CsvFile.Open(path);
        var headers = reader.Headers.ToArray();
        var place = Array.FindIndex(headers, header => Keys.Contains(header, StringComparer.OrdinalIgnoreCase));
        if (place < 0) throw CommandFault.Usage("MissingColumn", $"{path} has no column sequence, request_id or facility to join by; add one");
        var columns = headers.Where((_, i) => i != place).ToArray();
        if (columns.Length == 0) throw CommandFault.Usage("MissingColumn", $"{path} has no column beside {headers[place]}; add the labels");
        var join = new LabelJoin(headers[place].ToLowerInvariant(), columns);
        var row = 0;
        while (reader.Read()) join.Add(reader, place, headers.Length, path, ++row);
        return join;
    }

    /// <summary>The label of a decision, null when there is none.</summary>
    public string[]? Of(in PastDecision decision)
    {
        var text = key switch
        {
            "sequence" => decision.Sequence.ToString(CultureInfo.InvariantCulture),
            "request_id" => decision.Id.ToString(),
            _ => KeyText.Of(decision.Facility),
        };
        if (!rows.TryGetValue(text, out var found)) return null;
        found.Met[0] = true;
        return found.Cells;
    }

    private void Add(CsvReader reader, int place, int count, string path, int row)
    {
        var text = CsvFile.Cell(reader, place);
        if (text.Length == 0) throw CommandFault.Usage("MissingKey", $"{path}, row {row}: the column {key} is empty; fill it in or delete the row");
        if (key == "facility") text = KeyText.Of(KeyText.Facility(text));
        var cells = Enumerable.Range(0, count).Where(i => i != place).Select(i => CsvFile.Cell(reader, i)).ToArray();
        if (!rows.TryAdd(text, (cells, [false]))) throw CommandFault.Usage("DoubledKey", $"{path}, row {row}: {key} {text} is there twice; keep one label a {key}");
    }
}
