using System.Globalization;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Onnx.Steps;
using CreditGrains.Risk.Onnx.Wire;

namespace CreditGrains.Risk.Onnx;

/// <summary>Turns a graph into steps over one stretch of scratch, for rows one at a time: every open first dimension is 1. What does not depend on the row is worked out now.</summary>
internal sealed class OnnxCompiler
{
    private const int ScratchMax = 32 << 20;
    private const int RankMax = 8;

    private readonly OnnxGraph graph;
    private readonly Dictionary<string, Slot> values = new(StringComparer.Ordinal);
    private readonly List<string> names = [];
    private long length;
    private long work;
    private double[] folding = [];

    public OnnxCompiler(OnnxGraph graph) => this.graph = graph;

    public TextTable Texts { get; } = new();

    public List<Step> Steps { get; } = [];

    public List<Slot> Inputs { get; } = [];

    public List<Slot> Outputs { get; } = [];

    public IReadOnlyList<string> InputNames => names;

    public int ScratchLength => (int)length;

    public long OpsetOf(string domain) => graph.Opsets.GetValueOrDefault(domain, domain.Length == 0 ? 13 : 1);

    public void Compile()
    {
        foreach (var tensor in graph.Initializers) Define(tensor.Name, Constant(tensor.Name, tensor), "constant");
        foreach (var input in graph.Inputs.Where(input => !values.ContainsKey(input.Name))) DefineInput(input);
        if (names.Count == 0) throw new ModelFault("BadModel", "the model has no input; export it with its inputs");
        for (var i = 0; i < graph.Nodes.Count; i++) CompileNode(graph.Nodes[i], i);
        foreach (var output in graph.Outputs)
            Outputs.Add(values.GetValueOrDefault(output.Name) ?? throw new ModelFault("BadModel", $"output '{output.Name}' is made by no node; export the model again"));
        if (Outputs.Count == 0) throw new ModelFault("BadModel", "the model has no output; export it again");
    }

    /// <summary>A value for an output of a node.</summary>
    public Slot Make(NodeScope scope, int output, OnnxType type, int[] shape, int[]? sources, string[]? classes)
    {
        var name = output < scope.Node.Outputs.Count ? scope.Node.Outputs[output] : "";
        CheckShape(scope.Refuse, shape);
        var slot = new Slot { Name = name, Type = type, Shape = shape, Offset = (int)length, Sources = sources, Classes = classes };
        Reserve(slot.Length, scope.Refuse);
        return slot;
    }

    /// <summary>Reserves scratch and returns its place.</summary>
    public int Reserve(int count, Func<string, ModelFault> refuse)
    {
        var place = (int)length;
        length += count;
        return length <= ScratchMax ? place : throw refuse($"the model needs more than {ScratchMax} numbers of scratch a row; make it smaller");
    }

    public Slot Constant(string name, OnnxTensor tensor) => new()
    {
        Name = name,
        Type = tensor.Type is OnnxType.Half ? OnnxType.Float : tensor.Type,
        Shape = tensor.Shape,
        Constant = tensor.Type == OnnxType.Text ? [.. tensor.Texts.Select(Texts.Code)] : tensor.Numbers,
    };

    private void CompileNode(OnnxNode node, int index)
    {
        if (node.Name.Length == 0) node.Name = string.Create(CultureInfo.InvariantCulture, $"#{index}");
        var inputs = new Slot?[node.Inputs.Count];
        for (var i = 0; i < inputs.Length; i++)
        {
            if (node.Inputs[i].Length == 0) continue;
            inputs[i] = values.GetValueOrDefault(node.Inputs[i])
                ?? throw new ModelFault("BadModel", $"node '{node.Name}' ({node.Operator}) reads '{node.Inputs[i]}', which nothing before it makes: a cycle, or nodes out of order; export the model again");
        }

        var scope = new NodeScope(this, node, inputs);
        if (node.Outputs.Count == 0) throw scope.Refuse("it has no output; export the model again");
        if (node.Attributes.Values.Any(attribute => attribute.HasGraph)) scope.RefuseUnread();
        var step = StepTable.Build(scope);
        scope.RefuseUnread();
        work += step.Work;
        if (work > 200_000_000) throw scope.Refuse("the model needs more than 200,000,000 operations a row; make it smaller");
        var results = step.Results;
        if (results.Count < node.Outputs.Count(name => name.Length > 0)) throw scope.Refuse($"it has {node.Outputs.Count} outputs, of which {results.Count} are known");
        if (inputs.All(input => input?.Constant is not null) && inputs.Length > 0) results = Fold(step);
        else if (step is not ValueStep) Steps.Add(step);
        for (var i = 0; i < node.Outputs.Count; i++)
            if (node.Outputs[i].Length > 0) Define(node.Outputs[i], results[i], $"node '{node.Name}' ({node.Operator})");
    }

    private List<Slot> Fold(Step step)
    {
        if (step is ValueStep) return [.. step.Results];
        if (folding.Length < length) folding = new double[Math.Max(length, 2L * folding.Length)];
        var memory = folding;
        step.Run(memory);
        return [.. step.Results.Select(slot => new Slot { Name = slot.Name, Type = slot.Type, Shape = slot.Shape, Classes = slot.Classes, Constant = slot.Of(memory).ToArray() })];
    }

    private void DefineInput(OnnxValue input)
    {
        ModelFault Refuse(string why) => new("UnsupportedInput", $"input '{input.Name}': {why}");
        if (input.Type is not (OnnxType.Float or OnnxType.Double or OnnxType.Int64 or OnnxType.Int32 or OnnxType.Bool or OnnxType.Text))
            throw Refuse($"its type is {(input.Type == OnnxType.None ? "no tensor" : input.Type.ToString())}; give float, double, int32, int64, bool or string tensors");
        if (input.Shape is null) throw Refuse("it has no shape; export with the number of columns");
        if (input.Shape.Length > RankMax) throw Refuse($"it has {input.Shape.Length} dimensions; at most {RankMax} are understood");
        var shape = new int[input.Shape.Length];
        for (var i = 0; i < shape.Length; i++)
        {
            if (i > 0 && input.Shape[i] <= 0) throw Refuse($"dimension {i} is open; export with the number of columns");
            if (input.Shape[i] > Slot.LengthMax) throw Refuse($"dimension {i} is {input.Shape[i]}, too large for a row");
            shape[i] = input.Shape[i] <= 0 ? 1 : (int)input.Shape[i];
        }

        if (shape.Length > 1 && shape[0] != 1) throw Refuse($"its first dimension is {shape[0]}; rows are scored one at a time: export with an open first dimension");
        CheckShape(Refuse, shape);
        var first = names.Count;
        var slot = new Slot { Name = input.Name, Type = input.Type, Shape = shape, Offset = (int)length, Sources = [.. Enumerable.Range(first, shape.Aggregate(1, (a, b) => a * b))] };
        if (first + slot.Length > 100_000) throw Refuse("the model has more than 100,000 inputs; make it smaller");
        Reserve(slot.Length, Refuse);
        for (var i = 0; i < slot.Length; i++) names.Add(slot.Length == 1 ? input.Name : string.Create(CultureInfo.InvariantCulture, $"{input.Name}[{i}]"));
        Inputs.Add(slot);
        Define(input.Name, slot, "input");
    }

    private void Define(string name, Slot slot, string by)
    {
        if (!values.TryAdd(name, slot)) throw new ModelFault("BadModel", $"'{name}' is made twice, the second time by {by}; export the model again");
    }

    private static void CheckShape(Func<string, ModelFault> refuse, int[] shape)
    {
        if (shape.Length > RankMax) throw refuse($"a value has {shape.Length} dimensions; at most {RankMax} are understood");
        var product = 1L;
        foreach (var size in shape)
        {
            product *= size;
            if (size < 0 || product > Slot.LengthMax) throw refuse($"a value of shape [{string.Join(',', shape)}] is too large for a row");
        }
    }
}
