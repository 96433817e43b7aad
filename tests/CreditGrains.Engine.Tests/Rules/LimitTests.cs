using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Tests.Rules;

/// <summary>Limits now, from a date, for a time (docs/rules.md, "Limits").</summary>
public sealed class LimitTests : RulesTest
{
    private long At(int second) => Start + second * World.Second;

    private long Start { get; set; }

    private void OpenAtZero()
    {
        World.WithOneLine();
        Start = World.Now;
    }

    /// <summary>Limits set at second 0 on a base of 1,000, as "limit@from–until", and the limit in force at a second.</summary>
    [Theory]
    [InlineData("500@10–", 9, 1_000)]
    [InlineData("500@10–", 10, 500)]
    [InlineData("500@10–", 1_000, 500)] // base from then on
    [InlineData("500@10–20", 9, 1_000)]
    [InlineData("500@10–20", 10, 500)]
    [InlineData("500@10–20", 19, 500)]
    [InlineData("500@10–20", 20, 1_000)] // the end is exclusive, the base returns
    [InlineData("500@0–20", 0, 500)]
    [InlineData("500@0–20", 20, 1_000)]
    [InlineData("500@10–30 700@20–25", 15, 500)]
    [InlineData("500@10–30 700@20–25", 20, 700)] // the latest start
    [InlineData("500@10–30 700@20–25", 25, 500)]
    [InlineData("700@20–25 500@10–30", 22, 700)] // in whatever order they were set
    [InlineData("500@10–30 700@10–20", 15, 700)] // of equal starts the one set last
    [InlineData("700@10–20 500@10–30", 15, 500)]
    [InlineData("500@10–30 700@10–20", 20, 500)]
    [InlineData("500@10–30 700@10–20 600@10–30", 15, 600)] // set again is set last
    [InlineData("500@10–20 600@10–20", 15, 600)] // the same start and end replaces
    [InlineData("500@10– 700@20–30", 25, 700)]
    [InlineData("500@10– 700@5–30", 15, 700)] // a base beneath a temporary one
    [InlineData("500@10– 700@5–30", 30, 500)]
    [InlineData("500@10– 600@20–", 20, 600)]
    [InlineData("500@10– 600@20–", 19, 500)]
    [InlineData("600@20– 500@10–", 25, 600)]
    [InlineData("900@0– 500@10–20", 20, 900)]
    [InlineData("500@10–20 900@0–", 15, 500)]
    [InlineData("500@10–20 900@0–", 20, 900)]
    public void Limits_WithTimes_AreInForceWhenTheRuleSays(string limits, int second, long inForce)
    {
        foreach (var owner in new[] { F(1), Node(NodeKind.Borrower) })
        {
            if (owner == F(1)) OpenAtZero();
            else World.Set(new SetLimit(owner, 1_000));
        }
        foreach (var limit in limits.Split(' '))
        {
            var parts = limit.Split('@', '–');
            var from = parts[1] == "0" ? 0 : At(int.Parse(parts[1]));
            var until = parts[2] == "" ? 0 : At(int.Parse(parts[2]));
            World.Set(new SetLimit(F(1), long.Parse(parts[0]), from, until));
            World.Set(new SetLimit(Node(NodeKind.Borrower), long.Parse(parts[0]), from, until));
        }
        World.Pass(At(second) - World.Now);
        var outcome = World.Authorize(5_000);
        Assert.Equal([(F(1), inForce), (Node(NodeKind.Borrower), inForce)], outcome.Limits!.Select(l => (l.Node, l.Limit)));
        World.Reopen();
        Assert.Equal((inForce, inForce), (World.View().Node.Limit, World.View(Node(NodeKind.Borrower)).Limit));
    }

    [Fact]
    public void Limit_FallingDue_IsAnEventBeforeAnyCommandThatLooks()
    {
        OpenAtZero();
        World.Set(new SetLimit(Node(NodeKind.Borrower), 100, At(10)));
        World.Set(new SetLimit(F(1), 50, At(10), At(20)));
        World.Pass(At(10) - World.Now);
        var before = World.LastSequence;
        AssertDeclined(Reason.LimitExceeded, World.Authorize(101));
        Assert.Equal([CommandKind.LimitFellDue, CommandKind.LimitFellDue, CommandKind.Authorize], World.EventsAfter(before).Select(e => e.Kind));
    }

    [Fact]
    public void SetLimit_WithAnEndInThePast_ChangesNothing()
    {
        OpenAtZero();
        World.Pass(At(10) - World.Now);
        AssertDeclined(Reason.NoChange, World.Do(new SetLimit(F(1), 5, At(5), At(10))));
        World.Set(new SetLimit(F(1), 5, At(5), At(11))); // started in the past
        Assert.Equal(5, World.View().Node.Limit);
    }

    [Fact]
    public void DatedLimits_OfANode_AreAtMostEight()
    {
        OpenAtZero();
        foreach (var owner in new[] { F(1), Node(NodeKind.Borrower) })
        {
            for (var i = 1; i <= 8; i++) World.Set(new SetLimit(owner, i, At(10 * i), i % 2 == 0 ? 0 : At(1_000)));
            AssertDeclined(Reason.TooManyRules, World.Do(new SetLimit(owner, 9, At(90))));
            World.Set(new SetLimit(owner, 80, At(80))); // the same times replace
            World.Set(new SetLimit(owner, 2_000)); // the base is not counted
            Assert.Equal(8, World.View(owner).DatedLimits.Count);
        }
        World.Pass(At(20) - World.Now);
        World.Idle();
        World.Set(new SetLimit(F(1), 9, At(90))); // one fell due and made room
        Assert.Equal(1, World.View().Node.Limit);
    }

    [Fact]
    public void Cut_BelowUsage_IsAllowedAndStopsApprovals()
    {
        World.WithOneLine();
        World.Hold(600);
        World.Set(new SetLimit(F(1), 500));
        Assert.Equal(-100, World.View().Node.Headroom);
        AssertDeclined(Reason.LimitExceeded, World.Authorize(1));
    }

    [Theory]
    [InlineData(ExposureMeasure.Committed, 0, 1_000, 1_500)]
    [InlineData(ExposureMeasure.DrawnPlusUndrawnFactor, 500_000, 500, 2_000)]
    public void Raise_UnderANodeThatCountsCommitments_NeedsRoomThere(ExposureMeasure measure, int factorPpm, long counted, long most)
    {
        var portfolio = World.OpenAs(NodeKind.Portfolio, 1, counted + 500, World.Eur, new ExposureBasis(measure, false, factorPpm));
        World.OpenLine(1, 1_000, portfolio);
        Assert.Equal(counted, World.Exposure(NodeKind.Portfolio));
        var above = World.Do(new SetLimit(F(1), most + 1));
        AssertDeclined(Reason.LimitExceeded, above);
        Assert.Equal([$"Portfolio/1:Node:{counted + 500}:500"], Names(above));
        World.Set(new SetLimit(F(1), most));
        Assert.Equal(counted + 500, World.Exposure(NodeKind.Portfolio));
        AssertDeclined(Reason.LimitExceeded, World.Do(new OpenFacility(F(2), World.Eur, 1, default, false, 0, [new ParentShare(portfolio)])));
        World.Set(new SetLimit(F(1), 0)); // a cut always goes
        World.Set(new OpenFacility(F(2), World.Eur, 1, default, false, 0, [new ParentShare(portfolio)]));
    }

    [Fact]
    public void Opening_WithWhatIsOwed_ListsTheExcessOnOtherNodes()
    {
        World.Open(NodeKind.Borrower, 1, 100);
        var opened = World.Set(new OpenFacility(F(1), World.Eur, 50, default, false, 150, [new ParentShare(Node(NodeKind.Borrower))]));
        Assert.Equal(["Facility/1:Node:50:-100", "Borrower/1:Node:100:-50"], Names(opened));
        Assert.Equal(Balances(principal: 150), World.Balances());
    }

    [Fact]
    public void CommittedNode_CountsDrawnAboveTheLimit_AndRequestsWithinItAreFree()
    {
        World.OpenAs(NodeKind.Portfolio, 1, 1_000, World.Eur, new ExposureBasis(ExposureMeasure.Committed, false, 0));
        World.OpenLine(1, 1_000, Node(NodeKind.Portfolio));
        AssertApproved(1_000, World.Authorize(1_000));
        Assert.Equal(1_000, World.Exposure(NodeKind.Portfolio));
        Assert.Equal(["Facility/1:Node:1000:-1", "Portfolio/1:Node:1000:-1"], Names(World.Do(CommandKind.ClearWithoutHold, 1)));
    }

    [Fact]
    public void KeepsRepaid_Node_GetsNoHeadroomBackFromRepayments()
    {
        World.OpenAs(NodeKind.Portfolio, 1, 1_000, World.Eur, new ExposureBasis(ExposureMeasure.DrawnAndHeld, true, 0));
        World.OpenLine(1, 1_000, Node(NodeKind.Portfolio));
        World.Do(CommandKind.Drawdown, 600);
        World.Do(CommandKind.Repay, 600);
        Assert.Equal((600, 0), (World.Exposure(NodeKind.Portfolio), World.View().Node.Exposure!.Value));
        AssertDeclined(Reason.LimitExceeded, World.Authorize(401));
        AssertApproved(400, World.Authorize(400));
    }

    [Fact]
    public void TermFacility_CountsWhatWasRepaidOfItself()
    {
        World.Open(NodeKind.Portfolio, 1, 10_000);
        World.OpenLineAs(1, 1_000, World.Eur, new ExposureBasis(ExposureMeasure.PrincipalAndHeld, true, 0), Node(NodeKind.Portfolio));
        World.Do(CommandKind.Drawdown, 600);
        World.Do(CommandKind.PostInterest, 50); // uses no limit here
        World.Do(CommandKind.Repay, 650);
        Assert.Equal((600, 400), (World.View().Node.Exposure!.Value, World.View().Node.Headroom!.Value));
        Assert.Equal(0, World.Exposure(NodeKind.Portfolio));
    }
}

/// <summary>Limits that fall due together, more than one batch sweeps.</summary>
public sealed class ManyDueLimitsTests() : RulesTest(new PartitionOptions { SweepMax = 1 })
{
    [Fact]
    public void Opening_UnderANodeWhoseLimitIsDue_LooksAtTheNewLimit()
    {
        var committed = new ExposureBasis(ExposureMeasure.Committed, false, 0);
        for (var i = 1; i <= 3; i++) World.OpenAs(NodeKind.Portfolio, i, 1_000, World.Eur, committed);
        World.Open(NodeKind.Borrower, 1, 5_000, Node(NodeKind.Portfolio, 3));
        for (var i = 1; i <= 3; i++) World.Set(new SetLimit(Node(NodeKind.Portfolio, i), 0, World.Now + World.Second));
        World.Pass(World.Second);
        var outcome = World.Do(new OpenFacility(F(1), World.Eur, 1, default, false, 0, [new ParentShare(Node(NodeKind.Borrower))]));
        AssertDeclined(Reason.LimitExceeded, outcome);
    }

    [Fact]
    public void Request_UnderNodesWhoseLimitsAreDue_LooksAtTheNewLimits()
    {
        for (var i = 1; i <= 3; i++) World.Open(NodeKind.Portfolio, i, 1_000);
        World.OpenLine(1, 1_000, Node(NodeKind.Portfolio, 1), Node(NodeKind.Portfolio, 2), Node(NodeKind.Portfolio, 3));
        for (var i = 1; i <= 3; i++) World.Set(new SetLimit(Node(NodeKind.Portfolio, i), 0, World.Now + World.Second));
        World.Pass(World.Second);
        Assert.Equal(3, World.Authorize(1).Limits!.Length);
    }
}
