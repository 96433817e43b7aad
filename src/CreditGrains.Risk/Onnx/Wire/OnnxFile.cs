using System.Text;
using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Onnx.Wire;

/// <summary>Reads an ONNX model (IR specification of onnx.ai) from bytes: the few messages that evaluation needs, by field number.</summary>
internal static class OnnxFile
{
    /// <summary>A larger file is refused.</summary>
    public const int BytesMax = 256 << 20;

    /// <summary>More nodes than this are refused.</summary>
    public const int NodesMax = 20_000;

    public static OnnxGraph Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > BytesMax) throw new ModelFault(bytes.Length == 0 ? "BadOnnx" : "TooLarge", $"the file has {bytes.Length} bytes; a model has 1 to {BytesMax}");
        var graph = new OnnxGraph();
        var reader = new ProtoReader(bytes, "the model");
        var hasGraph = false;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2: graph.Producer = reader.Text(); break;
                case 7 when hasGraph: throw new ModelFault("BadOnnx", "the model has two graphs; export it again");
                case 7:
                    hasGraph = true;
                    Graph(reader.Bytes(), graph);
                    break;
                case 8: Opset(reader.Bytes(), graph); break;
                case 14: Property(reader.Bytes(), graph); break;
                case 25: throw new ModelFault("UnsupportedFunction", "the model defines functions of its own; inline them before exporting");
                default: reader.Skip(); break;
            }
        }

        if (!hasGraph) throw new ModelFault("BadOnnx", "the file has no graph: it is no ONNX model, or only part of one; export it again");
        return graph;
    }

    private static void Graph(ReadOnlySpan<byte> bytes, OnnxGraph graph)
    {
        var reader = new ProtoReader(bytes, "the graph");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: graph.Nodes.Add(Node(reader.Bytes())); break;
                case 2: graph.Name = reader.Text(); break;
                case 5: graph.Initializers.Add(Tensor(reader.Bytes())); break;
                case 11: graph.Inputs.Add(Value(reader.Bytes())); break;
                case 12: graph.Outputs.Add(Value(reader.Bytes())); break;
                case 15: throw new ModelFault("UnsupportedTensor", "the graph has sparse constants; export them dense");
                default: reader.Skip(); break;
            }

            if (graph.Nodes.Count > NodesMax) throw new ModelFault("TooLarge", $"the graph has more than {NodesMax} nodes; simplify it");
        }
    }

    private static void Opset(ReadOnlySpan<byte> bytes, OnnxGraph graph)
    {
        var (domain, version) = ("", 0L);
        var reader = new ProtoReader(bytes, "an opset");
        while (reader.Next())
        {
            if (reader.Field == 1) domain = reader.Text();
            else if (reader.Field == 2) version = reader.Int();
            else reader.Skip();
        }

        graph.Opsets[domain == "ai.onnx" ? "" : domain] = version;
    }

    private static void Property(ReadOnlySpan<byte> bytes, OnnxGraph graph)
    {
        var (key, value) = ("", "");
        var reader = new ProtoReader(bytes, "a property");
        while (reader.Next())
        {
            if (reader.Field == 1) key = reader.Text();
            else if (reader.Field == 2) value = reader.Text();
            else reader.Skip();
        }

        graph.Metadata[key] = value;
    }

    private static OnnxNode Node(ReadOnlySpan<byte> bytes)
    {
        var node = new OnnxNode();
        var reader = new ProtoReader(bytes, "a node");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: node.Inputs.Add(reader.Text()); break;
                case 2: node.Outputs.Add(reader.Text()); break;
                case 3: node.Name = reader.Text(); break;
                case 4: node.Operator = reader.Text(); break;
                case 5:
                    var attribute = Attribute(reader.Bytes());
                    if (!node.Attributes.TryAdd(attribute.Name, attribute)) throw new ModelFault("BadOnnx", $"node '{node.Name}' has attribute '{attribute.Name}' twice; export it again");
                    break;
                case 7:
                    var domain = reader.Text();
                    node.Domain = domain == "ai.onnx" ? "" : domain;
                    break;
                default: reader.Skip(); break;
            }
        }

        return node;
    }

    private static OnnxAttribute Attribute(ReadOnlySpan<byte> bytes)
    {
        var attribute = new OnnxAttribute();
        var reader = new ProtoReader(bytes, "an attribute");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: attribute.Name = reader.Text(); break;
                case 2: attribute.Float = reader.Float(); break;
                case 3: attribute.Int = reader.Int(); break;
                case 4: attribute.Text = reader.Text(); break;
                case 5: attribute.Tensor = Tensor(reader.Bytes()); break;
                case 7: reader.Floats(attribute.Floats); break;
                case 8: reader.Ints(attribute.Ints); break;
                case 9: attribute.Texts.Add(reader.Text()); break;
                case 6 or 11:
                    attribute.HasGraph = true;
                    reader.Skip();
                    break;
                default: reader.Skip(); break;
            }
        }

        return attribute;
    }

    private static OnnxValue Value(ReadOnlySpan<byte> bytes)
    {
        var value = new OnnxValue();
        var reader = new ProtoReader(bytes, "an input or output");
        while (reader.Next())
        {
            if (reader.Field == 1) value.Name = reader.Text();
            else if (reader.Field == 2) Type(reader.Bytes(), value);
            else reader.Skip();
        }

        return value;
    }

    private static void Type(ReadOnlySpan<byte> bytes, OnnxValue value)
    {
        var reader = new ProtoReader(bytes, "a type");
        while (reader.Next())
        {
            if (reader.Field != 1)
            {
                reader.Skip();
                continue;
            }

            var tensor = new ProtoReader(reader.Bytes(), "a tensor type");
            while (tensor.Next())
            {
                if (tensor.Field == 1) value.Type = (OnnxType)Math.Clamp(tensor.Int(), 0, 255);
                else if (tensor.Field == 2) value.Shape = Shape(tensor.Bytes());
                else tensor.Skip();
            }
        }
    }

    private static long[] Shape(ReadOnlySpan<byte> bytes)
    {
        var dimensions = new List<long>();
        var reader = new ProtoReader(bytes, "a shape");
        while (reader.Next())
        {
            if (reader.Field != 1)
            {
                reader.Skip();
                continue;
            }

            var size = -1L;
            var dimension = new ProtoReader(reader.Bytes(), "a dimension");
            while (dimension.Next())
            {
                if (dimension.Field == 1) size = dimension.Int();
                else dimension.Skip();
            }

            dimensions.Add(size);
        }

        return [.. dimensions];
    }

    private static OnnxTensor Tensor(ReadOnlySpan<byte> bytes)
    {
        var tensor = new OnnxTensor();
        var dimensions = new List<long>();
        var floats = new List<float>();
        var wholes = new List<long>();
        var doubles = new List<double>();
        var texts = new List<string>();
        ReadOnlySpan<byte> raw = default;
        var reader = new ProtoReader(bytes, "a tensor");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: reader.Ints(dimensions); break;
                case 2: tensor.Type = (OnnxType)Math.Clamp(reader.Int(), 0, 255); break;
                case 4: reader.Floats(floats); break;
                case 5 or 7 or 11: reader.Ints(wholes); break;
                case 6: texts.Add(Encoding.UTF8.GetString(reader.Bytes())); break;
                case 8: tensor.Name = reader.Text(); break;
                case 9: raw = reader.Bytes(); break;
                case 10: reader.Doubles(doubles); break;
                case 13: throw new ModelFault("UnsupportedTensor", $"tensor '{tensor.Name}' lies in another file; export the model as one file");
                case 14 when reader.Int() != 0: throw new ModelFault("UnsupportedTensor", $"tensor '{tensor.Name}' lies in another file; export the model as one file");
                case 14: break;
                default: reader.Skip(); break;
            }
        }

        var count = 1L;
        foreach (var dimension in dimensions)
        {
            if (dimension is < 0 or > int.MaxValue || count * dimension > BytesMax) throw new ModelFault("BadOnnx", $"tensor '{tensor.Name}' has a dimension of {dimension}; the file cannot hold that");
            count *= dimension;
        }

        tensor.Shape = [.. dimensions.Select(dimension => (int)dimension)];
        TensorContent.Fill(tensor, (int)count, floats, wholes, doubles, texts, raw);
        return tensor;
    }
}
