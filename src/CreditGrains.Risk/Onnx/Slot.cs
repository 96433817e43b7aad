using CreditGrains.Risk.Onnx.Wire;

namespace CreditGrains.Risk.Onnx;

/// <summary>Where a value of the graph lies while a row is evaluated: a part of the scratch, or a constant. Shapes are those of one row.</summary>
internal sealed class Slot
{
    /// <summary>Larger tensors are refused.</summary>
    public const int LengthMax = 16 << 20;

    public required string Name { get; init; }
    public required OnnxType Type { get; init; }

    public required int[] Shape
    {
        get;
        init
        {
            field = value;
            Length = value.Aggregate(1, (product, size) => product * size);
        }
    }

    /// <summary>Its content when it does not depend on the row.</summary>
    public double[]? Constant { get; init; }

    /// <summary>Its place in the scratch when it has no <see cref="Constant"/>.</summary>
    public int Offset { get; init; }

    /// <summary>For each element the one model input it comes from, through steps that work on columns alone; −1 where it comes from several.</summary>
    public int[]? Sources { get; init; }

    /// <summary>Names of the classes of its columns, where an operator gave any.</summary>
    public string[]? Classes { get; init; }

    public int Length { get; private init; }

    public ReadOnlySpan<double> Of(ReadOnlySpan<double> memory) => Constant ?? memory.Slice(Offset, Length);

    public string Described => $"{Type switch { OnnxType.Text => "string", _ => Type.ToString().ToLowerInvariant() }}[{string.Join(',', Shape)}]";
}

/// <summary>Text of a model as numbers: each distinct string has an index, a string the model does not know is −1.</summary>
internal sealed class TextTable
{
    private readonly Dictionary<string, int> codes = new(StringComparer.Ordinal);
    private readonly List<string> texts = [];

    public double Code(string text)
    {
        if (codes.TryGetValue(text, out var code)) return code;
        codes.Add(text, texts.Count);
        texts.Add(text);
        return texts.Count - 1;
    }

    public double Find(string text) => codes.TryGetValue(text, out var code) ? code : -1;

    public string? Text(double code) => code >= 0 && code < texts.Count ? texts[(int)code] : null;
}
