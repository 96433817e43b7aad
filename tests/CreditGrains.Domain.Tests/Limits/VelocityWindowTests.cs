using CreditGrains.Domain.Limits;
using FsCheck.Fluent;

namespace CreditGrains.Domain.Tests.Limits;

/// <summary>Buckets of max(1, ⌈window/16⌉) seconds; the window is the current bucket and the ⌈window/bucket⌉ before it.</summary>
public sealed class VelocityWindowTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(15, 1)]
    [InlineData(16, 1)]
    [InlineData(17, 2)]
    [InlineData(32, 2)]
    [InlineData(33, 3)]
    [InlineData(86_400, 5_400)]
    [InlineData(VelocityWindow.WindowSecondsMax, 1_976_400)]
    public void Bucket_OfAWindow_IsASixteenthRoundedUp(int window, int bucket) => Assert.Equal(bucket, VelocityWindow.Start(window).BucketSeconds);

    [Theory]
    [InlineData(1, 1_000, 1_000, true)]
    [InlineData(1, 1_000, 1_001, true)] // the bucket before still counts: never too little
    [InlineData(1, 1_000, 1_002, false)]
    [InlineData(60, 1_000, 1_059, true)] // buckets of 4 s: 1000/4 = 250 … 1059/4 = 264
    [InlineData(60, 1_000, 1_063, true)] // bucket 265, fifteen before it is 250
    [InlineData(60, 1_000, 1_064, false)]
    [InlineData(160, 1_000, 1_169, true)] // buckets of 10 s: sixteen before 116 is 100
    [InlineData(160, 1_000, 1_170, false)]
    [InlineData(160, 1_009, 1_169, true)]
    [InlineData(VelocityWindow.WindowSecondsMax, 0, VelocityWindow.WindowSecondsMax, true)]
    public void Addition_SeenLater_CountsWhileItsBucketIsInTheWindow(int window, long added, long now, bool counts)
    {
        var velocity = VelocityWindow.Start(window);
        velocity.Add(added, 70, 1);
        Assert.Equal(counts ? (70, 1, false) : (0, 0, false), velocity.Sum(now));
    }

    [Fact]
    public void Unconverted_WhileInTheWindow_MakesTheSumUnknownAndThenLeaves()
    {
        var velocity = VelocityWindow.Start(16);
        velocity.Add(100, -1, 1);
        velocity.Add(101, 5, 1);
        Assert.Equal((5, 2, true), velocity.Sum(116));
        Assert.Equal((5, 1, false), velocity.Sum(117));
        velocity.Add(117, 1, 1); // the slot of second 100 is reused
        Assert.Equal((6, 2, false), velocity.Sum(117));
    }

    [Fact]
    public void Sum_AfterALongPause_IsEmptyThoughSlotsHoldOldCounts()
    {
        var velocity = VelocityWindow.Start(16);
        for (var second = 0; second < 17; second++) velocity.Add(second, 1, 1);
        Assert.Equal((0, 0, false), velocity.Sum(1_000_000));
        velocity.Add(1_000_000, 3, 1);
        Assert.Equal((3, 1, false), velocity.Sum(1_000_000));
    }

    [Fact]
    public void Sums_BeyondTheirTypes_Saturate()
    {
        var velocity = VelocityWindow.Start(16);
        velocity.Add(0, long.MaxValue, int.MaxValue);
        velocity.Add(0, 1, 1);
        velocity.Add(1, long.MaxValue, 1);
        Assert.Equal((long.MaxValue, int.MaxValue + 1L, false), velocity.Sum(1));
    }

    [Fact]
    public void Window_OfAnyHistory_NeverCountsLessThanTheListAndAtMostOneBucketMore()
    {
        var cases =
            from window in Gen.OneOf(Gen.Choose(1, 40), Gen.Choose(1, 5_000), Gen.Choose(1, VelocityWindow.WindowSecondsMax))
            from steps in (from step in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, Math.Max(1, window / 8)), Gen.Choose(0, window * 2 / 3 + 2))
                           from amount in Gen.Choose(-1, 1_000)
                           select (Step: step, Amount: amount)).ListOf()
            select (Window: window, Steps: steps);
        Always.Holds(cases, c =>
        {
            var velocity = VelocityWindow.Start(c.Window);
            var list = new List<(long At, int Amount)>();
            long now = 1_000;
            foreach (var (step, amount) in c.Steps)
            {
                now += step;
                velocity.Add(now, amount, 1);
                list.Add((now, amount));
                var (sum, count, unknown) = velocity.Sum(now);
                var inWindow = list.FindAll(e => e.At > now - c.Window);
                var inMore = list.FindAll(e => e.At > now - c.Window - 2L * velocity.BucketSeconds);
                Assert.InRange(sum, inWindow.Sum(e => (long)Math.Max(0, e.Amount)), inMore.Sum(e => (long)Math.Max(0, e.Amount)));
                Assert.InRange(count, inWindow.Count, inMore.Count);
                if (inWindow.Exists(e => e.Amount < 0)) Assert.True(unknown);
                if (!inMore.Exists(e => e.Amount < 0)) Assert.False(unknown);
            }
        });
    }
}
