namespace CreditGrains.Risk.Feel;

/// <summary>A test of one value, as a cell of a decision table has it. The value stands at the place of "?" in the frame, too.</summary>
internal abstract class UnaryTest
{
    /// <summary>Whether the value passes.</summary>
    public abstract bool Holds(in FeelValue value, FeelValue[] frame);
}

/// <summary>The cell "-".</summary>
internal sealed class AnyTest : UnaryTest
{
    public override bool Holds(in FeelValue value, FeelValue[] frame) => true;
}

/// <summary>A comparison with an expression.</summary>
internal sealed class CompareTest(FeelOperator sign, FeelExpression with) : UnaryTest
{
    public override bool Holds(in FeelValue value, FeelValue[] frame) => BinaryExpression.Apply(sign, value, with.Evaluate(frame)).IsTrue;
}

/// <summary>A value or range that is known beforehand.</summary>
internal sealed class ConstantTest(FeelValue expected) : UnaryTest
{
    public override bool Holds(in FeelValue value, FeelValue[] frame) => Matches(value, expected);

    /// <summary>Whether a value is one, is in one of a list, or lies in a range.</summary>
    public static bool Matches(in FeelValue value, in FeelValue expected)
    {
        if (expected.Kind == FeelKind.Range && value.Kind != FeelKind.Range) return expected.Range!.Contains(value).IsTrue;
        if (expected.Kind == FeelKind.List && value.Kind != FeelKind.List)
        {
            foreach (var item in expected.Items)
                if (Matches(value, item)) return true;
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
}

/// <summary>Several tests of which one must hold, or none.</summary>
internal sealed class AnyOfTest(IReadOnlyList<UnaryTest> tests, bool isNegated) : UnaryTest
{
    public override bool Holds(in FeelValue value, FeelValue[] frame)
    {
        foreach (var test in tests)
            if (test.Holds(value, frame)) return !isNegated;
        return isNegated;
    }
}

/// <summary>Value in tests, as an expression.</summary>
internal sealed class InExpression(FeelExpression value, UnaryTest test) : FeelExpression
{
    public override FeelValue Evaluate(FeelValue[] frame) => FeelValue.Of(test.Holds(value.Evaluate(frame), frame));
}
