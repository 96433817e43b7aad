using CreditGrains.Cli.CommandLine;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Money;

namespace CreditGrains.Cli.Tests.CommandLine;

public sealed class AmountTextTest
{
    [Theory]
    [InlineData(12_345, "EUR", "123.45")]
    [InlineData(-5, "EUR", "-0.05")]
    [InlineData(123_456_789, "JPY", "123,456,789")]
    [InlineData(1_234_567, "KWD", "1,234.567")]
    [InlineData(Command.AmountMax, "EUR", "unlimited")]
    [InlineData(0, "USD", "0.00")]
    public void Of_MinorUnits_ShowsTheCurrencysDigits(long minor, string currency, string text) => Assert.Equal(text, AmountText.Of(minor, currency));

    [Theory]
    [InlineData("123.45", "EUR", 12_345)]
    [InlineData("-0.05", "EUR", -5)]
    [InlineData("1e3", "EUR", 100_000)]
    [InlineData("1000", "JPY", 1_000)]
    [InlineData("0.001", "KWD", 1)]
    public void TryMajor_OfADecimal_IsExact(string text, string currency, long minor)
    {
        Assert.True(AmountText.TryMajor(text, Currency.Parse(currency), out var read));
        Assert.Equal(minor, read);
    }

    [Theory]
    [InlineData("0.005", "EUR")]
    [InlineData("1.5", "JPY")]
    [InlineData("1,000", "EUR")]
    [InlineData("", "EUR")]
    [InlineData("99999999999999999999", "EUR")]
    public void TryMajor_OfWhatIsNoAmount_IsFalse(string text, string currency) => Assert.False(AmountText.TryMajor(text, Currency.Parse(currency), out _));
}
