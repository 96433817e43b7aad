using System.Collections.Immutable;
using CreditGrains.Risk.Onnx;
using CreditGrains.Risk.Onnx.Wire;
using CreditGrains.Risk.Trees;

namespace CreditGrains.Risk.Tests.Onnx;

/// <summary>A model of one kind with the tensors it reads and the outputs to compare.</summary>
internal sealed record ReferenceModel(byte[] Bytes, (string Name, OnnxType Type, int Columns)[] Inputs, string[] Outputs, double Missing = 0, string[]? Words = null);

/// <summary>A model of every kind that is understood, made here.</summary>
internal static class ReferenceModels
{
    private const string Ml = "ai.onnx.ml";
    private const int Features = 10;

    private static readonly BranchMode[] AllModes = Enum.GetValues<BranchMode>();

    public static readonly SortedDictionary<string, Func<ReferenceModel>> All = Build();

    private static SortedDictionary<string, Func<ReferenceModel>> Build()
    {
        var all = new SortedDictionary<string, Func<ReferenceModel>>(StringComparer.Ordinal)
        {
            ["scaler"] = () => Pipe(graph => graph.Node("Scaler", Ml, ["x"], ["y"], ("offset", Floats(1, Features)), ("scale", Floats(2, Features))), missing: 0.1),
            ["scaler one"] = () => Pipe(graph => graph.Node("Scaler", Ml, ["x"], ["y"], ("offset", Floats(1, 1)), ("scale", Floats(2, 1)))),
            ["imputer"] = () => Pipe(graph => graph.Node("Imputer", Ml, ["x"], ["y"], ("imputed_value_floats", Floats(3, Features)), ("replaced_value_float", float.NaN)), missing: 0.2),
            ["imputer zero"] = () => Pipe(graph => graph.Node("Imputer", Ml, ["x"], ["y"], ("imputed_value_floats", Floats(3, 1)), ("replaced_value_float", 0f))),
            ["one hot"] = () => new(
                new OnnxGraphWriter("m").Input("x", OnnxType.Int64, 2).Node("OneHotEncoder", Ml, ["x"], ["y"], ("cats_int64s", new long[] { -2, 0, 1, 2 }), ("zeros", 1L)).OpenOutput("y", OnnxType.Float).ToArray(),
                [("x", OnnxType.Int64, 2)], ["y"]),
            ["one hot text"] = () => new(
                new OnnxGraphWriter("m").Input("x", OnnxType.Text, 1).Node("OneHotEncoder", Ml, ["x"], ["h"], ("cats_strings", new[] { "rent", "own" }), ("zeros", 1L))
                    .Constant("shape", OnnxType.Int64, [2], -1, 2).Node("Reshape", "", ["h", "shape"], ["y"]).Output("y", OnnxType.Float, 2).ToArray(),
                [("x", OnnxType.Text, 1)], ["y"], Words: ["rent", "own", "free", "中文"]),
            ["label encoder text"] = () => new(
                new OnnxGraphWriter("m").Input("x", OnnxType.Text, 1).Node("LabelEncoder", Ml, ["x"], ["y"], ("keys_strings", new[] { "a", "b" }), ("values_floats", new[] { 1.5f, -2f }), ("default_float", 9f)).Output("y", OnnxType.Float, 1).ToArray(),
                [("x", OnnxType.Text, 1)], ["y"], Words: ["a", "b", "c"]),
            ["label encoder whole"] = () => new(
                new OnnxGraphWriter("m").Input("x", OnnxType.Int64, 1).Node("LabelEncoder", Ml, ["x"], ["y"], ("keys_int64s", new long[] { 0, 1, 2 }), ("values_int64s", new long[] { 7, 8, 9 }), ("default_int64", -5L)).Output("y", OnnxType.Int64, 1).ToArray(),
                [("x", OnnxType.Int64, 1)], ["y"]),
            ["network"] = Network,
            ["network softmax"] = () => Pipe(graph => graph.Constant("w", OnnxType.Float, [3, Features], Numbers(4, 3 * Features)).Constant("b", OnnxType.Float, [3], Numbers(5, 3))
                .Node("Gemm", "", ["x", "w", "b"], ["h"], ("transB", 1L), ("alpha", 0.5f), ("beta", 2f)).Node("Softmax", "", ["h"], ["y"], ("axis", -1L)), 3),
            ["arg max"] = () => Pipe(graph => graph.Node("ArgMax", "", ["x"], ["y"], ("axis", 1L), ("keepdims", 0L)), 0, OnnxType.Int64),
            ["cast"] = () => Pipe(graph => graph.Node("Cast", "", ["x"], ["i"], ("to", 7L)).Node("Cast", "", ["i"], ["y"], ("to", 11L)), Features, OnnxType.Double),
            ["arithmetic"] = () => Pipe(graph => graph.Constant("a", OnnxType.Float, [Features], Numbers(6, Features)).Constant("one", OnnxType.Float, [], 1)
                .Node("Mul", "", ["x", "a"], ["m"]).Node("Sub", "", ["one", "m"], ["s"]).Node("Constant", "", [], ["d"], ("value", OnnxGraphWriter.Tensor("", OnnxType.Float, [1], [3]))).Node("Div", "", ["s", "d"], ["q"])
                .Node("Add", "", ["q", "x"], ["t"]).Node("Identity", "", ["t"], ["u"]).Node("Concat", "", ["u", "x"], ["y"], ("axis", -1L)), 2 * Features),
            ["array feature"] = () => Pipe(graph => graph.Constant("at", OnnxType.Int64, [2], 3, 0).Node("ArrayFeatureExtractor", Ml, ["x", "at"], ["y"]), 2),
        };
        foreach (var norm in new[] { "MAX", "L1", "L2" }) all[$"normalizer {norm}"] = () => Pipe(graph => graph.Node("Normalizer", Ml, ["x"], ["y"], ("norm", norm)));
        foreach (var transform in new[] { "NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO", "PROBIT" })
        {
            all[$"linear regressor {transform}"] = () => Linear(1, transform);
            all[$"linear regressor 3 {transform}"] = () => Linear(3, transform);
            // One score for two classes under PROBIT leaves the second unwritten in ONNX Runtime: nothing to compare with.
            foreach (var rows in transform == "PROBIT" ? new[] { 2, 3 } : [1, 2, 3])
                foreach (var texts in new[] { false, true })
                    all[$"linear classifier {rows} {(texts ? "text " : "")}{transform}"] = () => LinearClassifier(rows, texts, transform);
            all[$"tree regressor {transform}"] = () => Regressor(SampleTrees.Ensemble(11, 20, 5, Features, AllModes, bases: [0.2]), transform);
            all[$"tree regressor 3 {transform}"] = () => Regressor(SampleTrees.Ensemble(12, 20, 5, Features, AllModes, targets: 3, bases: [0.2, -1, 0.5]), transform);
            foreach (var (name, targets, leaf) in Leaves())
                foreach (var bases in transform == "PROBIT" && name is "binary first" or "binary positive" && transform == "PROBIT" ? [] : new double[]?[] { null, targets == 3 ? [0.1, 0.2, -0.3] : [0.1], targets == 2 ? [0.3, 0.3] : null }.Distinct())
                    all[$"tree classifier {name} bases {bases?.Length ?? 0} {transform}"] = () => Classifier(SampleTrees.Ensemble(13, 15, 4, Features, AllModes, targets: targets, bases: bases, leaf: leaf, stops: 0.1), transform, false);
        }

        foreach (var aggregate in Enum.GetValues<TreeAggregate>())
        {
            all[$"tree regressor {aggregate}"] = () => Regressor(SampleTrees.Ensemble(21, 30, 6, Features, aggregate: aggregate, bases: [1.5]), "NONE", aggregate);
            all[$"tree regressor 2 {aggregate}"] = () => Regressor(SampleTrees.Ensemble(22, 30, 6, Features, targets: 2, aggregate: aggregate), "NONE", aggregate);
        }

        foreach (var mode in AllModes)
            foreach (var missing in new[] { false, true })
                all[$"trees {mode}{(missing ? " missing tracks" : "")}"] = () => Regressor(SampleTrees.Ensemble(31, 20, 6, Features, [mode], missing), "NONE");
        all["trees deep"] = () => Regressor(SampleTrees.Ensemble(41, 10, 14, Features, stops: 0.25), "NONE");
        all["trees text labels"] = () => Classifier(SampleTrees.Ensemble(42, 10, 5, Features, targets: 3), "SOFTMAX", true);
        all["trees written"] = () => new(OnnxWriter.TreeClassifier([.. Enumerable.Range(0, Features).Select(i => $"f{i}")], SampleTrees.Ensemble(43, 200, 6, Features, bases: [-1])), [("features", OnnxType.Float, Features)], ["label", "probabilities"], 0.05);
        all["trees written positive"] = () => new(
            OnnxWriter.TreeClassifier([.. Enumerable.Range(0, Features).Select(i => $"f{i}")], SampleTrees.Ensemble(44, 10, 3, Features, leaf: random => [new TreeWeight(0, (float)random.NextDouble())])), [("features", OnnxType.Float, Features)], ["label", "probabilities"], 0.05);
        all["logistic written"] = () => new(OnnxWriter.Logistic([.. Enumerable.Range(0, Features).Select(i => $"f{i}")], Numbers(45, Features), 0.3), [("features", OnnxType.Float, Features)], ["label", "probabilities"]);
        all["linear written"] = () => new(OnnxWriter.Linear([.. Enumerable.Range(0, Features).Select(i => $"f{i}")], Numbers(46, Features), 0.3), [("features", OnnxType.Float, Features)], ["value"]);
        all["pipeline"] = Pipeline;
        all["trees double"] = Doubles;
        ExporterModels.AddTo(all);
        return all;
    }

    private static IEnumerable<(string Name, int Targets, Func<Random, ImmutableArray<TreeWeight>> Leaf)> Leaves()
    {
        yield return ("one", 1, random => [new TreeWeight(0, (float)(random.NextDouble() - 0.5))]);
        yield return ("binary first", 2, random => [new TreeWeight(0, (float)(random.NextDouble() - 0.5))]);
        yield return ("binary second", 2, random => [new TreeWeight(1, (float)(random.NextDouble() - 0.5))]);
        yield return ("binary positive", 2, random => [new TreeWeight(0, (float)(random.NextDouble() / 15))]);
        yield return ("forest of two", 2, random => (float)random.NextDouble() is var share ? [new TreeWeight(0, share / 15), new TreeWeight(1, (1 - share) / 15)] : []);
        yield return ("three", 3, random => [.. Enumerable.Range(0, 3).Select(t => new TreeWeight(t, (float)(random.NextDouble() - 0.5)))]);
        yield return ("three sparse", 3, random => [new TreeWeight(random.Next(3), (float)(random.NextDouble() - 0.5))]);
    }

    private static ReferenceModel Pipe(Action<OnnxGraphWriter> nodes, int columns = Features, OnnxType type = OnnxType.Float, double missing = 0)
    {
        var graph = new OnnxGraphWriter("m").Input("x", OnnxType.Float, Features);
        nodes(graph);
        graph = columns == 0 ? graph.Output("y", type) : graph.Output("y", type, columns);
        return new ReferenceModel(graph.ToArray(), [("x", OnnxType.Float, Features)], ["y"], missing);
    }

    private static ReferenceModel Linear(int targets, string transform) => Pipe(
        graph => graph.Node("LinearRegressor", Ml, ["x"], ["y"], ("coefficients", Floats(7, targets * Features, 0.05)), ("intercepts", Floats(8, targets, 0.2, 0.5)), ("targets", (long)targets), ("post_transform", transform)), targets);

    private static ReferenceModel LinearClassifier(int rows, bool texts, string transform)
    {
        var labels = Math.Max(rows, 2);
        var graph = new OnnxGraphWriter("m").Input("x", OnnxType.Float, Features).Node(
            "LinearClassifier", Ml, ["x"], ["label", "y"], ("coefficients", Floats(9, rows * Features, 0.05)), ("intercepts", Floats(10, rows, 0.2, 0.5)),
            texts ? ("classlabels_strings", new[] { "good", "bad", "other" }[..labels]) : ("classlabels_ints", new long[] { 5, 6, 7 }[..labels]), ("post_transform", transform));
        return new ReferenceModel(graph.Output("label", texts ? OnnxType.Text : OnnxType.Int64).Output("y", OnnxType.Float, labels).ToArray(), [("x", OnnxType.Float, Features)], ["label", "y"]);
    }

    private static ReferenceModel Regressor(TreeEnsemble trees, string transform, TreeAggregate aggregate = TreeAggregate.Sum)
    {
        var attributes = OnnxWriter.Nodes(trees.Trees, "target");
        attributes.Add(("n_targets", (long)trees.TargetCount));
        attributes.Add(("post_transform", transform));
        attributes.Add(("aggregate_function", aggregate.ToString().ToUpperInvariant()));
        if (trees.BaseValues.Length > 0) attributes.Add(("base_values", trees.BaseValues.Select(value => (float)value).ToArray()));
        return Pipe(graph => graph.Node("TreeEnsembleRegressor", Ml, ["x"], ["y"], [.. attributes]), trees.TargetCount, missing: 0.05);
    }

    private static ReferenceModel Classifier(TreeEnsemble trees, string transform, bool texts)
    {
        var attributes = OnnxWriter.Nodes(trees.Trees, "class");
        attributes.Add(texts ? ("classlabels_strings", new[] { "a", "b", "c" }) : ("classlabels_int64s", new long[] { 4, 5, 6 }[..trees.TargetCount]));
        attributes.Add(("post_transform", transform));
        if (trees.BaseValues.Length > 0) attributes.Add(("base_values", trees.BaseValues.Select(value => (float)value).ToArray()));
        var graph = new OnnxGraphWriter("m").Input("x", OnnxType.Float, Features).Node("TreeEnsembleClassifier", Ml, ["x"], ["label", "y"], [.. attributes]);
        return new ReferenceModel(graph.Output("label", texts ? OnnxType.Text : OnnxType.Int64).Output("y", OnnxType.Float, trees.TargetCount).ToArray(), [("x", OnnxType.Float, Features)], ["label", "y"], 0.05);
    }

    private static ReferenceModel Network() => Pipe(graph => graph
        .Constant("w1", OnnxType.Float, [Features, 8], Numbers(14, Features * 8)).Constant("b1", OnnxType.Float, [8], Numbers(15, 8)).Constant("w2", OnnxType.Float, [8, 4], Numbers(16, 32))
        .Constant("w3", OnnxType.Float, [4, 1], Numbers(17, 4)).Constant("one", OnnxType.Float, [1], 1)
        .Node("MatMul", "", ["x", "w1"], ["m1"]).Node("Add", "", ["m1", "b1"], ["a1"]).Node("Relu", "", ["a1"], ["r1"]).Node("MatMul", "", ["r1", "w2"], ["m2"]).Node("Tanh", "", ["m2"], ["t2"])
        .Node("MatMul", "", ["t2", "w3"], ["m3"]).Node("Sigmoid", "", ["m3"], ["p"]).Node("Sub", "", ["one", "p"], ["q"]).Node("Concat", "", ["q", "p"], ["y"], ("axis", 1L)), 2);

    /// <summary>Thresholds and weights of 64 bits.</summary>
    private static ReferenceModel Doubles()
    {
        var attributes = OnnxWriter.Nodes(SampleTrees.Ensemble(47, 20, 6, Features, AllModes).Trees, "target");
        for (var i = 0; i < attributes.Count; i++)
        {
            var (name, value) = attributes[i];
            if (value is float[] numbers) attributes[i] = (name + "_as_tensor", OnnxGraphWriter.Tensor(name, OnnxType.Double, [numbers.Length], [.. numbers.Select(number => number + 1e-12)]));
        }

        attributes.Add(("n_targets", 1L));
        var graph = new OnnxGraphWriter("m").Input("x", OnnxType.Double, Features).Node("TreeEnsembleRegressor", Ml, ["x"], ["y"], [.. attributes]);
        return new ReferenceModel(graph.Output("y", OnnxType.Float, 1).ToArray(), [("x", OnnxType.Double, Features)], ["y"], 0.05);
    }

    /// <summary>Columns of their own, imputed, scaled, one-hot and put together, then boosted trees: as a pipeline of sklearn is exported.</summary>
    private static ReferenceModel Pipeline()
    {
        var attributes = OnnxWriter.Nodes(SampleTrees.Ensemble(51, 40, 5, 5).Trees, "class");
        attributes.Add(("classlabels_int64s", new long[] { 0, 1 }));
        attributes.Add(("post_transform", "LOGISTIC"));
        var graph = new OnnxGraphWriter("m").Input("income", OnnxType.Float, 1).Input("balance", OnnxType.Float, 1).Input("home", OnnxType.Text, 1)
            .Node("Concat", "", ["income", "balance"], ["numbers"], ("axis", 1L))
            .Node("Imputer", Ml, ["numbers"], ["filled"], ("imputed_value_floats", new[] { 0.5f, -0.5f }), ("replaced_value_float", float.NaN))
            .Node("Scaler", Ml, ["filled"], ["scaled"], ("offset", new[] { 0.1f, 0.2f }), ("scale", new[] { 1.1f, 0.7f }))
            .Node("OneHotEncoder", Ml, ["home"], ["hot3"], ("cats_strings", new[] { "rent", "own", "free" }), ("zeros", 1L)).Constant("shape", OnnxType.Int64, [2], -1, 3).Node("Reshape", "", ["hot3", "shape"], ["hot"])
            .Node("Concat", "", ["scaled", "hot"], ["row"], ("axis", 1L)).Node("TreeEnsembleClassifier", Ml, ["row"], ["label", "probabilities"], [.. attributes]);
        return new ReferenceModel(
            graph.Output("label", OnnxType.Int64).Output("probabilities", OnnxType.Float, 2).ToArray(), [("income", OnnxType.Float, 1), ("balance", OnnxType.Float, 1), ("home", OnnxType.Text, 1)], ["label", "probabilities"], 0.1, ["rent", "own", "free", "other"]);
    }

    private static float[] Floats(int seed, int count, double size = 1, double middle = 0) => [.. Numbers(seed, count, size, middle).Select(value => (float)value)];

    private static double[] Numbers(int seed, int count, double size = 1, double middle = 0)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => middle + size * (float)(random.NextDouble() * 2 - 1))];
    }
}
