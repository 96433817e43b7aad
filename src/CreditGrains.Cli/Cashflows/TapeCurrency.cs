using CreditGrains.Cli.CommandLine;
using CreditGrains.Domain.Money;
using CreditGrains.Securitisation;

namespace CreditGrains.Cli.Cashflows;

/// <summary>The one currency of a tape: what was given, or what its first readable row says. It is never guessed.</summary>
/// <param name="given">Of the mapping, a deal, a pool or an option; null when none of them says.</param>
internal sealed class TapeCurrency(Currency? given)
{
    /// <summary>Null before the first row of a tape whose column alone says it.</summary>
    public Currency? Known { get; private set; } = given;

    /// <summary>Looks at a row's cell.</summary>
    /// <exception cref="InvalidInputException">No code, or another currency than the tape's.</exception>
    public Currency Of(string cell)
    {
        if (cell.Length == 0) return Known ?? throw new InvalidInputException("FieldMissing", "currency", "the field is empty; write the tape's ISO 4217 code");
        if (!Currency.TryParse(cell, out var read)) throw new InvalidInputException("FieldWrong", "currency", $"'{cell}' is no ISO 4217 code; write three upper-case letters such as EUR");
        Known ??= read;
        return Known == read ? read : throw new InvalidInputException("CurrencyMismatch", "currency", $"the row is in {read}, the tape in {Known}; put loans of another currency in a tape of their own");
    }

    /// <summary>What nobody says.</summary>
    public static CommandFault Missing(string path) =>
        CommandFault.Usage("CurrencyMissing", $"{path}: nothing says which currency the tape is in; write \"currency\": \"EUR\" in the mapping, give --currency EUR, or give the tape a column currency");
}
