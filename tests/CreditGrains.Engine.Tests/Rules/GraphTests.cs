using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Tests.Rules;

/// <summary>Links, shares, moves with open holds, pools and the bounds of the graph (docs/rules.md, "Graph").</summary>
public sealed class GraphTests : RulesTest
{
    private long[] Exposures(params NodeKey[] nodes) => [.. nodes.Select(n => World.View(n).Exposure!.Value)];

    private void AssertExposures(long[] expected, params NodeKey[] nodes) => Assert.Equal<IEnumerable<long>>(expected, Exposures(nodes));

    [Fact]
    public void Diamond_OfWays_CountsTheFacilityOnce()
    {
        var top = World.Open(NodeKind.Portfolio, 1, 100);
        var left = World.Open(NodeKind.Product, 1, 100, top);
        var right = World.Open(NodeKind.Region, 1, 100, top);
        World.OpenLine(1, 100, left, right, top);
        AssertApproved(100, World.Authorize(100));
        AssertExposures([100, 100, 100], left, right, top);
        World.Set(new UnlinkNode(left, top));
        World.Set(new UnlinkNode(F(1), top));
        AssertExposures([100, 100, 100], left, right, top); // one way is left
        World.Set(new UnlinkNode(right, top));
        AssertExposures([100, 100, 0], left, right, top);
        Assert.Equal([left, right], World.View().Path.Select(n => n.Key));
    }

    [Fact]
    public void CoLending_80To20_AddsUpToTheWholeAbove()
    {
        var group = World.Open(NodeKind.Portfolio, 1, 1_000);
        var bank = World.Open(NodeKind.Funder, 1, 80);
        var partner = World.Open(NodeKind.Funder, 2, 100);
        World.Set(new LinkNode(bank, new ParentShare(group)));
        World.Set(new LinkNode(partner, new ParentShare(group)));
        World.Set(new OpenFacility(F(1), World.Eur, 1_000, default, false, 0, [new ParentShare(bank, 800_000), new ParentShare(partner, 200_000)]));
        AssertApproved(99, World.Authorize(99));
        AssertExposures([80, 20, 99], bank, partner, group); // 79.2 and 19.8 up, the whole exact
        AssertApproved(1, World.Authorize(1));
        AssertExposures([80, 20, 100], bank, partner, group);
        Assert.Equal(["Funder/1:Node:80:0"], Names(World.Authorize(1)));
        Assert.Equal([800_000, 200_000, 1_000_000], World.View().Path.Select(n => n.SharePpm));
    }

    [Theory]
    [InlineData(500_000, 500_000, 250_000)]
    [InlineData(333_333, 333_333, 111_111)] // rounded up to a millionth
    [InlineData(1, 1, 1)]
    public void Shares_AlongLinks_Multiply(int lower, int upper, int share)
    {
        var top = World.Open(NodeKind.Portfolio, 1, 100);
        World.Set(new OpenNode(Node(NodeKind.Product), World.Eur, 100, default, [new ParentShare(top, upper)]));
        World.Set(new OpenFacility(F(1), World.Eur, 1_000, default, false, 0, [new ParentShare(Node(NodeKind.Product), lower)]));
        Assert.Equal([lower, share], World.View().Path.Select(n => n.SharePpm));
    }

    [Fact]
    public void Shares_OverSeveralWays_AddAtMostToTheWhole()
    {
        var top = World.Open(NodeKind.Portfolio, 1, 1_000);
        var left = World.Open(NodeKind.Product, 1, 1_000, top);
        World.Set(new OpenFacility(F(1), World.Eur, 1_000, default, false, 0, [new ParentShare(left, 600_000), new ParentShare(top, 300_000)]));
        World.Hold(100);
        AssertExposures([60, 90], left, top);
        World.Set(new UnlinkNode(F(1), top));
        World.Set(new LinkNode(F(1), new ParentShare(top, 700_000)));
        AssertExposures([60, 100], left, top);
    }

    [Fact]
    public void Move_OfAFacility_TakesBalancesAndHoldsAlong()
    {
        var from = World.Open(NodeKind.Enterprise, 1, 1_000, World.Open(NodeKind.Portfolio, 1, 1_000));
        var to = World.Open(NodeKind.Enterprise, 2, 100, World.Open(NodeKind.Portfolio, 2, 1_000));
        World.OpenLine(1, 1_000, from);
        var hold = World.Hold(300);
        World.Do(CommandKind.ClearWithoutHold, 50);
        World.Set(new MoveFacility(F(1), from, new ParentShare(to)));
        AssertExposures([0, 0, 350, 350], from, Node(NodeKind.Portfolio, 1), to, Node(NodeKind.Portfolio, 2)); // above the limit of 100: allowed
        World.Do(CommandKind.Capture, 100, hold.Sequence);
        World.Do(CommandKind.Void, 0, hold.Sequence);
        AssertExposures([0, 0, 150, 150], from, Node(NodeKind.Portfolio, 1), to, Node(NodeKind.Portfolio, 2));
        AssertDeclined(Reason.LimitExceeded, World.Authorize(1));
    }

    [Fact]
    public void Move_OfANode_MovesEverythingBelow()
    {
        var from = World.Open(NodeKind.Portfolio, 1, 1_000);
        var to = World.Open(NodeKind.Portfolio, 2, 1_000);
        var borrower = World.Open(NodeKind.Borrower, 1, 1_000, from);
        for (var i = 1; i <= 3; i++)
        {
            World.OpenLine(i, 100, borrower);
            World.Hold(10, facility: i);
        }
        World.Set(new MoveFacility(borrower, from, new ParentShare(to, 500_000)));
        AssertExposures([30, 0, 15], borrower, from, to);
        World.Set(new UnlinkNode(borrower, to)); // a node may have no parent
        AssertExposures([30, 0, 0], borrower, from, to);
        World.Set(new LinkNode(borrower, new ParentShare(from)));
        AssertExposures([30, 30, 0], borrower, from, to);
    }

    [Fact]
    public void Link_OfForeignExposure_CountsInItsCurrency()
    {
        var dollars = World.OpenAs(NodeKind.Portfolio, 1, 1_000, World.Usd, default);
        World.OpenLine(1, 1_000, World.Open(NodeKind.Borrower, 1, 1_000));
        World.Hold(100);
        World.Set(new SetFxRate(World.Scope, World.Eur, World.Usd, 1_500_000_000, World.Now + World.Day));
        World.Set(new LinkNode(F(1), new ParentShare(dollars, 500_000)));
        AssertExposures([75], dollars);
        World.Set(new UnlinkNode(F(1), dollars));
        AssertExposures([0], dollars);
    }

    /// <summary>Node 1 above 2 above 3 above facility 1; node 4 apart; pools 1 and 2, facility 1 in pool 1.</summary>
    public static TheoryData<ControlCommand, Reason> Declines()
    {
        NodeKey N(long id) => Node(NodeKind.Portfolio, id);
        NodeKey P(long id) => Node(NodeKind.Pool, id);
        return new()
        {
            { new OpenNode(N(1), World.Eur, 1, default, []), Reason.AlreadyExists },
            { new OpenFacility(F(1), World.Eur, 1, default, false, 0, [new ParentShare(N(1))]), Reason.AlreadyExists },
            { new OpenNode(N(9), World.Eur, 1, default, [new ParentShare(N(8))]), Reason.UnknownNode },
            { new OpenFacility(F(9), World.Eur, 1, default, false, 0, [new ParentShare(N(8))]), Reason.UnknownNode },
            { new OpenFacility(F(9), World.Eur, 1, default, false, 0, [new ParentShare(P(1)), new ParentShare(P(2))]), Reason.AlreadyInPool },
            { new LinkNode(N(1), new ParentShare(N(2))), Reason.Cycle },
            { new LinkNode(N(1), new ParentShare(N(3))), Reason.Cycle },
            { new LinkNode(N(3), new ParentShare(N(2))), Reason.AlreadyLinked },
            { new LinkNode(N(3), new ParentShare(N(8))), Reason.UnknownNode },
            { new LinkNode(N(8), new ParentShare(N(1))), Reason.UnknownNode },
            { new LinkNode(F(1), new ParentShare(P(2))), Reason.AlreadyInPool },
            { new LinkNode(F(1), new ParentShare(P(1))), Reason.AlreadyLinked },
            { new UnlinkNode(N(3), N(1)), Reason.NotLinked },
            { new UnlinkNode(N(3), N(8)), Reason.UnknownNode },
            { new UnlinkNode(F(2), N(4)), Reason.ParentCount }, // a facility keeps one
            { new MoveFacility(N(3), N(1), new ParentShare(N(4))), Reason.NotLinked },
            { new MoveFacility(N(2), N(1), new ParentShare(N(3))), Reason.Cycle },
            { new MoveFacility(N(3), N(2), new ParentShare(N(8))), Reason.UnknownNode },
            { new MoveFacility(F(1), N(3), new ParentShare(P(1))), Reason.AlreadyLinked },
            { new MoveFacility(F(1), N(3), new ParentShare(P(2))), Reason.AlreadyInPool },
            { new TransferToPool(F(1), P(1)), Reason.NoChange },
            { new TransferToPool(F(2), default), Reason.NoChange },
            { new TransferToPool(F(1), P(8)), Reason.UnknownNode },
            { new TransferToPool(F(8), P(1)), Reason.UnknownFacility },
            { new TransferToPool(F(3), default), Reason.ParentCount }, // the pool is its only parent
            { new OpenNode(N(9), World.Eur, 1, default, [new ParentShare(N(7))]), Reason.InvalidParent }, // closed
            // Of several faults the earlier in the order of the rules, wherever in the command it stands.
            { new OpenFacility(F(9), World.Eur, 1, default, false, 0, [new ParentShare(N(7)), new ParentShare(N(8))]), Reason.UnknownNode },
            { new OpenNode(N(9), World.Eur, 1, default, [new ParentShare(N(7)), new ParentShare(N(8))]), Reason.UnknownNode },
            { new OpenFacility(F(1), World.Eur, 1, default, false, 0, [new ParentShare(N(8))]), Reason.UnknownNode },
            { new OpenNode(N(1), World.Eur, 1, default, [new ParentShare(N(8))]), Reason.UnknownNode },
            { new OpenFacility(F(1), World.Eur, 1, default, false, 0, [new ParentShare(N(7))]), Reason.AlreadyExists },
            { new OpenNode(N(1), World.Eur, 1, default, [new ParentShare(N(7))]), Reason.AlreadyExists },
            { new OpenFacility(F(9), World.Eur, 1, default, false, 0, [new ParentShare(P(1)), new ParentShare(P(2)), new ParentShare(N(7))]), Reason.InvalidParent },
        };
    }

    [Theory]
    [MemberData(nameof(Declines))]
    public void Change_ThatTheGraphForbids_IsDeclinedByName(ControlCommand control, Reason reason)
    {
        World.Open(NodeKind.Portfolio, 1, 1_000);
        World.Open(NodeKind.Portfolio, 2, 1_000, Node(NodeKind.Portfolio, 1));
        World.Open(NodeKind.Portfolio, 3, 1_000, Node(NodeKind.Portfolio, 2));
        World.Open(NodeKind.Portfolio, 4, 1_000);
        World.Open(NodeKind.Portfolio, 7, 1_000);
        World.Set(new Close(Node(NodeKind.Portfolio, 7)));
        World.Open(NodeKind.Pool, 1, 1_000);
        World.Open(NodeKind.Pool, 2, 1_000);
        World.OpenLine(1, 100, Node(NodeKind.Portfolio, 3), Node(NodeKind.Pool, 1));
        World.OpenLine(2, 100, Node(NodeKind.Portfolio, 4));
        World.OpenLine(3, 100, Node(NodeKind.Pool, 2));
        World.Hold(10);
        var path = World.View().Path.Select(n => n.Key).ToArray();
        AssertDeclined(reason, World.Do(control));
        Assert.Equal(path, World.View().Path.Select(n => n.Key));
    }

    [Fact]
    public void Pool_Transfer_MovesBetweenPoolsAndOut()
    {
        var first = World.Open(NodeKind.Pool, 1, 1_000);
        var second = World.Open(NodeKind.Pool, 2, 1_000);
        var borrower = World.Open(NodeKind.Borrower, 1, 1_000);
        World.OpenLine(1, 1_000, borrower);
        World.Hold(100);
        World.Set(new TransferToPool(F(1), first));
        AssertExposures([100, 100, 0], borrower, first, second);
        World.Set(new TransferToPool(F(1), second));
        AssertExposures([100, 0, 100], borrower, first, second);
        World.Set(new TransferToPool(F(1), default));
        AssertExposures([100, 0, 0], borrower, first, second);
        World.Set(new MoveFacility(F(1), borrower, new ParentShare(first)));
        AssertExposures([0, 100, 0], borrower, first, second);
        World.Set(new MoveFacility(F(1), first, new ParentShare(second))); // from one pool to another
        AssertExposures([0, 0, 100], borrower, first, second);
    }

    [Fact]
    public void Parents_OfAChild_AreAtMostEight()
    {
        for (var i = 1; i <= 9; i++) World.Open(NodeKind.Portfolio, i, 1_000);
        World.Open(NodeKind.Pool, 1, 1_000);
        World.OpenLine(1, 100, [.. Enumerable.Range(1, 8).Select(i => Node(NodeKind.Portfolio, i))]);
        AssertDeclined(Reason.ParentCount, World.Do(new LinkNode(F(1), new ParentShare(Node(NodeKind.Portfolio, 9)))));
        AssertDeclined(Reason.ParentCount, World.Do(new TransferToPool(F(1), Node(NodeKind.Pool))));
        var below = World.Open(NodeKind.Borrower, 1, 1_000, [.. Enumerable.Range(1, 8).Select(i => Node(NodeKind.Portfolio, i))]);
        var lowest = World.Open(NodeKind.Borrower, 2, 1_000, below);
        AssertDeclined(Reason.ParentCount, World.Do(new LinkNode(below, new ParentShare(Node(NodeKind.Portfolio, 9)))));
        AssertDeclined(Reason.Cycle, World.Do(new LinkNode(below, new ParentShare(lowest)))); // before the count
        World.Set(new MoveFacility(F(1), Node(NodeKind.Portfolio, 1), new ParentShare(Node(NodeKind.Portfolio, 9))));
        World.Set(new MoveFacility(F(1), Node(NodeKind.Portfolio, 2), new ParentShare(Node(NodeKind.Pool))));
        World.Hold(10);
        AssertExposures([0, 0, 10, 10], Node(NodeKind.Portfolio, 1), Node(NodeKind.Portfolio, 2), Node(NodeKind.Portfolio, 9), Node(NodeKind.Pool));
    }

    /// <summary>A chain of portfolios, each under the one before.</summary>
    private NodeKey Chain(int length, int first = 1)
    {
        World.Open(NodeKind.Portfolio, first, 1_000_000);
        for (var i = 1; i < length; i++) World.Open(NodeKind.Portfolio, first + i, 1_000_000, Node(NodeKind.Portfolio, first + i - 1));
        return Node(NodeKind.Portfolio, first + length - 1);
    }

    [Fact]
    public void Ancestors_OfAFacility_AreAtMostSixteen()
    {
        var bottom = Chain(16);
        AssertDeclined(Reason.TooManyAncestors, World.Do(new OpenNode(Node(NodeKind.Portfolio, 17), World.Eur, 1, default, [new ParentShare(bottom)])));
        World.OpenLine(1, 1_000, bottom);
        World.Hold(10);
        Assert.Equal(16, World.View().Path.Count);
        Assert.All(World.View().Path, node => Assert.Equal(10, node.Exposure));
        var other = World.Open(NodeKind.Product, 1, 1_000);
        AssertDeclined(Reason.TooManyAncestors, World.Do(new LinkNode(F(1), new ParentShare(other))));
        AssertDeclined(Reason.TooManyAncestors, World.Do(new LinkNode(Node(NodeKind.Portfolio, 1), new ParentShare(other))));
        AssertDeclined(Reason.TooManyAncestors, World.Do(new OpenFacility(F(2), World.Eur, 1, default, false, 0, [new ParentShare(bottom), new ParentShare(other)])));
        var (pool, second) = (World.Open(NodeKind.Pool, 1, 1_000), World.Open(NodeKind.Pool, 2, 1_000));
        AssertDeclined(Reason.TooManyAncestors, World.Do(new OpenFacility(F(2), World.Eur, 1, default, false, 0, [new ParentShare(bottom), new ParentShare(pool), new ParentShare(second)])));
        World.OpenLine(2, 1_000, Node(NodeKind.Portfolio, 15), pool);
        AssertDeclined(Reason.TooManyAncestors, World.Do(new LinkNode(F(2), new ParentShare(second)))); // before the second pool
        World.Set(new LinkNode(F(1), new ParentShare(Node(NodeKind.Portfolio, 1)))); // an ancestor already
        World.Set(new UnlinkNode(bottom, Node(NodeKind.Portfolio, 15)));
        World.Set(new LinkNode(F(1), new ParentShare(other)));
        Assert.Equal([bottom, Node(NodeKind.Portfolio, 1), other], World.View().Path.Select(n => n.Key).OrderByDescending(k => k.Kind).ThenByDescending(k => k.Id));
    }

    [Fact]
    public void Move_ThatEndsAtSixteenAncestors_IsAllowed()
    {
        var bottom = Chain(15);
        World.Open(NodeKind.Pool, 1, 1_000);
        World.Open(NodeKind.Pool, 2, 1_000);
        World.OpenLine(1, 1_000, bottom, Node(NodeKind.Pool, 1));
        World.Hold(10);
        World.Set(new TransferToPool(F(1), Node(NodeKind.Pool, 2)));
        World.Set(new MoveFacility(F(1), Node(NodeKind.Pool, 2), new ParentShare(Node(NodeKind.Pool, 1))));
        World.Set(new MoveFacility(Node(NodeKind.Portfolio, 2), Node(NodeKind.Portfolio, 1), new ParentShare(World.Open(NodeKind.Region, 1, 1_000))));
        AssertExposures([0, 10, 10, 0], Node(NodeKind.Portfolio, 1), Node(NodeKind.Region), Node(NodeKind.Pool, 1), Node(NodeKind.Pool, 2));
        AssertDeclined(
            Reason.TooManyAncestors,
            World.Do(new MoveFacility(Node(NodeKind.Portfolio, 2), Node(NodeKind.Region), new ParentShare(World.Open(NodeKind.Region, 2, 1, World.Open(NodeKind.Region, 3, 1))))));
    }
}

/// <summary>Changes of the graph larger than one event may move: in slices of two, with commands in between.</summary>
public sealed class RegraphTests() : RulesTest(new PartitionOptions { AtomicRegraphMax = 3, RegraphSliceLength = 2 })
{
    private const int Lines = 7;

    private void StartMove(Action? beforeMove = null)
    {
        World.Open(NodeKind.Portfolio, 1, 1_000);
        World.Open(NodeKind.Portfolio, 2, 1_000);
        World.Open(NodeKind.Enterprise, 1, 1_000, Node(NodeKind.Portfolio, 1));
        for (var i = 1; i <= Lines; i++)
        {
            World.OpenLine(i, 100, World.Open(NodeKind.Borrower, i, 1_000, Node(NodeKind.Enterprise)));
            World.Hold(10, facility: i);
        }
        beforeMove?.Invoke();
        World.Set(new MoveFacility(Node(NodeKind.Enterprise), Node(NodeKind.Portfolio, 1), new ParentShare(Node(NodeKind.Portfolio, 2))));
        Assert.True(World.Partition.Executor.IsRegraphing);
    }

    private (long From, long To) Split => (World.Exposure(NodeKind.Portfolio, 1), World.Exposure(NodeKind.Portfolio, 2));

    private void RunOut()
    {
        for (var turns = 0; World.Partition.Executor.IsRegraphing; turns++)
        {
            Assert.InRange(turns, 0, Lines);
            World.Idle();
        }
    }

    [Fact]
    public void Slices_OfALargeMove_CountEachFacilityOnOneSideAlways()
    {
        StartMove();
        Assert.Equal((70, 0), Split);
        World.Idle();
        Assert.Equal((50, 20), Split);
        World.Idle();
        Assert.Equal((30, 40), Split);
        RunOut();
        Assert.Equal((0, 70), Split);
        var slices = World.EventsAfter(0).Where(e => e.Kind == CommandKind.RegraphSlice).ToArray();
        Assert.Equal([2, 2, 2, 1, 0], slices.Select(s => s.Regraphed.Count));
        Assert.Equal(Enumerable.Range(1, Lines).Select(i => F(i)), slices.SelectMany(s => s.Regraphed).OrderBy(k => k.Id));
    }

    public static TheoryData<string> Commands => ["authorize", "fact", "decline", "limit", "freeze", "unknown reference", "reverse nothing", "due limit", "due hold", "close"];

    /// <summary>Whatever comes in between, a facility counts as before until its slice or its next command, live and replayed alike.</summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public void Command_OnAFacilityInLine_MovesItFirstAndReplaysTheSameMidway(string command)
    {
        StartMove();
        var original = World.Of(CommandKind.Authorize, 5_000, 0, facility: 1);
        var before = World.EventsAfter(0).Count;
        // The line of newest links is walked first, so line 1 comes last.
        switch (command)
        {
            case "authorize": AssertApproved(5, World.Authorize(5)); break;
            case "fact": World.Do(CommandKind.PostFee, 5); break;
            case "decline": World.Do(original); break;
            case "limit": World.Set(new SetLimit(F(1), 500)); break;
            case "freeze": World.Set(new Freeze(F(1))); break;
            case "unknown reference": World.Do(CommandKind.Void, 0, 999); break;
            case "reverse nothing":
                World.Do(original);
                World.Reverse(original.Id);
                break;
            case "due limit":
                World.Set(new SetLimit(F(1), 50, World.Now + World.Second));
                World.Pass(World.Second);
                World.Idle();
                break;
            case "due hold":
                World.Do(World.Of(CommandKind.Authorize, 1) with { LifetimeSeconds = 1 });
                World.Pass(World.Second);
                World.Idle();
                break;
            default: World.Set(new Close(F(1))); break;
        }
        Assert.True(World.EventsAfter(0).Count > before);
        Assert.True(World.Partition.Executor.IsRegraphing);
        Assert.Contains(World.View().Path, node => node.Key == Node(NodeKind.Portfolio, 2));
        var split = Split;
        World.AssertReplaysTheSame();
        Assert.True(World.Partition.Executor.IsRegraphing);
        Assert.Equal(split, Split);
        RunOut();
        Assert.Equal(0, Split.From);
    }

    [Fact]
    public void DueLimit_OfAFacilityInLine_MovesItWithoutACommand()
    {
        StartMove(() => World.Set(new SetLimit(F(1), 50, World.Now + World.Second)));
        World.Pass(World.Second);
        World.Idle(); // ends the wait of the limit, and a slice of two others
        Assert.Contains(World.EventsAfter(0), e => e.Kind == CommandKind.LimitFellDue && e.Key == F(1));
        Assert.Equal((40, 30), Split);
        var path = World.View().Path.Select(node => node.Key).ToArray();
        Assert.Contains(Node(NodeKind.Portfolio, 2), path);
        Assert.DoesNotContain(Node(NodeKind.Portfolio, 1), path);
        World.AssertReplaysTheSame();
        Assert.Equal((40, 30), Split);
        RunOut();
        Assert.Equal((0, 70), Split);
    }

    [Fact]
    public void Changes_OfTheGraphMeanwhile_WaitTheirTurn()
    {
        StartMove();
        AssertDeclined(Reason.RegraphInProgress, World.Do(new LinkNode(F(1), new ParentShare(Node(NodeKind.Portfolio, 1)))));
        AssertDeclined(Reason.RegraphInProgress, World.Do(new UnlinkNode(Node(NodeKind.Enterprise), Node(NodeKind.Portfolio, 2))));
        World.Open(NodeKind.Borrower, 99, 1_000, Node(NodeKind.Enterprise)); // new nodes and lines may come
        World.OpenLine(99, 100, Node(NodeKind.Borrower, 99));
        World.Hold(10, facility: 99);
        RunOut();
        Assert.Equal((0, 80), Split);
        World.Set(new LinkNode(F(1), new ParentShare(Node(NodeKind.Portfolio, 1))));
    }

    [Fact]
    public void Snapshot_DuringALargeMove_Waits()
    {
        StartMove();
        Assert.Null(World.Partition.BeginSnapshot(new Engine.Snapshots.SnapshotScratch(0), _ => { }));
        RunOut();
        World.Snapshot();
    }

    [Fact]
    public void Restart_DuringALargeMove_GoesOnWithIt()
    {
        StartMove();
        World.Idle();
        World.Reopen();
        Assert.Equal((50, 20), Split);
        RunOut();
        Assert.Equal((0, 70), Split);
    }

    [Fact]
    public void Diamond_UnderALargeMove_CountsOnce()
    {
        StartMove();
        RunOut();
        World.Set(new LinkNode(Node(NodeKind.Enterprise), new ParentShare(Node(NodeKind.Portfolio, 1))));
        RunOut();
        World.Set(new LinkNode(Node(NodeKind.Portfolio, 1), new ParentShare(Node(NodeKind.Portfolio, 2))));
        RunOut();
        Assert.Equal((70, 70), Split);
    }
}
