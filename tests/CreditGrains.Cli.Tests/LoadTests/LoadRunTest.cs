using System.Diagnostics;
using CreditGrains.Cli.Bench.Arrivals;
using CreditGrains.Cli.Bench.Http2;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.LoadTests;
using CreditGrains.Cli.Tests.Bench;
using CreditGrains.Domain.Decisions;

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
        // Also those that were less than a batch when the run ended.
        Assert.Equal((second.Offered, second.Offered), (run.Totals.Offered, run.Total.Completed));
        Assert.Equal(run.Total.Completed, run.Phase.Count);
    }

    [Fact]
    public async Task Second_OfAStreamTooSlowToFillBatches_SendsWhatHasWaited()
    {
        await using var host = await CannedHost.StartAsync();
        using var run = new LoadRun(RateProfile.Constant(500), TimeSpan.Zero, tally => [new StreamConnection(host.Address, 100, 8, GeneratorTest.Source(), tally)]);
        var second = run.Second();
        run.Drain();
        // A batch takes 200 ms to fill. Latency counts from when its oldest was due, so the wait is in it, and no more than that.
        Assert.InRange(second.P50Ms, BatchDeparture.WaitMaxMs * 0.98, 50);
        Assert.Equal((second.Offered, 0L), (run.Total.Completed, run.Total.Failed));
    }

    [Fact]
    public async Task Second_RefusedOnAStream_IsNoDecision()
    {
        await using var host = await CannedHost.StartAsync();
        host.Engine.Refuses = Reason.DiskFull;
        using var run = new LoadRun(RateProfile.Constant(1_000), TimeSpan.Zero, tally => [new StreamConnection(host.Address, 100, 8, GeneratorTest.Source(), tally)]);
        var second = run.Second();
        run.Drain();
        Assert.True(second.Refused > 0);
        Assert.Equal((0L, 0L, 0L, second.Offered), (second.Completed, run.Total.Latency.Count, run.Total.Failed, run.Total.Refused));
        Assert.Equal(double.NaN, second.P99Ms);
    }

    [Fact]
    public async Task Drain_ServerGone_WhatWasDueHasFailed()
    {
        var host = await CannedHost.StartAsync();
        var address = host.Address;
        using var run = new LoadRun(RateProfile.Constant(1_000), TimeSpan.Zero, tally => [new UnaryConnection(address, 16, GeneratorTest.Source(), tally)]);
        run.Second();
        await host.DisposeAsync();
        for (var i = 0; i < 30 && run.SeenAtLoss == 0; i++) run.Second();
        run.Second();
        run.Drain();
        Assert.InRange(run.Total.Failed, 500, long.MaxValue);
        Assert.Equal(run.Totals.Offered, run.Total.Completed + run.Total.Failed);
    }

    [Fact]
    public async Task Second_ServerBack_StampsItsFirstDecisionAndKnowsWhatWasAnswered()
    {
        var host = await CannedHost.StartAsync();
        var address = host.Address;
        var answered = new AnsweredRequests(100);
        using var run = new LoadRun(RateProfile.Constant(1_000), TimeSpan.FromMilliseconds(100), tally => [new UnaryConnection(address, 16, new AuthorizationSource(1_000, 1, TimeProvider.System, 0, answered), tally)]);
        run.Second();
        var newest = answered.Newest();
        Assert.Equal(100, newest.Count);
        Assert.Equal(run.Total.DecisionIdMax, newest.Max(one => one.DecisionId));
        Assert.Equal(100, newest.Select(one => one.Request.Id).Distinct().Count());
        await host.DisposeAsync();
        for (var i = 0; i < 30 && run.SeenAtLoss == 0; i++) run.Second();
        run.Second();
        Assert.Equal((0L, 0L), (run.FirstDecisionAt, run.FirstAfterLoss));
        var before = Stopwatch.GetTimestamp();
        await using var again = await CannedHost.StartAsync(address.Port);
        for (var i = 0; i < 30 && run.FirstDecisionAt == 0; i++) run.Second();
        var first = run.FirstDecisionAt;
        Assert.InRange(first, before, Stopwatch.GetTimestamp());
        // The engine of the tests forgets: its numbers begin anew, and that is seen.
        Assert.InRange(run.FirstAfterLoss, 1, run.SeenAtLoss);
        run.Second();
        Assert.Equal(first, run.FirstDecisionAt);
    }

    [Fact]
    public async Task Answered_OnAStream_IsKeptWithItsIdToo()
    {
        await using var host = await CannedHost.StartAsync();
        var answered = new AnsweredRequests(100);
        using var run = new LoadRun(RateProfile.Constant(1_000), TimeSpan.Zero, tally => [new StreamConnection(host.Address, 100, 8, new AuthorizationSource(1_000, 1, TimeProvider.System, 7, answered), tally)]);
        run.Second();
        run.Drain();
        var newest = answered.Newest();
        Assert.Equal((run.Total.DecisionIdMax, 100), (newest.Max(one => one.DecisionId), newest.Select(one => one.Request.Id).Distinct().Count()));
        Assert.All(newest, one => Assert.True(one.Request is { HoldSeconds: 7, Amount: > 0, Facility: > 0 }));
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
