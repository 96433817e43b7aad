using System.Globalization;
using CreditGrains.Risk.Features.Accumulators;

namespace CreditGrains.Risk.Features.Files;

/// <summary>Catalogues of features as JSON files (docs/features.md, docs/features.schema.json). What is not known is refused, never skipped.</summary>
public static class CatalogueFile
{
    /// <summary>Longest file, bytes: it travels in one event of the journal.</summary>
    public const int LengthMax = CreditGrains.Domain.Commands.ActivateFeatures.CatalogueLengthMax;

    /// <summary>Reads and compiles a catalogue.</summary>
    /// <exception cref="FeatureFault">The file is no catalogue; the fault names the place and the fix.</exception>
    public static FeatureCatalogue Read(ReadOnlyMemory<byte> json)
    {
        if (json.Length > LengthMax) throw new FeatureFault("TooLong", "", $"the file has {json.Length} bytes, at most {LengthMax} are allowed; shorten descriptions or group features");
        if (json.Span.Contains((byte)0)) throw new FeatureFault("BadJson", "", "the file holds zero bytes; save it as UTF-8 text");
        var root = CatalogueNode.Parse(json);
        var name = root.Required("name").Text();
        var latenessNode = root.Required("lateness");
        var lateness = latenessNode.Duration(31 * 86_400);
        var ahead = root.Optional("ahead")?.Duration(86_400) ?? 300;
        var utcOffset = root.Optional("utcOffset") is { } offset ? Offset(offset) : 0;
        var width = root.Optional("width")?.Choice<CounterWidth>() ?? CounterWidth.Narrow;
        var filters = new FilterFile();
        if (root.Optional("filters") is { } named) filters.ReadNamed(named);
        var reader = new FeatureReader(filters);
        var list = root.Required("features");
        foreach (var node in list.Items()) reader.Read(node);
        if (reader.Specs.Count == 0) throw list.Fault("a catalogue has at least one feature");
        root.Optional("$schema");
        root.Optional("description")?.Text();
        root.Done();
        return new CatalogueCompiler(name, lateness, ahead, utcOffset, width, filters.Filters, reader.Specs).Compile(json);
    }

    private static long Offset(CatalogueNode node)
    {
        var text = node.Text();
        if (text.Length == 6 && text[0] is '+' or '-'
            && TimeSpan.TryParseExact(text.AsSpan(1), "hh\\:mm", CultureInfo.InvariantCulture, out var offset) && offset <= TimeSpan.FromHours(14))
            return (text[0] == '-' ? -1 : 1) * (long)offset.TotalSeconds;
        throw node.Fault($"'{text}' is no offset from UTC; write it as \"+08:00\"");
    }
}
