using CreditGrains.Risk.Policies;

namespace CreditGrains.Risk.Feel;

/// <content>Calls, their arguments in order or by name, and functions written in an expression.</content>
internal sealed partial class FeelParser
{
    private FeelExpression ReadCall(FeelCallable function, int start)
    {
        var (arguments, names) = ReadArguments();
        var order = names is null ? null : function.Arrange(names);
        if (names is null ? !function.Takes(arguments.Count) : order is null)
        {
            scope.Warnings.Add($"character {start + 1}: '{function.Name}' is given {(names is null ? $"{arguments.Count} arguments" : string.Join(", ", names))}, which is always null; it is called as {UsageOf(function)}");
            return new ConstantExpression(FeelValue.Null);
        }

        // What is known now, such as a date, need not be made again for every decision.
        var call = new CallExpression(function, arguments, order);
        return function is BuiltInFunction && arguments.TrueForAll(argument => argument is ConstantExpression { Value.Kind: not FeelKind.Function }) ? new ConstantExpression(call.Evaluate([])) : call;
    }

    private InvokeExpression ReadInvocation(FeelExpression callee)
    {
        var (arguments, names) = ReadArguments();
        return new InvokeExpression(callee, arguments, names);
    }

    private static string UsageOf(FeelCallable function) => function switch
    {
        BuiltInFunction own => own.Usage,
        FeelFunction model => $"{model.Name}({string.Join(", ", model.Parameters.Select(parameter => parameter.Name))})",
        _ => function.Name,
    };

    /// <summary>Arguments up to the closing bracket, in order or each by name.</summary>
    private (List<FeelExpression> Arguments, List<string>? Names) ReadArguments()
    {
        var arguments = new List<FeelExpression>();
        var names = new List<string>();
        if (TrySign(")")) return (arguments, null);
        var outer = (rangeDepth, rangeHasEnd);
        (rangeDepth, rangeHasEnd) = (0, false);
        do
        {
            if (TryArgumentName() is { } name) names.Add(name);
            arguments.Add(ReadExpression());
        }
        while (TrySign(","));
        (rangeDepth, rangeHasEnd) = outer;
        Expect(")", TrySign(")"));
        if (names.Count != 0 && names.Count != arguments.Count) throw Fault("MixedArguments", "arguments are given all in order or all by name");
        return (arguments, names.Count == 0 ? null : names);
    }

    /// <summary>A name and colon before an argument.</summary>
    private string? TryArgumentName()
    {
        Skip();
        var end = at;
        while (end < text.Length && (FeelScope.IsNamePart(text[end]) || text[end] is ' ' or '\n' or '\t' or '\r')) end++;
        if (end >= text.Length || text[end] != ':' || end == at || char.IsAsciiDigit(text[at])) return null;
        var name = FeelScope.Normal(text[at..end]);
        at = end + 1;
        return name;
    }

    private FunctionExpression ReadFunction()
    {
        Expect("(", TrySign("("));
        var parameters = new List<FeelParameter>();
        if (!TrySign(")"))
        {
            do
            {
                Skip();
                var end = text.AsSpan(at).IndexOfAny(":,)") is >= 0 and var behind ? at + behind : throw Fault("UnexpectedCharacter", "')' is expected at the end");
                var name = FeelScope.Normal(text[at..end]);
                if (name.Length == 0 || !name.All(c => FeelScope.IsNamePart(c) || c == ' ')) throw Fault("UnexpectedCharacter", "the name of a parameter is expected here");
                at = end;
                parameters.Add(new FeelParameter(name, TrySign(":") ? ReadType() : PolicyType.Any));
            }
            while (TrySign(","));
            Expect(")", TrySign(")"));
        }

        if (TryWord("external")) throw Fault("UnsupportedExpression", "functions outside of the model are not supported; a decision must follow from the file alone");
        var places = parameters.Select(parameter => scope.Add(parameter.Name)).ToList();
        var body = ReadExpression();
        scope.Remove(parameters.Count);
        return new FunctionExpression(new FeelFunction("function", parameters).With(body, FeelTypeOf.Expression(body), places.Count > 0 ? places[0] : 0, 0));
    }
}
