using System.Collections.Immutable;
using CreditGrains.Domain.Money;
using CreditGrains.Securitisation;
using CreditGrains.Securitisation.Files;

namespace CreditGrains.Cli.Cashflows;

/// <summary>How the columns of somebody's tape become ours, and in which units it is written.</summary>
internal sealed record TapeMapping
{
    /// <summary>Our columns, in the order of the documentation.</summary>
    public static readonly ImmutableArray<string> Names =
    [
        "id", "balance", "rate", "servicing_fee", "remaining_months", "age_months", "amortisation", "interest_only_months", "amortisation_months", "segment",
        "missed_instalments", "first_payment", "origination_date", "original_months", "days_past_due", "industry", "region", "obligor", "currency",
    ];

    /// <summary>A tape that has our columns.</summary>
    public static readonly TapeMapping Identity = new();

    /// <summary>Our column → theirs.</summary>
    public ImmutableDictionary<string, string> Columns { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Our column → one value for every row.</summary>
    public ImmutableDictionary<string, string> Constants { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Null when the mapping does not say: then a deal, a pool or the tape's own column must.</summary>
    public Currency? Currency { get; init; }

    public bool IsMajor { get; init; }

    /// <summary>Whether rates are in percent, so 6 and not 0.06.</summary>
    public bool IsPercent { get; init; }

    public char Delimiter { get; init; } = ',';

    public DateOnly? CutOff { get; init; }

    /// <summary>After so many unreadable rows reading stops.</summary>
    public int RejectedMax { get; init; } = 1_000_000;

    /// <exception cref="InvalidInputException">Naming the path and the fix.</exception>
    public static TapeMapping Parse(ReadOnlyMemory<byte> json)
    {
        var file = JsonPart.Parse(json);
        var delimiter = file.Text("delimiter", ",");
        var mapping = new TapeMapping
        {
            Columns = NamesOf(file.Optional("columns")),
            Constants = NamesOf(file.Optional("constants")),
            Currency = file.Optional("currency") is { } code ? CurrencyOf(code) : null,
            IsMajor = IsOther(file, "amounts", "minor", "major"),
            IsPercent = IsOther(file, "rates", "ratio", "percent"),
            Delimiter = delimiter.Length == 1 ? delimiter[0] : throw new InvalidInputException("FieldWrong", "delimiter", "write one character"),
            CutOff = file.Optional("cutOff")?.Date(),
            RejectedMax = file.Whole("rejectedMax", 1_000_000),
        };
        file.Done();
        return mapping;
    }

    private static Currency CurrencyOf(JsonPart part) =>
        Domain.Money.Currency.TryParse(part.Text(), out var currency) ? currency : throw part.Fault($"'{part.Text()}' is no ISO 4217 code; write three upper-case letters such as EUR");

    private static bool IsOther(JsonPart file, string name, string usual, string other)
    {
        var text = file.Text(name, usual);
        return text == other || (text == usual ? false : throw new InvalidInputException("FieldWrong", name, $"'{text}' is not known; write {usual} or {other}"));
    }

    private static ImmutableDictionary<string, string> NamesOf(JsonPart? part)
    {
        if (part is null) return ImmutableDictionary<string, string>.Empty;
        foreach (var (name, value) in part.Members())
            if (!Names.Contains(name)) throw value.Fault($"'{name}' is no column of ours; use {string.Join(", ", Names)}", "FieldUnknown");
        return part.Members().ToImmutableDictionary(member => member.Name, member => member.Value.Text());
    }
}
