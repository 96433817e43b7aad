using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Features.Files;

/// <summary>Reads filters of events: named ones once, others where they stand. Equal filters get one number.</summary>
internal sealed class FilterFile
{
    private readonly Dictionary<string, int> named = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly List<EventFilter> filters = [];

    /// <summary>All filters, by number.</summary>
    public EventFilter[] Filters => [.. filters];

    /// <summary>Reads the named filters of the file.</summary>
    public void ReadNamed(CatalogueNode node)
    {
        foreach (var (name, one) in node.Members()) named.Add(name, Read(one));
    }

    /// <summary>Number of a filter given by name or in place.</summary>
    public int NumberOf(CatalogueNode node)
    {
        if (!node.IsText) return Read(node);
        return named.TryGetValue(node.Text(), out var number) ? number
            : throw node.Fault($"no filter is called '{node.Text()}'; " + (named.Count == 0 ? "write it under filters" : $"there are {string.Join(", ", named.Keys.Order(StringComparer.Ordinal))}"));
    }

    private int Read(CatalogueNode node)
    {
        var filter = new EventFilter
        {
            Kinds = [.. Many(node, "kinds", one => one.Choice<CommandKind>(kind => kind.IsAccount()))],
            Outcomes = Bits(node, "outcomes", one => (int)one.Choice<OutcomeKind>(outcome => outcome != OutcomeKind.Refused)),
            Channels = Bits(node, "channels", one => (int)one.Choice<Channel>()),
            Reasons = [.. Many(node, "reasons", one => (ushort)one.Choice<Reason>(reason => reason >= Reason.Tombstoned))],
            MerchantCategories = [.. Many(node, "merchantCategories", one => Range(one, 9_999))],
            Scenarios = [.. Many(node, "scenarios", one => Range(one, ushort.MaxValue))],
            AmountMin = node.Optional("amountMin")?.Integer(0, Command.AmountMax) ?? long.MinValue,
            AmountMax = node.Optional("amountMax")?.Integer(0, Command.AmountMax) ?? long.MaxValue,
            Attributes = Attributes(node.Optional("attributes")),
        };
        node.Done();
        if (filter.AmountMin > filter.AmountMax) throw node.Fault("amountMin is above amountMax; no event passes");
        if (numbers.TryGetValue(filter.Canonical, out var number)) return number;
        if (filters.Count == FilterSet.FiltersMax) throw node.Fault($"a catalogue has at most {FilterSet.FiltersMax} different filters");
        filters.Add(filter);
        numbers.Add(filter.Canonical, filters.Count - 1);
        return filters.Count - 1;
    }

    private static IEnumerable<T> Many<T>(CatalogueNode node, string name, Func<CatalogueNode, T> read) =>
        node.Optional(name) is { } given ? given.OneOrMore().Select(read).Distinct() : [];

    private static uint Bits(CatalogueNode node, string name, Func<CatalogueNode, int> read)
    {
        var bits = 0u;
        foreach (var bit in Many(node, name, read)) bits |= 1u << bit;
        return bits;
    }

    /// <summary>A code, or a range as "3000-3299".</summary>
    private static (ushort From, ushort To) Range(CatalogueNode node, int most)
    {
        if (!node.IsText)
        {
            var code = (ushort)node.Integer(0, most);
            return (code, code);
        }
        var parts = node.Text().Split('-');
        if (parts.Length == 2 && Code(parts[0], most) is { } from && Code(parts[1], most) is { } to && from <= to) return (from, to);
        throw node.Fault(string.Create(CultureInfo.InvariantCulture, $"write a code from 0 to {most}, or a range in order such as \"3000-3299\""));
    }

    private static ushort? Code(string text, int most) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code <= most ? code : null;

    private static ImmutableArray<(byte[] Key, ImmutableArray<byte[]> Values)> Attributes(CatalogueNode? node)
    {
        if (node is null) return [];
        var attributes = ImmutableArray.CreateBuilder<(byte[], ImmutableArray<byte[]>)>();
        foreach (var (key, values) in node.Members())
        {
            CheckKey(key, values);
            attributes.Add((Encoding.UTF8.GetBytes(key), values.IsText && values.Text() == "*" ? [] : [.. values.OneOrMore().Select(value => Encoding.UTF8.GetBytes(value.Text()))]));
        }
        return attributes.ToImmutable();
    }

    /// <summary>Refuses what can be no key, and what no model may look at.</summary>
    public static void CheckKey(string key, CatalogueNode node)
    {
        if (key.Length == 0 || key.Contains('=', StringComparison.Ordinal) || key.Contains(';', StringComparison.Ordinal)) throw node.Fault("an attribute's key has one character or more, without '=' and ';'");
        if (ProtectedAttributes.Includes(key)) throw node.Fault($"'{key}' is named after an attribute of the person that no model may use (age, sex, marriage, education); leave it out", "ProtectedInput");
    }
}
