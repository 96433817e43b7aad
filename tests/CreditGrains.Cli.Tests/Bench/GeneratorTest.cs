using System.Diagnostics;
using CreditGrains.Cli.Bench.Arrivals;
using CreditGrains.Cli.Bench.Http2;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Cli.Tests.Bench;

/// <summary>The generator against the real API and transport.</summary>
public class GeneratorTest
{
    [Fact]
    public async Task Unary_AgainstKestrel_EveryReplyIsCheckedAndCounted()
    {
        await using var host = await CannedHost.StartAsync();
        var tally = new Tally();
        using var connection = new UnaryConnection(host.Address, 16, Source(), tally);
        RunUntil([connection], tally, 2_000);
        Assert.Empty(tally.Errors);
        Assert.Equal(host.Engine.Decisions, tally.Completed);
        Assert.Equal(tally.Completed, tally.CountOf(OutcomeKind.Approved));
        Assert.Equal(tally.Completed, tally.Latency.Count);
    }

    [Fact]
    public async Task Stream_AgainstKestrel_EveryReplyIsCheckedAndCounted()
    {
        await using var host = await CannedHost.StartAsync();
        var tally = new Tally();
        using var connection = new StreamConnection(host.Address, 100, 4, Source(), tally);
        RunUntil([connection], tally, 20_000);
        Assert.Empty(tally.Errors);
        Assert.Equal(host.Engine.Decisions, tally.Completed);
        Assert.Equal(tally.Completed, tally.CountOf(OutcomeKind.Approved));
    }

    [Fact]
    public async Task Paced_AgainstKestrel_SendsNoFasterThanItsRate()
    {
        await using var host = await CannedHost.StartAsync();
        var tally = new Tally();
        using var connection = new UnaryConnection(host.Address, 16, Source(), tally);
        var start = Stopwatch.GetTimestamp();
        RunUntil(new LoadLoop([connection], new OpenArrivals(RateProfile.Constant(1_000), start, TimeSpan.Zero)), tally, 300);
        // Unpaced it would be done in a few milliseconds. At most the rate times the time, and one burst.
        Assert.InRange(tally.Completed, 300, Stopwatch.GetElapsedTime(start).TotalSeconds * 1_000 + 20);
    }

    [Fact]
    public async Task Unary_ServerGone_IsAFault()
    {
        var host = await CannedHost.StartAsync();
        using var connection = new UnaryConnection(host.Address, 4, Source(), new Tally());
        await host.DisposeAsync();
        Assert.Throws<Http2Exception>(() => new LoadLoop([connection], ClosedArrivals.Instance).Run(long.MaxValue));
    }

    internal static AuthorizationSource Source() => new(1_000, 42, TimeProvider.System);

    /// <summary>Runs in short slices until enough is done, then drains.</summary>
    internal static void RunUntil(IReadOnlyList<ILoadConnection> connections, Tally tally, long completed) => RunUntil(new LoadLoop(connections, ClosedArrivals.Instance), tally, completed);

    private static void RunUntil(LoadLoop loop, Tally tally, long completed)
    {
        var giveUp = Stopwatch.GetTimestamp() + 60 * Stopwatch.Frequency;
        while (tally.Completed + tally.Failed < completed && Stopwatch.GetTimestamp() < giveUp)
            loop.Run(Stopwatch.GetTimestamp() + Stopwatch.Frequency / 100);
        Assert.True(loop.Drain(TimeSpan.FromSeconds(30)), "answers are missing");
    }
}
