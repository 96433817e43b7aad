using CreditGrains.Domain.Money;

namespace CreditGrains.Cli.CommandLine;

/// <summary>Currencies as people write them.</summary>
internal static class CurrencyText
{
    /// <exception cref="CommandFault">The text is no code known here.</exception>
    public static Currency Parse(string text) => Currency.TryParse(text, out var currency)
        ? currency
        : throw CommandFault.Usage("BadCurrency", $"'{text}' is no ISO 4217 code known here; write three upper-case letters such as EUR");
}
