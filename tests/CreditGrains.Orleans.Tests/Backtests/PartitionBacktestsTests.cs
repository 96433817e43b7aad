using System.Collections.Concurrent;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Scoring;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Tests.Backtests;

/// <summary>Parts of backtests in a partition: one of a silo at a time, kept while somebody asks, and gone before the journal is.</summary>
public sealed class PartitionBacktestsTests : IDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private readonly InstantClock clock = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<BacktestPart>> running = new();
    private readonly List<string> stopped = [];

    [Fact]
    public async Task Parts_OfOneSilo_RunOneAfterTheOther()
    {
        await using var parts = Parts();
        await using var others = Parts();
        parts.Start(Ask("a"));
        others.Start(Ask("b"));
        Assert.Equal(["a"], running.Keys);
        Assert.Equal(BacktestState.Running, others.Poll("b").State);
        running["a"].SetResult(Backtests.Parts.Of(3));
        Assert.Equal(3, (await WhenAsync(parts, "a", BacktestState.Done)).Part!.Counts.Requests);
        await UntilAsync(() => running.ContainsKey("b"));
        // It is kept until it is dropped: an answer that was lost is asked for again.
        Assert.Equal(BacktestState.Done, parts.Poll("a").State);
        parts.Drop("a");
        Assert.Equal(BacktestState.None, parts.Poll("a").State);
    }

    [Fact]
    public async Task Start_Twice_GoesOnWithTheFirst()
    {
        await using var parts = Parts();
        parts.Start(Ask("a"));
        var first = running["a"];
        Assert.Equal(BacktestState.Running, parts.Start(Ask("a")).State);
        Assert.Same(first, running["a"]);
    }

    [Fact]
    public async Task Part_NobodyAsksAbout_IsGivenUp_AndTheNextHasItsTurn()
    {
        await using var parts = Parts();
        parts.Start(Ask("a"));
        parts.Start(Ask("b"));
        clock.Pass(PartitionBacktests.UnaskedMax);
        parts.Poll("b");
        parts.Tick();
        Assert.Equal(BacktestState.Running, parts.Poll("a").State);
        clock.Pass(PartitionBacktests.UnaskedMax);
        parts.Poll("b");
        clock.Pass(TimeSpan.FromSeconds(1));
        parts.Tick();
        Assert.Equal(BacktestState.None, parts.Poll("a").State);
        await UntilAsync(() => running.ContainsKey("b"));
        Assert.Equal(["a"], stopped);
        Assert.Equal(BacktestState.Running, parts.Poll("b").State);
    }

    [Fact]
    public async Task Part_ThatFails_SaysWhy_AndOneThatMayComeToItsEndLaterIsToBeBegunAgain()
    {
        await using var parts = Parts();
        parts.Start(Ask("a"));
        running["a"].SetException(new OverflowException("too much"));
        Assert.Equal("too much", (await WhenAsync(parts, "a", BacktestState.Failed)).Fault);
        Assert.Equal(BacktestState.Failed, parts.Start(Ask("a")).State);
        parts.Start(Ask("b"));
        running["b"].SetException(new JournalException(JournalErrorCode.EndsTooEarly, "not there yet"));
        await WhenAsync(parts, "b", BacktestState.None);
        running.TryRemove("b", out _);
        Assert.Equal(BacktestState.Running, parts.Start(Ask("b")).State);
        Assert.True(running.ContainsKey("b"));
        // What was deleted stays so.
        running["b"].SetException(new JournalException(JournalErrorCode.NotRetained, "NotRetained: gone"));
        Assert.Equal("NotRetained: gone", (await WhenAsync(parts, "b", BacktestState.Failed)).Fault);
    }

    [Fact]
    public async Task Start_OfMoreThanMayWait_IsRefusedByName()
    {
        await using var parts = Parts();
        for (var i = 0; i < PartitionBacktests.RunsMax; i++) Assert.Equal(BacktestState.Running, parts.Start(Ask($"{i}")).State);
        var refused = parts.Start(Ask("more"));
        Assert.Equal(BacktestState.Failed, refused.State);
        Assert.StartsWith("TooManyBacktests: 16 wait", refused.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_WhileAPartRuns_WaitsUntilItReadsNoMore()
    {
        var parts = Parts();
        parts.Start(Ask("a"));
        parts.Start(Ask("waits"));
        await parts.DisposeAsync();
        Assert.Contains("a", stopped);
        Assert.Equal(1, turn.CurrentCount);
    }

    [Fact]
    public void Wire_OfAskAndAnswer_ReadsWhatWasWritten()
    {
        foreach (var ask in (BacktestAsk[])[Ask("a"), Ask("b") with { Model = new VersionName("m", 7), FromMicros = 5 }])
        {
            using var r = PoolWire.Read(BacktestWire.Start(ask));
            Assert.Equal((RiskAsk.StartBacktest, ask), ((RiskAsk)r.ReadByte(), BacktestWire.ReadStart(r)));
        }

        var part = Backtests.Parts.Of(1);
        var read = BacktestWire.Read(BacktestWire.Write(new BacktestAnswer(BacktestState.Done, 1_000, Part: part))).Part!;
        Assert.Equal(part.Counts, read.Counts);
        Assert.Equal(part.Groups, read.Groups);
        Assert.Equal(part.ExposureThen, read.ExposureThen);
        Assert.Equal(part.ExposureNow, read.ExposureNow);
        Assert.Equal(part.Observed, read.Observed);
        Assert.Equal(part.SwappedIn, read.SwappedIn);
        Assert.Equal(new BacktestAnswer(BacktestState.Failed, 3, "why"), BacktestWire.Read(BacktestWire.Write(new BacktestAnswer(BacktestState.Failed, 3, "why"))));
    }

    public void Dispose() => turn.Dispose();

    private static BacktestAsk Ask(string run) => new(run, new NodeKey(0, 1, 1, NodeKind.None), new VersionName("p", 1), null, 0);

    private PartitionBacktests Parts() => new(turn, clock, async (ask, _, cancelled) =>
    {
        var done = running[ask.Run] = new TaskCompletionSource<BacktestPart>();
        try
        {
            return await done.Task.WaitAsync(cancelled);
        }
        catch (OperationCanceledException)
        {
            stopped.Add(ask.Run);
            throw;
        }
    });

    private static async Task<BacktestAnswer> WhenAsync(PartitionBacktests parts, string run, BacktestState state)
    {
        await UntilAsync(() => parts.Poll(run).State == state);
        return parts.Poll(run);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition()) await Task.Delay(1, within.Token);
    }
}
