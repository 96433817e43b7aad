using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Tests.Rules;

/// <summary>Items ended by their time: before any command on their facility, others in the order of their ends, so many a batch.</summary>
public sealed class SweepTests : RulesTest
{
    private const int Items = 5_000;

    [Fact]
    public void Sweep_OfMoreThanABatchTakes_GoesOnInTheNextAndBringsCommandsCurrentBetween()
    {
        World.Open(NodeKind.Portfolio, 1, 1_000_000);
        for (var line = 1; line <= 6; line++) World.OpenLine(line, line == 6 ? 1 : 1_000, Node(NodeKind.Portfolio));
        var holds = Enumerable.Range(0, Items).Select(i => World.Of(CommandKind.Authorize, 1, 0, i / 1_000 + 1) with { LifetimeSeconds = 60 + i / 1_000 });
        foreach (var batch in holds.Chunk(1_000)) Assert.All(World.DoAll(batch), o => Assert.Equal(OutcomeKind.Approved, o.Kind));
        var last = World.Do(World.Of(CommandKind.Authorize, 1, 0, facility: 6) with { LifetimeSeconds = 70 });
        World.Pass(100 * World.Second);
        var before = World.LastSequence;

        // 4,096 items end by the sweep; the one on line 6 ends because a command looks at it.
        AssertApproved(1, World.Authorize(1, facility: 6));
        var events = World.EventsAfter(before);
        Assert.Equal(4_096 + 1 + 1, events.Count);
        Assert.Equal((CommandKind.ExpireHold, last.Sequence), (events[^2].Kind, events[^2].Reference));
        Assert.Equal(CommandKind.Authorize, events[^1].Kind);
        Assert.Equal([1L, 2, 3, 4, 5], events.Take(4_096).Select(e => e.Key.Id).Distinct());
        Assert.Equal([1_000, 1_000, 1_000, 1_000, 96], events.Take(4_096).GroupBy(e => e.Key.Id).Select(g => g.Count()));
        Assert.Equal(Items - 4_096 + 1, World.Exposure(NodeKind.Portfolio));
        Assert.True(World.Partition.Executor.HasOwnWork(World.Now));

        before = World.LastSequence;
        World.Idle();
        Assert.Equal(Items - 4_096, World.EventsAfter(before).Count);
        Assert.Equal(1, World.Exposure(NodeKind.Portfolio));
        Assert.False(World.Partition.Executor.HasOwnWork(World.Now));
    }

    [Fact]
    public void Events_OfEndedItems_StandBeforeTheCommandAndLinkTheFacilitysHistory()
    {
        World.WithOneLine();
        var hold = World.Do(World.Of(CommandKind.Authorize, 100) with { LifetimeSeconds = 60 });
        World.Pass(60 * World.Second);
        var capture = World.Do(CommandKind.Capture, 100, hold.Sequence);
        AssertPosted(100, capture);
        var events = World.EventsAfter(hold.Sequence);
        Assert.Equal([CommandKind.ExpireHold, CommandKind.Capture], events.Select(e => e.Kind));
        Assert.Equal([hold.Sequence, events[0].Sequence], events.Select(e => e.PreviousSequence));
        Assert.Equal((100, 0), (events[0].Amount, events[0].Balances.Held));
    }
}

/// <summary>The same bounds by settings, with a sweep of two.</summary>
public sealed class SmallSweepTests() : RulesTest(new PartitionOptions { SweepMax = 2 })
{
    [Fact]
    public void Command_OnAFacilityWithManyDueItems_EndsAllOfThemFirst()
    {
        World.WithOneLine();
        World.OpenLine(2, 1_000, Node(NodeKind.Borrower));
        for (var i = 0; i < 5; i++) World.Do(World.Of(CommandKind.Authorize, 200) with { LifetimeSeconds = 60 });
        for (var i = 0; i < 3; i++) World.Do(World.Of(CommandKind.Authorize, 10, 0, facility: 2) with { LifetimeSeconds = 30 });
        World.Pass(60 * World.Second);
        AssertApproved(1_000, World.Authorize(1_000)); // the sweep ended two of line 2
        Assert.Equal((1_000, 10), (World.Balances().Held, World.Balances(2).Held));
    }
}
