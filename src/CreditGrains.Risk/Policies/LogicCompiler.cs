using System.Xml.Linq;
using CreditGrains.Risk.Feel;

namespace CreditGrains.Risk.Policies;

/// <summary>Compiles the logic of a decision or knowledge model: a literal expression, decision table, invocation, context, list or relation.</summary>
internal sealed partial class LogicCompiler(TypeBook types, IReadOnlyDictionary<string, FeelCallable> functions, List<PolicyWarning> warnings, List<(int Line, string Owner, DecisionTable Table)> tables)
{
    private static readonly string[] Logic = ["literalExpression", "decisionTable", "invocation", "context", "list", "relation", "functionDefinition", "conditional", "for", "every", "some", "filter"];
    private const int RulesMax = 100_000;
    private const int ShownMax = 200;

    /// <summary>A scope that knows the types' parts and the knowledge models.</summary>
    public FeelScope NewScope() => new(functions, types);

    /// <summary>The element of an owner that has its logic; null when it has none.</summary>
    public static XElement? LogicOf(XElement owner) => owner.Elements().FirstOrDefault(child => child.Name.Namespace == owner.Name.Namespace && Logic.Contains(child.Name.LocalName));

    /// <summary>Compiles an element of logic.</summary>
    /// <param name="element">One of the kinds above.</param>
    /// <param name="scope">The names it may use.</param>
    /// <param name="owner">Name of the decision, for traces.</param>
    /// <param name="type">What it gives.</param>
    /// <exception cref="PolicyFault">It is of an unsupported kind, or wrong.</exception>
    public FeelExpression Compile(XElement element, FeelScope scope, string owner, PolicyType type) => element.Name.LocalName switch
    {
        "literalExpression" => Literal(element, scope),
        "decisionTable" => Table(element, scope, owner, type),
        "invocation" => Invocation(element, scope, owner),
        "context" => Context(element, scope, owner),
        "list" => new ListExpression([.. element.Elements().Where(child => Logic.Contains(child.Name.LocalName)).Select(child => Compile(child, scope, owner, PolicyType.Any))]),
        "relation" => Relation(element, scope, owner),
        "functionDefinition" => Function(element, scope, owner),
        "conditional" => new BoxedIfExpression(Part(element, "if", scope, owner), Part(element, "then", scope, owner), Part(element, "else", scope, owner)),
        "for" => Iteration(element, FeelQuantifier.Each, "return", scope, owner),
        "some" => Iteration(element, FeelQuantifier.Some, "satisfies", scope, owner),
        "every" => Iteration(element, FeelQuantifier.Every, "satisfies", scope, owner),
        "filter" => Filter(element, scope, owner),
        var kind => throw DmnXml.Fault(element, "UnsupportedExpression", $"a '{kind}' is not supported; write it as a literal expression or a decision table"),
    };

    /// <summary>Compiles an element of logic, and makes what it gives of a type: a value of another is null.</summary>
    public FeelExpression CompileAs(XElement element, FeelScope scope, string owner, PolicyType type)
    {
        var logic = Compile(element, scope, owner, type);
        return type == PolicyType.Any || logic is DecisionTable ? logic : new TypedExpression(logic, type);
    }

    private FeelExpression Literal(XElement element, FeelScope scope)
    {
        var language = element.Get("expressionLanguage");
        if (language is not null && !language.Contains("FEEL", StringComparison.OrdinalIgnoreCase))
            throw DmnXml.Fault(element, "UnsupportedLanguage", $"the expression language '{language}' is not supported; write it in FEEL");
        return Expression(element, element.Child("text")?.Value ?? "", scope);
    }

    private DecisionTable Table(XElement table, FeelScope scope, string owner, PolicyType type)
    {
        if (table.Get("preferredOrientation") == "CrossTable" && !table.Children("rule").Any()) throw DmnXml.Fault(table, "UnsupportedTable", "a crosstab table without rules is not supported; write a row for each rule");
        var policy = PolicyOf(table);
        var valuePlace = scope.Add("?");
        var valuesPlace = scope.Reserve(table.Children("input").Count());
        var inputs = table.Children("input").Select(input => Input(input, scope)).ToArray();
        var outputElements = table.Children("output").ToArray();
        if (outputElements.Length == 0) throw DmnXml.Fault(table, "NoOutput", "the table gives nothing; add an output column");
        var outputs = outputElements.Select(output => Output(output, scope, outputElements.Length > 1, type)).ToArray();
        var rules = table.Children("rule").Select((rule, i) => MakeRule(rule, i + 1, inputs.Length, outputs.Length, scope)).ToArray();
        if (rules.Length > RulesMax) throw DmnXml.Fault(table, "TooManyRules", $"{rules.Length} rules; at most {RulesMax} are allowed");
        scope.Remove(1);
        var aggregation = AggregationOf(table);
        if (aggregation != Aggregation.None && policy != HitPolicy.Collect) throw DmnXml.Fault(table, "UnexpectedAggregation", "only a table that collects has an aggregation; take it out or set hitPolicy=\"COLLECT\"");
        if (aggregation is not (Aggregation.None or Aggregation.Count) && outputs.Length > 1) throw DmnXml.Fault(table, "UnexpectedAggregation", "a table with several outputs cannot be summed; take the aggregation out");
        if (policy is HitPolicy.Priority or HitPolicy.OutputOrder && outputs.All(output => output.Values.Count == 0))
            throw DmnXml.Fault(table, "NoOutputValues", "a table by priority needs the list of output values of a column, the highest priority first");
        var made = new DecisionTable(inputs, outputs, rules, policy, aggregation, valuePlace, valuesPlace, owner);
        tables.Add((DmnXml.LineOf(table), owner, made));
        return made;
    }

    private InputColumn Input(XElement input, FeelScope scope)
    {
        var expression = input.Child("inputExpression") ?? throw DmnXml.Fault(input, "NoInputExpression", "the column has no input expression; write what is tested");
        var type = types.Of(expression);
        var value = Expression(expression, expression.Child("text")?.Value ?? "", scope);
        var allowed = input.TextOf("inputValues") is { Length: > 0 } text && text.Trim() != "-" ? Tests(input, text, scope) : type.Allowed is null ? null : new TypeTest(type);
        return new InputColumn(value, allowed) { Label = FeelScope.Normal(expression.Child("text")?.Value ?? ""), Kind = type.Kind, AllowedText = input.TextOf("inputValues") ?? type.AllowedText };
    }

    private OutputColumn Output(XElement output, FeelScope scope, bool isOneOfSeveral, PolicyType whole)
    {
        var name = FeelScope.Normal(output.Get("name") ?? "");
        if (isOneOfSeveral && name.Length == 0) throw DmnXml.Fault(output, "MissingAttribute", "an output column of several needs a 'name'");
        var type = output.Get("typeRef") is null && isOneOfSeveral ? whole.Parts.FirstOrDefault(part => part.Name == name).Type ?? PolicyType.Any : types.Of(output);
        var listed = output.TextOf("outputValues") ?? type.AllowedText ?? (isOneOfSeveral ? null : whole.AllowedText);
        var otherwise = output.Child("defaultOutputEntry") is { } entry ? Expression(entry, entry.Child("text")?.Value ?? "", scope) : null;
        return new OutputColumn(name, ValuesOf(listed), type, otherwise);
    }

    private Rule MakeRule(XElement rule, int number, int inputs, int outputs, FeelScope scope)
    {
        var tests = rule.Children("inputEntry").ToList();
        var values = rule.Children("outputEntry").ToList();
        if (tests.Count != inputs) throw DmnXml.Fault(rule, "WrongEntries", $"the rule has {tests.Count} input entries, the table {inputs} inputs; give one for each");
        if (values.Count != outputs) throw DmnXml.Fault(rule, "WrongEntries", $"the rule has {values.Count} output entries, the table {outputs} outputs; give one for each");
        return new Rule(
            rule.Get("id") ?? $"{number}", [.. tests.Select(test => TestOf(test, test.Child("text")?.Value ?? "", scope))],
            [.. values.Select(value => Expression(value, value.Child("text")?.Value is { } text && text.Trim() != "-" ? text : "", scope))]);
    }

    private FeelExpression Invocation(XElement invocation, FeelScope scope, string owner)
    {
        var literal = LogicOf(invocation) ?? throw DmnXml.Fault(invocation, "NoLogic", "the invocation names no function");
        var names = new List<string>();
        var arguments = new List<FeelExpression>();
        foreach (var binding in invocation.Children("binding"))
        {
            names.Add(FeelScope.Normal(binding.Child("parameter")?.Get("name") ?? ""));
            arguments.Add(LogicOf(binding) is { } logic ? Compile(logic, scope, owner, PolicyType.Any) : new ConstantExpression(FeelValue.Null));
        }

        var called = literal.Name.LocalName == "literalExpression" ? FeelScope.Normal(literal.Child("text")?.Value ?? "") : "";
        if ((functions.GetValueOrDefault(called) ?? (scope.PlaceOf(called) >= 0 ? null : FeelFunctions.Find(called))) is not { } function)
            return new InvokeExpression(Compile(literal, scope, owner, PolicyType.Any), arguments, names);
        if (function is FeelFunction model)
        {
            if (names.Find(name => !model.Parameters.Any(parameter => parameter.Name == name)) is { } unknown)
            {
                warnings.Add(new PolicyWarning(DmnXml.LineOf(invocation), owner, $"'{called}' has no parameter '{unknown}', so the call is always null; it has {string.Join(", ", model.Parameters.Select(parameter => parameter.Name))}"));
                return new ConstantExpression(FeelValue.Null);
            }

            // What is bound to nothing is null.
            return new CallExpression(function, arguments, [.. model.Parameters.Select(parameter => names.IndexOf(parameter.Name))]);
        }

        if (function.Arrange(names) is { } order) return new CallExpression(function, arguments, order);
        warnings.Add(new PolicyWarning(DmnXml.LineOf(invocation), owner, $"'{called}' is given {string.Join(", ", names)}, which is always null"));
        return new ConstantExpression(FeelValue.Null);
    }

    private FeelExpression Context(XElement context, FeelScope scope, string owner)
    {
        var entries = new List<(string, int, FeelExpression)>();
        FeelExpression? result = null;
        foreach (var entry in context.Children("contextEntry"))
        {
            var logic = LogicOf(entry) ?? throw DmnXml.Fault(entry, "NoLogic", "the entry has no expression");
            if (entry.Child("variable") is not { } variable)
            {
                result = Compile(logic, scope, owner, PolicyType.Any);
                continue;
            }

            var value = CompileAs(logic, scope, owner, types.Of(variable));
            var name = FeelScope.Normal(variable.Need("name"));
            scope.AddMember(name);
            entries.Add((name, scope.Add(name), value));
        }

        scope.Remove(entries.Count);
        var all = new ContextExpression(entries);
        return result is null ? all : new ResultExpression(all, result);
    }

    private ListExpression Relation(XElement relation, FeelScope scope, string owner)
    {
        var columns = relation.Children("column").Select(column => FeelScope.Normal(column.Need("name"))).ToList();
        foreach (var name in columns) scope.AddMember(name);
        var rows = new List<FeelExpression>();
        foreach (var row in relation.Children("row"))
        {
            var cells = row.Elements().Where(cell => Logic.Contains(cell.Name.LocalName)).ToList();
            if (cells.Count != columns.Count) throw DmnXml.Fault(row, "WrongEntries", $"the row has {cells.Count} cells, the relation {columns.Count} columns");
            rows.Add(new RowExpression([.. columns.Zip(cells, (name, cell) => (name, Compile(cell, scope, owner, PolicyType.Any)))]));
        }

        return new ListExpression(rows);
    }

    private FeelExpression Expression(XElement at, string text, FeelScope scope)
    {
        if (string.IsNullOrWhiteSpace(text)) return new ConstantExpression(FeelValue.Null);
        return Read(at, text, scope, FeelParser.Expression);
    }

    private T Read<T>(XElement at, string text, FeelScope scope, Func<string, FeelScope, T> read)
    {
        FeelBudget.Begin();
        try
        {
            var made = read(text, scope);
            foreach (var warning in scope.Warnings) warnings.Add(new PolicyWarning(DmnXml.LineOf(at), "", $"'{Shown(text)}', {warning}"));
            scope.Warnings.Clear();
            return made;
        }
        catch (FeelFault e)
        {
            throw DmnXml.Fault(at, e.Name, $"'{Shown(text)}', character {e.At + 1}: {e.Message}");
        }
        catch (FeelOverrunException e)
        {
            throw DmnXml.Fault(at, "TooMuchWork", $"'{Shown(text)}': {e.Message}");
        }
    }

    private static string Shown(string text) => text.Trim() is { Length: > ShownMax } whole ? whole[..ShownMax] + "…" : text.Trim();

    private UnaryTest? TestOf(XElement at, string text, FeelScope scope) => string.IsNullOrWhiteSpace(text) ? null : Tests(at, text, scope) is var test and not AnyTest ? test : null;

    private UnaryTest Tests(XElement at, string text, FeelScope scope) => Read(at, text, scope, FeelParser.Tests);

    /// <summary>Values that are listed one by one; none when they are ranges or conditions, which have no order.</summary>
    private static IReadOnlyList<FeelValue> ValuesOf(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return [];
        try
        {
            var scope = new FeelScope();
            FeelBudget.Begin();
            return FeelParser.Expression($"[{text}]", scope).Evaluate(new FeelValue[scope.PlaceCount]).Items;
        }
        catch (Exception fault) when (fault is FeelFault or FeelOverrunException)
        {
            return [];
        }
    }

    private static HitPolicy PolicyOf(XElement table) => table.Get("hitPolicy") switch
    {
        null or "UNIQUE" => HitPolicy.Unique,
        "ANY" => HitPolicy.Any,
        "PRIORITY" => HitPolicy.Priority,
        "FIRST" => HitPolicy.First,
        "OUTPUT ORDER" => HitPolicy.OutputOrder,
        "RULE ORDER" => HitPolicy.RuleOrder,
        "COLLECT" => HitPolicy.Collect,
        var other => throw DmnXml.Fault(table, "UnknownHitPolicy", $"'{other}' is no hit policy; use UNIQUE, ANY, PRIORITY, FIRST, OUTPUT ORDER, RULE ORDER or COLLECT"),
    };

    private static Aggregation AggregationOf(XElement table) => table.Get("aggregation") switch
    {
        null => Aggregation.None,
        "SUM" => Aggregation.Sum,
        "MIN" => Aggregation.Min,
        "MAX" => Aggregation.Max,
        "COUNT" => Aggregation.Count,
        var other => throw DmnXml.Fault(table, "UnknownAggregation", $"'{other}' is no aggregation; use SUM, MIN, MAX or COUNT"),
    };

    /// <summary>The allowed values of a column's type.</summary>
    private sealed class TypeTest(PolicyType type) : UnaryTest
    {
        public override bool Holds(in FeelValue value, FeelValue[] frame) => !type.Conform(value).IsNull;
    }

    /// <summary>A value of a type, or null.</summary>
    private sealed class TypedExpression(FeelExpression inner, PolicyType type) : FeelExpression
    {
        public override FeelValue Evaluate(FeelValue[] frame) => type.Conform(inner.Evaluate(frame));
    }

    /// <summary>A context whose last entry is what it gives.</summary>
    private sealed class ResultExpression(FeelExpression entries, FeelExpression result) : FeelExpression
    {
        public override FeelValue Evaluate(FeelValue[] frame)
        {
            entries.Evaluate(frame);
            return result.Evaluate(frame);
        }
    }

    /// <summary>A row of a relation.</summary>
    private sealed class RowExpression(IReadOnlyList<(string Name, FeelExpression Value)> cells) : FeelExpression
    {
        public override FeelValue Evaluate(FeelValue[] frame)
        {
            var row = new FeelContext();
            foreach (var (name, value) in cells) row.Set(name, value.Evaluate(frame));
            return FeelValue.Of(row);
        }
    }
}
