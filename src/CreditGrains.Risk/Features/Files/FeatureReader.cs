using System.Collections.Immutable;
using CreditGrains.Domain.Files;
using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Features.Files;

/// <summary>Reads the features of a file, writing out groups of several aggregations or windows.</summary>
internal sealed class FeatureReader(FilterFile filters)
{
    /// <summary>Most features of a catalogue.</summary>
    public const int FeaturesMax = 512;

    /// <summary>Longest window and coarsest bucket.</summary>
    public const long WindowSecondsMax = 3_660L * 86_400;

    private readonly List<FeatureSpec> specs = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    /// <summary>Reads one entry.</summary>
    public void Read(CatalogueNode node)
    {
        if (node.Optional("expression") is { } expression)
        {
            Add(node, node.Required("name").Text(), FeatureEntity.Facility, Aggregation.Derived, 0, 0, 0, default, expression: expression.Text());
            node.Done();
            return;
        }
        var aggregations = Several(node, "aggregation", "aggregations").Select(one => (Node: one, Aggregation: one.Choice<Aggregation>(value => value != Aggregation.Derived))).ToList();
        if (aggregations.Any(one => one.Aggregation == Aggregation.Ratio)) ReadRatio(node, aggregations.Count);
        else ReadStream(node, aggregations);
        node.Done();
    }

    /// <summary>All features, in the order of the file.</summary>
    public List<FeatureSpec> Specs => specs;

    private void ReadRatio(CatalogueNode node, int count)
    {
        if (count > 1) throw node.Fault("a ratio stands alone; write it as a feature of its own");
        Add(node, node.Required("name").Text(), FeatureEntity.Facility, Aggregation.Ratio, 0, 0, 0, default, node.Required("of").Text(), node.Required("to").Text());
    }

    private void ReadStream(CatalogueNode node, List<(CatalogueNode Node, Aggregation Aggregation)> aggregations)
    {
        var entity = node.Optional("entity")?.Choice<FeatureEntity>() ?? FeatureEntity.Facility;
        var filter = aggregations.All(one => one.Aggregation == Aggregation.Late) ? 0 : filters.NumberOf(node.Required("filter"));
        var hit = node.Optional("hit") is { } given ? filters.NumberOf(given) : -1;
        var valueNode = node.Optional("value");
        var windows = node.Optional("window") is null && node.Optional("windows") is null ? [] : Several(node, "window", "windows");
        var granularity = node.Optional("granularity") is { } length ? length.Duration(WindowSecondsMax) : 0;
        if (node.Optional("granularity") is { } zero && granularity == 0) throw zero.Fault("a bucket is at least 1s long");
        var template = node.Required("name").Text();
        foreach (var (aggregationNode, aggregation) in aggregations)
        {
            if ((hit >= 0) != aggregations.Any(one => one.Aggregation == Aggregation.Streak)) throw node.Fault("hit belongs to a streak and only to it: the filter whose events make the streak longer");
            var value = ValueOf(aggregationNode, aggregation, valueNode, hit);
            if (!HasWindow(aggregation))
            {
                Add(node, Named(node, template, aggregation, "", aggregations.Count, 1), entity, aggregation, 0, aggregation == Aggregation.Streak ? Granularity(node, granularity) : 0, filter, value);
                continue;
            }
            if (windows.Length == 0) throw new FeatureFault("FieldMissing", node.Path + ".window", "the field is missing; write a length such as \"7d\", or \"lifetime\"");
            foreach (var window in windows)
            {
                var name = Named(node, template, aggregation, window.Text(), aggregations.Count, windows.Length);
                var seconds = window.Text() == "lifetime" ? 0 : window.Duration(WindowSecondsMax);
                if (seconds != 0) CheckWindow(window, seconds, Granularity(node, granularity));
                else if (window.Text() != "lifetime") throw window.Fault("a window is at least one bucket long");
                if (seconds == 0 && aggregation == Aggregation.Trend) throw window.Fault("a trend needs a window of two buckets or more");
                if (seconds == granularity && aggregation == Aggregation.Trend) throw window.Fault("a trend needs a window of two buckets or more; make the window longer or the granularity finer");
                Add(node, name, entity, aggregation, seconds, seconds == 0 ? 0 : granularity, filter, value);
            }
        }
    }

    private static bool HasWindow(Aggregation aggregation) =>
        aggregation is not (Aggregation.Last or Aggregation.SecondsSinceLast or Aggregation.SecondsSinceFirst or Aggregation.Streak or Aggregation.Late);

    private static long Granularity(CatalogueNode node, long granularity) =>
        granularity != 0 ? granularity : throw new FeatureFault("FieldMissing", node.Path + ".granularity", "the field is missing; write the length of a bucket, such as \"1d\"");

    private static void CheckWindow(CatalogueNode window, long seconds, long granularity)
    {
        if (seconds < granularity || seconds % granularity != 0) throw window.Fault($"the window {window.Text()} is no whole number of buckets of {granularity} s; make it a multiple of the granularity");
    }

    private static ValueSource ValueOf(CatalogueNode node, Aggregation aggregation, CatalogueNode? valueNode, int hit)
    {
        if (aggregation == Aggregation.Streak) return new ValueSource(ValueKind.Hit, HitFilter: hit);
        if (aggregation is Aggregation.Count or Aggregation.SecondsSinceLast or Aggregation.SecondsSinceFirst or Aggregation.Late) return default;
        var text = (valueNode ?? throw node.Fault($"{node.Text()} needs a value; write value beside it, such as \"amount\"", "FieldMissing")).Text();
        if (text.StartsWith("attribute:", StringComparison.Ordinal))
        {
            var key = text["attribute:".Length..];
            FilterFile.CheckKey(key, valueNode);
            return new ValueSource(aggregation == Aggregation.Distinct ? ValueKind.AttributeMark : ValueKind.Attribute, key);
        }
        return new ValueSource(valueNode.Choice<ValueKind>(kind => kind is > ValueKind.None and < ValueKind.Attribute));
    }

    private static ImmutableArray<CatalogueNode> Several(CatalogueNode node, string one, string many)
    {
        if (node.Optional(many) is not { } several) return [node.Required(one)];
        return node.Optional(one) is null ? several.OneOrMore() : throw node.Fault($"write either {one} or {many}");
    }

    private static string Named(CatalogueNode node, string template, Aggregation aggregation, string window, int aggregations, int windows)
    {
        if (aggregations > 1 && !template.Contains("{aggregation}", StringComparison.Ordinal)) throw node.Fault("a group of several aggregations needs {aggregation} in its name, or its features would share one");
        if (windows > 1 && !template.Contains("{window}", StringComparison.Ordinal)) throw node.Fault("a group of several windows needs {window} in its name, or its features would share one");
        return template.Replace("{aggregation}", WordOf(aggregation), StringComparison.Ordinal).Replace("_{window}", window.Length == 0 ? "" : "_" + window, StringComparison.Ordinal)
            .Replace("{window}", window, StringComparison.Ordinal);
    }

    private static string WordOf(Aggregation aggregation) => aggregation switch
    {
        Aggregation.StandardDeviation => "sd",
        Aggregation.SecondsSinceLast => "since",
        Aggregation.SecondsSinceFirst => "since_first",
        _ => JsonTexts.Camel(aggregation.ToString()),
    };

    private void Add(
        CatalogueNode node, string name, FeatureEntity entity, Aggregation aggregation, long window, long granularity, int filter, ValueSource value,
        string of = "", string to = "", string expression = "")
    {
        if (!IsName(name)) throw node.Fault($"'{name}' is no name; begin with a letter, go on with letters, digits and _, at most 64");
        if (ProtectedAttributes.Includes(name)) throw node.Fault($"'{name}' is named after an attribute of the person that no model may use (age, sex, marriage, education); name it after what it counts", "ProtectedInput");
        if (!names.Add(name)) throw node.Fault($"'{name}' is there twice; give each feature a name of its own");
        if (specs.Count == FeaturesMax) throw node.Fault($"a catalogue has at most {FeaturesMax} features");
        var isExact = aggregation is not (Aggregation.Mean or Aggregation.StandardDeviation or Aggregation.Trend or Aggregation.Ratio or Aggregation.Derived);
        var scale = (int)(node.Optional("scale")?.Integer(0, FixedPoint.ScaleMax) ?? (isExact ? 0 : 6));
        var description = node.Optional("description")?.Text() ?? "";
        specs.Add(new FeatureSpec(new Feature(specs.Count, name, description, entity, aggregation, scale, window, granularity), node, filter, value, of, to, expression));
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 64 && char.IsAsciiLetter(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
}
