using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Leases;

namespace CreditGrains.Engine.Tests.Leases;

/// <summary>The partition's rules, one a test.</summary>
public sealed class LeaseHolderTests : IUsageView
{
    private static readonly NodeKey First = new(1, 1, 1, NodeKind.Enterprise), Second = new(1, 1, 1, NodeKind.Product);
    private static readonly PartitionId Own = new(3);

    private readonly Dictionary<NodeKey, long> usage = [];
    private HolderState state = new() { Partition = Own, Epoch = 4 };

    public long UsageOf(NodeKey node) => usage.GetValueOrDefault(node);

    [Theory]
    [InlineData(30)] // the grant, which the node still counts, covers the usage
    [InlineData(70)]
    public void Open_OfAnEpoch_VoidsGrantsOfEarlierOnesAndTellsNobody(long used)
    {
        usage[First] = used;
        var opened = LeaseHolder.Open(Own, 5, [new OpenedNode(First, 70), new OpenedNode(Second, 0)], this);
        Assert.Equal([new HolderAct.JournalLimit(First, 0)], opened.Acts);
    }

    [Fact]
    public void Open_OfANodeAboveItsGrant_ReportsItAfterTheGrantIsVoid()
    {
        usage[First] = 71;
        var opened = LeaseHolder.Open(Own, 5, [new OpenedNode(First, 70), new OpenedNode(Second, 0)], this);
        Assert.Equal([new HolderAct.JournalLimit(First, 0), new HolderAct.Send(new LeaseReport(First, Own, 5, 1, 0, 71, 0, 0, 0))], opened.Acts);
    }

    [Fact]
    public void Recall_OfAnEarlierEpoch_IsAnsweredByTheFirstReportOfThisOne()
    {
        usage[First] = 30;
        var report = new HolderAct.Send(new LeaseReport(First, Own, 4, 1, 0, 30, 0, 0, 0));
        var recall = new LeaseRecall(First, Own, 3, 9, 0, false, new LeaseReply(First, Own, 3, 7, ReplyStatus.Granted, 70, 0, 100));
        Assert.Equal([report], Take(new HolderInput.TakeRecall(recall)));
        Assert.Empty(Take(new HolderInput.TakeRecall(recall)));
    }

    [Fact]
    public void Plan_WithoutHeadroom_AsksForUsageAndAmount()
    {
        usage[First] = 30;
        Assert.Equal([new HolderAct.Send(new LeaseReport(First, Own, 4, 1, 0, 30, 42, 42, 0))], Plan(1, (First, 12)));
    }

    [Fact]
    public void Plan_OfSeveral_AsksForTheFirstAtLeastAndForAllIfPossible()
    {
        Plan(1, (First, 12));
        Assert.Empty(Plan(2, (First, 5)));
        Assert.Empty(Reply(First, ReplyStatus.Waiting, 0));
        var acts = Reply(First, ReplyStatus.Granted, 12);
        Assert.Equal([new HolderAct.JournalLimit(First, 12), new HolderAct.Run(1), new HolderAct.Send(new LeaseReport(First, Own, 4, 2, 12, 0, 17, 17, 0))], acts);
    }

    [Fact]
    public void Grant_IsJournaledBeforeTheRequestRuns() =>
        Assert.Equal([new HolderAct.JournalLimit(First, 50), new HolderAct.Run(1)], After(() => Plan(1, (First, 12)), () => Reply(First, ReplyStatus.Granted, 50)));

    [Theory]
    [InlineData(3, 1)] // another epoch
    [InlineData(4, 0)] // an earlier report
    [InlineData(4, 2)] // a report not made
    public void Reply_ToAnotherReport_IsIgnored(long epoch, long sequence)
    {
        Plan(1, (First, 12));
        Assert.Empty(Take(new HolderInput.TakeReply(new LeaseReply(First, Own, epoch, sequence, ReplyStatus.Granted, 50, 0, 100))));
        Assert.Equal(0, state.Leases[First].Limit);
    }

    [Fact]
    public void Reply_Twice_CountsOnce()
    {
        Plan(1, (First, 12));
        Reply(First, ReplyStatus.Granted, 50);
        Assert.Empty(Reply(First, ReplyStatus.Granted, 50));
    }

    [Fact]
    public void Path_IsTakenInOneOrder_WhateverTheCallersOrder()
    {
        Assert.Equal(First, Assert.IsType<HolderAct.Send>(Plan(1, (Second, 5), (First, 5)).Single()).Report.Node);
        var next = Reply(First, ReplyStatus.Granted, 5);
        Assert.Equal(Second, Assert.IsType<HolderAct.Send>(next[^1]).Report.Node);
        Assert.DoesNotContain(next, a => a is HolderAct.Run);
        Assert.Contains(new HolderAct.Run(1), Reply(Second, ReplyStatus.Granted, 5));
    }

    [Fact]
    public void Path_TurnedDownAtItsSecondNode_GivesTheFirstBack()
    {
        Plan(1, (First, 5), (Second, 5));
        Reply(First, ReplyStatus.Granted, 9);
        var acts = Reply(Second, ReplyStatus.Declined, 0, available: 4);
        Assert.Equal(new HolderAct.Decline(1, Second, 100, 4), acts[0]);
        Assert.Equal(new HolderAct.JournalLimit(First, 0), acts[1]);
        Assert.Equal((0L, 0L), (state.Leases[First].Limit, state.Leases[First].Pinned));
        Assert.Empty(state.Requests);
    }

    [Fact]
    public void Recall_LowersInTheJournalThenTells()
    {
        Plan(1, (First, 12));
        Reply(First, ReplyStatus.Granted, 50);
        usage[First] = 12;
        Take(new HolderInput.Finish(1));
        Assert.Equal(
            [new HolderAct.JournalLimit(First, 15), new HolderAct.Send(new LeaseReport(First, Own, 4, 2, 15, 12, 0, 0, 9))],
            Recall(9, tolerance: 3));
    }

    [Fact]
    public void Recall_WhileSomethingIsSetAside_IsAnsweredInPartAndInFullLater()
    {
        Plan(1, (First, 12), (Second, 5));
        Reply(First, ReplyStatus.Granted, 50);
        var partly = Recall(9);
        Assert.Equal(new HolderAct.Send(new LeaseReport(First, Own, 4, 2, 12, 0, 0, 0, 0)), partly[^1]);
        var later = Reply(Second, ReplyStatus.Recalling, 0);
        Assert.Equal(new HolderAct.Refuse(1, Second), later[0]);
        Assert.Equal((0L, 9L), (state.Leases[First].Limit, state.Leases[First].LastReport!.RecallAnswered));
    }

    [Fact]
    public void Recall_OfEverything_TakesTheUsedPartToo()
    {
        Plan(1, (First, 12));
        Reply(First, ReplyStatus.Granted, 12);
        usage[First] = 12;
        Take(new HolderInput.Finish(1));
        Assert.Equal(new HolderAct.JournalLimit(First, 0), Recall(9, everything: true)[0]);
    }

    [Theory]
    [InlineData(4, 9, 1)] // again: the answer is sent again
    [InlineData(4, 8, 0)] // an older one
    [InlineData(3, 10, 0)] // of another epoch
    public void Recall_OldOrAgain_LowersNothing(long epoch, long number, int acts)
    {
        Plan(1, (First, 12));
        Reply(First, ReplyStatus.Granted, 50);
        Take(new HolderInput.Finish(1));
        Recall(9, tolerance: 4);
        Assert.Equal(acts, Recall(number, epoch: epoch).Count);
        Assert.Equal(4, state.Leases[First].Limit);
    }

    [Fact]
    public void Recall_ThatOvertakesTheGrant_BringsItAlong()
    {
        Plan(1, (First, 12));
        var recall = new LeaseRecall(First, Own, 4, 9, 0, false, new LeaseReply(First, Own, 4, 1, ReplyStatus.Granted, 50, 0, 100));
        Assert.Contains(new HolderAct.Run(1), Take(new HolderInput.TakeRecall(recall)));
    }

    [Fact]
    public void Fenced_ByALaterEpoch_StopsForGood()
    {
        Plan(1, (First, 12));
        Assert.Equal([new HolderAct.Stop()], Take(new HolderInput.TakeReply(new LeaseReply(First, Own, 5, 1, ReplyStatus.Fenced, 0, 0, 100))));
        Assert.Equal([new HolderAct.Stop()], Plan(2, (First, 1)));
    }

    [Fact]
    public void Decline_HeldUpOnlyByWhatIsSetAside_WaitsUntilThatIsKnown()
    {
        Plan(1, (First, 6), (Second, 5));
        Reply(First, ReplyStatus.Granted, 6);
        Plan(2, (First, 6));
        Assert.Empty(Reply(First, ReplyStatus.Declined, 6, available: 10));
        var asksAgain = Reply(Second, ReplyStatus.Declined, 0, available: 0);
        Assert.Contains(new HolderAct.Run(2), asksAgain);
    }

    [Fact]
    public void PlanAgain_TooOften_IsRefusedByName()
    {
        Plan(1, (First, 12));
        Reply(First, ReplyStatus.Granted, 100);
        for (var attempt = 1; attempt < HolderState.AttemptsMax; attempt++)
            Assert.Equal([new HolderAct.Run(1)], Take(new HolderInput.PlanAgain(1, [new LeaseNeed(First, 12)])));
        Assert.Contains(new HolderAct.Refuse(1, First), Take(new HolderInput.PlanAgain(1, [new LeaseNeed(First, 12)])));
    }

    [Fact]
    public void Observe_OfAnExcess_ReportsItOnceAndItsEnd()
    {
        usage[First] = 40;
        Assert.Equal([new HolderAct.Send(new LeaseReport(First, Own, 4, 1, 0, 40, 0, 0, 0))], Take(new HolderInput.Observe(First)));
        Assert.Empty(Take(new HolderInput.Observe(First)));
        usage[First] = 0;
        Assert.Single(Take(new HolderInput.Observe(First)));
    }

    [Fact]
    public void Plan_WithBadNeeds_ThrowsAndNamesTheMend()
    {
        Assert.Throws<ArgumentException>(() => Plan(1));
        Assert.Throws<ArgumentException>(() => Plan(1, (First, 0)));
        Assert.Throws<ArgumentException>(() => Plan(1, (First, 1), (First, 2)));
        Plan(1, (First, 1));
        Assert.Throws<ArgumentException>(() => Plan(1, (First, 1)));
    }

    private IReadOnlyList<HolderAct> Plan(long id, params (NodeKey Node, long Added)[] needs) =>
        Take(new HolderInput.Plan(id, [.. needs.Select(n => new LeaseNeed(n.Node, n.Added))]));

    private IReadOnlyList<HolderAct> Reply(NodeKey node, ReplyStatus status, long grant, long available = 0) =>
        Take(new HolderInput.TakeReply(new LeaseReply(node, Own, 4, state.Leases[node].Sequence, status, grant, available, 100)));

    private IReadOnlyList<HolderAct> Recall(long number, long tolerance = 0, bool everything = false, long epoch = 4) =>
        Take(new HolderInput.TakeRecall(new LeaseRecall(First, Own, epoch, number, tolerance, everything, new LeaseReply(First, Own, 4, 0, ReplyStatus.Noted, 0, 0, 100))));

    private static IReadOnlyList<HolderAct> After(Action first, Func<IReadOnlyList<HolderAct>> then)
    {
        first();
        return then();
    }

    private IReadOnlyList<HolderAct> Take(HolderInput input)
    {
        var decision = LeaseHolder.Decide(state, input, this);
        state = decision.State;
        return decision.Acts;
    }
}
