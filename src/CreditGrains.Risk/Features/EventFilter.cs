using System.Collections.Immutable;
using CreditGrains.Domain.Commands;

namespace CreditGrains.Risk.Features;

/// <summary>Which events a feature counts: every part that is given must hold, a part with several values holds with any of them.</summary>
internal sealed class EventFilter
{
    /// <summary>Kinds of commands, bit by number; zero words for any account event.</summary>
    public ImmutableArray<CommandKind> Kinds { get; init; } = [];

    /// <summary>Outcomes, bit by number; 0 for any.</summary>
    public uint Outcomes { get; init; }

    /// <summary>Channels, bit by number; 0 for any.</summary>
    public uint Channels { get; init; }

    /// <summary>Reasons by number; empty for any.</summary>
    public ImmutableArray<ushort> Reasons { get; init; } = [];

    /// <summary>Ranges of merchant categories, inclusive; empty for any.</summary>
    public ImmutableArray<(ushort From, ushort To)> MerchantCategories { get; init; } = [];

    /// <summary>Ranges of scenarios, inclusive; empty for any.</summary>
    public ImmutableArray<(ushort From, ushort To)> Scenarios { get; init; } = [];

    /// <summary>Least amount asked, inclusive.</summary>
    public long AmountMin { get; init; } = long.MinValue;

    /// <summary>Greatest amount asked, inclusive.</summary>
    public long AmountMax { get; init; } = long.MaxValue;

    /// <summary>Keys of attributes with the values of which one must stand there; no values: the key must be there.</summary>
    public ImmutableArray<(byte[] Key, ImmutableArray<byte[]> Values)> Attributes { get; init; } = [];

    /// <summary>The filter as one text, equal for equal filters.</summary>
    public string Canonical =>
        FormattableString.Invariant($"{string.Join(',', Kinds.Order())}|{Outcomes}|{Channels}|{string.Join(',', Reasons.Order())}|{string.Join(',', MerchantCategories.Order())}|{string.Join(',', Scenarios.Order())}|{AmountMin}|{AmountMax}|")
        + string.Join(';', Attributes.Select(one => $"{Convert.ToHexString(one.Key)}={string.Join(',', one.Values.Select(Convert.ToHexString).Order(StringComparer.Ordinal))}").Order(StringComparer.Ordinal));

    /// <summary>Whether kind and outcome do not settle it.</summary>
    public bool HasMore =>
        Channels != 0 || !Reasons.IsEmpty || !MerchantCategories.IsEmpty || !Scenarios.IsEmpty || AmountMin != long.MinValue || AmountMax != long.MaxValue || !Attributes.IsEmpty;

    /// <summary>Whether all parts but kind and outcome hold.</summary>
    public bool HoldsBeyondKind(in FeatureEvent e)
    {
        if (Channels != 0 && (Channels >> (int)e.Channel & 1) == 0) return false;
        if (e.AmountAsked < AmountMin || e.AmountAsked > AmountMax) return false;
        if (!MerchantCategories.IsEmpty && !Contains(MerchantCategories, e.MerchantCategory)) return false;
        if (!Scenarios.IsEmpty && !Contains(Scenarios, e.Scenario)) return false;
        if (!Reasons.IsEmpty && Reasons.AsSpan().IndexOf((ushort)e.Reason) < 0) return false;
        foreach (ref readonly var one in Attributes.AsSpan())
            if (!HoldsAttribute(e.Attributes, one.Key, one.Values)) return false;
        return true;
    }

    private static bool HoldsAttribute(byte[]? attributes, byte[] key, ImmutableArray<byte[]> values)
    {
        if (!AttributeText.TryFind(attributes, key, out var found)) return false;
        if (values.IsEmpty) return true;
        foreach (var value in values)
            if (found.SequenceEqual(value)) return true;
        return false;
    }

    private static bool Contains(ImmutableArray<(ushort From, ushort To)> ranges, ushort code)
    {
        foreach (ref readonly var range in ranges.AsSpan())
            if (code >= range.From && code <= range.To) return true;
        return false;
    }
}

/// <summary>The filters of a catalogue, at most 64: which of them an event passes, as bits.</summary>
internal sealed class FilterSet
{
    /// <summary>Most filters.</summary>
    public const int FiltersMax = 64;

    private readonly EventFilter[] filters;
    private readonly ulong[] byKind = new ulong[256];
    private readonly ulong[] byOutcome = new ulong[16];
    private readonly ulong more;

    public FilterSet(EventFilter[] filters)
    {
        this.filters = filters;
        for (var i = 0; i < filters.Length; i++)
        {
            var bit = 1UL << i;
            if (filters[i].HasMore) more |= bit;
            for (var kind = 0; kind < byKind.Length; kind++)
                if (((CommandKind)kind).IsAccount() && (filters[i].Kinds.IsEmpty || filters[i].Kinds.Contains((CommandKind)kind))) byKind[kind] |= bit;
            for (var outcome = 0; outcome < byOutcome.Length; outcome++)
                if (filters[i].Outcomes == 0 || (filters[i].Outcomes >> outcome & 1) != 0) byOutcome[outcome] |= bit;
        }
    }

    /// <summary>Bits of the filters that the event passes.</summary>
    public ulong Match(in FeatureEvent e)
    {
        var held = byKind[(byte)e.Kind] & byOutcome[(int)e.Outcome & 15];
        for (var open = held & more; open != 0; open &= open - 1)
        {
            var i = System.Numerics.BitOperations.TrailingZeroCount(open);
            if (!filters[i].HoldsBeyondKind(e)) held &= ~(1UL << i);
        }
        return held;
    }
}
