using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using CreditGrains.Risk.Feel;
using CreditGrains.Risk.Policies;

namespace CreditGrains.Cli.Policies;

/// <summary>How a case of a conformance suite ended.</summary>
internal enum TckOutcome
{
    Passed,

    /// <summary>The policy gave something else.</summary>
    Failed,

    /// <summary>The model was refused, by a name in the text.</summary>
    Refused,
}

/// <summary>One expected decision.</summary>
/// <param name="Name">File, case and decision.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Text">What was expected and given, or why it was refused.</param>
internal sealed record TckResult(string Name, TckOutcome Outcome, string Text);

/// <summary>Runs the cases of a file in the form of the public DMN TCK: inputs and expected values as XML, beside the model it names.</summary>
internal static class TckCase
{
    // The suite gives results to a dozen digits or so.
    private const decimal RelativeTolerance = 1e-8m;
    private static readonly XName Kind = XName.Get("type", "http://www.w3.org/2001/XMLSchema-instance");
    private static readonly XName Nil = XName.Get("nil", "http://www.w3.org/2001/XMLSchema-instance");

    /// <summary>Runs every case of a file.</summary>
    public static IEnumerable<TckResult> Run(string file)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        using var reader = XmlReader.Create(file, settings);
        var root = XDocument.Load(reader).Root!;
        var model = Path.Combine(Path.GetDirectoryName(file)!, Child(root, "modelName")?.Value.Trim() ?? "");
        Policy? policy = null;
        var refused = "";
        try
        {
            policy = Policy.Read(File.ReadAllText(model));
        }
        catch (PolicyFault e)
        {
            refused = $"{e.Name}: {e.Message}";
        }

        foreach (var test in root.Elements().Where(element => element.Name.LocalName == "testCase"))
        {
            foreach (var result in test.Elements().Where(element => element.Name.LocalName == "resultNode"))
            {
                var decision = result.Attribute("name")?.Value ?? "";
                var name = $"{Path.GetFileNameWithoutExtension(file)} {test.Attribute("id")?.Value} '{decision}'";
                yield return policy is null ? new TckResult(name, TckOutcome.Refused, refused) : Check(policy, test, result, decision, name);
            }
        }
    }

    private static TckResult Check(Policy policy, XElement test, XElement result, string decision, string name)
    {
        var inputs = new FeelContext();
        foreach (var input in test.Elements().Where(element => element.Name.LocalName == "inputNode")) inputs.Set(FeelScope(input.Attribute("name")?.Value), ValueOf(input));
        var expected = Child(result, "expected") is { } element ? ValueOf(element) : FeelValue.Null;
        try
        {
            var given = Given(policy, test, decision, inputs);
            return new TckResult(name, IsSame(expected, given) ? TckOutcome.Passed : TckOutcome.Failed, $"expected {expected}, given {given}");
        }
        catch (PolicyFault e)
        {
            return new TckResult(name, TckOutcome.Refused, $"{e.Name}: {e.Message}");
        }
    }

    /// <summary>What a decision gives, or the decision service that the case names: of several outputs the one it asks for.</summary>
    private static FeelValue Given(Policy policy, XElement test, string decision, FeelContext inputs)
    {
        if (test.Attribute("type")?.Value != "decisionService") return policy.Decide(FeelScope(decision), inputs);
        var given = policy.Decide(FeelScope(test.Attribute("invocableName")?.Value), inputs);
        return given.Entries is { } entries && entries.Has(FeelScope(decision)) ? entries[FeelScope(decision)] : given;
    }

    private static string FeelScope(string? name) => string.Join(' ', (name ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static FeelValue ValueOf(XElement element)
    {
        if (element.Attribute(Nil)?.Value == "true") return FeelValue.Null;
        if (Child(element, "list") is { } list) return list.Attribute(Nil)?.Value == "true" ? FeelValue.Null : FeelValue.Of([.. list.Elements().Where(item => item.Name.LocalName == "item").Select(ValueOf)]);
        var components = element.Elements().Where(child => child.Name.LocalName == "component").ToList();
        if (components.Count > 0) return FeelValue.Of(components.Aggregate(new FeelContext(), (context, component) => context.Set(FeelScope(component.Attribute("name")?.Value), ValueOf(component))));
        return Child(element, "value") is { } value ? Simple(value) : FeelValue.Null;
    }

    private static FeelValue Simple(XElement value)
    {
        if (value.Attribute(Nil)?.Value == "true") return FeelValue.Null;
        var type = value.Attribute(Kind)?.Value ?? "xsd:string";
        return type[(type.IndexOf(':', StringComparison.Ordinal) + 1)..] switch
        {
            "decimal" or "integer" or "double" or "int" or "long" or "float" =>
                decimal.TryParse(value.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? FeelValue.Of(number) : FeelValue.Null,
            "boolean" => FeelValue.Of(value.Value.Trim() is "true" or "1"),
            "date" or "dateTime" or "time" or "duration" or "dayTimeDuration" or "yearMonthDuration" => FeelText.ReadCalendar(value.Value.Trim()),
            _ => FeelValue.Of(value.Value),
        };
    }

    private static bool IsSame(in FeelValue expected, in FeelValue given)
    {
        if (expected.Kind != given.Kind) return false;
        switch (expected.Kind)
        {
            case FeelKind.Number:
                return expected.Number == given.Number || (given.Number != 0 && Math.Abs(expected.Number - given.Number) <= Math.Abs(given.Number) * RelativeTolerance);
            case FeelKind.List:
                var (items, others) = (expected.Items, given.Items);
                return items.Count == others.Count && Enumerable.Range(0, items.Count).All(i => IsSame(items[i], others[i]));
            case FeelKind.Context:
                var (entries, theirs) = (expected.Entries!, given.Entries!);
                return entries.Entries.Count == theirs.Entries.Count && entries.Entries.All(entry => theirs.Has(entry.Name) && IsSame(entry.Value, theirs[entry.Name]));
            default:
                return expected.Equals(given);
        }
    }

    private static XElement? Child(XElement element, string name) => element.Elements().FirstOrDefault(child => child.Name.LocalName == name);
}
