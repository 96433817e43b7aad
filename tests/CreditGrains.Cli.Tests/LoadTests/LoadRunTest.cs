using CreditGrains.Cli.Bench.Arrivals;
using CreditGrains.Cli.Bench.Http2;
using CreditGrains.Cli.LoadTests;
using CreditGrains.Cli.Tests.Bench;

namespace CreditGrains.Cli.Tests.LoadTests;

/// <summary>The open load against a server in this process.</summary>
public sealed class LoadRunTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Second_OfASteadyLoad_CountsEveryRequestOnce(bool isStream)
    {
        await using var host = await CannedHost.StartAsync();
        using var run = new LoadRun(RateProfile.Constant(2_000), TimeSpan.Zero, tally =>
            [isStream ? new StreamConnection(host.Address, 100, 8, GeneratorTest.Source(), tally) : new UnaryConnection(host.Address, 16, GeneratorTest.Source(), tally)]);
        var second = run.Second();
        run.Drain();
        Assert.Equal(0, run.Total.Failed);
        Assert.Equal(host.Engine.Decisions, run.Total.Completed);
        Assert.InRange(second.Offered, 1_900, 2_500);
        // What was due and not sent is less than a batch.
        Assert.InRange(run.Total.Completed, second.Completed, second.Offered + 100);
    }

    [Fact]
    public async Task Second_ServerGone_GoesOnAndSaysWhatFailed()
    {
        var host = await CannedHost.StartAsync();
        var address = host.Address;
        using var run = new LoadRun(RateProfile.Constant(1_000), TimeSpan.FromMilliseconds(100), tally => [new UnaryConnection(address, 16, GeneratorTest.Source(), tally)]);
        var before = run.Second();
        await host.DisposeAsync();
        // A server that ends answers what is under way first, and may take its time: until the load has noticed.
        for (var i = 0; i < 30 && run.SeenAtLoss == 0; i++) run.Second();
        var after = run.Second();
        run.Drain();
        Assert.True(before.Completed > 0);
        Assert.Equal(0, after.Completed);
        Assert.InRange(after.GivenUp, 500, 2_000);
        Assert.True(run.SeenAtLoss > 0);
        Assert.Equal(0, run.FirstAfterLoss);
    }
}
