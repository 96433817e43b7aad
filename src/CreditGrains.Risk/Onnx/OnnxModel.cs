using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Onnx.Steps;
using CreditGrains.Risk.Onnx.Wire;

namespace CreditGrains.Risk.Onnx;

/// <summary>An output of an ONNX model for one row.</summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="Described">Type and shape, such as "float[1,2]".</param>
/// <param name="Length">How many numbers it has.</param>
/// <param name="IsText">Whether the numbers stand for text, see <see cref="OnnxModel.Text"/>.</param>
/// <param name="Classes">Names of the classes of its columns, where known.</param>
public sealed record OnnxOutput(string Name, string Described, int Length, bool IsText, ImmutableArray<string> Classes);

/// <summary>How a model file is to be read.</summary>
/// <param name="Names">Names of the inputs in their order; null takes those of the file: metadata "feature_names" (a JSON list), else the names of its tensors with a column number.</param>
/// <param name="ScoreOutput">Which output is the score; null takes the last that holds numbers of type float or double.</param>
/// <param name="ScoreColumn">Which column of it; null takes the second of two, or the only one.</param>
/// <param name="Unit">What the score is; null takes a probability for classifiers and a plain number else.</param>
public sealed record OnnxReading(ImmutableArray<string> Names = default, string? ScoreOutput = null, int? ScoreColumn = null, ScoreUnit? Unit = null);

/// <summary>
/// An ONNX model compiled for rows one at a time. Its inputs are the columns of all its input tensors in order; text inputs are given as codes, see
/// <see cref="Code"/>. A row is evaluated in the scratch of the caller, without allocation.
/// </summary>
public sealed class OnnxModel : CompiledModel
{
    private readonly Step[] steps;
    private readonly Slot[] outputs;
    private readonly Slot[] inputs;
    private readonly TextTable texts;
    private readonly int scratch;
    private readonly int scoreSlot;
    private readonly int scoreColumn;

    private OnnxModel(OnnxCompiler compiled, OnnxGraph graph, OnnxReading reading, string hash) : base(NamesOf(compiled, graph, reading), UnitOf(compiled, reading), "onnx")
    {
        steps = [.. compiled.Steps];
        outputs = [.. compiled.Outputs];
        inputs = [.. compiled.Inputs];
        texts = compiled.Texts;
        scratch = compiled.ScratchLength;
        Hash = hash;
        Producer = graph.Producer;
        Operators = [.. graph.Nodes.Select(node => node.Operator)];
        Metadata = graph.Metadata.ToImmutableSortedDictionary(StringComparer.Ordinal);
        Opsets = graph.Opsets.ToImmutableSortedDictionary(StringComparer.Ordinal);
        Outputs = [.. outputs.Select(slot => new OnnxOutput(slot.Name, slot.Described, slot.Length, slot.Type == OnnxType.Text, slot.Classes is null ? [] : [.. slot.Classes]))];
        Texts = [.. inputs.SelectMany(slot => Enumerable.Repeat(slot.Type == OnnxType.Text, slot.Length))];
        (scoreSlot, scoreColumn) = ScoreOf(reading);
    }

    /// <summary>SHA-256 of the file, in hexadecimal.</summary>
    public string Hash { get; }

    /// <summary>What made the file, as it says.</summary>
    public string Producer { get; }

    /// <summary>The operators of the graph, in order.</summary>
    public ImmutableArray<string> Operators { get; }

    /// <summary>Properties of the file.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; }

    /// <summary>Versions of the operator sets; "" is ai.onnx.</summary>
    public ImmutableSortedDictionary<string, long> Opsets { get; }

    /// <summary>The outputs for one row.</summary>
    public ImmutableArray<OnnxOutput> Outputs { get; }

    /// <summary>Whether one number is the score: not where the output has several columns and none was named.</summary>
    public bool HasScore => scoreColumn >= 0;

    /// <summary>For each input whether it is text.</summary>
    public ImmutableArray<bool> Texts { get; }

    /// <summary>Types and shapes of the input tensors for one row.</summary>
    public IEnumerable<(string Name, string Described)> Tensors => inputs.Select(slot => (slot.Name, slot.Described));

    private protected override int OwnScratch => scratch;

    internal IReadOnlyList<Step> Steps => steps;

    /// <summary>Reads and compiles a model.</summary>
    /// <exception cref="ModelFault">The bytes are no ONNX model, are damaged, or hold an operator or attribute that is not understood; the message names the node and the way out.</exception>
    public static OnnxModel Load(ReadOnlySpan<byte> bytes, OnnxReading? reading = null)
    {
        var graph = OnnxFile.Parse(bytes);
        var compiler = new OnnxCompiler(graph);
        compiler.Compile();
        return new OnnxModel(compiler, graph, reading ?? new OnnxReading(), Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    /// <summary>The number by which a text input is given; −1 for text that the model does not know.</summary>
    public double Code(string text) => texts.Find(text);

    /// <summary>The text that a number of a text output stands for.</summary>
    public string? Text(double code) => texts.Text(code);

    /// <summary>Evaluates all outputs of a row.</summary>
    /// <param name="row">A number for each input.</param>
    /// <param name="memory">Scratch; the outputs lie in it until it is used again.</param>
    public void Evaluate(ReadOnlySpan<double> row, Span<double> memory)
    {
        var at = 0;
        foreach (var slot in inputs)
        {
            var to = memory.Slice(slot.Offset, slot.Length);
            if (slot.Type == OnnxType.Float)
                for (var i = 0; i < to.Length; i++) to[i] = (float)row[at + i];
            else row.Slice(at, to.Length).CopyTo(to);
            at += to.Length;
        }

        foreach (var step in steps) step.Run(memory);
    }

    /// <summary>An output of the row evaluated last in this scratch.</summary>
    public ReadOnlySpan<double> Output(int index, ReadOnlySpan<double> memory) => outputs[index].Of(memory);

    private protected override double Compute(ReadOnlySpan<double> row, Span<double> scratch)
    {
        if (scoreColumn < 0) throw new InvalidOperationException($"output '{outputs[scoreSlot].Name}' has {outputs[scoreSlot].Length} columns: say which is the score when the model is loaded");
        Evaluate(row, scratch);
        return outputs[scoreSlot].Of(scratch)[scoreColumn];
    }

    private (int Slot, int Column) ScoreOf(OnnxReading reading)
    {
        var slot = reading.ScoreOutput is { } name ? Array.FindIndex(outputs, one => one.Name == name) : Array.FindLastIndex(outputs, one => one.Type is OnnxType.Float or OnnxType.Double);
        if (slot < 0 && reading.ScoreOutput is null) slot = Array.FindLastIndex(outputs, one => one.Type != OnnxType.Text);
        if (slot < 0 || outputs[slot].Length == 0) throw new ModelFault("BadModel", $"no output {(reading.ScoreOutput is null ? "of numbers" : $"'{reading.ScoreOutput}'")} to take the score from; the outputs are {string.Join(", ", outputs.Select(one => one.Name))}");
        var length = outputs[slot].Length;
        var column = reading.ScoreColumn ?? length switch { 1 => 0, 2 => 1, _ => -1 };
        return column < length && column >= (reading.ScoreColumn is null ? -1 : 0) ? (slot, column) : throw new ModelFault("BadModel", $"output '{outputs[slot].Name}' has {length} columns and none of number {column}; columns count from 0");
    }

    private static ScoreUnit UnitOf(OnnxCompiler compiled, OnnxReading reading) =>
        reading.Unit ?? (compiled.Outputs.Any(slot => slot.Classes is not null) ? ScoreUnit.Probability : ScoreUnit.Number);

    private static ImmutableArray<ModelInput> NamesOf(OnnxCompiler compiled, OnnxGraph graph, OnnxReading reading)
    {
        IReadOnlyList<string> names = reading.Names.IsDefault ? compiled.InputNames : reading.Names;
        if (reading.Names.IsDefault && graph.Metadata.TryGetValue("feature_names", out var listed))
        {
            try
            {
                names = JsonSerializer.Deserialize<string[]>(listed) ?? [];
            }
            catch (JsonException e)
            {
                throw new ModelFault("BadModel", "metadata feature_names is no JSON list of names; write one or leave it out", e);
            }
        }

        return names.Count == compiled.InputNames.Count
            ? [.. names.Select(name => new ModelInput(name))]
            : throw new ModelFault("BadModel", $"{names.Count} names are given for {compiled.InputNames.Count} inputs; give one for each column");
    }
}
