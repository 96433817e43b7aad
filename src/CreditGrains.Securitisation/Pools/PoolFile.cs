using System.Collections.Immutable;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Money;
using CreditGrains.Securitisation.Files;

namespace CreditGrains.Securitisation.Pools;

/// <summary>Reads the terms of a pool from JSON; docs/pools.md has the format.</summary>
public static class PoolFile
{
    private const int WholePpm = 1_000_000;

    /// <exception cref="InvalidInputException">Naming the path and the fix.</exception>
    public static PoolTerms Parse(ReadOnlyMemory<byte> json) => TermsOf(JsonPart.Parse(json), isKept: false);

    /// <summary>Reads a file that a journal or snapshot keeps: it was taken once, and is not refused for a field that stands twice or a rate of 100 % or more.</summary>
    /// <exception cref="InvalidInputException">Naming the path and the fix.</exception>
    public static PoolTerms ParseKept(ReadOnlyMemory<byte> json) => TermsOf(JsonPart.ParseKept(json), isKept: true);

    private static PoolTerms TermsOf(JsonPart file, bool isKept)
    {
        file.Has("$schema");
        var code = file.Required("currency");
        if (!Currency.TryParse(code.Text(), out var currency)) throw code.Fault($"'{code.Text()}' is no ISO 4217 code; write three upper-case letters such as EUR");
        var amounts = file.Text("amounts", "minor");
        if (amounts is not ("minor" or "major")) throw new InvalidInputException("FieldWrong", "amounts", $"'{amounts}' is not known; write minor or major");
        decimal unit = 1;
        for (var i = 0; amounts == "major" && i < currency.MinorUnitDigits; i++) unit *= 10;
        var usual = new PoolTerms { Name = "", Currency = currency, CutOff = default };
        var terms = usual with
        {
            Name = file.Text("name"),
            CutOff = file.Required("cutOff").Date(),
            RevolvingUntil = file.Optional("revolvingUntil")?.Date(),
            PeriodEndDay = file.Whole("periodEndDay", 0),
            LoanDefault = file.Optional("default") is { } definition ? DefinitionOf(definition) : DefaultDefinition.Usual,
            Buckets = file.Optional("buckets") is { } buckets ? new BucketEdges([.. buckets.Items().Select(item => item.Whole())]) : BucketEdges.Usual,
            TermBands = file.Optional("termBands") is { } bands ? [.. bands.Items().Select(item => item.Whole())] : usual.TermBands,
            RateBands = file.Optional("rateBands") is { } rates ? [.. rates.Items().Select(PpmOf)] : usual.RateBands,
            Eligibility = [.. ItemsOf(file, "eligibility").Select(part => EligibilityOf(part, unit))],
            Concentrations = [.. ItemsOf(file, "concentrations").Select(part => ConcentrationOf(part, unit))],
            Triggers = [.. ItemsOf(file, "triggers").Select(TriggerOf)],
        };
        file.Done();
        terms.Check(isKept);
        return terms;
    }

    private static ImmutableArray<JsonPart> ItemsOf(JsonPart file, string name) => file.Optional(name)?.Items() ?? [];

    private static DefaultDefinition DefinitionOf(JsonPart part)
    {
        var read = new DefaultDefinition(part.Optional("daysPastDue")?.Whole(), part.Flag("chargeOff", true), part.Flag("bankruptcy", true));
        part.Done();
        return read;
    }

    private static EligibilityRule EligibilityOf(JsonPart part, decimal unit)
    {
        var field = part.Required("field").Choice<EligibilityField>();
        long ValueOf(JsonPart value) => field switch
        {
            EligibilityField.Rate => PpmOf(value),
            EligibilityField.Principal => AmountOf(value, unit),
            _ => value.Whole(),
        };
        var rule = new EligibilityRule(
            part.Text("name"),
            field,
            part.Optional("min") is { } min ? ValueOf(min) : null,
            part.Optional("max") is { } max ? ValueOf(max) : null,
            [.. ItemsOf(part, "anyOf").Select(ValueOf)],
            [.. ItemsOf(part, "noneOf").Select(ValueOf)]);
        part.Done();
        return rule;
    }

    private static ConcentrationRule ConcentrationOf(JsonPart part, decimal unit)
    {
        var rule = new ConcentrationRule(
            part.Text("name"), part.Required("by").Choice<PoolDimension>(), PpmOf(part.Required("max")), part.Optional("base") is { } floor ? AmountOf(floor, unit) : 0);
        part.Done();
        return rule;
    }

    private static PoolTrigger TriggerOf(JsonPart part)
    {
        var trigger = new PoolTrigger(
            part.Text("name"), part.Required("measure").Choice<PoolMeasure>(), part.Number("level"), part.Whole("fromDays", 1), part.Whole("months", 3));
        part.Done();
        return trigger;
    }

    private static int PpmOf(JsonPart part)
    {
        var ppm = Math.Round(part.Number() * WholePpm);
        return ppm is >= 0 and <= 20.0 * WholePpm ? (int)ppm : throw part.Fault("this is no ratio; parts of one are written as fractions, so 5 % as 0.05");
    }

    private static long AmountOf(JsonPart part, decimal unit)
    {
        var amount = part.Number();
        return amount is >= 0 and <= 1e15 ? (long)Math.Round((decimal)amount * unit, MidpointRounding.AwayFromZero) : throw part.Fault("write an amount from 0 to 10^15");
    }
}
