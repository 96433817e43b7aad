using System.Text;

namespace CreditGrains.Risk.Features;

/// <summary>Which number of an event a feature looks at.</summary>
internal enum ValueKind
{
    /// <summary>None: events are only counted.</summary>
    None,
    Amount,
    Asked,
    Drawn,
    Held,
    Headroom,
    Limit,

    /// <summary>(Drawn + held) ÷ limit, parts per million; none without a limit.</summary>
    UtilisationPpm,
    MerchantCategory,
    Scenario,
    Channel,

    /// <summary>A caller's attribute that is a whole number.</summary>
    Attribute,

    /// <summary>The mark of a caller's attribute, whatever it is.</summary>
    AttributeMark,

    /// <summary>Whether the event passes another filter.</summary>
    Hit,
}

/// <summary>Reads one number of an event.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Key">Of an attribute.</param>
/// <param name="HitFilter">Of <see cref="ValueKind.Hit"/>: number of the filter.</param>
internal readonly record struct ValueSource(ValueKind Kind, string Key = "", int HitFilter = 0)
{
    private const int UtilisationMax = int.MaxValue;
    private readonly byte[] keyBytes = Encoding.UTF8.GetBytes(Key);

    /// <summary>Whether two bytes hold every value.</summary>
    public bool IsCode => Kind is ValueKind.MerchantCategory or ValueKind.Scenario or ValueKind.Channel;

    /// <summary>The number, if the event has one.</summary>
    /// <param name="e">The event.</param>
    /// <param name="held">Bits of the filters it passes.</param>
    /// <param name="value">The number.</param>
    public bool TryRead(in FeatureEvent e, ulong held, out long value)
    {
        value = 0;
        switch (Kind)
        {
            case ValueKind.None: return true;
            case ValueKind.Amount: value = e.Amount; return true;
            case ValueKind.Asked: value = e.AmountAsked; return true;
            case ValueKind.Drawn: value = e.Drawn; return true;
            case ValueKind.Held: value = e.Held; return true;
            case ValueKind.Headroom: value = e.Headroom; return true;
            case ValueKind.Limit: value = e.Limit; return true;
            case ValueKind.UtilisationPpm: return TryUtilisation(e, out value);
            case ValueKind.MerchantCategory: value = e.MerchantCategory; return value != 0;
            case ValueKind.Scenario: value = e.Scenario; return value != 0;
            case ValueKind.Channel: value = (long)e.Channel; return value != 0;
            case ValueKind.Attribute: return AttributeText.TryFind(e.Attributes, keyBytes, out var text) && AttributeText.TryNumber(text, out value);
            case ValueKind.AttributeMark:
                if (!AttributeText.TryFind(e.Attributes, keyBytes, out var marked)) return false;
                value = AttributeText.MarkOf(marked);
                return true;
            case ValueKind.Hit: value = (long)(held >> HitFilter & 1); return true;
            default: throw new InvalidOperationException($"{Kind} is no source.");
        }
    }

    private static bool TryUtilisation(in FeatureEvent e, out long ppm)
    {
        ppm = 0;
        if (e.Limit <= 0) return false;
        var exact = (Int128)(e.Drawn + e.Held) * 1_000_000 / e.Limit;
        ppm = exact > UtilisationMax ? UtilisationMax : (long)exact;
        return true;
    }
}
