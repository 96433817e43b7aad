namespace CreditGrains.Risk.Onnx.Steps;

/// <summary>What ai.onnx.ml models do to their sums in the end. Every function works in place.</summary>
internal enum PostTransform
{
    None,
    Logistic,
    Softmax,
    SoftmaxZero,
    Probit,
}

/// <summary>The transforms, as ONNX Runtime has them where the specification is silent.</summary>
internal static class PostTransforms
{
    public static PostTransform Read(NodeScope scope) => scope.Word("post_transform", "NONE") switch
    {
        "NONE" => PostTransform.None,
        "LOGISTIC" => PostTransform.Logistic,
        "SOFTMAX" => PostTransform.Softmax,
        "SOFTMAX_ZERO" => PostTransform.SoftmaxZero,
        "PROBIT" => PostTransform.Probit,
        var other => throw scope.Refuse($"post_transform '{other}' is not NONE, LOGISTIC, SOFTMAX, SOFTMAX_ZERO or PROBIT"),
    };

    public static void Apply(PostTransform transform, Span<double> scores)
    {
        switch (transform)
        {
            case PostTransform.Logistic:
                foreach (ref var score in scores) score = Models.CompiledModel.Logistic(score);
                break;
            case PostTransform.Probit:
                foreach (ref var score in scores) score = Probit(score);
                break;
            case PostTransform.Softmax:
                Softmax(scores, false);
                break;
            case PostTransform.SoftmaxZero:
                Softmax(scores, true);
                break;
        }
    }

    /// <summary>
    /// √2 · erf⁻¹(2x − 1), by Winitzki's approximation in 32 bits as ONNX Runtime works it out, step by step: near ½ its digits cancel, so width, order and the last bit of a constant set the result.
    /// Outside (0, 1) it is NaN, at the ends infinite.
    /// </summary>
    public static double Probit(double value)
    {
        const float winitzki = 0.147f;
        var x = 2 * (float)value - 1;
        var sign = x < 0 ? -1f : 1f;
        x = (1 - x) * (1 + x);
        var log = MathF.Log(x);
        var v = (float)(2 / (Math.PI * 0.147)) + 0.5f * log;
        var v2 = 1 / winitzki * log;
        return 1.41421356f * (sign * MathF.Sqrt(-v + MathF.Sqrt(v * v - v2)));
    }

    /// <summary>e^(x − max) over their sum; with <paramref name="skipsZero"/> a zero stays a zero and adds nothing.</summary>
    private static void Softmax(Span<double> scores, bool skipsZero)
    {
        var highest = double.NegativeInfinity;
        foreach (var score in scores) highest = Math.Max(highest, score);
        double sum = 0;
        foreach (ref var score in scores)
        {
            if (skipsZero && Math.Abs(score) <= 0.0000001)
            {
                score *= Math.Exp(-highest);
                continue;
            }

            score = Math.Exp(score - highest);
            sum += score;
        }

        foreach (ref var score in scores) score /= sum;
    }
}
