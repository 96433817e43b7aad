namespace CreditGrains.Risk.Onnx.Wire;

/// <summary>Element types of tensors that are understood, by their number in the ONNX specification ("Tensor Element Types").</summary>
internal enum OnnxType
{
    None = 0,
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    UInt16 = 4,
    Int16 = 5,
    Int32 = 6,
    Int64 = 7,
    Text = 8,
    Bool = 9,
    Half = 10,
    Double = 11,
    UInt32 = 12,
    UInt64 = 13,
}

/// <summary>The parts of a model file that are read; the numbers of their fields are in <see cref="OnnxFile"/>.</summary>
internal sealed class OnnxGraph
{
    public string Name = "";
    public string Producer = "";
    public readonly Dictionary<string, long> Opsets = new(StringComparer.Ordinal);
    public readonly Dictionary<string, string> Metadata = new(StringComparer.Ordinal);
    public readonly List<OnnxNode> Nodes = [];
    public readonly List<OnnxTensor> Initializers = [];
    public readonly List<OnnxValue> Inputs = [];
    public readonly List<OnnxValue> Outputs = [];
}

/// <summary>An input or output of a graph. A dimension of −1 is open; the first is the row.</summary>
internal sealed class OnnxValue
{
    public string Name = "";
    public OnnxType Type;
    public long[]? Shape;
}

/// <summary>One operator of a graph.</summary>
internal sealed class OnnxNode
{
    public string Name = "";
    public string Operator = "";
    public string Domain = "";
    public readonly List<string> Inputs = [];
    public readonly List<string> Outputs = [];
    public readonly Dictionary<string, OnnxAttribute> Attributes = new(StringComparer.Ordinal);
}

/// <summary>An attribute of a node; which member holds the value is told by the operator.</summary>
internal sealed class OnnxAttribute
{
    public string Name = "";
    public float? Float;
    public long? Int;
    public string? Text;
    public OnnxTensor? Tensor;
    public bool HasGraph;
    public readonly List<float> Floats = [];
    public readonly List<long> Ints = [];
    public readonly List<string> Texts = [];
}

/// <summary>A constant tensor. Numbers are held as doubles; text as text.</summary>
internal sealed class OnnxTensor
{
    public string Name = "";
    public OnnxType Type;
    public int[] Shape = [];
    public double[] Numbers = [];
    public string[] Texts = [];
}
