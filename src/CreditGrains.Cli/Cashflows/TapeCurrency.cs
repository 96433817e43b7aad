using CreditGrains.Cli.CommandLine;
using CreditGrains.Domain.Money;
using CreditGrains.Securitisation;

namespace CreditGrains.Cli.Cashflows;

/// <summary>The one currency of a tape: what was given, or what the first row says that is taken. It is never guessed.</summary>
/// <param name="given">Of the mapping, a deal, a pool or an option; null when none of them says.</param>
internal sealed class TapeCurrency(Currency? given)
{
    /// <summary>Null before the first row is taken of a tape whose column alone says it.</summary>
    public Currency? Known { get; private set; } = given;

    private readonly Currency? said = given;
    private Currency? ofRow;

    /// <summary>Looks at a row's cell. An empty one is of the tape's currency only where that was given: which of its rows says it would else be a matter of their order.</summary>
    /// <exception cref="InvalidInputException">No code, or another currency than the tape's.</exception>
    public Currency Of(string cell)
    {
        if (cell.Length == 0) return said ?? throw new InvalidInputException("FieldMissing", "currency", "the field is empty; write the ISO 4217 code in every row, or once in the mapping or as --currency");
        if (!Currency.TryParse(cell, out var read)) throw new InvalidInputException("FieldWrong", "currency", $"'{cell}' is no ISO 4217 code; write three upper-case letters such as EUR");
        ofRow = read;
        return (Known ?? read) == read ? read : throw new InvalidInputException("CurrencyMismatch", "currency", $"the row is in {read}, the tape in {Known}; put loans of another currency in a tape of their own");
    }

    /// <summary>The row looked at last is taken: the first that is fixes the currency of a tape whose column alone says it.</summary>
    public void Taken() => Known ??= ofRow;

    /// <summary>What nobody says.</summary>
    public static CommandFault Missing(string path) =>
        CommandFault.Usage("CurrencyMissing", $"{path}: nothing says which currency the tape is in; write \"currency\": \"EUR\" in the mapping, give --currency EUR, or give the tape a column currency");
}
