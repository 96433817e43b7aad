using System.Xml.Linq;
using CreditGrains.Risk.Feel;

namespace CreditGrains.Risk.Policies;

/// <summary>Compiles the logic of a decision or knowledge model: a literal expression, decision table, invocation, context, list or relation.</summary>
internal sealed class LogicCompiler(TypeBook types, IReadOnlyDictionary<string, FeelFunction> functions)
{
    private static readonly string[] Logic = ["literalExpression", "decisionTable", "invocation", "context", "list", "relation", "functionDefinition", "conditional", "for", "every", "some", "filter"];
    private const int RulesMax = 100_000;

    /// <summary>A scope that knows the types' parts and the knowledge models.</summary>
    public FeelScope NewScope() => new(functions, types.Members);

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
        var kind => throw DmnXml.Fault(element, "UnsupportedExpression", $"a '{kind}' is not supported; write it as a literal expression or a decision table"),
    };

    private static FeelExpression Literal(XElement element, FeelScope scope)
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
        return new DecisionTable(inputs, outputs, rules, policy, aggregation, valuePlace, valuesPlace, owner);
    }

    private InputColumn Input(XElement input, FeelScope scope)
    {
        var expression = input.Child("inputExpression") ?? throw DmnXml.Fault(input, "NoInputExpression", "the column has no input expression; write what is tested");
        var type = types.Of(expression);
        var value = Expression(expression, expression.Child("text")?.Value ?? "", scope);
        var allowed = input.TextOf("inputValues") is { Length: > 0 } text && text.Trim() != "-" ? Tests(input, text, scope) : type.Allowed is null ? null : new TypeTest(type);
        return new InputColumn(value, allowed);
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

    private static Rule MakeRule(XElement rule, int number, int inputs, int outputs, FeelScope scope)
    {
        var tests = rule.Children("inputEntry").ToList();
        var values = rule.Children("outputEntry").ToList();
        if (tests.Count != inputs) throw DmnXml.Fault(rule, "WrongEntries", $"the rule has {tests.Count} input entries, the table {inputs} inputs; give one for each");
        if (values.Count != outputs) throw DmnXml.Fault(rule, "WrongEntries", $"the rule has {values.Count} output entries, the table {outputs} outputs; give one for each");
        return new Rule(
            rule.Get("id") ?? $"{number}", [.. tests.Select(test => TestOf(test, test.Child("text")?.Value ?? "", scope))],
            [.. values.Select(value => Expression(value, value.Child("text")?.Value is { } text && text.Trim() != "-" ? text : "", scope))]);
    }

    private CallExpression Invocation(XElement invocation, FeelScope scope, string owner)
    {
        var called = LogicOf(invocation) is { Name.LocalName: "literalExpression" } literal ? FeelScope.Normal(literal.Child("text")?.Value ?? "") : "";
        if (!functions.TryGetValue(called, out var function)) throw DmnXml.Fault(invocation, "UnknownFunction", $"'{called}' is no business knowledge model that this one requires; add the requirement");
        var arguments = function.Parameters.Select(_ => (FeelExpression)new ConstantExpression(FeelValue.Null)).ToArray();
        foreach (var binding in invocation.Children("binding"))
        {
            var name = FeelScope.Normal(binding.Child("parameter")?.Get("name") ?? "");
            var place = function.Parameters.ToList().IndexOf(name);
            if (place < 0) throw DmnXml.Fault(binding, "UnknownParameter", $"'{called}' has no parameter '{name}'; it has {string.Join(", ", function.Parameters)}");
            if (LogicOf(binding) is { } logic) arguments[place] = Compile(logic, scope, owner, PolicyType.Any);
        }

        return new CallExpression(values => function.Call(values), arguments);
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

            var value = Compile(logic, scope, owner, types.Of(variable));
            var name = FeelScope.Normal(variable.Need("name"));
            entries.Add((name, scope.Add(name), value));
        }

        scope.Remove(entries.Count);
        var all = new ContextExpression(entries);
        return result is null ? all : new ResultExpression(all, result);
    }

    private ListExpression Relation(XElement relation, FeelScope scope, string owner)
    {
        var columns = relation.Children("column").Select(column => FeelScope.Normal(column.Need("name"))).ToList();
        var rows = new List<FeelExpression>();
        foreach (var row in relation.Children("row"))
        {
            var cells = row.Elements().Where(cell => Logic.Contains(cell.Name.LocalName)).ToList();
            if (cells.Count != columns.Count) throw DmnXml.Fault(row, "WrongEntries", $"the row has {cells.Count} cells, the relation {columns.Count} columns");
            rows.Add(new RowExpression([.. columns.Zip(cells, (name, cell) => (name, Compile(cell, scope, owner, PolicyType.Any)))]));
        }

        return new ListExpression(rows);
    }

    private static FeelExpression Expression(XElement at, string text, FeelScope scope)
    {
        if (string.IsNullOrWhiteSpace(text)) return new ConstantExpression(FeelValue.Null);
        try
        {
            return FeelParser.Expression(text, scope);
        }
        catch (FeelFault e)
        {
            throw DmnXml.Fault(at, e.Name, $"'{text.Trim()}', character {e.At + 1}: {e.Message}");
        }
    }

    private static UnaryTest? TestOf(XElement at, string text, FeelScope scope) => string.IsNullOrWhiteSpace(text) ? null : Tests(at, text, scope) is var test and not AnyTest ? test : null;

    private static UnaryTest Tests(XElement at, string text, FeelScope scope)
    {
        try
        {
            return FeelParser.Tests(text, scope);
        }
        catch (FeelFault e)
        {
            throw DmnXml.Fault(at, e.Name, $"'{text.Trim()}', character {e.At + 1}: {e.Message}");
        }
    }

    /// <summary>Values that are listed one by one; none when they are ranges or conditions, which have no order.</summary>
    private static IReadOnlyList<FeelValue> ValuesOf(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return [];
        try
        {
            return FeelParser.Expression($"[{text}]", new FeelScope()).Evaluate([]).Items;
        }
        catch (FeelFault)
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
