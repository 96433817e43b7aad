using CreditGrains.Domain.Money;

namespace CreditGrains.Domain.Tests.Money;

/// <summary>Codes, numbers and digits as ISO 4217 list one gives them.</summary>
public sealed class CurrencyTests
{
    [Theory]
    [InlineData("EUR", 978, 2)]
    [InlineData("USD", 840, 2)]
    [InlineData("CNY", 156, 2)]
    [InlineData("ALL", 8, 2)]
    [InlineData("JPY", 392, 0)]
    [InlineData("KRW", 410, 0)]
    [InlineData("XOF", 952, 0)]
    [InlineData("KWD", 414, 3)]
    [InlineData("BHD", 48, 3)]
    [InlineData("TND", 788, 3)]
    public void Code_OfTheStandard_HasItsNumberAndDigits(string code, int numeric, int digits)
    {
        var currency = Currency.Parse(code);
        Assert.Equal((numeric, digits, code), (currency.Numeric, currency.MinorUnitDigits, currency.Code));
        Assert.True(currency.IsKnown);
        Assert.Equal(code, currency.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("eur")]
    [InlineData("EURO")]
    [InlineData("EU")]
    [InlineData(" EUR")]
    [InlineData("XXX")]
    [InlineData("978")]
    public void TryParse_OfWhatIsNoCode_IsFalse(string? code)
    {
        Assert.False(Currency.TryParse(code, out var currency));
        Assert.Equal(Currency.None, currency);
    }

    [Fact]
    public void Parse_OfWhatIsNoCode_NamesItAndTheFix()
    {
        var failure = Assert.Throws<FormatException>(() => Currency.Parse("eur"));
        Assert.Contains("'eur'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("upper-case", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(1_000)]
    [InlineData(65_535)]
    public void Number_OutsideTheStandard_IsUnknown(int numeric)
    {
        var currency = new Currency((ushort)numeric);
        Assert.False(currency.IsKnown);
        Assert.Equal(("none", 0), (currency.Code, currency.MinorUnitDigits));
    }

    [Fact]
    public void Codes_OfEveryKnownNumber_ParseBack()
    {
        var known = Enumerable.Range(0, 1_000).Select(n => new Currency((ushort)n)).Where(c => c.IsKnown).ToArray();
        Assert.True(known.Length > 150);
        Assert.All(known, currency => Assert.Equal(currency, Currency.Parse(currency.Code)));
        Assert.Equal(known.Length, known.Select(c => c.Code).Distinct(StringComparer.Ordinal).Count());
        Assert.All(known, currency => Assert.InRange(currency.MinorUnitDigits, 0, 3));
    }
}
