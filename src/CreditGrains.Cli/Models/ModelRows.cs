using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Portfolio;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Onnx;

namespace CreditGrains.Cli.Models;

/// <summary>Rows of a CSV in the order of a model's inputs: columns by name, an empty cell is missing.</summary>
internal static class ModelRows
{
    /// <summary>More rows than this are refused; score a part at a time.</summary>
    private const int RowsMax = 5_000_000;

    public static List<double[]> Read(string path, CompiledModel model)
    {
        using var reader = CsvFile.Open(path);
        var places = model.Inputs.Select(input => CsvFile.PlaceOf(reader, input.Name, $"the model has {model.Inputs.Length} inputs, see 'creditgrains model check'")).ToArray();
        var rows = new List<double[]>();
        while (reader.Read())
        {
            if (rows.Count == RowsMax) throw CommandFault.Usage("TooManyRows", $"{path} has more than {RowsMax:N0} rows; score it in parts");
            var row = new double[places.Length];
            for (var i = 0; i < row.Length; i++) row[i] = Cell(CsvFile.Cell(reader, places[i]), model, i, rows.Count + 1);
            rows.Add(row);
        }

        return rows.Count > 0 ? rows : throw CommandFault.Usage("EmptyFile", $"{path} has a header and no row; give at least one row");
    }

    private static double Cell(string text, CompiledModel model, int input, int row)
    {
        if (model is OnnxModel onnx && onnx.Texts[input]) return onnx.Code(text);
        if (text.Length == 0 || text.Equals("NaN", StringComparison.OrdinalIgnoreCase)) return double.NaN;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw CommandFault.Usage("BadNumber", $"row {row}, column {model.Inputs[input].Name}: '{text}' is no number; write 1234.5, or leave the cell empty when it is missing");
    }
}
