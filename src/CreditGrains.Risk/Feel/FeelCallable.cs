using CreditGrains.Risk.Policies;

namespace CreditGrains.Risk.Feel;

/// <summary>A function as a value: one of FEEL's own, one written in an expression, a knowledge model or a decision service. Wrong arguments give null, never an exception.</summary>
internal abstract class FeelCallable(string name)
{
    public string Name { get; } = name;

    /// <summary>Its type, as far as its text tells.</summary>
    public virtual PolicyType Type => PolicyType.AnyFunction;

    /// <summary>Calls it with arguments in order.</summary>
    public abstract FeelValue Call(FeelValue[] arguments);

    /// <summary>Whether so many arguments may be given.</summary>
    public abstract bool Takes(int count);

    /// <summary>Places of arguments by name in the order of the parameters, −1 for one left out; null when a name is unknown or twice, or one that is needed is left out.</summary>
    public abstract int[]? Arrange(IReadOnlyList<string> names);

    /// <summary>As <see cref="Arrange(IReadOnlyList{string})"/> for parameters that must all be given.</summary>
    protected static int[]? Arrange(IReadOnlyList<string> parameters, IReadOnlyList<string> names)
    {
        if (names.Count != parameters.Count) return null;
        var places = new int[parameters.Count];
        for (var p = 0; p < places.Length; p++)
        {
            places[p] = -1;
            for (var i = 0; i < names.Count; i++)
                if (names[i] == parameters[p]) places[p] = i;
            if (places[p] < 0) return null;
        }

        return places;
    }
}

/// <summary>A parameter of a function.</summary>
/// <param name="Name">As written, blanks normalised.</param>
/// <param name="Type">An argument of another type makes the call null.</param>
internal sealed record FeelParameter(string Name, PolicyType Type);

/// <summary>A function with a body: a knowledge model, or one written in an expression, which keeps the values around it from when it was made.</summary>
internal sealed class FeelFunction(string name, IReadOnlyList<FeelParameter> parameters) : FeelCallable(name)
{
    private FeelValue[] captured = [];
    private int firstPlace;
    private PolicyType result = PolicyType.Any;
    private FeelExpression? body;
    private int placeCount;

    public IReadOnlyList<FeelParameter> Parameters => parameters;

    public override PolicyType Type => PolicyType.FunctionOf([.. parameters.Select(parameter => parameter.Type)], result);

    /// <summary>Gives it its body, once compiled.</summary>
    /// <param name="does">What it gives.</param>
    /// <param name="gives">Type of that.</param>
    /// <param name="first">Place of the first parameter; the others follow.</param>
    /// <param name="places">Places of its frame.</param>
    public FeelFunction With(FeelExpression does, PolicyType gives, int first, int places)
    {
        (body, result, firstPlace, placeCount) = (does, gives, first, places);
        return this;
    }

    /// <summary>The same with the values that stand around it now.</summary>
    public FeelFunction Capture(FeelValue[] frame) => new(Name, parameters) { captured = (FeelValue[])frame.Clone(), body = body, result = result, firstPlace = firstPlace, placeCount = placeCount };

    public override bool Takes(int count) => count == parameters.Count;

    public override int[]? Arrange(IReadOnlyList<string> names) => Arrange([.. parameters.Select(parameter => parameter.Name)], names);

    public override FeelValue Call(FeelValue[] arguments)
    {
        if (body is null || arguments.Length != parameters.Count) return FeelValue.Null;
        var frame = new FeelValue[Math.Max(placeCount, captured.Length)];
        captured.CopyTo(frame, 0);
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = parameters[i].Type.Conform(arguments[i]);
            if (argument.IsNull && !arguments[i].IsNull) return FeelValue.Null;
            frame[firstPlace + i] = argument;
        }

        FeelBudget.Enter();
        try
        {
            return result.Conform(body.Evaluate(frame));
        }
        finally
        {
            FeelBudget.Leave();
        }
    }
}
