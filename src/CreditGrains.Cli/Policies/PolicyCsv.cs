using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Portfolio;
using CreditGrains.Risk.Feel;
using CreditGrains.Risk.Policies;

namespace CreditGrains.Cli.Policies;

/// <summary>Inputs of a policy from a CSV: columns by the names of inputs, others are passed over; an empty cell is null.</summary>
internal static class PolicyCsv
{
    /// <summary>Reads rows, numbered from 1.</summary>
    /// <exception cref="CommandFault">The file cannot be read, or has none of the policy's inputs.</exception>
    public static IEnumerable<(long Row, FeelContext Inputs)> Read(Policy policy, string path)
    {
        if (!File.Exists(path)) throw CommandFault.Usage("FileError", $"{path} does not exist; check the path");
        using var csv = CsvFile.Open(path);
        var columns = new List<(int Place, PolicyInput Input)>();
        for (var i = 0; i < csv.Headers.Count; i++)
            if (policy.Inputs.FirstOrDefault(known => known.Name == csv.Headers[i]) is { } input) columns.Add((i, input));
        if (columns.Count == 0) throw CommandFault.Usage("MissingColumn", $"the header has none of the policy's inputs {string.Join(", ", policy.Inputs.Select(known => $"'{known.Name}'"))}");
        for (var row = 1L; csv.Read(); row++)
        {
            var inputs = new FeelContext();
            foreach (var (place, input) in columns)
            {
                var text = CsvFile.Cell(csv, place);
                if (text.Length > 0) inputs.Set(input.Name, input.TypeName == "Any" ? ValueOf(text) : Typed(input, text, row));
            }
            yield return (row, inputs);
        }
    }

    private static FeelValue Typed(PolicyInput input, string text, long row) => input.ReadText(text) is { IsNull: false } value ? value
        : throw CommandFault.Usage("BadInput", $"row {row}: '{text}' is no {input.TypeName} for '{input.Name}'; correct the cell, or leave it empty for null");

    /// <summary>Of an input without a type: a number or boolean when it reads as one, else the text.</summary>
    private static FeelValue ValueOf(string text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? FeelValue.Of(number)
        : text is "true" or "false" ? FeelValue.Of(text == "true") : FeelValue.Of(text);
}
