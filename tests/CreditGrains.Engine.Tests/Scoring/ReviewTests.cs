using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Scoring;

/// <summary>Declines that are sent to a person.</summary>
public sealed class ReviewTests
{
    [Fact]
    public void Review_OfADecline_BecomesAReferralThatHoldsNothing()
    {
        using var world = RiskWorld.WithCard();
        var declined = Decline(world);
        var review = world.Do(CommandKind.RequestReview, 0, declined.Sequence);
        Assert.Equal((OutcomeKind.Referred, 100_00L), (review.Kind, review.Amount));
        Assert.Equal(8_000_00, world.Balances().Held);
        var item = world.View().OpenItems.Single(one => one.Kind == OpenItemKind.Referral);
        Assert.Equal((review.Sequence, 100_00L, Channel.Online), (item.Reference, item.Amount, item.Channel));
        world.AssertReplaysTheSame();
    }

    [Fact]
    public void Review_Accepted_HoldsWithoutAskingTheModelAgain()
    {
        using var world = RiskWorld.WithCard();
        var review = world.Do(CommandKind.RequestReview, 0, Decline(world).Sequence);
        Assert.Equal((OutcomeKind.Approved, 100_00L), Pair(world.Do(world.Accept(review.Sequence))));
        Assert.Equal(8_100_00, world.Balances().Held);
        world.AssertReplaysTheSame();
    }

    [Fact]
    public void Review_AcceptedBeyondTheLimit_IsDeclinedByIt()
    {
        using var world = RiskWorld.WithCard();
        var declined = world.Ask(20_000_00);
        Assert.Equal(Reason.LimitExceeded, declined.Reason);
        var review = world.Do(CommandKind.RequestReview, 0, declined.Sequence);
        Assert.Equal(OutcomeKind.Referred, review.Kind);
        Assert.Equal(Reason.LimitExceeded, world.Do(world.Accept(review.Sequence)).Reason);
        Assert.Equal(0, world.Balances().Held);
    }

    [Fact]
    public void Review_Twice_IsRefusedAlsoOnceTurnedDownAndAfterARestart()
    {
        using var world = RiskWorld.WithCard();
        var declined = Decline(world);
        var review = world.Do(CommandKind.RequestReview, 0, declined.Sequence);
        Assert.Equal(Reason.NotReviewable, world.Do(CommandKind.RequestReview, 0, declined.Sequence).Reason);
        Assert.Equal(Reason.ReferralTurnedDown, world.Do(world.Accept(review.Sequence, accept: false)).Reason);
        Assert.Equal(Reason.NotReviewable, world.Do(CommandKind.RequestReview, 0, declined.Sequence).Reason);
        world.Snapshot();
        world.AssertReplaysTheSame();
        Assert.Equal(Reason.NotReviewable, world.Do(CommandKind.RequestReview, 0, declined.Sequence).Reason);
    }

    [Fact]
    public void Review_OfAnythingElse_IsRefusedByName()
    {
        using var world = RiskWorld.WithCard();
        var approved = world.Ask(10_00, "bureauScore=700");
        Assert.Equal(OutcomeKind.Approved, approved.Kind);
        Assert.Equal(Reason.NotReviewable, world.Do(CommandKind.RequestReview, 0, approved.Sequence).Reason);
        Assert.Equal(Reason.NotReviewable, world.Do(CommandKind.RequestReview, 0, 9_999).Reason);
        world.OpenLine(2, 10_000_00, World.Node(NodeKind.Borrower));
        var other = Decline(world);
        Assert.Equal(Reason.NotReviewable, world.Do(CommandKind.RequestReview, 0, other.Sequence, facility: 2).Reason);
        Assert.Equal(OutcomeKind.Referred, world.Do(CommandKind.RequestReview, 0, other.Sequence).Kind);
    }

    [Fact]
    public void Review_Reversed_TakesTheReferralBack()
    {
        using var world = RiskWorld.WithCard();
        var command = world.Of(CommandKind.RequestReview, 0, Decline(world).Sequence) with { Id = world.NextId() };
        Assert.Equal(OutcomeKind.Referred, world.Do(command).Kind);
        Assert.Equal(OutcomeKind.Posted, world.Reverse(command.Id).Kind);
        Assert.DoesNotContain(world.View().OpenItems, one => one.Kind == OpenItemKind.Referral);
        world.AssertReplaysTheSame();
    }

    [Fact]
    public void Referrals_Listed_ByPages_OfTheirLegalEntityOnly()
    {
        using var world = RiskWorld.WithCard();
        var declines = Enumerable.Range(0, 5).Select(_ => Decline(world).Sequence).ToArray();
        var reviews = declines.Select(one => world.Do(CommandKind.RequestReview, 0, one).Sequence).ToArray();
        var reader = new StateReader(world.Partition.State, world.Partition.Executor);
        var first = reader.Referrals(World.Scope, 0, 2);
        Assert.Equal(2, first.Referrals.Count);
        var rest = reader.Referrals(World.Scope, first.NextCursor, 1_000);
        Assert.Equal(0, rest.NextCursor);
        Assert.Equal(reviews.Order(), first.Referrals.Concat(rest.Referrals).Select(one => one.Reference).Order());
        Assert.All(rest.Referrals, one => Assert.Equal((CommandKind.Authorize, 100_00L), (one.Request, one.Amount)));
        Assert.Empty(reader.Referrals(new NodeKey(0, 1, 2, NodeKind.None), 0, 1_000).Referrals);
    }

    private static Outcome Decline(World world)
    {
        if (world.Balances().Held == 0) Assert.Equal(OutcomeKind.Approved, world.Ask(8_000_00, "bureauScore=700").Kind);
        var declined = world.Ask(100_00, "bureauScore=500");
        Assert.Equal((OutcomeKind.Declined, Reason.DeclinedByScore), (declined.Kind, declined.Reason));
        return declined;
    }

    private static (OutcomeKind, long) Pair(in Outcome outcome) => (outcome.Kind, outcome.Amount);
}
