namespace CreditGrains.Risk.Feel;

/// <summary>A test of one value, as a cell of a decision table has it. The value stands at the place of "?" in the frame, too.</summary>
internal abstract class UnaryTest
{
    /// <summary>Whether the value passes.</summary>
    public abstract bool Holds(in FeelValue value, FeelValue[] frame);

    /// <summary>Whether it may look at the value's place.</summary>
    public virtual bool AsksForValue => true;

    /// <summary>The same as an expression: null when it cannot be told.</summary>
    public virtual FeelValue Decide(in FeelValue value, FeelValue[] frame) => FeelValue.Of(Holds(value, frame));
}

/// <summary>The cell "-".</summary>
internal sealed class AnyTest : UnaryTest
{
    public override bool Holds(in FeelValue value, FeelValue[] frame) => true;
}

/// <summary>A comparison with an expression.</summary>
internal sealed class CompareTest(FeelOperator sign, FeelExpression with) : UnaryTest
{
    public FeelOperator Sign => sign;

    public FeelExpression With => with;

    public override bool AsksForValue => with is not ConstantExpression;

    public override bool Holds(in FeelValue value, FeelValue[] frame) => BinaryExpression.Apply(sign, value, with.Evaluate(frame)).IsTrue;

    public override FeelValue Decide(in FeelValue value, FeelValue[] frame) => BinaryExpression.Apply(sign, value, with.Evaluate(frame));
}

/// <summary>A value or range that is known beforehand.</summary>
internal sealed class ConstantTest(FeelValue expected) : UnaryTest
{
    public FeelValue Expected => expected;

    public override bool AsksForValue => false;

    public override bool Holds(in FeelValue value, FeelValue[] frame) => Matches(value, expected);

    public override FeelValue Decide(in FeelValue value, FeelValue[] frame) => Decide(value, expected);

    /// <summary>As <see cref="Matches"/>, but null when a range cannot tell.</summary>
    public static FeelValue Decide(in FeelValue value, in FeelValue expected) =>
        expected.Kind == FeelKind.Range && value.Kind != FeelKind.Range ? expected.Range!.Contains(value) : FeelValue.Of(Matches(value, expected));

    /// <summary>Whether a value is one, is in one of a list, or lies in a range.</summary>
    public static bool Matches(in FeelValue value, in FeelValue expected)
    {
        if (expected.Kind == FeelKind.Range && value.Kind != FeelKind.Range) return expected.Range!.Contains(value).IsTrue;
        if (expected.Kind == FeelKind.List)
        {
            if (value.Kind == FeelKind.List && value.Equals(expected)) return true;
            var items = expected.Items;
            for (var i = 0; i < items.Count; i++)
                if (Matches(value, items[i])) return true;
            return false;
        }

        return value.Equals(expected);
    }
}

/// <summary>An expression: the value is what it gives, is within it, or it is a condition that holds.</summary>
internal sealed class ExpressionTest(FeelExpression expression, bool isCondition) : UnaryTest
{
    public override bool Holds(in FeelValue value, FeelValue[] frame)
    {
        var given = expression.Evaluate(frame);
        if (isCondition) return given.IsTrue;
        return ConstantTest.Matches(value, given) || (given.IsTrue && value.Kind != FeelKind.Boolean && !value.IsNull);
    }

    public override FeelValue Decide(in FeelValue value, FeelValue[] frame)
    {
        var given = expression.Evaluate(frame);
        return isCondition ? given : ConstantTest.Decide(value, given);
    }
}

/// <summary>Several tests of which one must hold, or none.</summary>
internal sealed class AnyOfTest(UnaryTest[] tests, bool isNegated) : UnaryTest
{
    public IReadOnlyList<UnaryTest> Tests => tests;

    public bool IsNegated => isNegated;

    public override bool AsksForValue { get; } = Array.Exists(tests, test => test.AsksForValue);

    public override bool Holds(in FeelValue value, FeelValue[] frame)
    {
        foreach (var test in tests)
            if (test.Holds(value, frame)) return !isNegated;
        return isNegated;
    }

    public override FeelValue Decide(in FeelValue value, FeelValue[] frame)
    {
        var sum = FeelValue.Of(false);
        foreach (var test in tests) sum = FeelOperators.Or(sum, test.Decide(value, frame));
        return isNegated ? FeelOperators.Not(sum) : sum;
    }
}

/// <summary>Value in tests, as an expression.</summary>
internal sealed class InExpression(FeelExpression value, UnaryTest test) : FeelExpression
{
    public override FeelValue Evaluate(FeelValue[] frame) => test.Decide(value.Evaluate(frame), frame);
}
