namespace CreditGrains.Risk.Feel;

/// <summary>A call of a function known when the expression was read. Arguments left out by name are null.</summary>
/// <param name="function">What is called.</param>
/// <param name="arguments">As written.</param>
/// <param name="order">Places of the arguments by parameter, −1 for one left out; null when they stand in order.</param>
internal sealed class CallExpression(FeelCallable function, IReadOnlyList<FeelExpression> arguments, int[]? order) : FeelExpression
{
    public override FeelValue Evaluate(FeelValue[] frame)
    {
        var values = new FeelValue[order?.Length ?? arguments.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var place = order is null ? i : order[i];
            if (place >= 0) values[i] = arguments[place].Evaluate(frame);
        }

        return function.Call(values);
    }
}

/// <summary>A call of whatever function a value turns out to be; null when it is none, or takes other arguments.</summary>
internal sealed class InvokeExpression(FeelExpression callee, IReadOnlyList<FeelExpression> arguments, IReadOnlyList<string>? names) : FeelExpression
{
    public override FeelValue Evaluate(FeelValue[] frame)
    {
        if (callee.Evaluate(frame).Callable is not { } function) return FeelValue.Null;
        int[]? order = null;
        if (names is null ? !function.Takes(arguments.Count) : (order = function.Arrange(names)) is null) return FeelValue.Null;
        FeelBudget.Spend(1);
        return new CallExpression(function, arguments, order).Evaluate(frame);
    }
}

/// <summary>A function written in an expression: keeps the values around it.</summary>
internal sealed class FunctionExpression(FeelFunction function) : FeelExpression
{
    public override FeelValue Evaluate(FeelValue[] frame)
    {
        FeelBudget.Spend(1 + frame.Length / 16);
        return FeelValue.Of(function.Capture(frame));
    }
}

/// <summary>value instance of type.</summary>
internal sealed class InstanceExpression(FeelExpression value, Policies.PolicyType type) : FeelExpression
{
    public override FeelValue Evaluate(FeelValue[] frame) => FeelValue.Of(type.IsInstance(value.Evaluate(frame)));
}

/// <summary>A range written as a comparison in brackets, such as <c>(&lt; 10)</c>.</summary>
internal sealed class TestRangeExpression(FeelOperator sign, FeelExpression end) : FeelExpression
{
    public override FeelValue Evaluate(FeelValue[] frame)
    {
        var value = end.Evaluate(frame);
        if (value.IsNull || (sign is not (FeelOperator.Equal or FeelOperator.NotEqual) && FeelOperators.Compare(value, value) is null)) return FeelValue.Null;
        return FeelValue.Of(sign switch
        {
            FeelOperator.Less => new FeelRange(FeelValue.Null, false, value, false, IsTest: true),
            FeelOperator.LessOrEqual => new FeelRange(FeelValue.Null, false, value, true, IsTest: true),
            FeelOperator.Greater => new FeelRange(value, false, FeelValue.Null, false, IsTest: true),
            FeelOperator.GreaterOrEqual => new FeelRange(value, true, FeelValue.Null, false, IsTest: true),
            FeelOperator.Equal => new FeelRange(value, true, value, true, IsTest: true),
            _ => new FeelRange(value, false, value, false, IsTest: true, IsInverse: true),
        });
    }
}

/// <summary>A name within a filter: the part of the element of that name when it has one, else the name outside (DMN 1.3 §10.3.2.5).</summary>
internal sealed class FilteredNameExpression(int itemPlace, string name, FeelExpression outside) : FeelExpression
{
    public override FeelValue Evaluate(FeelValue[] frame) => frame[itemPlace].Entries is { } entries && entries.Has(name) ? entries[name] : outside.Evaluate(frame);
}
