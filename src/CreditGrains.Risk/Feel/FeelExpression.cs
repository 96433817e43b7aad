namespace CreditGrains.Risk.Feel;

/// <summary>A compiled expression: evaluated with a frame that holds the values of the names it uses. Changes only places of its own.</summary>
internal abstract class FeelExpression
{
    /// <summary>Evaluates.</summary>
    /// <param name="frame">Values by place.</param>
    public abstract FeelValue Evaluate(FeelValue[] frame);
}

internal sealed class ConstantExpression(FeelValue value) : FeelExpression
{
    public FeelValue Value => value;

    public override FeelValue Evaluate(FeelValue[] frame) => value;
}

internal sealed class NameExpression(int place) : FeelExpression
{
    public int Place => place;

    public override FeelValue Evaluate(FeelValue[] frame) => frame[place];
}

/// <summary>A part of a context, of each context of a list, of a date, or the end of a range.</summary>
internal sealed class PathExpression(FeelExpression source, string name) : FeelExpression
{
    public override FeelValue Evaluate(FeelValue[] frame) => Of(source.Evaluate(frame), name);

    public static FeelValue Of(in FeelValue value, string name)
    {
        switch (value.Kind)
        {
            case FeelKind.Context:
                return value.Entries![name];
            case FeelKind.List:
                var parts = new List<FeelValue>(value.Items.Count);
                foreach (var item in value.Items) parts.Add(Of(item, name));
                return FeelValue.Of(parts);
            case FeelKind.Range:
                return name switch
                {
                    "start" => value.Range!.Low, "end" => value.Range!.High, "start included" => FeelValue.Of(value.Range!.HasLow), "end included" => FeelValue.Of(value.Range!.HasHigh),
                    _ => FeelValue.Null,
                };
            default:
                return FeelCalendar.Property(value, name);
        }
    }
}

internal enum FeelOperator
{
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
}

internal sealed class BinaryExpression(FeelOperator sign, FeelExpression left, FeelExpression right) : FeelExpression
{
    public override FeelValue Evaluate(FeelValue[] frame)
    {
        var a = left.Evaluate(frame);
        // What follows a decided side does not matter, and is not looked at.
        if (sign == FeelOperator.And && a.IsFalse) return a;
        if (sign == FeelOperator.Or && a.IsTrue) return a;
        return Apply(sign, a, right.Evaluate(frame));
    }

    public static FeelValue Apply(FeelOperator sign, in FeelValue a, in FeelValue b)
    {
        switch (sign)
        {
            case FeelOperator.Add: return FeelOperators.Add(a, b);
            case FeelOperator.Subtract: return FeelOperators.Subtract(a, b);
            case FeelOperator.Multiply: return FeelOperators.Multiply(a, b);
            case FeelOperator.Divide: return FeelOperators.Divide(a, b);
            case FeelOperator.Power: return FeelOperators.Power(a, b);
            case FeelOperator.Equal: return FeelOperators.AreEqual(a, b);
            case FeelOperator.NotEqual: return FeelOperators.Not(FeelOperators.AreEqual(a, b));
            case FeelOperator.And: return FeelOperators.And(a, b);
            case FeelOperator.Or: return FeelOperators.Or(a, b);
        }

        if (FeelOperators.Compare(a, b) is not { } order) return FeelValue.Null;
        return FeelValue.Of(sign switch
        {
            FeelOperator.Less => order < 0,
            FeelOperator.LessOrEqual => order <= 0,
            FeelOperator.Greater => order > 0,
            _ => order >= 0,
        });
    }
}

internal sealed class NegateExpression(FeelExpression operand) : FeelExpression
{
    public override FeelValue Evaluate(FeelValue[] frame) => FeelOperators.Negate(operand.Evaluate(frame));
}

internal sealed class BetweenExpression(FeelExpression value, FeelExpression low, FeelExpression high) : FeelExpression
{
    public override FeelValue Evaluate(FeelValue[] frame)
    {
        var v = value.Evaluate(frame);
        return FeelOperators.And(
            BinaryExpression.Apply(FeelOperator.GreaterOrEqual, v, low.Evaluate(frame)), BinaryExpression.Apply(FeelOperator.LessOrEqual, v, high.Evaluate(frame)));
    }
}

internal sealed class IfExpression(FeelExpression condition, FeelExpression then, FeelExpression otherwise) : FeelExpression
{
    public override FeelValue Evaluate(FeelValue[] frame) => condition.Evaluate(frame).IsTrue ? then.Evaluate(frame) : otherwise.Evaluate(frame);
}

internal sealed class RangeExpression(FeelExpression low, bool hasLow, FeelExpression high, bool hasHigh) : FeelExpression
{
    public override FeelValue Evaluate(FeelValue[] frame)
    {
        var (from, to) = (low.Evaluate(frame), high.Evaluate(frame));
        if (from.IsNull && to.IsNull) return FeelValue.Null;
        if (!from.IsNull && !to.IsNull && FeelOperators.Compare(from, to) is null) return FeelValue.Null;
        var one = from.IsNull ? to : from;
        return FeelOperators.Compare(one, one) is null ? FeelValue.Null : FeelValue.Of(new FeelRange(from, hasLow, to, hasHigh));
    }
}

internal sealed class ListExpression(IReadOnlyList<FeelExpression> items) : FeelExpression
{
    public override FeelValue Evaluate(FeelValue[] frame)
    {
        var values = new FeelValue[items.Count];
        for (var i = 0; i < values.Length; i++) values[i] = items[i].Evaluate(frame);
        return FeelValue.Of(values);
    }
}

/// <summary>A context: entries may use those before them, by their places.</summary>
internal sealed class ContextExpression(IReadOnlyList<(string Name, int Place, FeelExpression Value)> entries) : FeelExpression
{
    public IReadOnlyList<(string Name, int Place, FeelExpression Value)> Entries => entries;

    public override FeelValue Evaluate(FeelValue[] frame)
    {
        var context = new FeelContext();
        foreach (var (name, place, value) in entries)
        {
            // Two entries of one name make it null (DMN 1.4, issue 178).
            if (context.Has(name)) return FeelValue.Null;
            context.Set(name, frame[place] = value.Evaluate(frame));
        }

        return FeelValue.Of(context);
    }
}

/// <summary>A list's element by number from 1, from the end when below 0; or its elements for which a condition holds.</summary>
internal sealed class FilterExpression(FeelExpression source, int itemPlace, FeelExpression condition) : FeelExpression
{
    public override FeelValue Evaluate(FeelValue[] frame)
    {
        var value = source.Evaluate(frame);
        if (value.IsNull) return value;
        IReadOnlyList<FeelValue> items = value.Kind == FeelKind.List ? value.Items : [value];
        FeelBudget.Spend(items.Count);
        var found = new List<FeelValue>();
        if (items.Count == 0)
        {
            frame[itemPlace] = FeelValue.Null;
            return condition.Evaluate(frame).Kind == FeelKind.Number ? FeelValue.Null : FeelValue.Of(found);
        }

        for (var i = 0; i < items.Count; i++)
        {
            frame[itemPlace] = items[i];
            var holds = condition.Evaluate(frame);
            if (i == 0 && holds.Kind == FeelKind.Number) return At(items, holds.Number);
            if (holds.Kind is not (FeelKind.Boolean or FeelKind.Null)) return FeelValue.Null;
            if (holds.IsTrue) found.Add(items[i]);
        }

        return FeelValue.Of(found);
    }

    private static FeelValue At(IReadOnlyList<FeelValue> items, decimal number)
    {
        if (decimal.Truncate(number) != number || number == 0 || Math.Abs(number) > items.Count) return FeelValue.Null;
        return items[number > 0 ? (int)number - 1 : items.Count + (int)number];
    }
}
