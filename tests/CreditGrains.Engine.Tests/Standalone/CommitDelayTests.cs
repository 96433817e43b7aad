using CreditGrains.Engine.Standalone;

namespace CreditGrains.Engine.Tests.Standalone;

public sealed class CommitDelayTests
{
    private readonly ManualClock clock = new();

    [Fact]
    public void TryPause_RightAfterAHandOverWithMoreArriving_Pauses()
    {
        if (!OperatingSystem.IsLinux()) return;
        var delay = new CommitDelay(TimeSpan.FromMilliseconds(1), clock);
        delay.HandedOver();

        Assert.True(delay.TryPause(10, 10));
        Assert.True(delay.TryPause(14, 4));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(10, 0)]
    [InlineData(256, 40)]
    public void TryPause_AloneOrQuietOrEnough_DoesNot(int commands, int arrived)
    {
        var delay = new CommitDelay(TimeSpan.FromMilliseconds(1), clock);
        delay.HandedOver();

        Assert.False(delay.TryPause(commands, arrived));
    }

    [Fact]
    public void TryPause_WhenTheDelayIsOver_DoesNot()
    {
        var delay = new CommitDelay(TimeSpan.FromMilliseconds(1), clock);
        delay.HandedOver();
        clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.False(delay.TryPause(10, 10));
    }

    [Fact]
    public void TryPause_WithoutADelay_DoesNot()
    {
        var delay = new CommitDelay(TimeSpan.Zero, clock);
        delay.HandedOver();

        Assert.False(delay.TryPause(10, 10));
    }
}
