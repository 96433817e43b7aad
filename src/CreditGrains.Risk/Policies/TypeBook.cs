using System.Xml.Linq;
using CreditGrains.Risk.Feel;

namespace CreditGrains.Risk.Policies;

/// <summary>The types of a model: FEEL's own and its item definitions, by name.</summary>
internal sealed class TypeBook
{
    private const int DepthMax = 20;

    private static readonly Dictionary<string, PolicyType> Simple = new(StringComparer.Ordinal)
    {
        ["number"] = PolicyType.Simple(FeelKind.Number, "number"), ["string"] = PolicyType.Simple(FeelKind.Text, "string"), ["boolean"] = PolicyType.Simple(FeelKind.Boolean, "boolean"),
        ["date"] = PolicyType.Simple(FeelKind.Date, "date"), ["time"] = PolicyType.Simple(FeelKind.Time, "time"), ["dateTime"] = PolicyType.Simple(FeelKind.DateTime, "date and time"),
        ["date and time"] = PolicyType.Simple(FeelKind.DateTime, "date and time"), ["dayTimeDuration"] = PolicyType.Simple(FeelKind.DaysDuration, "days and time duration"),
        ["days and time duration"] = PolicyType.Simple(FeelKind.DaysDuration, "days and time duration"), ["yearMonthDuration"] = PolicyType.Simple(FeelKind.MonthsDuration, "years and months duration"),
        ["years and months duration"] = PolicyType.Simple(FeelKind.MonthsDuration, "years and months duration"),
        ["integer"] = PolicyType.Simple(FeelKind.Number, "number"), ["long"] = PolicyType.Simple(FeelKind.Number, "number"), ["double"] = PolicyType.Simple(FeelKind.Number, "number"),
        ["Any"] = PolicyType.Any, ["context"] = PolicyType.Simple(FeelKind.Context, "context"), ["Null"] = PolicyType.Simple(FeelKind.Null, "Null"),
    };

    private readonly Dictionary<string, XElement> definitions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PolicyType> made = new(StringComparer.Ordinal);

    public TypeBook(XElement root)
    {
        foreach (var definition in root.Children("itemDefinition"))
        {
            if (!definitions.TryAdd(definition.Need("name"), definition)) throw DmnXml.Fault(definition, "NameTwice", $"two item definitions are called '{definition.Get("name")}'; rename one");
        }

        foreach (var definition in root.Descendants(root.Name.Namespace + "itemComponent")) Members.Add(FeelScope.Normal(definition.Need("name")));
    }

    /// <summary>Names of FEEL's own types.</summary>
    public static IReadOnlyCollection<string> SimpleNames => Simple.Keys;

    /// <summary>Names of the model's types.</summary>
    public IReadOnlyCollection<string> Names => definitions.Keys;

    /// <summary>A type by name; null when there is none.</summary>
    public static PolicyType? Find(TypeBook? book, string name) =>
        Simple.TryGetValue(name, out var simple) ? simple : book is not null && book.definitions.TryGetValue(name, out var definition) ? book.Named(name, definition, 0) : null;

    /// <summary>Names of all parts.</summary>
    public HashSet<string> Members { get; } = new(StringComparer.Ordinal);

    /// <summary>The type an element refers to; any when it refers to none.</summary>
    /// <exception cref="PolicyFault">There is no such type.</exception>
    public PolicyType Of(XElement? element) => Of(element, 0);

    private PolicyType Of(XElement? element, int depth)
    {
        if (element is null) return PolicyType.Any;
        var name = element.Get("typeRef") ?? element.Child("typeRef")?.Value;
        return name is null ? PolicyType.Any : Named(name.Trim(), element, depth);
    }

    private PolicyType Named(string name, XElement at, int depth)
    {
        // A prefix says which vocabulary, such as feel:number.
        var local = name[(name.LastIndexOf(':') + 1)..];
        if (Simple.TryGetValue(local, out var simple)) return simple;
        if (made.TryGetValue(name, out var known)) return known;
        if (depth > DepthMax) throw DmnXml.Fault(at, "TypeWithoutEnd", $"the type '{name}' contains itself; take the loop out");
        if (!definitions.TryGetValue(name, out var definition)) throw DmnXml.Fault(at, "UnknownType", $"there is no type '{name}'; add an item definition, or use number, string, boolean, date");
        return made[name] = Make(definition, name, depth + 1);
    }

    private PolicyType Make(XElement definition, string name, int depth)
    {
        var parts = definition.Children("itemComponent").Select(part => (FeelScope.Normal(part.Need("name")), Make(part, part.Need("name"), depth + 1))).ToList();
        if (depth > DepthMax) throw DmnXml.Fault(definition, "TypeWithoutEnd", $"the type '{name}' contains itself; take the loop out");
        var reference = definition.Child("typeRef")?.Value.Trim();
        if (definition.Child("functionItem") is { } function)
        {
            var parameters = function.Children("parameters").Select(parameter => Of(parameter, depth));
            return Listed(definition, PolicyType.FunctionOf([.. parameters], function.Get("outputTypeRef") is { } gives ? Named(gives.Trim(), function, depth) : PolicyType.Any), name);
        }

        var type = parts.Count > 0 ? PolicyType.Structure(name, parts) : reference is null ? PolicyType.Any : Named(reference, definition, depth);
        if (definition.TextOf("allowedValues") is { } allowed) type = type.With(Tests(definition, allowed), allowed, name);
        return Listed(definition, type, name);
    }

    private static PolicyType Listed(XElement definition, PolicyType type, string name)
    {
        var whole = definition.Get("isCollection") == "true" ? type.AsList(name) : type;
        return definition.TextOf("typeConstraint") is { } constraint ? whole.With(Tests(definition, constraint), constraint, name) : whole;
    }

    /// <summary>Tests of allowed values: they know no names but the value itself.</summary>
    internal static UnaryTest Tests(XElement at, string text)
    {
        var scope = new FeelScope();
        scope.Add("?");
        try
        {
            return FeelParser.Tests(text, scope);
        }
        catch (FeelFault e)
        {
            throw DmnXml.Fault(at, e.Name, $"allowed values '{text.Trim()}', character {e.At + 1}: {e.Message}");
        }
    }
}
