using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Engine.Tests.Rules;

/// <summary>How a request is decided (docs/rules.md, "A request"): the order of checks, limits, approval in part, referral.</summary>
public sealed class RequestTests : RulesTest
{
    /// <summary>
    /// Every fault stands at once; each row mends the one before. Given is always the first in order. The line is in euro, the portfolio
    /// above it counts dollars.
    /// </summary>
    [Fact]
    public void Faults_Together_GiveTheFirstAndThenTheNext()
    {
        var portfolio = World.OpenAs(NodeKind.Portfolio, 1, 500, World.Usd, default);
        var borrower = World.Open(NodeKind.Borrower, 1, 500, portfolio);
        var command = World.Of(CommandKind.IncreaseHold, 400, 99_999) with { Currency = World.Usd };
        AssertDeclined(Reason.UnknownFacility, World.Do(command));

        World.OpenLine(1, 1_000, borrower);
        World.Set(Rate(1_000_000_000, World.Now + 60 * World.Second));
        var hold = World.Hold(200);
        World.Set(new Freeze(F(1)));
        World.Set(new Freeze(borrower));
        World.Set(new SetLimit(F(1), 300));
        World.Set(new SetVelocityLimit(F(1), 60, 0, -1));
        World.Set(new SetReviewThreshold(F(1), 0));
        World.Pass(61 * World.Second); // the rate is stale
        AssertDeclined(Reason.CurrencyMismatch, World.Do(command with { Id = default }));
        command.Currency = World.Eur;
        AssertDeclined(Reason.FacilityFrozen, World.Do(command with { Id = default }));
        World.Set(new Unfreeze(F(1)));
        var frozen = World.Do(command with { Id = default });
        AssertDeclined(Reason.NodeFrozen, frozen);
        Assert.Equal(["Borrower/1:Blocked:0:0"], Names(frozen));
        World.Set(new Unfreeze(borrower));
        AssertDeclined(Reason.ReferenceNotOpen, World.Do(command with { Id = default }));
        command.Reference = hold.Sequence;
        var stale = World.Do(command with { Id = default });
        AssertDeclined(Reason.FxRateStale, stale);
        Assert.Equal(["Portfolio/1:Blocked:0:0"], Names(stale));
        World.Set(Rate(1_000_000_000, World.Now + World.Day));
        AssertDeclined(Reason.AmountOverflow, World.Do(command with { Id = default, Amount = Command.AmountMax }));
        var above = World.Do(command with { Id = default });
        AssertDeclined(Reason.LimitExceeded, above);
        Assert.Equal(
            ["Facility/1:Node:300:100", "Facility/1:VelocityAmount:0:0", "Borrower/1:Node:500:300", "Portfolio/1:Node:500:300"], Names(above));
        World.Set(new SetLimit(F(1), 1_000));
        World.Set(new SetLimit(borrower, 1_000));
        World.Set(new SetLimit(portfolio, 1_000));
        AssertDeclined(Reason.VelocityExceeded, World.Do(command with { Id = default }));
        World.Set(new SetVelocityLimit(F(1), 60, -1, -1));
        AssertDeclined(Reason.ReviewNeeded, World.Do(command with { Id = default }));
        World.Set(new SetReviewThreshold(F(1), -1));
        AssertApproved(400, World.Do(command with { Id = default }));
    }

    [Theory]
    [InlineData(CommandKind.Authorize)]
    [InlineData(CommandKind.Drawdown)]
    public void Request_ExactlyAtEveryLimit_IsApprovedAndOneMoreDeclined(CommandKind kind)
    {
        World.Open(NodeKind.Portfolio, 1, 1_000);
        World.Open(NodeKind.Borrower, 1, 1_000, Node(NodeKind.Portfolio));
        World.OpenLine(1, 1_000, Node(NodeKind.Borrower));
        var above = World.Do(kind, 1_001);
        AssertDeclined(Reason.LimitExceeded, above);
        Assert.Equal(["Facility/1:Node:1000:1000", "Borrower/1:Node:1000:1000", "Portfolio/1:Node:1000:1000"], Names(above));
        AssertApproved(1_000, World.Do(kind, 1_000));
        AssertDeclined(Reason.LimitExceeded, World.Do(kind, 1));
    }

    [Fact]
    public void Path_OfFailingLimits_IsSortedByKindEntityAndId()
    {
        NodeKey[] nodes =
        [
            new(9, 1, 1, NodeKind.Portfolio), new(2, 1, 1, NodeKind.Product), new(1, 1, 2, NodeKind.Product), new(3, 1, 1, NodeKind.Product),
            new(1, 1, 1, NodeKind.Funder), new(1, 1, 1, NodeKind.Borrower),
        ];
        foreach (var key in nodes) World.Set(new OpenNode(key, World.Eur, 0, default, []));
        World.OpenLine(1, 0, nodes);
        Assert.Equal(
            ["Facility/1/1/1", "Borrower/1/1/1", "Product/1/1/2", "Product/1/1/3", "Product/1/2/1", "Funder/1/1/1", "Portfolio/1/1/9"],
            World.Authorize(1).Limits!.Select(l => l.Node.ToString()));
    }

    [Fact]
    public void Hold_Placed_HasTheStandardLifeRoundedUpToASecond()
    {
        World.WithOneLine();
        Assert.Equal(World.Now + 7 * World.Day, World.Hold(1).ExpiresAtMicros);
        World.Now += 1;
        Assert.Equal(World.Now - 1 + 7 * World.Day + World.Second, World.Hold(1).ExpiresAtMicros);
        Assert.Equal(World.Now - 1 + 61 * World.Second, World.Do(World.Of(CommandKind.Authorize, 1) with { LifetimeSeconds = 60 }).ExpiresAtMicros);
    }

    [Theory]
    [InlineData(0, 60)] // none given: the end stays
    [InlineData(30, 60)] // never earlier
    [InlineData(90, 90)]
    public void Increase_WithALifetime_MovesTheEndLaterOnly(int lifetimeSeconds, int endsAfterSeconds)
    {
        World.WithOneLine();
        var hold = World.Do(World.Of(CommandKind.Authorize, 100) with { LifetimeSeconds = 60 });
        var end = World.Now + endsAfterSeconds * World.Second;
        var increased = World.Do(World.Of(CommandKind.IncreaseHold, 50, hold.Sequence) with { LifetimeSeconds = lifetimeSeconds });
        Assert.Equal(end, increased.ExpiresAtMicros);
        Assert.Equal((end, 150, 150), (World.View().OpenItems[0].ExpiresAtMicros, World.View().OpenItems[0].Amount, World.View().OpenItems[0].Remaining));
        World.Pass(end - World.Now - 1);
        World.Idle();
        Assert.Equal(150, World.Balances().Held);
        World.Pass(1);
        World.Idle();
        Assert.Equal(0, World.Balances().Held);
    }

    [Fact]
    public void Increase_OfAHoldOfAnotherFacility_IsNotOpen()
    {
        World.WithOneLine();
        World.OpenLine(2, 1_000, Node(NodeKind.Borrower));
        var hold = World.Hold(100, facility: 2);
        AssertDeclined(Reason.ReferenceNotOpen, World.Do(CommandKind.IncreaseHold, 50, hold.Sequence));
        AssertDeclined(Reason.ReferenceNotOpen, World.Do(CommandKind.Void, 0, hold.Sequence));
        // A capture of another facility's hold is a capture without hold.
        AssertPosted(60, World.Do(CommandKind.Capture, 60, hold.Sequence));
        Assert.Equal((Balances(principal: 60), Balances(held: 100)), (World.Balances(), World.Balances(2)));
    }

    [Theory]
    [InlineData(false, 1_000, "LimitExceeded")]
    [InlineData(true, 1_060, "")]
    public void Credit_OfAFacility_AddsHeadroomOnlyWhereAgreed(bool addsHeadroom, long asked, string declined)
    {
        World.Open(NodeKind.Borrower, 1, 10_000);
        World.Set(new OpenFacility(F(1), World.Eur, 1_000, default, addsHeadroom, 0, [new ParentShare(Node(NodeKind.Borrower))]));
        World.Do(CommandKind.Refund, 60);
        Assert.Equal(addsHeadroom ? 1_060 : 1_000, World.View().Node.Headroom);
        AssertDeclined(Reason.LimitExceeded, World.Authorize((addsHeadroom ? 1_060 : 1_000) + 1));
        if (declined == "") AssertApproved(asked, World.Authorize(asked));
        else AssertApproved(asked, World.Authorize(asked));
        Assert.Equal(asked, World.Exposure(NodeKind.Borrower)); // never offsets above
    }

    [Theory]
    [InlineData(1_500, 1_000, 1_000)] // the facility's limit
    [InlineData(1_500, 1, 1_000)]
    [InlineData(1_500, 1_001, 0)]
    [InlineData(1_000, 1, 1_000)] // whole when it fits
    [InlineData(1_001, 1_001, 0)]
    public void Part_OfARequest_IsTheLargestThatFitsAndAtLeastTheLeast(long asked, long least, long approved)
    {
        World.WithOneLine();
        var outcome = World.Do(World.Of(CommandKind.Authorize, asked) with { AmountMin = least });
        if (approved == 0)
        {
            AssertDeclined(Reason.LimitExceeded, outcome);
            Assert.Equal(["Facility/1:Node:1000:1000"], Names(outcome));
            return;
        }
        Assert.Equal((approved == asked ? OutcomeKind.Approved : OutcomeKind.ApprovedInPart, approved), (outcome.Kind, outcome.Amount));
        Assert.Equal(approved, World.Balances().Held);
    }

    [Fact]
    public void Part_UnderShareRateAndVelocity_IsTheLargestOfAll()
    {
        var funder = World.OpenAs(NodeKind.Funder, 1, 300, World.Usd, default);
        World.Set(Rate(1_100_000_000, World.Now + World.Day));
        World.Set(new OpenFacility(F(1), World.Eur, 10_000, default, false, 0, [new ParentShare(funder, 800_000)]));
        // ⌈x × 0.8 × 1.1⌉ ≤ 300: x ≤ 340.9
        var outcome = World.Do(World.Of(CommandKind.Drawdown, 1_000) with { AmountMin = 1 });
        Assert.Equal((OutcomeKind.ApprovedInPart, 340), (outcome.Kind, outcome.Amount));
        Assert.Equal(300, World.Exposure(NodeKind.Funder));
        Assert.Equal(Balances(principal: 340), World.Balances());
    }

    [Fact]
    public void Part_WhereStatusRateOrReferenceFails_IsNotTried()
    {
        World.WithOneLine();
        World.Set(new Freeze(Node(NodeKind.Portfolio)));
        AssertDeclined(Reason.NodeFrozen, World.Do(World.Of(CommandKind.Authorize, 1_500) with { AmountMin = 1 }));
    }

    [Fact]
    public void Part_AboveTheReviewThreshold_IsReferredForThePart()
    {
        World.WithOneLine();
        World.Set(new SetReviewThreshold(F(1), 500));
        var outcome = World.Do(World.Of(CommandKind.Authorize, 1_500) with { AmountMin = 1 });
        Assert.Equal((OutcomeKind.Referred, 1_000), (outcome.Kind, outcome.Amount));
        Assert.Equal(["Facility/1:Review:500:-500"], Names(outcome));
        Assert.Equal(1_000, World.Do(World.Accept(outcome.Sequence)).Amount);
    }

    [Fact]
    public void Batch_OfRequests_SeesEachOthersEffectsInOrder()
    {
        World.WithOneLine();
        var outcomes = World.DoAll([.. Enumerable.Range(0, 4).Select(_ => World.Of(CommandKind.Authorize, 300))]);
        Assert.Equal([OutcomeKind.Approved, OutcomeKind.Approved, OutcomeKind.Approved, OutcomeKind.Declined], outcomes.Select(o => o.Kind));
        Assert.Single(outcomes.Select(o => o.RecordedAtMicros).Distinct());
        Assert.Equal([700, 400, 100, 100], outcomes.Select(o => o.Headroom));
    }

    [Fact]
    public void OpenItems_AtAThousand_DeclineOneMoreUntilOneEnds()
    {
        World.WithOneLine();
        World.Set(new SetLimit(F(1), 2_000));
        var holds = World.DoAll([.. Enumerable.Range(0, 999).Select(_ => World.Of(CommandKind.Authorize, 1))]);
        Assert.All(holds, hold => Assert.Equal(OutcomeKind.Approved, hold.Kind));
        AssertPosted(1, World.Do(With(World.Of(CommandKind.Repay, 1), "uncleared")));
        AssertDeclined(Reason.TooManyOpenItems, World.Authorize(1));
        AssertDeclined(Reason.CurrencyMismatch, World.Do(World.Of(CommandKind.Authorize, 1) with { Currency = World.Usd }));
        AssertApproved(1, World.Do(CommandKind.IncreaseHold, 1, holds[0].Sequence)); // makes no item
        AssertApproved(1, World.Do(CommandKind.Drawdown, 1)); // neither
        World.Set(new Freeze(F(1)));
        AssertDeclined(Reason.FacilityFrozen, World.Authorize(1));
        World.Set(new Unfreeze(F(1)));
        World.Do(CommandKind.Void, 0, holds[5].Sequence);
        AssertApproved(1, World.Authorize(1));
        AssertDeclined(Reason.TooManyOpenItems, World.Authorize(1));
    }

    private static SetFxRate Rate(long nano, long validUntil) => new(World.Scope, World.Eur, World.Usd, nano, validUntil);
}

/// <summary>Requests above a review threshold wait for a person.</summary>
public sealed class ReferralTests : RulesTest
{
    private Outcome Refer(long amount = 600, CommandKind kind = CommandKind.Authorize, int lifetimeSeconds = 0)
    {
        World.WithOneLine();
        World.Set(new SetReviewThreshold(Node(NodeKind.Borrower), 500));
        return World.Do(World.Of(kind, amount) with { LifetimeSeconds = lifetimeSeconds, Channel = Channel.Cash, MerchantCategory = 6011 });
    }

    [Fact]
    public void Referral_OfARequest_HoldsNothingAndWaits()
    {
        var referred = Refer();
        Assert.Equal((OutcomeKind.Referred, Reason.None, 600), (referred.Kind, referred.Reason, referred.Amount));
        Assert.Equal(["Borrower/1:Review:500:-100"], Names(referred));
        Assert.Equal((default, 1_000), (World.Balances(), World.View().Node.Headroom));
        var item = World.View().OpenItems.Single();
        Assert.Equal((OpenItemKind.Referral, 600, World.Now + 7 * World.Day), (item.Kind, item.Remaining, item.ExpiresAtMicros));
    }

    [Theory]
    [InlineData(500, OutcomeKind.Approved)]
    [InlineData(501, OutcomeKind.Referred)]
    public void Threshold_AtItsEdge_ReferredOnlyAbove(long amount, OutcomeKind kind) => Assert.Equal(kind, Refer(amount).Kind);

    [Theory]
    [InlineData(CommandKind.Authorize, 0, 600)]
    [InlineData(CommandKind.Drawdown, 600, 0)]
    public void Accepted_WithRoom_IsAsTheReferredRequestWouldHaveBeen(CommandKind kind, long principal, long held)
    {
        var referred = Refer(kind: kind);
        var accepted = World.Do(World.Accept(referred.Sequence));
        AssertApproved(600, accepted);
        Assert.Equal(Balances(principal: principal, held: held), World.Balances());
        if (held > 0)
        {
            var item = World.View().OpenItems.Single();
            Assert.Equal(
                (accepted.Sequence, OpenItemKind.Hold, Channel.Cash, 6011, World.Now + 7 * World.Day),
                (item.Reference, item.Kind, item.Channel, item.MerchantCategory, item.ExpiresAtMicros));
            AssertPosted(600, World.Do(CommandKind.Capture, 600, accepted.Sequence));
        }
        Assert.Empty(World.View().OpenItems);
        AssertDeclined(Reason.ReferenceNotOpen, World.Do(World.Accept(referred.Sequence)));
    }

    [Fact]
    public void TurnedDown_IsDeclinedAndEnds()
    {
        var referred = Refer();
        AssertDeclined(Reason.ReferralTurnedDown, World.Do(World.Accept(referred.Sequence, accept: false)));
        Assert.Empty(World.View().OpenItems);
        AssertDeclined(Reason.ReferenceNotOpen, World.Do(World.Accept(referred.Sequence)));
    }

    [Fact]
    public void Accepted_WithoutRoomByThen_IsDeclinedWithTheLimitsAndEnds()
    {
        var referred = Refer();
        World.Do(CommandKind.ClearWithoutHold, 500);
        var accepted = World.Do(World.Accept(referred.Sequence));
        AssertDeclined(Reason.LimitExceeded, accepted);
        Assert.Equal(["Facility/1:Node:1000:500"], Names(accepted));
        Assert.Empty(World.View().OpenItems);
    }

    [Theory]
    [InlineData("freeze", Reason.FacilityFrozen)]
    [InlineData("close", Reason.FacilityClosed)]
    [InlineData("freeze node", Reason.NodeFrozen)]
    [InlineData("velocity", Reason.VelocityExceeded)]
    [InlineData("cash limit", Reason.SubLimitExceeded)]
    public void Accepted_AfterAChange_GoesThroughEveryCheckAgain(string change, Reason reason)
    {
        var referred = Refer();
        World.Set(change switch
        {
            "freeze" => new Freeze(F(1)),
            "close" => new Close(F(1)),
            "freeze node" => new Freeze(Node(NodeKind.Portfolio)),
            "velocity" => new SetVelocityLimit(F(1), 60, 599, -1),
            _ => new SetSubLimit(F(1), Channel.Cash, 0, 9_999, 599),
        });
        AssertDeclined(reason, World.Do(World.Accept(referred.Sequence)));
        Assert.Empty(World.View().OpenItems);
    }

    [Fact]
    public void Accepted_WithABadReferenceOnAFrozenFacility_NamesTheStatusFirst()
    {
        World.WithOneLine();
        World.Set(new Freeze(F(1)));
        AssertDeclined(Reason.FacilityFrozen, World.Do(World.Accept(12_345)));
    }

    [Theory]
    [InlineData(0, 7 * 86_400)]
    [InlineData(60, 60)]
    public void Referral_AtItsEnd_Lapses(int lifetimeSeconds, int endsAfterSeconds)
    {
        var referred = Refer(lifetimeSeconds: lifetimeSeconds);
        World.Pass(endsAfterSeconds * World.Second - 1);
        World.Idle();
        Assert.Single(World.View().OpenItems);
        World.Pass(1);
        AssertDeclined(Reason.ReferenceNotOpen, World.Do(World.Accept(referred.Sequence)));
        Assert.Equal([CommandKind.ExpireReferral, CommandKind.ResolveReferral], World.EventsAfter(World.LastSequence - 2).Select(e => e.Kind));
    }

    [Fact]
    public void Referral_OfAnIncrease_IsDeclinedReviewNeeded()
    {
        World.WithOneLine();
        var hold = World.Hold(100);
        World.Set(new SetReviewThreshold(F(1), 50));
        AssertApproved(50, World.Do(CommandKind.IncreaseHold, 50, hold.Sequence)); // its own amount counts
        var outcome = World.Do(CommandKind.IncreaseHold, 51, hold.Sequence);
        AssertDeclined(Reason.ReviewNeeded, outcome);
        Assert.Equal(["Facility/1:Review:50:-1"], Names(outcome));
        Assert.Equal(150, World.View().OpenItems.Single().Remaining);
    }

    [Fact]
    public void Threshold_OfANodeInAnotherCurrency_IsComparedConvertedWeightedAndRoundedUp()
    {
        var funder = World.OpenAs(NodeKind.Funder, 1, 100_000, World.Usd, default);
        World.Set(new SetFxRate(World.Scope, World.Eur, World.Usd, 1_100_000_000, World.Now + World.Day));
        World.Set(new OpenFacility(F(1), World.Eur, 10_000, default, false, 0, [new ParentShare(funder, 500_000)]));
        World.Set(new SetReviewThreshold(funder, 55));
        AssertApproved(100, World.Authorize(100)); // 55
        var referred = World.Authorize(101); // 55.55
        Assert.Equal(["Funder/1:Review:55:-1"], Names(referred));
    }

    [Fact]
    public void Referral_AtAThousandOpenItems_IsDeclined()
    {
        World.WithOneLine();
        World.DoAll([.. Enumerable.Range(0, 1_000).Select(_ => World.Of(CommandKind.Authorize, 1))]);
        World.Set(new SetLimit(F(1), 2_000));
        World.Set(new SetReviewThreshold(F(1), 5));
        AssertDeclined(Reason.TooManyOpenItems, World.Do(CommandKind.Drawdown, 6));
    }
}
