using CreditGrains.Domain.Draws;

namespace CreditGrains.Domain.Tests.Draws;

public sealed class Xoshiro256Test
{
    /// <summary>SplitMix64 of 0 gives e220a8397b1dcdaf, 6e789e6aa1b965f4, 06c45d188009454f, f88bb8a8724c81ec (Vigna's reference); the first output is rotl(b · 5, 7) · 9 of the second.</summary>
    [Fact]
    public void Next_FromSeedZero_IsThatOfTheReference()
    {
        var draws = new Xoshiro256(0);
        Assert.Equal(unchecked(ulong.RotateLeft(0x6e789e6aa1b965f4UL * 5, 7) * 9), draws.Next());
        Assert.Equal(0xbf6e1f784956452aUL, draws.Next());
    }

    [Fact]
    public void Streams_OfOneSeed_DifferAndRepeat()
    {
        Xoshiro256 one = Xoshiro256.Stream(7, 0), again = Xoshiro256.Stream(7, 0), other = Xoshiro256.Stream(7, 1);
        var first = one.Next();
        Assert.Equal(first, again.Next());
        Assert.NotEqual(first, other.Next());
    }

    [Fact]
    public void UniformAndBelow_StayWithinTheirBounds()
    {
        var draws = new Xoshiro256(3);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.InRange(draws.Uniform(), double.Epsilon, 1 - 1e-17);
            Assert.InRange(draws.Below(7), 0, 6);
        }
    }
}
