using System.Globalization;
using CreditGrains.Risk.Onnx.Wire;

namespace CreditGrains.Risk.Onnx.Steps;

/// <summary>Coefficients × row + intercept for each target, then a transform.</summary>
internal sealed class LinearRegressorStep(Slot input, Slot result, double[] coefficients, double[] intercepts, PostTransform transform) : Step(result)
{
    public override long Work => coefficients.Length;

    public static Step Of(NodeScope scope)
    {
        var input = scope.Numbers(0);
        var columns = scope.Columns(input);
        var targets = (int)Math.Clamp(scope.Int("targets", 1), 0, Slot.LengthMax);
        double[] coefficients = [.. scope.Floats("coefficients").Select(value => (double)value)];
        double[] intercepts = [.. scope.Floats("intercepts").Select(value => (double)value)];
        if (targets < 1 || coefficients.Length != (long)targets * columns) throw scope.Refuse($"it has {coefficients.Length} coefficients for {targets} targets of {columns} columns; export the model again");
        if (intercepts.Length != 0 && intercepts.Length != targets) throw scope.Refuse($"it has {intercepts.Length} intercepts for {targets} targets; export the model again");
        if (intercepts.Length == 0) intercepts = new double[targets];
        var transform = PostTransforms.Read(scope);
        return new LinearRegressorStep(input, scope.Make(0, OnnxType.Float, [1, targets]), coefficients, intercepts, transform);
    }

    public override void Run(Span<double> memory)
    {
        var to = memory.Slice(Results[0].Offset, Results[0].Length);
        Multiply(input.Of(memory), coefficients, intercepts, to);
        // With one target ONNX Runtime applies no transform but this one.
        if (to.Length > 1 || transform == PostTransform.Probit) PostTransforms.Apply(transform, to);
        foreach (ref var value in to) value = (float)value;
    }

    public static void Multiply(ReadOnlySpan<double> row, double[] coefficients, double[] intercepts, Span<double> to)
    {
        for (var t = 0; t < to.Length; t++)
        {
            double sum = 0;
            var weights = coefficients.AsSpan(t * row.Length, row.Length);
            for (var i = 0; i < weights.Length; i++) sum += weights[i] * (float)row[i];
            to[t] = sum + intercepts[t];
        }
    }
}

/// <summary>A linear score for each class, or one for the second of two; gives the label and the scores.</summary>
internal sealed class LinearClassifierStep(Slot input, Slot label, Slot scores, double[] coefficients, double[] intercepts, double[] labels, PostTransform transform) : Step(label, scores)
{
    public override long Work => coefficients.Length;

    public static Step Of(NodeScope scope)
    {
        var input = scope.Numbers(0);
        var columns = scope.Columns(input);
        scope.Int("multi_class", 0);
        var (texts, wholes) = (scope.Words("classlabels_strings"), scope.Ints("classlabels_ints"));
        double[] coefficients = [.. scope.Floats("coefficients").Select(value => (double)value)];
        double[] intercepts = [.. scope.Floats("intercepts").Select(value => (double)value)];
        if (intercepts.Length == 0 && columns > 0) intercepts = new double[coefficients.Length / columns];
        var rows = intercepts.Length;
        if (rows == 0 || coefficients.Length != (long)rows * columns) throw scope.Refuse($"it has {coefficients.Length} coefficients for {rows} classes of {columns} columns; export the model again");
        var names = ClassLabels.Names(texts, wholes);
        if (rows == 1 ? names.Length is not (1 or 2) : names.Length != rows) throw scope.Refuse($"it has {names.Length} labels for {rows} rows of coefficients; export the model again");
        var isText = texts.Count > 0;
        var labels = names.Length == 2 || rows > 1 ? ClassLabels.Codes(scope, texts, wholes) : isText ? [scope.Texts.Code("0"), scope.Texts.Code("1")] : [0, 1];
        var outputs = rows == 1 && names.Length == 2 ? 2 : rows;
        var transform = PostTransforms.Read(scope);
        return new LinearClassifierStep(
            input, scope.Make(0, isText ? OnnxType.Text : OnnxType.Int64, [1]), scope.Make(1, OnnxType.Float, [1, outputs], null, names.Length == outputs ? names : null), coefficients, intercepts, labels, transform);
    }

    public override void Run(Span<double> memory)
    {
        var to = memory.Slice(Results[1].Offset, Results[1].Length);
        var rows = intercepts.Length;
        LinearRegressorStep.Multiply(input.Of(memory), coefficients, intercepts, to[..rows]);
        var best = 0;
        if (rows == 1) best = to[0] > 0 ? 1 : 0;
        else
            for (var i = 1; i < rows; i++) best = to[i] > to[best] ? i : best;
        memory[Results[0].Offset] = labels[best];
        if (rows > 1) PostTransforms.Apply(transform, to);
        else
        {
            // One row of coefficients: transforms over several scores do not apply.
            if (transform is PostTransform.Probit or PostTransform.Logistic) PostTransforms.Apply(transform, to[..1]);
            if (to.Length == 2) (to[0], to[1]) = (1 - to[0], to[0]);
        }

        foreach (ref var value in to) value = (float)value;
    }
}

/// <summary>Labels of classes, given as text or as whole numbers.</summary>
internal static class ClassLabels
{
    public static string[] Names(List<string> texts, List<long> wholes) => texts.Count > 0 ? [.. texts] : [.. wholes.Select(value => value.ToString(CultureInfo.InvariantCulture))];

    public static double[] Codes(NodeScope scope, List<string> texts, List<long> wholes) =>
        texts.Count > 0 ? [.. texts.Select(scope.Texts.Code)] : [.. wholes.Select(value => Math.Abs(value) <= 1L << 53 ? value : throw scope.Refuse($"label {value} is too large; labels up to 2^53 are understood"))];
}
