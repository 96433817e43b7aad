namespace CreditGrains.Domain.Money;

/// <summary>An ISO 4217 currency, held as its numeric code. The default value is no currency and is refused everywhere.</summary>
/// <param name="Numeric">ISO 4217 numeric code, 1–999; 0 is none.</param>
public readonly record struct Currency(ushort Numeric)
{
    /// <summary>No currency.</summary>
    public static readonly Currency None;

    /// <summary>Whether the code is one this build knows.</summary>
    public bool IsKnown => Iso4217.TryGet(Numeric, out _);

    /// <summary>Three-letter code, or "none" for the default value.</summary>
    public string Code => Iso4217.TryGet(Numeric, out var entry) ? entry.Code : "none";

    /// <summary>Decimal digits of the minor unit (2 for EUR, 0 for JPY, 3 for KWD); 0 when unknown.</summary>
    public int MinorUnitDigits => Iso4217.TryGet(Numeric, out var entry) ? entry.MinorUnitDigits : 0;

    /// <summary>Finds a currency by its three-letter upper-case code.</summary>
    /// <returns>False when the code is not in the table.</returns>
    public static bool TryParse(string? code, out Currency currency) => Iso4217.TryParse(code, out currency);

    /// <summary>The currency of a code known to exist.</summary>
    /// <exception cref="FormatException">The code is not an ISO 4217 code this build knows.</exception>
    public static Currency Parse(string code) =>
        TryParse(code, out var currency) ? currency : throw new FormatException($"'{code}' is not an ISO 4217 currency code; use three upper-case letters such as EUR");

    /// <inheritdoc/>
    public override string ToString() => Code;
}
