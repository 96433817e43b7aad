using CreditGrains.Risk.Models;
using CreditGrains.Risk.Onnx.Wire;

namespace CreditGrains.Risk.Onnx;

/// <summary>What the compilation of one node sees: its inputs, its attributes, and the way to refuse it by name.</summary>
internal sealed class NodeScope(OnnxCompiler compiler, OnnxNode node, Slot?[] inputs)
{
    private readonly HashSet<string> read = new(StringComparer.Ordinal);

    public TextTable Texts => compiler.Texts;

    public OnnxNode Node => node;

    public long Opset => compiler.OpsetOf(node.Domain);

    public int InputCount => inputs.Length;

    public string Described => $"node '{node.Name}' ({node.Operator}, makes '{node.Outputs.FirstOrDefault()}')";

    public ModelFault Refuse(string why) => new("UnsupportedNode", $"{Described}: {why}");

    public Slot Input(int index) => index < inputs.Length && inputs[index] is { } slot ? slot : throw Refuse($"input {index} is missing; export the model again");

    public Slot? Maybe(int index) => index < inputs.Length ? inputs[index] : null;

    /// <summary>An input that holds numbers.</summary>
    public Slot Numbers(int index)
    {
        var slot = Input(index);
        return slot.Type != OnnxType.Text ? slot : throw Refuse($"input {index} is text; numbers are wanted");
    }

    /// <summary>An input whose content is known when the model is loaded.</summary>
    public double[] Fixed(int index) => Input(index).Constant ?? throw Refuse($"input {index} depends on the row; only a constant can be used here: export with fixed shapes");

    public OnnxAttribute? Attribute(string name)
    {
        read.Add(name);
        return node.Attributes.GetValueOrDefault(name);
    }

    public long Int(string name, long otherwise) => Attribute(name)?.Int ?? otherwise;

    public float Float(string name, float otherwise) => Attribute(name)?.Float ?? otherwise;

    public string Word(string name, string otherwise) => Attribute(name)?.Text ?? otherwise;

    public List<float> Floats(string name) => Attribute(name)?.Floats ?? [];

    public List<long> Ints(string name) => Attribute(name)?.Ints ?? [];

    public List<string> Words(string name) => Attribute(name)?.Texts ?? [];

    /// <summary>Numbers given as 32-bit attributes or, from a later opset on, as a tensor of another width.</summary>
    public double[] FloatsOrTensor(string name)
    {
        var tensor = Attribute(name + "_as_tensor")?.Tensor;
        return tensor is not null ? tensor.Numbers : [.. Floats(name).Select(value => (double)value)];
    }

    /// <summary>Refuses attributes that the operator's code did not look at, since what they ask for would be left undone.</summary>
    public void RefuseUnread()
    {
        foreach (var (name, attribute) in node.Attributes)
        {
            if (attribute.HasGraph) throw Refuse($"attribute '{name}' is a graph of its own; export without control flow");
            if (!read.Contains(name)) throw Refuse($"attribute '{name}' is not known here; export for ai.onnx opset 7 to 21 and ai.onnx.ml opset 1 to 4");
        }
    }

    public int Axis(long axis, int rank)
    {
        var at = axis < 0 ? axis + rank : axis;
        return at >= 0 && at < rank ? (int)at : throw Refuse($"axis {axis} is not among {rank} dimensions");
    }

    /// <summary>A new value in the scratch.</summary>
    public Slot Make(int output, OnnxType type, int[] shape, int[]? sources = null, string[]? classes = null) => compiler.Make(this, output, type, shape, sources, classes);

    /// <summary>Scratch for the node's own use, and its place.</summary>
    public int Reserve(int count) => compiler.Reserve(count, Refuse);

    /// <summary>A row that a value of one or two dimensions is: its columns.</summary>
    public int Columns(Slot slot) => slot.Shape.Length switch
    {
        1 => slot.Shape[0],
        2 when slot.Shape[0] == 1 => slot.Shape[1],
        _ => throw Refuse($"its input has shape {slot.Described}; one row of columns, [N,C], is wanted"),
    };
}
