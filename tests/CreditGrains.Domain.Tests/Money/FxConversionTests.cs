using System.Numerics;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using FsCheck.Fluent;

namespace CreditGrains.Domain.Tests.Money;

/// <summary>minor(to) = ⌈Σ contribution × share × rateNano / 10^9 × 10^(digits(to) − digits(from))⌉ (docs/rules.md).</summary>
public sealed class FxConversionTests
{
    private const long One = FxConversion.RateUnit;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(999_999, 1)]
    [InlineData(1_000_000, 1)]
    [InlineData(1_000_001, 2)]
    [InlineData(1_999_999, 2)]
    public void RoundUp_OfWeightedSum_IsTheCeiling(long weighted, long minor) => Assert.Equal(minor, FxConversion.RoundUp(weighted));

    [Theory]
    [InlineData("EUR", "USD", 100, One, 100)] // same digits, rate 1
    [InlineData("EUR", "USD", 100, 1_085_000_000, 109)] // 108.5 up
    [InlineData("EUR", "USD", 100, 1, 1)] // the smallest rate still counts one
    [InlineData("EUR", "JPY", 100, 160 * One, 160)] // 1.00 EUR: two digits to none
    [InlineData("EUR", "JPY", 1, 160 * One, 2)] // 0.01 EUR is 1.6 JPY
    [InlineData("JPY", "EUR", 160, 6_250_000, 100)] // none to two: 160 JPY × 0.00625
    [InlineData("JPY", "EUR", 1, 6_250_000, 1)] // 0.625 cents up
    [InlineData("KWD", "EUR", 1_000, 3_000_000_000, 300)] // three digits to two
    [InlineData("KWD", "EUR", 1, 3_000_000_000, 1)] // 0.3 cents up
    [InlineData("EUR", "KWD", 100, 330_000_000, 330)] // two to three
    [InlineData("KWD", "JPY", 1_000, 480 * One, 480)] // three to none
    [InlineData("JPY", "KWD", 480, 2_083_333, 1_000)] // none to three: 999.99984 up
    [InlineData("EUR", "USD", 0, One, 0)]
    public void Convert_OfWholeMinorUnits_RoundsUpInTheTargetDigits(string from, string to, long minor, long rateNano, long converted) =>
        Assert.Equal(converted, FxConversion.Convert((Int128)minor * Share.WholePpm, rateNano, Currency.Parse(from), Currency.Parse(to)));

    [Fact]
    public void Convert_OfASum_RoundsOnceNotPerPart()
    {
        var part = (Int128)500_000; // half a cent
        Assert.Equal(2, FxConversion.Convert(part * 3, One, Currency.Parse("EUR"), Currency.Parse("USD")));
    }

    [Fact]
    public void Convert_BeyondInt128_Saturates()
    {
        var sum = Int128.MaxValue / 2;
        Assert.Equal(Int128.MaxValue, FxConversion.Convert(sum, 1_000_000_000_000_000_000, Currency.Parse("JPY"), Currency.Parse("KWD")));
    }

    [Fact]
    public void Convert_OfAnyAmount_IsTheBigIntegerCeiling()
    {
        string[] codes = ["JPY", "EUR", "KWD"];
        var cases =
            from high in Always.Amount(1L << 60)
            from low in Always.Between(0, Share.WholePpm)
            from facilities in Gen.Choose(1, 1 << 20)
            from rate in Gen.OneOf(Always.Between(1, 10), Always.Between(1, 2 * One), Always.Between(1, 1_000_000_000_000_000_000))
            from f in Gen.Elements(codes)
            from t in Gen.Elements(codes)
            select (Weighted: ((Int128)high * Share.WholePpm * facilities) + low, Rate: rate, From: Currency.Parse(f), To: Currency.Parse(t));
        Always.Holds(cases, c =>
        {
            var numerator = (BigInteger)c.Weighted * c.Rate * BigInteger.Pow(10, c.To.MinorUnitDigits);
            var denominator = new BigInteger(Share.WholePpm) * One * BigInteger.Pow(10, c.From.MinorUnitDigits);
            var exact = (numerator + denominator - 1) / denominator;
            var expected = exact > (BigInteger)Int128.MaxValue ? (BigInteger)Int128.MaxValue : exact;
            Assert.Equal(expected, (BigInteger)FxConversion.Convert(c.Weighted, c.Rate, c.From, c.To));
        });
    }
}
