using System.Collections.Frozen;

namespace CreditGrains.Risk.Onnx.Steps;

/// <summary>The operators that are understood. Anything else is refused by name.</summary>
internal static class StepTable
{
    private static readonly FrozenDictionary<string, Func<NodeScope, Step>> Core = new Dictionary<string, Func<NodeScope, Step>>(StringComparer.Ordinal)
    {
        ["Abs"] = scope => UnaryStep.Of(scope, Math.Abs),
        ["Add"] = scope => BinaryStep.Of(scope, BinaryKind.Add),
        ["ArgMax"] = ArgMaxStep.Of,
        ["Cast"] = CastStep.Of,
        ["Clip"] = UnaryStep.Clip,
        ["Concat"] = ConcatStep.Of,
        ["Constant"] = ShapeSteps.Constant,
        ["Div"] = scope => BinaryStep.Of(scope, BinaryKind.Div),
        ["Dropout"] = ShapeSteps.Dropout,
        ["Exp"] = scope => UnaryStep.Of(scope, Math.Exp),
        ["Flatten"] = ShapeSteps.Flatten,
        ["Gemm"] = MatrixStep.Gemm,
        ["Identity"] = ShapeSteps.Identity,
        ["LeakyRelu"] = UnaryStep.LeakyRelu,
        ["Log"] = scope => UnaryStep.Of(scope, Math.Log),
        ["MatMul"] = MatrixStep.MatMul,
        ["Mul"] = scope => BinaryStep.Of(scope, BinaryKind.Mul),
        ["Neg"] = scope => UnaryStep.Of(scope, value => -value),
        ["Relu"] = scope => UnaryStep.Of(scope, value => value > 0 || double.IsNaN(value) ? value : 0),
        ["Reshape"] = ShapeSteps.Reshape,
        ["Sigmoid"] = scope => UnaryStep.Of(scope, Models.CompiledModel.Logistic),
        ["Softmax"] = SoftmaxStep.Of,
        ["Sqrt"] = scope => UnaryStep.Of(scope, Math.Sqrt),
        ["Squeeze"] = ShapeSteps.Squeeze,
        ["Sub"] = scope => BinaryStep.Of(scope, BinaryKind.Sub),
        ["Tanh"] = scope => UnaryStep.Of(scope, Math.Tanh),
        ["Unsqueeze"] = ShapeSteps.Unsqueeze,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Func<NodeScope, Step>> MachineLearning = new Dictionary<string, Func<NodeScope, Step>>(StringComparer.Ordinal)
    {
        ["ArrayFeatureExtractor"] = ArrayFeatureStep.Of,
        ["Imputer"] = ImputerStep.Of,
        ["LabelEncoder"] = LabelEncoderStep.Of,
        ["LinearClassifier"] = LinearClassifierStep.Of,
        ["LinearRegressor"] = LinearRegressorStep.Of,
        ["Normalizer"] = NormalizerStep.Of,
        ["OneHotEncoder"] = OneHotStep.Of,
        ["Scaler"] = ScalerStep.Of,
        ["TreeEnsembleClassifier"] = TreeClassifierStep.Of,
        ["TreeEnsembleRegressor"] = TreeRegressorStep.Of,
        ["ZipMap"] = ShapeSteps.ZipMap,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static Step Build(NodeScope scope)
    {
        var node = scope.Node;
        var table = node.Domain switch
        {
            "" => Core,
            "ai.onnx.ml" => MachineLearning,
            _ => throw scope.Refuse($"domain '{node.Domain}' is not known; export with ai.onnx and ai.onnx.ml operators only"),
        };
        if (scope.Opset is < 1 || node.Domain.Length == 0 && scope.Opset is < 7)
            throw scope.Refuse($"opset {scope.Opset} of '{(node.Domain.Length == 0 ? "ai.onnx" : node.Domain)}' is too old; export for ai.onnx 7 or later");
        if (!table.TryGetValue(node.Operator, out var build))
            throw scope.Refuse($"this operator is not among those understood ({string.Join(", ", Core.Keys.Concat(MachineLearning.Keys).Order(StringComparer.Ordinal))}); export the model without it");
        return build(scope);
    }
}
