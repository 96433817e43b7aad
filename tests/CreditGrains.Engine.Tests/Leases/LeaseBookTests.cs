using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Leases;

namespace CreditGrains.Engine.Tests.Leases;

/// <summary>The node's rules, one a row.</summary>
public sealed class LeaseBookTests
{
    private static readonly NodeKey Node = new(7, 1, 1, NodeKind.Enterprise);

    /// <summary>Exact grants and no tolerance, so that figures are easy to follow.</summary>
    private static readonly LeasePolicy Exact = new() { GrowthFactor = 0, UsageDivisor = int.MaxValue, StrandedDivisor = 0 };

    private readonly LeaseBook book = new(Exact);
    private LeaseBookState state = LeaseBookState.Open(Node, 100);

    [Theory]
    [InlineData(0, 1L, 1L, 0L, 0L, 0L, 0L, LeaseRejection.Malformed)] // no partition
    [InlineData(1, 0L, 1L, 0L, 0L, 0L, 0L, LeaseRejection.Malformed)] // no epoch
    [InlineData(1, 1L, 0L, 0L, 0L, 0L, 0L, LeaseRejection.Malformed)] // no sequence
    [InlineData(1, 1L, 1L, -1L, 0L, 0L, 0L, LeaseRejection.Malformed)] // negative held
    [InlineData(1, 1L, 1L, 0L, -1L, 0L, 0L, LeaseRejection.Malformed)] // negative usage
    [InlineData(1, 1L, 1L, 0L, (1L << 60) + 1, 0L, 0L, LeaseRejection.Malformed)] // above 2^60
    [InlineData(1, 1L, 1L, 0L, 0L, 5L, 4L, LeaseRejection.Malformed)] // wants less than it needs
    [InlineData(1, 1L, 1L, 1L, 0L, 0L, 0L, LeaseRejection.HeldAboveGrant)] // holds what was never granted
    [InlineData(2, 3L, 1L, 10L, 0L, 0L, 0L, LeaseRejection.HeldAboveGrant)] // a new epoch begins with nothing
    [InlineData(2, 2L, 6L, 41L, 0L, 0L, 0L, LeaseRejection.HeldAboveGrant)]
    [InlineData(2, 1L, 9L, 0L, 0L, 0L, 0L, LeaseRejection.StaleEpoch)]
    [InlineData(2, 2L, 4L, 0L, 0L, 0L, 0L, LeaseRejection.StaleSequence)]
    [InlineData(2, 2L, 5L, 0L, 0L, 0L, 0L, LeaseRejection.None)] // a repeat
    [InlineData(2, 2L, 6L, 40L, 0L, 0L, 0L, LeaseRejection.None)]
    [InlineData(2, 3L, 1L, 0L, 0L, 0L, 0L, LeaseRejection.None)]
    public void Report_IsJudged_ByTheFirstRuleThatFails(int partition, long epoch, long sequence, long held, long usage, long least, long wanted, LeaseRejection expected)
    {
        Report(2, held: 0, usage: 0, least: 40, epoch: 2, sequence: 5);
        var before = LeaseBookCodec.Write(state);
        var decision = book.Decide(state, new LeaseCommand.Receive(new LeaseReport(Node, new PartitionId(partition), epoch, sequence, held, usage, least, wanted, 0)));
        Assert.Equal(expected, decision.Rejection);
        if (expected != LeaseRejection.None) Assert.Equal(before, LeaseBookCodec.Write(decision.State));
        Assert.Equal(expected == LeaseRejection.StaleEpoch, decision.Replies.Any(r => r.Status == ReplyStatus.Fenced && r.Epoch == 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)] // also under a new epoch
    public void Report_ThatAnswersARecallNeverMade_IsRejected(long epoch)
    {
        Report(2, 0, 0, least: 40);
        Assert.Equal(LeaseRejection.RecallNotMade, Report(2, 0, 0, epoch: epoch, recallAnswered: 1).Rejection);
    }

    [Fact]
    public void Report_OfAnotherNode_IsRejectedByName() => Assert.Equal(
        LeaseRejection.WrongNode,
        book.Decide(state, new LeaseCommand.Receive(new LeaseReport(Node with { Id = 8 }, new PartitionId(1), 1, 1, 0, 0, 0, 0, 0))).Rejection);

    [Theory]
    [InlineData(100, ReplyStatus.Granted)]
    [InlineData(101, ReplyStatus.Declined)]
    public void Demand_OfTheFirstHolder_IsGrantedUpToTheLimit(long least, ReplyStatus expected) =>
        Assert.Equal(expected, Report(1, 0, 0, least).Replies.Single().Status);

    [Fact]
    public void Demand_ThatDoesNotFit_WaitsForTheRecallAndIsServedFromIt()
    {
        Report(1, 0, 0, least: 80);
        var asked = Report(2, 0, 0, least: 50);
        Assert.Equal(ReplyStatus.Waiting, asked.Replies.Single().Status);
        var recall = Assert.Single(asked.Recalls);
        Assert.Equal((new PartitionId(1), false), (recall.Partition, recall.Everything));
        var answered = Report(1, held: 50, usage: 50, recallAnswered: recall.Number);
        Assert.Equal((ReplyStatus.Granted, 50L), (answered.Replies.Single(r => r.Partition.Value == 2).Status, answered.Replies.Single(r => r.Partition.Value == 2).Grant));
    }

    [Fact]
    public void Demand_AboveWhatRecallsBring_IsDeclinedWithWhatWouldFit()
    {
        Report(1, 0, 0, least: 80);
        var recall = Report(2, 0, 0, least: 50).Recalls.Single();
        var declined = Report(1, held: 51, usage: 51, recallAnswered: recall.Number).Replies.Single(r => r.Partition.Value == 2);
        Assert.Equal((ReplyStatus.Declined, 49L, 0L), (declined.Status, declined.Available, declined.Grant));
    }

    [Fact]
    public void Demand_WhileSomeoneMayHideHeadroom_IsNotDeclinedOnOldNews()
    {
        Report(1, 0, 0, least: 80);
        Report(1, 80, 80); // all used, as far as is known
        var asked = Report(2, 0, 0, least: 50);
        Assert.Equal(ReplyStatus.Waiting, asked.Replies.Single().Status);
        Assert.Single(asked.Recalls);
    }

    [Fact]
    public void Demands_AreServedInOrderOfArrival_SoThatNoSmallerOneOvertakes()
    {
        Report(1, 0, 0, least: 80);
        var recall = Report(2, 0, 0, least: 50).Recalls.Single();
        Assert.Equal(ReplyStatus.Waiting, Report(3, 0, 0, least: 10).Replies.Single().Status);
        var served = Report(1, 30, 30, recallAnswered: recall.Number).Replies;
        Assert.Equal([(2, ReplyStatus.Granted), (3, ReplyStatus.Granted)], served.Where(r => r.Partition.Value > 1).Select(r => (r.Partition.Value, r.Status)));
    }

    [Fact]
    public void Repeat_OfTheLastReport_ChangesNothingAndIsAnsweredAgain()
    {
        var first = Report(1, 0, 0, least: 30);
        var before = state;
        var second = Report(1, 0, 0, least: 30, sequence: first.Replies.Single().Sequence);
        Assert.Empty(second.Events);
        Assert.Equal(first.Replies.Single(), second.Replies.Single());
        Assert.Same(before, state);
    }

    [Fact]
    public void Reclaim_KeepsUsageAndReturnsTheRest()
    {
        Report(1, 0, 0, least: 80);
        Assert.Equal(ReplyStatus.Waiting, Report(2, 0, 0, least: 60).Replies.Single().Status);
        var reclaimed = Decide(new LeaseCommand.Reclaim(new PartitionId(1), 2, 40));
        Assert.Equal((0L, 40L), (state.Entries[new PartitionId(1)].Grant, state.Entries[new PartitionId(1)].Usage));
        Assert.Equal((ReplyStatus.Granted, 60L), (reclaimed.Replies.Single().Status, reclaimed.Replies.Single().Grant));
        Assert.Equal(ReplyStatus.Fenced, Report(1, 80, 40, epoch: 1).Replies.Single().Status);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void Reclaim_WithoutARaisedEpoch_IsRejected(long epoch)
    {
        Report(1, 0, 0, least: 80);
        Assert.Equal(epoch == 0 ? LeaseRejection.Malformed : LeaseRejection.NotFenced, Decide(new LeaseCommand.Reclaim(new PartitionId(1), epoch, 0)).Rejection);
        Assert.Equal(80, state.Entries[new PartitionId(1)].Grant);
    }

    [Theory]
    [InlineData(150, LimitAnswer.InForce, 150)] // a raise
    [InlineData(80, LimitAnswer.InForce, 80)] // a cut that fits
    [InlineData(79, LimitAnswer.Recalling, 100)] // a cut below what is granted
    public void Limit_Set_IsInForceWhenItFits(long limit, LimitAnswer answer, long inForce)
    {
        Report(1, 0, 0, least: 80);
        Assert.Equal(answer, Decide(new LeaseCommand.SetLimit(1, limit)).LimitAnswer);
        Assert.Equal(inForce, state.Limit);
    }

    [Fact]
    public void Cut_StopsGrantsAtOnce_UntilGrantsAndUsageFit()
    {
        Report(1, 0, 0, least: 80);
        var cut = Decide(new LeaseCommand.SetLimit(1, 50));
        Assert.False(cut.Recalls.Single().Everything);
        Assert.Equal(ReplyStatus.Recalling, Report(2, 0, 0, least: 1).Replies.Single().Status);
        Report(1, 50, 30, recallAnswered: cut.Recalls.Single().Number);
        Assert.Equal((50L, false), (state.Limit, state.IsCutting));
    }

    [Fact]
    public void Cut_BelowUsage_IsInForceWhenNoLeaseRemains()
    {
        Report(1, 0, 0, least: 80);
        Report(1, 80, 70);
        var cut = Decide(new LeaseCommand.SetLimit(1, 50));
        Assert.True(cut.Recalls.Single().Everything);
        Report(1, 10, 70);
        Assert.True(state.IsCutting);
        Report(1, 0, 70);
        Assert.Equal((50L, false), (state.Limit, state.IsCutting));
        Assert.Equal(ReplyStatus.Declined, Report(2, 0, 0, least: 1, recallUntilAnswered: (1, 0, 70)).Replies.Single(r => r.Partition.Value == 2).Status);
    }

    [Fact]
    public void Cut_TakenBackByARaise_IsGone()
    {
        Report(1, 0, 0, least: 80);
        Decide(new LeaseCommand.SetLimit(1, 50));
        Assert.Equal(LimitAnswer.InForce, Decide(new LeaseCommand.SetLimit(2, 120)).LimitAnswer);
        Assert.Equal((120L, false), (state.Limit, state.IsCutting));
    }

    [Fact]
    public void Limit_SetTwiceOrLate_ChangesNothing()
    {
        Decide(new LeaseCommand.SetLimit(2, 70));
        Assert.Empty(Decide(new LeaseCommand.SetLimit(2, 30)).Events);
        Assert.Empty(Decide(new LeaseCommand.SetLimit(1, 40)).Events);
        Assert.Equal(70, state.Limit);
    }

    [Fact]
    public void Excess_ReportedByFacts_StopsGrantsAndTakesLeasesBack()
    {
        Report(1, 0, 0, least: 40);
        Report(2, 0, 0, least: 30);
        var excess = Report(1, held: 40, usage: 110);
        Assert.All(excess.Recalls, r => Assert.True(r.Everything));
        Assert.Equal([1, 2], excess.Recalls.Select(r => r.Partition.Value));
        Report(1, 0, 110, recallAnswered: excess.Recalls[0].Number);
        Report(2, 0, 0, recallAnswered: excess.Recalls[1].Number);
        Assert.Equal(0, (long)state.GrantSum);
        var asked = Report(2, 0, 0, least: 5, recallUntilAnswered: (1, 0, 90));
        Assert.Equal(ReplyStatus.Granted, asked.Replies.Single(r => r.Partition.Value == 2).Status);
    }

    [Fact]
    public void Remind_SendsOpenRecallsAgain()
    {
        Report(1, 0, 0, least: 80);
        var first = Report(2, 0, 0, least: 50).Recalls.Single();
        var again = Decide(new LeaseCommand.Remind());
        Assert.Equal(first, again.Recalls.Single());
        Assert.Empty(again.Events);
    }

    [Fact]
    public void Book_WrittenAndRead_IsTheSame()
    {
        Report(1, 0, 0, least: 80);
        Report(2, 0, 0, least: 50);
        Decide(new LeaseCommand.SetLimit(3, 20));
        var read = LeaseBookCodec.Read(LeaseBookCodec.Write(state));
        Assert.Equal(LeaseBookCodec.Write(state), LeaseBookCodec.Write(read));
        Assert.Equal((state.ChargeSum, state.GrantSum, state.UsageSum, state.AskedSum), (read.ChargeSum, read.GrantSum, read.UsageSum, read.AskedSum));
        Assert.Equal(state.Queue, read.Queue);
        Assert.Throws<FormatException>(() => LeaseBookCodec.Read(LeaseBookCodec.Write(state).AsSpan(0, 60)));
    }

    private LeaseDecision Report(
        int partition, long held, long usage, long least = 0, long epoch = 0, long sequence = 0, long recallAnswered = 0, (int Partition, long Held, long Usage)? recallUntilAnswered = null)
    {
        var entry = state.Find(new PartitionId(partition));
        if (epoch == 0) epoch = entry?.Epoch ?? 1;
        if (sequence == 0) sequence = (entry?.Epoch == epoch ? entry.Sequence : 0) + 1;
        var decision = Decide(new LeaseCommand.Receive(new LeaseReport(Node, new PartitionId(partition), epoch, sequence, held, usage, least, least, recallAnswered)));
        if (recallUntilAnswered is not { } other) return decision;
        var recall = decision.Recalls.Single(r => r.Partition.Value == other.Partition);
        return Report(other.Partition, other.Held, other.Usage, recallAnswered: recall.Number);
    }

    private LeaseDecision Decide(LeaseCommand command)
    {
        var decision = book.Decide(state, command);
        state = decision.State;
        return decision;
    }
}
