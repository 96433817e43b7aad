using CreditGrains.Risk.Onnx;
using CreditGrains.Risk.Onnx.Wire;
using CreditGrains.Risk.Trees;

namespace CreditGrains.Risk.Tests.Onnx;

/// <summary>Graphs after the form of common exporters (skl2onnx, onnxmltools), over their inputs, opsets and endings.</summary>
internal static class ExporterModels
{
    private const string Ml = "ai.onnx.ml";
    private const int Features = 6;

    public static void AddTo(SortedDictionary<string, Func<ReferenceModel>> all)
    {
        foreach (var type in new[] { OnnxType.Float, OnnxType.Double, OnnxType.Int64 })
        {
            all[$"exporter logistic of {type}"] = () => Logistic(type);
            all[$"exporter forest of {type}"] = () => Forest(type);
            all[$"exporter network of {type}"] = () => Network(type);
        }

        foreach (var opset in new long[] { 7, 9, 11, 12, 13, 15, 18, 21 })
        {
            all[$"opset {opset} softmax"] = () => Graph(opset, graph => graph.Node("Softmax", "", ["x"], ["y"], ("axis", opset < 13 ? 1L : -1L)));
            all[$"opset {opset} clip"] = () => Graph(opset, graph => opset < 11
                ? graph.Node("Clip", "", ["x"], ["y"], ("min", -0.3f), ("max", 0.4f))
                : graph.Constant("low", OnnxType.Float, [], -0.3).Constant("high", OnnxType.Float, [], 0.4).Node("Clip", "", ["x", "low", "high"], ["y"]));
            all[$"opset {opset} squeeze"] = () => Graph(opset, graph => opset < 13
                ? graph.Node("Unsqueeze", "", ["x"], ["u"], ("axes", new long[] { 2 })).Node("Squeeze", "", ["u"], ["y"], ("axes", new long[] { 2 }))
                : graph.Constant("axes", OnnxType.Int64, [1], 2).Node("Unsqueeze", "", ["x", "axes"], ["u"]).Node("Squeeze", "", ["u", "axes"], ["y"]));
            all[$"opset {opset} network"] = () => Graph(opset, graph => graph
                .Constant("w", OnnxType.Float, [Features, Features], Numbers(61, Features * Features)).Constant("b", OnnxType.Float, [Features], Numbers(62, Features))
                .Node("Gemm", "", ["x", "w", "b"], ["g"]).Node("LeakyRelu", "", ["g"], ["r"], ("alpha", 0.05f)).Node("Dropout", "", ["r"], ["d"]).Node("Tanh", "", ["d"], ["y"]));
        }

        foreach (var version in new long[] { 1, 2, 3 })
            all[$"ml opset {version} forest"] = () => Trees(OnnxType.Float, version);
    }

    /// <summary>Scaler, LinearClassifier, Normalizer L1, and the label cast twice, as skl2onnx writes LogisticRegression.</summary>
    private static ReferenceModel Logistic(OnnxType type)
    {
        var graph = new OnnxGraphWriter("m").Input("x", type, Features)
            .Node("Scaler", Ml, ["x"], ["scaled"], ("offset", Floats(1)), ("scale", Floats(2)))
            .Node("LinearClassifier", Ml, ["scaled"], ["raw", "votes"], ("coefficients", (float[])[.. Floats(3), .. Floats(4)]), ("intercepts", new[] { 0.2f, -0.2f }), ("classlabels_ints", new long[] { 0, 1 }), ("post_transform", "LOGISTIC"), ("multi_class", 1L))
            .Node("Normalizer", Ml, ["votes"], ["probabilities"], ("norm", "L1"))
            .Node("Cast", "", ["raw"], ["whole"], ("to", 7L)).Constant("flat", OnnxType.Int64, [1], -1).Node("Reshape", "", ["whole", "flat"], ["label"]);
        return new ReferenceModel(graph.Output("label", OnnxType.Int64).Output("probabilities", OnnxType.Float, 2).ToArray(), [("x", type, Features)], ["label", "probabilities"]);
    }

    private static ReferenceModel Forest(OnnxType type) => Trees(type, 3);

    /// <summary>A forest whose leaves vote for both classes, as skl2onnx writes RandomForestClassifier.</summary>
    private static ReferenceModel Trees(OnnxType type, long version)
    {
        var trees = SampleTrees.Ensemble(71, 25, 5, Features, targets: 2, leaf: random => (float)random.NextDouble() is var share ? [new TreeWeight(0, share / 25), new TreeWeight(1, (1 - share) / 25)] : []);
        var attributes = OnnxWriter.Nodes(trees.Trees, "class");
        attributes.Add(("classlabels_int64s", new long[] { 0, 1 }));
        attributes.Add(("post_transform", "NONE"));
        var graph = new OnnxGraphWriter("m", 15, version).Input("x", type, Features);
        // An exporter casts what is not float; int64 goes in as it is.
        var from = type == OnnxType.Double ? "narrow" : "x";
        if (type == OnnxType.Double) graph.Node("Cast", "", ["x"], ["narrow"], ("to", 1L));
        graph.Node("TreeEnsembleClassifier", Ml, [from], ["label", "probabilities"], [.. attributes]);
        return new ReferenceModel(graph.Output("label", OnnxType.Int64).Output("probabilities", OnnxType.Float, 2).ToArray(), [("x", type, Features)], ["label", "probabilities"], type == OnnxType.Int64 ? 0 : 0.05);
    }

    /// <summary>Cast, layers, Sigmoid, both probabilities put together, ArgMax, the class looked up, as skl2onnx writes MLPClassifier.</summary>
    private static ReferenceModel Network(OnnxType type)
    {
        var graph = new OnnxGraphWriter("m").Input("x", type, Features)
            .Constant("w1", OnnxType.Float, [Features, 5], Numbers(81, Features * 5)).Constant("b1", OnnxType.Float, [1, 5], Numbers(82, 5)).Constant("w2", OnnxType.Float, [5, 1], Numbers(83, 5)).Constant("b2", OnnxType.Float, [1, 1], Numbers(84, 1))
            .Constant("one", OnnxType.Float, [], 1).Constant("classes", OnnxType.Int64, [2], 3, 8).Constant("flat", OnnxType.Int64, [1], -1)
            .Node("Cast", "", ["x"], ["c"], ("to", 1L)).Node("MatMul", "", ["c", "w1"], ["m1"]).Node("Add", "", ["m1", "b1"], ["a1"]).Node("Relu", "", ["a1"], ["r1"])
            .Node("MatMul", "", ["r1", "w2"], ["m2"]).Node("Add", "", ["m2", "b2"], ["a2"]).Node("Sigmoid", "", ["a2"], ["p"]).Node("Sub", "", ["one", "p"], ["q"])
            .Node("Concat", "", ["q", "p"], ["probabilities"], ("axis", 1L)).Node("ArgMax", "", ["probabilities"], ["place"], ("axis", 1L))
            .Node("ArrayFeatureExtractor", Ml, ["classes", "place"], ["found"]).Node("Cast", "", ["found"], ["whole"], ("to", 7L)).Node("Reshape", "", ["whole", "flat"], ["label"]);
        return new ReferenceModel(graph.Output("label", OnnxType.Int64).Output("probabilities", OnnxType.Float, 2).ToArray(), [("x", type, Features)], ["label", "probabilities"]);
    }

    private static ReferenceModel Graph(long opset, Func<OnnxGraphWriter, OnnxGraphWriter> nodes)
    {
        var graph = nodes(new OnnxGraphWriter("m", opset).Input("x", OnnxType.Float, Features));
        return new ReferenceModel(graph.Output("y", OnnxType.Float, Features).ToArray(), [("x", OnnxType.Float, Features)], ["y"]);
    }

    private static float[] Floats(int seed) => [.. Numbers(seed, Features).Select(value => (float)value)];

    private static double[] Numbers(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (double)(float)(random.NextDouble() * 2 - 1))];
    }
}
