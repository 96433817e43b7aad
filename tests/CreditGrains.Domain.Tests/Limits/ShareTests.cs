using CreditGrains.Domain.Limits;
using FsCheck.Fluent;

namespace CreditGrains.Domain.Tests.Limits;

public sealed class ShareTests
{
    [Theory]
    [InlineData(1_000_000, 1_000_000, 1_000_000)]
    [InlineData(800_000, 1_000_000, 800_000)]
    [InlineData(500_000, 500_000, 250_000)]
    [InlineData(333_333, 333_333, 111_111)] // 111,110.9 up
    [InlineData(1, 1, 1)] // never under-counted
    [InlineData(1, 999_999, 1)]
    public void Along_TwoLinks_MultipliesAndRoundsUp(int first, int second, int along) => Assert.Equal(along, Share.Along(first, second));

    [Theory]
    [InlineData(200_000, 800_000, 1_000_000)]
    [InlineData(200_000, 300_000, 500_000)]
    [InlineData(600_000, 600_000, 1_000_000)]
    [InlineData(1_000_000, 1_000_000, 1_000_000)]
    public void Merge_OfTwoWays_AddsAtMostToTheWhole(int first, int second, int merged) => Assert.Equal(merged, Share.Merge(first, second));

    [Fact]
    public void Shares_OfAnyLinks_StayWithinOneMillionthAndTheWhole()
    {
        var ppm = Gen.OneOf(Gen.Choose(1, 3), Gen.Choose(1, Share.WholePpm));
        Always.Holds(from a in ppm from b in ppm select (A: a, B: b), c =>
        {
            Assert.InRange(Share.Along(c.A, c.B), 1, Math.Min(c.A, c.B));
            Assert.InRange(Share.Merge(c.A, c.B), Math.Max(c.A, c.B), Share.WholePpm);
        });
    }
}
