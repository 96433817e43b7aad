using System.Collections.Immutable;
using CreditGrains.Securitisation.Measures;

namespace CreditGrains.Securitisation.Files;

/// <summary>Reads how a deal is to be priced; the format is in docs/deals.md, "Measures". Prices are of 100.</summary>
public static class PricingFile
{
    private const double Par = 100;

    /// <param name="json">The file.</param>
    /// <param name="cutOff">Of the deal: dated curve points are counted from settlement, or from it.</param>
    /// <param name="settlement">Stands before the file's; null takes that.</param>
    /// <exception cref="InvalidInputException">Naming the path and the fix.</exception>
    public static PricingTerms Parse(ReadOnlyMemory<byte> json, DateOnly? cutOff, DateOnly? settlement = null)
    {
        var file = JsonPart.Parse(json);
        var ofFile = file.Optional("settlement")?.Date();
        var terms = new PricingTerms
        {
            Settlement = settlement ?? ofFile,
            CompoundingPerYear = file.Optional("compounding")?.Whole(),
            Basis = file.Choice("basis", DayBasis.Thirty360),
            Shift = file.Number("shift", new PricingTerms().Shift),
            Quotes = file.Optional("quotes") is { } quotes ? quotes.Members().ToImmutableDictionary(member => member.Name, member => QuoteOf(member.Value)) : ImmutableDictionary<string, Quote>.Empty,
            Prepayment = file.Optional("rateToCpr") is { } function ? FunctionOf(function) : null,
            Timing = file.Optional("timing")?.Numbers() ?? [],
            Loss = file.Optional("loss") is { } loss ? LossOf(loss) : new LossRule(),
        };
        if (file.Optional("discount") is { } curve) terms = terms with { Curve = CurveOf(curve, terms, terms.Settlement ?? cutOff) };
        file.Done();
        terms.Check();
        return terms;
    }

    private static Quote QuoteOf(JsonPart part)
    {
        if (part.IsNumber) return new Quote.AtPrice(part.Number() / Par);
        Quote quote = part.Optional("price") is { } price ? new Quote.AtPrice(price.Number() / Par)
            : part.Optional("yield") is { } yield ? new Quote.AtYield(Rate(yield, "yield"))
            : part.Optional("spread") is { } spread ? new Quote.AtSpread(Rate(spread, "spread"))
            : throw part.Fault("write a price of 100, or an object with price, yield or spread");
        part.Done();
        return quote;
    }

    private static RateToCpr FunctionOf(JsonPart part)
    {
        if (part.IsText) return part.Text() == "unmoved" ? new RateToCpr.Unmoved() : throw part.Fault($"'{part.Text()}' is not known; write unmoved, or an object with index and points");
        var function = new RateToCpr.ByIncentive(part.Text("index"), [.. part.Required("points").Items().Select(point =>
        {
            var read = (point.Number("incentive"), point.Number("cpr"));
            point.Done();
            return read;
        })]);
        part.Done();
        return function;
    }

    private static LossRule LossOf(JsonPart part)
    {
        var interest = part.Text("interest", "ultimate");
        if (interest is not ("ultimate" or "timely")) throw new InvalidInputException("FieldWrong", $"{part.Path}.interest", $"'{interest}' is not known; write ultimate or timely");
        var rule = new LossRule(interest == "timely", part.Optional("allowance")?.Whole());
        part.Done();
        return rule.Allowance < 0 ? throw new InvalidInputException("FieldWrong", $"{part.Path}.allowance", "write minor units, at least 0") : rule;
    }

    private static DiscountCurve CurveOf(JsonPart part, PricingTerms terms, DateOnly? start)
    {
        try
        {
            return part.IsNumber ? new DiscountCurve([DiscountCurve.OfZero(1, Zero(part))]) : new DiscountCurve(part.Items().Select(Point).ToArray());
        }
        catch (InvalidInputException e) when (e.Path == "discount")
        {
            throw part.Fault(e.Fault, e.Name);
        }

        (double, double) Point(JsonPart point)
        {
            var years = point.Optional("date") is { } date
                ? terms.Years(start ?? throw date.Fault("a dated point needs a settlement or a cut-off date; write years instead"), date.Date())
                : point.Number("years");
            var read = point.Optional("factor") is { } factor ? (years, factor.Number()) : DiscountCurve.OfZero(years, Zero(point.Required("zero")));
            point.Done();
            return read;
        }
    }

    /// <summary>A zero rate: −100 % up to 100 %, both left out; 2 would be 200 %, and 2 % was meant.</summary>
    private static double Zero(JsonPart part) => Rate(part, "zero rate");

    private static double Rate(JsonPart part, string what) => part.Number() is > -1 and < 1 and var rate ? rate : throw part.Fault($"a {what} is a part of one; write 2 % as 0.02");
}
