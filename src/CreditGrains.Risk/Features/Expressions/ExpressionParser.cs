using System.Globalization;

namespace CreditGrains.Risk.Features.Expressions;

/// <summary>
/// Reads an expression: numbers, names of features above it and of request and facility, + − * /, comparisons, brackets, min, max, abs, coalesce, if(condition, then, else).
/// Faults name the character.
/// </summary>
internal sealed class ExpressionParser(string text, string path, IReadOnlyDictionary<string, Feature> known)
{
    private const int LengthMax = 1_000;
    private const int NestingMax = 24;

    private static readonly Dictionary<string, (StepKind Kind, int ParametersMin, int ParametersMax)> Functions = new(StringComparer.Ordinal)
    {
        ["min"] = (StepKind.Min, 2, 8),
        ["max"] = (StepKind.Max, 2, 8),
        ["coalesce"] = (StepKind.Coalesce, 2, 8),
        ["abs"] = (StepKind.Abs, 1, 1),
        ["if"] = (StepKind.If, 3, 3),
    };

    private readonly List<ExpressionStep> steps = [];
    private int at;
    private int nesting;
    private int waiting;

    /// <summary>Reads all of it.</summary>
    /// <exception cref="FeatureFault">It is no expression, or names what is not there.</exception>
    public FeatureExpression Parse()
    {
        if (text.Length > LengthMax) throw Fault($"the expression has {text.Length} characters, at most {LengthMax} are allowed; make two features of it");
        Comparison();
        Skip();
        if (at < text.Length) throw Fault($"'{text[at]}' does not go on with the expression; write an operator before it, or end there");
        return new FeatureExpression([.. steps]);
    }

    private void Comparison()
    {
        Additive();
        Skip();
        var kind = Take("<=") ? StepKind.LessOrEqual : Take(">=") ? StepKind.GreaterOrEqual : Take("!=") ? StepKind.NotEqual
            : Take("<") ? StepKind.Less : Take(">") ? StepKind.Greater : Take("=") ? StepKind.Equal : StepKind.Constant;
        if (kind == StepKind.Constant) return;
        Additive();
        Join(kind);
    }

    private void Additive()
    {
        Multiplicative();
        while (true)
        {
            Skip();
            var kind = Take("+") ? StepKind.Add : Take("-") ? StepKind.Subtract : StepKind.Constant;
            if (kind == StepKind.Constant) return;
            Multiplicative();
            Join(kind);
        }
    }

    private void Multiplicative()
    {
        Unary();
        while (true)
        {
            Skip();
            var kind = Take("*") ? StepKind.Multiply : Take("/") ? StepKind.Divide : StepKind.Constant;
            if (kind == StepKind.Constant) return;
            Unary();
            Join(kind);
        }
    }

    private void Unary()
    {
        Skip();
        if (++nesting > NestingMax) throw Fault($"brackets are nested more than {NestingMax} deep; make two features of it");
        if (Take("-"))
        {
            Unary();
            steps.Add(new ExpressionStep(StepKind.Negate));
        }
        else
        {
            Primary();
        }
        nesting--;
    }

    private void Primary()
    {
        if (at >= text.Length) throw Fault("a value belongs here: a number, a name or a bracket");
        if (Take("("))
        {
            Comparison();
            Need(")");
        }
        else if (char.IsAsciiDigit(text[at])) Number();
        else if (char.IsAsciiLetter(text[at])) Name();
        else throw Fault($"'{text[at]}' begins no value; write a number, a name or a bracket");
    }

    private void Number()
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.')) at++;
        if (!decimal.TryParse(text.AsSpan(start, at - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            throw Fault($"'{text[start..at]}' is no number of at most 28 digits");
        Push(new ExpressionStep(StepKind.Constant, value));
    }

    private void Name()
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '.')) at++;
        var name = text[start..at];
        Skip();
        if (at < text.Length && text[at] == '(')
        {
            Call(name);
            return;
        }
        if (known.TryGetValue(name, out var feature)) Push(new ExpressionStep(StepKind.Feature, Index: feature.Index, Scale: feature.Scale));
        else if (MomentFields.ByName.TryGetValue(name, out var field)) Push(new ExpressionStep(StepKind.Field, Index: (int)field));
        else throw FaultAt(start, $"'{name}' is no feature above this one and none of {string.Join(", ", MomentFields.ByName.Keys)}", "FeatureUnknown");
    }

    private void Call(string name)
    {
        if (!Functions.TryGetValue(name, out var function)) throw Fault($"there is no function '{name}'; there are {string.Join(", ", Functions.Keys)}");
        Need("(");
        var count = 0;
        do
        {
            Comparison();
            // Of several each is joined to the one before at once, so that few wait.
            if (++count > 1 && function.Kind != StepKind.If) Join(function.Kind);
        }
        while (Take(","));
        Need(")");
        if (count < function.ParametersMin || count > function.ParametersMax) throw Fault($"{name} takes {function.ParametersMin}{(function.ParametersMax > function.ParametersMin ? $" to {function.ParametersMax}" : "")} values, here are {count}");
        if (function.Kind == StepKind.Abs) steps.Add(new ExpressionStep(StepKind.Abs));
        if (function.Kind != StepKind.If) return;
        steps.Add(new ExpressionStep(StepKind.If));
        waiting -= 2;
    }

    private void Push(ExpressionStep step)
    {
        if (++waiting > FeatureExpression.DepthMax) throw Fault($"more than {FeatureExpression.DepthMax} values wait for each other; make two features of it");
        steps.Add(step);
    }

    private void Join(StepKind kind)
    {
        steps.Add(new ExpressionStep(kind));
        waiting--;
    }

    private void Skip()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
    }

    private bool Take(string token)
    {
        Skip();
        if (string.CompareOrdinal(text, at, token, 0, token.Length) != 0) return false;
        at += token.Length;
        return true;
    }

    private void Need(string token)
    {
        if (!Take(token)) throw Fault($"'{token}' is missing");
    }

    private FeatureFault Fault(string fault) => FaultAt(at, fault, "BadExpression");

    private FeatureFault FaultAt(int place, string fault, string name) => new(name, path, string.Create(CultureInfo.InvariantCulture, $"at character {place + 1}: {fault}"));
}
