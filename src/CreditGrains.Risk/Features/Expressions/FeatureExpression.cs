namespace CreditGrains.Risk.Features.Expressions;

/// <summary>What a step of an expression does.</summary>
internal enum StepKind
{
    Constant,
    Feature,
    Field,
    Add,
    Subtract,
    Multiply,
    Divide,
    Negate,
    Min,
    Max,
    Abs,

    /// <summary>The first that is not missing.</summary>
    Coalesce,

    /// <summary>condition, then, else.</summary>
    If,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

/// <summary>One step, in the order of a stack machine.</summary>
internal readonly record struct ExpressionStep(StepKind Kind, decimal Constant = 0, int Index = 0, int Scale = 0);

/// <summary>
/// An expression in decimal arithmetic of 28 digits over features, the request and the facility. A missing operand makes the result missing, but for coalesce; so does a division
/// by zero and what has more than 28 digits. Comparisons give 1 or 0.
/// </summary>
internal sealed class FeatureExpression(ExpressionStep[] steps)
{
    /// <summary>Most values that wait at a time.</summary>
    public const int DepthMax = 32;

    // Below 2^96, with room for the rounding of the comparison in doubles.
    private const double MagnitudeMax = 7.9e28;

    /// <summary>Marks the features that it names.</summary>
    public void MarkSources(bool[] wanted)
    {
        foreach (var step in steps)
            if (step.Kind == StepKind.Feature) wanted[step.Index] = true;
    }

    /// <summary>The value, or null where missing.</summary>
    public decimal? Evaluate(ReadOnlySpan<long> values, in FeatureMoment at, long localSeconds)
    {
        Span<decimal> stack = stackalloc decimal[DepthMax];
        // Bit i: place i of the stack is missing.
        var missing = 0u;
        var top = 0;
        foreach (ref readonly var step in steps.AsSpan())
        {
            switch (step.Kind)
            {
                case StepKind.Constant: Push(stack, ref top, ref missing, step.Constant); break;
                case StepKind.Field: Push(stack, ref top, ref missing, MomentFields.ValueOf((MomentField)step.Index, at, localSeconds)); break;
                case StepKind.Feature: Push(stack, ref top, ref missing, FixedPoint.ToDecimal(values[step.Index], step.Scale)); break;
                case StepKind.Negate: stack[top - 1] = -stack[top - 1]; break;
                case StepKind.Abs: stack[top - 1] = Math.Abs(stack[top - 1]); break;
                case StepKind.If: Choose(stack, ref top, ref missing); break;
                default: Combine(step.Kind, stack, ref top, ref missing); break;
            }
        }
        return (missing & 1) != 0 ? null : stack[0];
    }

    private static void Push(Span<decimal> stack, ref int top, ref uint missing, decimal? value)
    {
        stack[top] = value ?? 0;
        var bit = 1u << top++;
        if (value is null) missing |= bit;
        else missing &= ~bit;
    }

    private static void Choose(Span<decimal> stack, ref int top, ref uint missing)
    {
        top -= 2;
        var isUnknown = (missing >> (top - 1) & 1) != 0;
        var from = stack[top - 1] != 0 ? top : top + 1;
        Push(stack, ref Back(ref top), ref missing, isUnknown || (missing >> from & 1) != 0 ? null : stack[from]);
    }

    private static void Combine(StepKind kind, Span<decimal> stack, ref int top, ref uint missing)
    {
        top--;
        var (a, b) = (stack[top - 1], stack[top]);
        bool lacksA = (missing >> (top - 1) & 1) != 0, lacksB = (missing >> top & 1) != 0;
        decimal? value = kind == StepKind.Coalesce ? (lacksA ? lacksB ? null : b : a) : lacksA || lacksB ? null : Of(kind, a, b);
        Push(stack, ref Back(ref top), ref missing, value);
    }

    private static ref int Back(ref int top)
    {
        top--;
        return ref top;
    }

    private static decimal? Of(StepKind kind, decimal a, decimal b) => kind switch
    {
        StepKind.Add => Sum(a, b),
        StepKind.Subtract => Sum(a, -b),
        StepKind.Multiply => Math.Abs((double)a) * Math.Abs((double)b) < MagnitudeMax ? a * b : null,
        StepKind.Divide => b == 0 || Math.Abs((double)a / (double)b) >= MagnitudeMax ? null : a / b,
        StepKind.Min => Math.Min(a, b),
        StepKind.Max => Math.Max(a, b),
        StepKind.Less => a < b ? 1 : 0,
        StepKind.LessOrEqual => a <= b ? 1 : 0,
        StepKind.Greater => a > b ? 1 : 0,
        StepKind.GreaterOrEqual => a >= b ? 1 : 0,
        StepKind.Equal => a == b ? 1 : 0,
        StepKind.NotEqual => a != b ? 1 : 0,
        _ => throw new InvalidOperationException($"{kind} takes no two values."),
    };

    private static decimal? Sum(decimal a, decimal b) => Math.Abs((double)a + (double)b) < MagnitudeMax ? a + b : null;
}
