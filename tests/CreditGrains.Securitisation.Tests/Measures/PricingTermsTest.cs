using System.Collections.Immutable;
using CreditGrains.Securitisation.Measures;

namespace CreditGrains.Securitisation.Tests.Measures;

public sealed class PricingTermsTest
{
    public static TheoryData<Quote, bool> Quotes => new()
    {
        { new Quote.AtYield(0.999999), true }, { new Quote.AtYield(-0.999999), true }, { new Quote.AtYield(1), false }, { new Quote.AtYield(-1), false }, { new Quote.AtYield(double.NaN), false },
        { new Quote.AtSpread(0.999999), true }, { new Quote.AtSpread(-0.999999), true }, { new Quote.AtSpread(1), false }, { new Quote.AtSpread(-1), false }, { new Quote.AtSpread(double.PositiveInfinity), false },
    };

    /// <summary>5 for 5 % would be 500 %.</summary>
    [Theory]
    [MemberData(nameof(Quotes))]
    public void Quote_OfARate_IsWithinOne(Quote quote, bool isTaken)
    {
        var terms = new PricingTerms { Curve = new DiscountCurve([DiscountCurve.OfZero(1, 0.02)]), Quotes = ImmutableDictionary<string, Quote>.Empty.Add("A", quote) };
        if (isTaken) terms.Check();
        else Assert.Equal(("RateOutOfRange", "A"), (Assert.Throws<InvalidInputException>(terms.Check).Name, Assert.Throws<InvalidInputException>(terms.Check).Path));
    }
}
