using System.Collections.Immutable;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Onnx;
using CreditGrains.Risk.Onnx.Wire;
using CreditGrains.Risk.Trees;

namespace CreditGrains.Risk.Tests.Onnx;

/// <summary>Files that are damaged, absurd or not understood are refused by name; nothing else ever escapes, and nothing hangs.</summary>
public sealed class HostileFileTest
{
    private const string Ml = "ai.onnx.ml";

    [Fact]
    public void File_CutAnywhere_IsRefusedOrStillSound()
    {
        foreach (var kind in new[] { "pipeline", "network", "trees text labels", "one hot text" })
        {
            var bytes = ReferenceModels.All[kind]().Bytes;
            for (var length = 0; length < bytes.Length; length += 1 + bytes.Length / 700) LoadOrRefuse(bytes.AsSpan(0, length));
        }
    }

    [Fact]
    public void File_WithBytesChanged_IsRefusedOrStillSound()
    {
        var random = new Random(7);
        foreach (var kind in new[] { "pipeline", "network softmax", "trees Equal", "label encoder text", "imputer", "arithmetic" })
        {
            var bytes = ReferenceModels.All[kind]().Bytes;
            for (var round = 0; round < 1500; round++)
            {
                var changed = (byte[])bytes.Clone();
                for (var i = random.Next(1, 5); i > 0; i--) changed[random.Next(changed.Length)] = (byte)random.Next(256);
                LoadOrRefuse(changed);
            }
        }
    }

    [Fact]
    public void Operator_NotKnown_IsNamedWithItsNode()
    {
        var fault = Refused(Graph().Node("LSTM", "", ["x"], ["y"]));
        Assert.Equal("UnsupportedNode", fault.Name);
        Assert.Contains("LSTM_0", fault.Message, StringComparison.Ordinal);
        Assert.Contains("LSTM", fault.Message, StringComparison.Ordinal);
        Assert.Contains("export", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Attribute_NotKnown_IsNamed() => Assert.Contains("mystery", Refused(Graph().Node("Relu", "", ["x"], ["y"], ("mystery", 1L))).Message, StringComparison.Ordinal);

    [Fact]
    public void Graph_WithACycle_IsRefused() =>
        Assert.Equal("BadModel", Refused(Graph().Node("Add", "", ["x", "b"], ["a"]).Node("Identity", "", ["a"], ["b"]).Node("Identity", "", ["b"], ["y"])).Name);

    /// <summary>A root with two leaves: its feature, its children, the target of a weight, or the node of a weight is wrong.</summary>
    [Theory]
    [InlineData(77, 1, 2, 0, 2)]
    [InlineData(-1, 1, 2, 0, 2)]
    [InlineData(0, 0, 2, 0, 2)]
    [InlineData(0, 1, 1, 0, 2)]
    [InlineData(0, 99, 2, 0, 2)]
    [InlineData(0, 1, 2, 5, 2)]
    [InlineData(0, 1, 2, 0, 9)]
    [InlineData(0, 1, 2, 0, 1)]
    public void Tree_WithACycleOrAnIndexOutside_IsRefused(long feature, long first, long second, long target, long leaf)
    {
        var attributes = new (string, object)[]
        {
            ("nodes_treeids", new long[3]), ("nodes_nodeids", new long[] { 0, 1, 2 }), ("nodes_modes", new[] { "BRANCH_LEQ", "LEAF", "LEAF" }), ("nodes_featureids", new[] { feature, 0, 0 }),
            ("nodes_truenodeids", new[] { first, 0, 0 }), ("nodes_falsenodeids", new[] { second, 0, 0 }), ("nodes_values", new float[3]),
            ("target_treeids", new long[2]), ("target_nodeids", new[] { 1, leaf }), ("target_ids", new[] { target, 0 }), ("target_weights", new float[2]),
        };
        var fault = Refused(Graph().Node("TreeEnsembleRegressor", Ml, ["x"], ["y"], attributes));
        Assert.Equal("UnsupportedNode", fault.Name);
        Assert.Contains("TreeEnsembleRegressor_0", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1L << 52)]
    [InlineData(1L << 31)]
    [InlineData(16_000_000L)]
    public void Reshape_ToAHugeShape_IsRefused(long size) =>
        Assert.Contains("Reshape_0", Refused(Graph().Constant("s", OnnxType.Int64, [2], size, size).Node("Reshape", "", ["x", "s"], ["y"])).Message, StringComparison.Ordinal);

    [Fact]
    public void Products_BeyondAllReason_AreRefused()
    {
        // Each one-hot step multiplies the columns by 40: the sixth would need four thousand million.
        var graph = Graph(OnnxType.Int64);
        var cats = Enumerable.Range(0, 40).Select(i => (long)i).ToArray();
        var last = "x";
        for (var i = 0; i < 6; i++)
        {
            graph.Node("OneHotEncoder", Ml, [last], [$"h{i}"], ("cats_int64s", cats)).Node("Cast", "", [$"h{i}"], [$"c{i}"], ("to", 7L));
            last = $"c{i}";
        }

        Assert.Contains("OneHotEncoder", Refused(graph.Node("Identity", "", [last], ["y"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Input_NamedAfterAProtectedAttribute_IsRefused()
    {
        var graph = new OnnxGraphWriter("m").Input("x", OnnxType.Float, 2).Node("Identity", "", ["x"], ["y"]).Output("y", OnnxType.Float, 2).Property("feature_names", """["limit","AGE"]""");
        Assert.Equal("ProtectedInput", Assert.Throws<ModelFault>(() => OnnxModel.Load(graph.ToArray())).Name);
    }

    [Fact]
    public void Score_AfterCompilation_AllocatesNothing()
    {
        foreach (var kind in new[] { "pipeline", "network", "trees written", "logistic written", "tree classifier three bases 3 SOFTMAX" })
        {
            var model = OnnxModel.Load(ReferenceModels.All[kind]().Bytes, new OnnxReading(ScoreColumn: 0));
            var (row, scratch) = (new double[model.Inputs.Length], new double[model.ScratchLength]);
            for (var i = 0; i < 50; i++) model.Score(row, scratch);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++) model.Score(row, scratch);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    /// <summary>As sklearn's logistic regression is exported: two rows of coefficients, normalised, and a map a row.</summary>
    [Fact]
    public void ZipMap_AfterAClassifier_PassesTheScoresWithTheirClasses()
    {
        var graph = new OnnxGraphWriter("m").Input("x", OnnxType.Float, 2)
            .Node("LinearClassifier", Ml, ["x"], ["l", "p"], ("coefficients", new[] { -1f, 0.5f, 1f, -0.5f }), ("intercepts", new[] { 0.2f, -0.2f }), ("classlabels_ints", new long[] { 0, 1 }), ("multi_class", 1L), ("post_transform", "LOGISTIC"))
            .Node("Normalizer", Ml, ["p"], ["n"], ("norm", "L1")).Node("Cast", "", ["l"], ["label"], ("to", 7L)).Node("ZipMap", Ml, ["n"], ["probabilities"], ("classlabels_int64s", new long[] { 0, 1 }))
            .Output("label", OnnxType.Int64).MapOutput("probabilities", OnnxType.Int64);
        var model = OnnxModel.Load(graph.ToArray());
        Assert.Equal(["0", "1"], model.Outputs[1].Classes);
        Assert.Equal(ScoreUnit.Probability, model.Unit);
        Assert.Equal(CompiledModel.Logistic(0.3), model.Score([1, 1], new double[model.ScratchLength]), 1e-6);
    }

    [Fact]
    public void Names_OfWrittenModel_ComeBack()
    {
        var model = OnnxModel.Load(OnnxWriter.TreeClassifier(["utilisation", "days_past_due"], new TreeEnsemble([[TreeNode.Split(1, 3, 1, 2), TreeNode.Leaf(-1), TreeNode.Leaf(2)]], 2, 1, ImmutableArray.Create(0.5))));
        Assert.Equal(["utilisation", "days_past_due"], model.Inputs.Select(input => input.Name));
        Assert.Equal(1 / (1 + Math.Exp(-2.5)), model.Score([0, 4], new double[model.ScratchLength]), 1e-7);
        Assert.Equal(ScoreUnit.Probability, model.Unit);
    }

    private static OnnxGraphWriter Graph(OnnxType type = OnnxType.Float) => new OnnxGraphWriter("m").Input("x", type, 2).Output("y", OnnxType.Float, 2);

    private static ModelFault Refused(OnnxGraphWriter graph) => Assert.Throws<ModelFault>(() => OnnxModel.Load(graph.ToArray()));

    private static void LoadOrRefuse(ReadOnlySpan<byte> bytes)
    {
        OnnxModel model;
        try
        {
            model = OnnxModel.Load(bytes, new OnnxReading(ScoreColumn: 0));
        }
        catch (ModelFault fault)
        {
            Assert.NotEmpty(fault.Message);
            return;
        }

        model.Score(new double[model.Inputs.Length], new double[model.ScratchLength]);
    }
}
