using System.Collections.Immutable;
using CreditGrains.Domain.Money;
using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Securitisation.Files;

/// <summary>Rep lines with their currency and cut-off.</summary>
/// <param name="Currency">Of all amounts.</param>
/// <param name="IsMajor">Whether amounts are written in major units.</param>
/// <param name="CutOff">Date of the balances; null without dates.</param>
/// <param name="Lines">At least one.</param>
public sealed record LinesFile(Currency Currency, bool IsMajor, DateOnly? CutOff, ImmutableArray<LoanLine> Lines)
{
    /// <summary>Minor units of one unit as the file writes it.</summary>
    public double UnitsOf => IsMajor ? Math.Pow(10, Currency.MinorUnitDigits) : 1;

    /// <exception cref="InvalidInputException">Naming the path and the fix.</exception>
    public static LinesFile Parse(ReadOnlyMemory<byte> json)
    {
        var file = JsonPart.Parse(json);
        var read = Head(file);
        var lines = file.Required("lines");
        read = read with { Lines = [.. lines.Items().Select(part => LineOf(part, read.UnitsOf))] };
        file.Done();
        return read.Lines.Length == 0 ? throw lines.Fault("there is no line; write at least one") : read;
    }

    /// <summary>Currency, unit of amounts and cut-off, without lines.</summary>
    internal static LinesFile Head(JsonPart file)
    {
        var code = file.Required("currency");
        if (!Currency.TryParse(code.Text(), out var currency)) throw code.Fault($"'{code.Text()}' is no ISO 4217 code; write three upper-case letters such as EUR");
        var amounts = file.Text("amounts", "minor");
        if (amounts is not ("minor" or "major")) throw new InvalidInputException("FieldWrong", "amounts", $"'{amounts}' is not known; write minor or major");
        return new LinesFile(currency, amounts == "major", file.Optional("cutOff")?.Date(), []);
    }

    /// <summary>100.10 in major units is 10010, though its double times 100 is a hair off. What is below 0 stays, to be refused.</summary>
    public static double WholeWhenNear(double minorUnits) => minorUnits >= 0 && Math.Abs(minorUnits - Math.Round(minorUnits)) < NearWhole ? Math.Round(minorUnits) : minorUnits;

    private const double NearWhole = 1e-4;

    internal static LoanLine LineOf(JsonPart part, double units)
    {
        var rates = part.Optional("rates")?.Numbers() ?? [];
        var line = new LoanLine
        {
            Id = part.Text("id", ""),
            Balance = WholeWhenNear(part.Number("balance") * units),
            RateAnnual = rates.IsEmpty ? part.Number("rate") : part.Number("rate", rates[0]),
            ServicingFeeAnnual = part.Number("servicingFee", 0),
            RemainingMonths = part.Whole("remainingMonths"),
            AgeMonths = part.Whole("ageMonths", 0),
            Segment = part.Whole("segment", 0),
            MissedInstalments = part.Whole("missedInstalments", 0),
            FirstPayment = part.Optional("firstPayment")?.Date(),
            RatePath = rates,
            Floating = part.Optional("floating") is { } floating ? FloatingOf(floating) : null,
            Amortisation = part.Optional("amortisation") is { } plan ? PlanOf(plan) : Amortisation.Level,
        };
        part.Done();
        try
        {
            line.Check();
        }
        catch (InvalidInputException e)
        {
            throw e.Under(part.Path);
        }

        return line;
    }

    private static FloatingRate FloatingOf(JsonPart part)
    {
        var months = part.Whole("resetMonths", 1);
        var floating = new FloatingRate(part.Text("index"), part.Number("spread", 0), months, part.Whole("firstResetMonths", 0), part.Optional("floor")?.Number(), part.Optional("cap")?.Number());
        part.Done();
        return floating;
    }

    private static Amortisation PlanOf(JsonPart part)
    {
        if (part.IsText)
            return part.Text() switch
            {
                "level" => Amortisation.Level,
                "equalPrincipal" => Amortisation.Equal,
                "bullet" => Amortisation.Bullet,
                _ => throw part.Fault($"'{part.Text()}' is not known; write level, equalPrincipal, bullet, or an object with interestOnlyMonths, amortisationMonths or parts"),
            };
        Amortisation plan = part.Optional("interestOnlyMonths") is { } free ? new Amortisation.InterestOnlyThenLevel(free.Whole())
            : part.Optional("amortisationMonths") is { } balloon ? new Amortisation.Balloon(balloon.Whole())
            : part.Optional("parts") is { } parts ? new Amortisation.Stepped(parts.Numbers())
            : throw part.Fault("write interestOnlyMonths, amortisationMonths or parts");
        part.Done();
        return plan;
    }
}
