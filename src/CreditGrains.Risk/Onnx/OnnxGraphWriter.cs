using CreditGrains.Risk.Onnx.Wire;

namespace CreditGrains.Risk.Onnx;

/// <summary>Builds an ONNX file node by node. Inputs and outputs have an open first dimension, the row.</summary>
internal sealed class OnnxGraphWriter(string name, long coreOpset = 17, long machineLearningOpset = 3)
{
    private readonly List<ProtoWriter> nodes = [];
    private readonly List<ProtoWriter> inputs = [];
    private readonly List<ProtoWriter> outputs = [];
    private readonly List<ProtoWriter> constants = [];
    private readonly List<(string Key, string Value)> properties = [];

    public OnnxGraphWriter Input(string input, OnnxType type, params long[] columns)
    {
        inputs.Add(Value(input, type, columns));
        return this;
    }

    /// <summary>An output; <see cref="OnnxType.None"/> leaves its shape open.</summary>
    public OnnxGraphWriter Output(string output, OnnxType type, params long[] columns)
    {
        outputs.Add(Value(output, type, columns));
        return this;
    }

    /// <summary>An output whose rank is left open.</summary>
    public OnnxGraphWriter OpenOutput(string output, OnnxType type)
    {
        outputs.Add(new ProtoWriter().Text(1, output).Message(2, new ProtoWriter().Message(1, new ProtoWriter().Int(1, (int)type))));
        return this;
    }

    /// <summary>The output of ZipMap: a list of maps from class to score.</summary>
    public OnnxGraphWriter MapOutput(string output, OnnxType key)
    {
        var number = new ProtoWriter().Message(1, new ProtoWriter().Int(1, (int)OnnxType.Float));
        var map = new ProtoWriter().Message(5, new ProtoWriter().Int(1, (int)key).Message(2, number));
        outputs.Add(new ProtoWriter().Text(1, output).Message(2, new ProtoWriter().Message(4, new ProtoWriter().Message(1, map))));
        return this;
    }

    public OnnxGraphWriter Constant(string constant, OnnxType type, long[] shape, params double[] values)
    {
        constants.Add(Tensor(constant, type, shape, values));
        return this;
    }

    public OnnxGraphWriter Property(string key, string value)
    {
        properties.Add((key, value));
        return this;
    }

    /// <summary>A node. Attribute values: long, float, string, or lists of them, or a written tensor.</summary>
    public OnnxGraphWriter Node(string operatorName, string domain, string[] from, string[] to, params (string Name, object Value)[] attributes)
    {
        var node = new ProtoWriter();
        foreach (var one in from) node.Text(1, one);
        foreach (var one in to) node.Text(2, one);
        node.Text(3, $"{operatorName}_{nodes.Count}").Text(4, operatorName);
        foreach (var (key, value) in attributes) node.Message(5, Attribute(key, value));
        if (domain.Length > 0) node.Text(7, domain);
        nodes.Add(node);
        return this;
    }

    public byte[] ToArray()
    {
        var graph = new ProtoWriter();
        foreach (var node in nodes) graph.Message(1, node);
        graph.Text(2, name);
        foreach (var constant in constants) graph.Message(5, constant);
        foreach (var input in inputs) graph.Message(11, input);
        foreach (var output in outputs) graph.Message(12, output);
        var model = new ProtoWriter().Int(1, 8).Text(2, "creditgrains").Message(7, graph)
            .Message(8, new ProtoWriter().Text(1, "").Int(2, coreOpset)).Message(8, new ProtoWriter().Text(1, "ai.onnx.ml").Int(2, machineLearningOpset));
        foreach (var (key, value) in properties) model.Message(14, new ProtoWriter().Text(1, key).Text(2, value));
        return model.ToArray();
    }

    public static ProtoWriter Tensor(string tensor, OnnxType type, long[] shape, double[] values)
    {
        var written = new ProtoWriter().Ints(1, shape).Int(2, (int)type);
        switch (type)
        {
            case OnnxType.Float: written.Floats(4, [.. values.Select(value => (float)value)]); break;
            case OnnxType.Double: written.Doubles(10, values); break;
            case OnnxType.Int64: written.Ints(7, values.Select(value => (long)value)); break;
            default: written.Ints(5, values.Select(value => (long)value)); break;
        }

        return written.Text(8, tensor);
    }

    private static ProtoWriter Value(string value, OnnxType type, long[] columns)
    {
        var shape = new ProtoWriter().Message(1, new ProtoWriter().Text(2, "N"));
        foreach (var size in columns) shape.Message(1, new ProtoWriter().Int(1, size));
        return new ProtoWriter().Text(1, value).Message(2, new ProtoWriter().Message(1, new ProtoWriter().Int(1, (int)type).Message(2, shape)));
    }

    private static ProtoWriter Attribute(string key, object value)
    {
        // The numbers of kinds (field 20) are those of the specification's AttributeType.
        var attribute = new ProtoWriter().Text(1, key);
        switch (value)
        {
            case float number: return attribute.Float(2, number).Int(20, 1);
            case long or int: return attribute.Int(3, Convert.ToInt64(value, null)).Int(20, 2);
            case string text: return attribute.Text(4, text).Int(20, 3);
            case ProtoWriter tensor: return attribute.Message(5, tensor).Int(20, 4);
            case IReadOnlyCollection<float> numbers: return attribute.Floats(7, numbers).Int(20, 6);
            case IEnumerable<long> wholes: return attribute.Ints(8, wholes).Int(20, 7);
            case IEnumerable<string> texts:
                foreach (var one in texts) attribute.Text(9, one);
                return attribute.Int(20, 8);
            default: throw new ArgumentException($"attribute '{key}' cannot be of type {value.GetType().Name}", nameof(value));
        }
    }
}
