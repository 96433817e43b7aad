using CreditGrains.Api.Transport.Wire;

namespace CreditGrains.Api.Tests.Transport;

public sealed class WireTests
{
    [Theory]
    [InlineData("1H", 36_000_000_000)]
    [InlineData("2M", 1_200_000_000)]
    [InlineData("3S", 30_000_000)]
    [InlineData("4m", 40_000)]
    [InlineData("5u", 50)]
    [InlineData("600n", 6)]
    [InlineData("1n", 1)]
    [InlineData("0n", 0)]
    [InlineData("99999999H", 99_999_999 * 36_000_000_000)]
    public void Timeout_Parse_ReadsEachUnit(string text, long ticks)
    {
        Assert.True(TimeoutHeader.TryParse(text, out var timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Theory]
    [InlineData(-5, "1n")]
    [InlineData(0, "1n")]
    [InlineData(1, "100n")]
    [InlineData(50_000_000, "5000000u")]
    [InlineData(999_999_990, "99999999u")]
    [InlineData(999_999_991, "100000m")]
    [InlineData(long.MaxValue, "99999999H")]
    public void Timeout_Format_UsesTheFinestUnitThatFits(long ticks, string text) =>
        Assert.Equal(text, TimeoutHeader.Format(new TimeSpan(ticks)));

    [Theory]
    [InlineData("plain text~", "plain text~")]
    [InlineData("100%", "100%25")]
    [InlineData("a\r\n", "a%0D%0A")]
    [InlineData("é", "%C3%A9")]
    public void Message_Encode_EscapesAllButPrintable(string text, string encoded)
    {
        Assert.Equal(encoded, PercentEncoding.Encode(text));
        Assert.Equal(text, PercentEncoding.Decode(encoded));
    }

    [Theory]
    [InlineData("a", 10_000, 4096)]
    [InlineData("好", 10_000, 4095)]
    public void Message_Encode_CutsAtAWholeCharacter(string text, int count, int length) =>
        Assert.Equal(length, PercentEncoding.Encode(string.Concat(Enumerable.Repeat(text, count))).Length);

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz%41", "%zzA")]
    public void Message_Decode_KeepsBrokenEscapes(string encoded, string text) =>
        Assert.Equal(text, PercentEncoding.Decode(encoded));
}
