using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Tests.Rules;

/// <summary>Limits on what is approved, and what clears unasked, in a sliding window of writer time.</summary>
public sealed class VelocityTests : RulesTest
{
    private (long Amount, long Count) Used(NodeKey? node = null)
    {
        var limit = World.View(node ?? F(1)).VelocityLimits.Single();
        return (limit.AmountUsed, limit.CountUsed);
    }

    private void OpenWith(long amountMax, int countMax, int windowSeconds = 160)
    {
        World.WithOneLine();
        World.Set(new SetVelocityLimit(F(1), windowSeconds, amountMax, countMax));
    }

    /// <summary>A line with an open hold of 100 under a fresh window: the act, then amount and count in the window.</summary>
    [Theory]
    [InlineData("Authorize 50", 50, 1)]
    [InlineData("Drawdown 50", 50, 1)]
    [InlineData("IncreaseHold 50", 50, 0)]
    [InlineData("Capture 60", 0, 0)] // covered: counted when it was approved
    [InlineData("Capture 130", 30, 0)] // above the hold: amount
    [InlineData("Void|Capture 60", 60, 1)] // without a hold: both
    [InlineData("ClearWithoutHold 50", 50, 1)]
    [InlineData("Authorize 5000", 0, 0)] // declined
    [InlineData("PostFee 50", 0, 0)]
    [InlineData("PostInterest 50", 0, 0)]
    [InlineData("Authorize 50|Reverse", 50, 1)] // nothing is ever taken out
    [InlineData("Void", 0, 0)]
    [InlineData("Drawdown 50|Repay 50", 50, 1)]
    public void Window_AfterActs_CountsWhatTheRuleSays(string acts, long amount, long count)
    {
        World.WithOneLine();
        var hold = World.Hold(100);
        World.Set(new SetVelocityLimit(F(1), 160, 10_000, 100)); // the counter starts here
        World.Set(new SetVelocityLimit(Node(NodeKind.Portfolio), 160, 10_000, 100));
        var last = default(Command);
        foreach (var act in acts.Split('|').Select(a => a.Split(' ')))
        {
            var kind = Enum.Parse<CommandKind>(act[0]);
            if (kind == CommandKind.Reverse)
            {
                World.Reverse(last.Id);
                continue;
            }
            var takesHold = kind is CommandKind.IncreaseHold or CommandKind.Capture or CommandKind.Void;
            last = World.Of(kind, act.Length > 1 ? long.Parse(act[1]) : 0, takesHold ? hold.Sequence : 0);
            World.Do(last);
        }
        Assert.Equal((amount, count), Used());
        Assert.Equal((amount, count), Used(Node(NodeKind.Portfolio)));
    }

    [Fact]
    public void Amount_AtItsBound_IsApprovedAndOneMoreDeclined()
    {
        OpenWith(300, -1);
        AssertApproved(200, World.Authorize(200));
        var above = World.Authorize(101);
        AssertDeclined(Reason.VelocityExceeded, above);
        Assert.Equal(new FailingLimit(F(1), LimitKind.VelocityAmount, 300, 100, 160), Assert.Single(above.Limits!));
        AssertApproved(100, World.Authorize(100));
    }

    [Fact]
    public void Count_AtItsBound_DeclinesOneMoreButNotAnIncrease()
    {
        OpenWith(-1, 2);
        var hold = World.Hold(1);
        World.Hold(1);
        var above = World.Authorize(1);
        AssertDeclined(Reason.VelocityExceeded, above);
        Assert.Equal(new FailingLimit(F(1), LimitKind.VelocityCount, 2, 0, 160), Assert.Single(above.Limits!));
        AssertApproved(1, World.Do(CommandKind.IncreaseHold, 1, hold.Sequence));
    }

    /// <summary>A window of 160 s has buckets of 10 s; the clock starts at a whole bucket.</summary>
    [Theory]
    [InlineData(0, 169, false)]
    [InlineData(0, 170, true)]
    [InlineData(9, 160, false)] // 169 s after the start
    [InlineData(9, 161, true)]
    public void Window_MovesOn_AndLetsGoOfWholeBuckets(int usedAfterSeconds, int passedSeconds, bool free)
    {
        OpenWith(100, -1);
        World.Pass(usedAfterSeconds * World.Second);
        World.Hold(100);
        World.Pass(passedSeconds * World.Second);
        Assert.Equal(free ? OutcomeKind.Approved : OutcomeKind.Declined, World.Authorize(1).Kind);
    }

    [Fact]
    public void SameWindow_SetAgain_KeepsItsCounts()
    {
        OpenWith(300, -1);
        World.Hold(200);
        World.Set(new SetVelocityLimit(F(1), 160, 150, 5));
        Assert.Equal((200, 1), Used());
        var above = World.Authorize(1);
        Assert.Equal(["Facility/1:VelocityAmount:150:-50"], Names(above));
        World.Set(new SetVelocityLimit(F(1), 160, -1, -1)); // removed
        Assert.Empty(World.View().Node.VelocityLimits);
        AssertDeclined(Reason.NoChange, World.Do(new SetVelocityLimit(F(1), 160, -1, -1)));
        World.Set(new SetVelocityLimit(F(1), 160, 150, 5));
        Assert.Equal((0, 0), Used());
    }

    [Fact]
    public void VelocityLimits_OfANode_AreAtMostFour()
    {
        World.WithOneLine();
        for (var i = 1; i <= 4; i++) World.Set(new SetVelocityLimit(F(1), i, 1_000, -1));
        AssertDeclined(Reason.TooManyRules, World.Do(new SetVelocityLimit(F(1), 5, 1_000, -1)));
        World.Set(new SetVelocityLimit(F(1), 2, 500, -1));
        World.Set(new SetVelocityLimit(F(1), 2, -1, -1));
        World.Set(new SetVelocityLimit(F(1), 5, 500, -1));
    }

    [Fact]
    public void Node_WithShareAndRate_CountsConvertedRoundedUp()
    {
        var funder = World.OpenAs(NodeKind.Funder, 1, 100_000, World.Usd, default);
        World.Set(new SetFxRate(World.Scope, World.Eur, World.Usd, 1_100_000_000, World.Now + World.Day));
        World.Set(new OpenFacility(F(1), World.Eur, 10_000, default, false, 0, [new ParentShare(funder, 500_000)]));
        World.Set(new SetVelocityLimit(funder, 160, 100, -1));
        World.Hold(101); // 55.55
        Assert.Equal((56, 1), Used(funder));
        AssertApproved(80, World.Authorize(80)); // 44
        AssertDeclined(Reason.VelocityExceeded, World.Authorize(1));
    }

    [Fact]
    public void Fact_WhoseRateWasNeverSet_ShutsTheWindowUntilItsBucketLeaves()
    {
        World.OpenAs(NodeKind.Funder, 1, 100_000, World.Usd, default);
        World.OpenLine(1, 1_000, Node(NodeKind.Funder));
        World.Set(new SetVelocityLimit(Node(NodeKind.Funder), 160, 90_000, -1));
        World.Do(CommandKind.ClearWithoutHold, 10);
        World.Set(new SetFxRate(World.Scope, World.Eur, World.Usd, 1_000_000_000, World.Now + World.Day));
        var shut = World.Authorize(1);
        AssertDeclined(Reason.VelocityExceeded, shut);
        Assert.Equal(["Funder/1:VelocityAmount:90000:0"], Names(shut));
        World.Pass(169 * World.Second);
        AssertDeclined(Reason.VelocityExceeded, World.Authorize(1));
        World.Pass(World.Second);
        AssertApproved(1, World.Authorize(1));
    }

    [Fact]
    public void Fact_AtAStaleRate_CountsStill()
    {
        World.OpenAs(NodeKind.Funder, 1, 100_000, World.Usd, default);
        World.OpenLine(1, 1_000, Node(NodeKind.Funder));
        World.Set(new SetVelocityLimit(Node(NodeKind.Funder), 160, 90_000, -1));
        World.Set(new SetFxRate(World.Scope, World.Eur, World.Usd, 2_000_000_000, World.Now));
        World.Pass(World.Second);
        World.Do(CommandKind.ClearWithoutHold, 10);
        Assert.Equal((20, 1), Used(Node(NodeKind.Funder)));
    }

    [Fact]
    public void Accepted_Referral_CountsWhenApproved()
    {
        OpenWith(10_000, 10);
        World.Set(new SetReviewThreshold(F(1), 10));
        var referred = World.Authorize(50);
        Assert.Equal((0, 0), Used());
        World.Do(World.Accept(referred.Sequence));
        Assert.Equal((50, 1), Used());
    }
}

/// <summary>Exposure in several currencies, and what a missing or stale rate does.</summary>
public sealed class CurrencyTests : RulesTest
{
    private const long One = 1_000_000_000;

    private SetFxRate Rate(long nano, long validUntil, Domain.Money.Currency? from = null) => new(World.Scope, from ?? World.Eur, World.Usd, nano, validUntil);

    private void OpenDollarPortfolio(long limit = 10_000)
    {
        World.OpenAs(NodeKind.Portfolio, 1, limit, World.Usd, default);
        World.OpenLine(1, 100_000, Node(NodeKind.Portfolio));
        World.OpenLineAs(2, 100_000, World.Jpy, default, Node(NodeKind.Portfolio));
    }

    [Fact]
    public void Rate_NeverSet_DeclinesRequestsAndNotFacts()
    {
        OpenDollarPortfolio();
        var missing = World.Authorize(1);
        AssertDeclined(Reason.FxRateMissing, missing);
        Assert.Equal(["Portfolio/1:Blocked:0:0"], Names(missing));
        AssertPosted(1, World.Do(CommandKind.ClearWithoutHold, 1));
        Assert.Null(World.View(Node(NodeKind.Portfolio)).Exposure);
    }

    [Theory]
    [InlineData(0, true)] // valid until and including its time
    [InlineData(1, false)]
    public void Rate_AtTheEdgeOfItsValidity_IsStaleOnlyAfter(long microsAfter, bool valid)
    {
        OpenDollarPortfolio();
        World.Set(Rate(One, World.Now + World.Second));
        World.Now += World.Second + microsAfter;
        var outcome = World.Authorize(1);
        if (valid) AssertApproved(1, outcome);
        else AssertDeclined(Reason.FxRateStale, outcome);
    }

    [Fact]
    public void Rate_OfAnotherCurrencyWithExposureThere_IsNeededToo()
    {
        OpenDollarPortfolio();
        World.Set(Rate(One, World.Now + World.Day));
        World.Do(World.Of(CommandKind.ClearWithoutHold, 10, 0, facility: 2) with { Currency = World.Jpy });
        AssertDeclined(Reason.FxRateMissing, World.Authorize(1));
        World.Do(World.Of(CommandKind.Repay, 10, 0, facility: 2) with { Currency = World.Jpy });
        AssertApproved(1, World.Authorize(1)); // no exposure, no need
        World.Do(World.Of(CommandKind.ClearWithoutHold, 10, 0, facility: 2) with { Currency = World.Jpy });
        World.Set(Rate(One, World.Now, World.Jpy));
        World.Now += 1;
        AssertDeclined(Reason.FxRateStale, World.Authorize(1));
    }

    [Fact]
    public void MissingRate_OnOneNodeAndStaleOnAnother_IsGivenAsMissing()
    {
        World.OpenAs(NodeKind.Product, 1, 10_000, World.Usd, default);
        World.OpenAs(NodeKind.Portfolio, 1, 10_000, World.Jpy, default);
        World.OpenLine(1, 1_000, Node(NodeKind.Product), Node(NodeKind.Portfolio));
        World.Set(Rate(One, World.Now));
        World.Now += 1;
        var outcome = World.Authorize(1);
        AssertDeclined(Reason.FxRateMissing, outcome);
        Assert.Equal(["Portfolio/1:Blocked:0:0"], Names(outcome));
    }

    [Fact]
    public void Rate_OfTheOtherDirectionOrAnotherEntity_DoesNotCount()
    {
        OpenDollarPortfolio();
        World.Set(new SetFxRate(World.Scope, World.Usd, World.Eur, One, World.Now + World.Day));
        World.Set(new SetFxRate(new NodeKey(0, 1, 2, NodeKind.None), World.Eur, World.Usd, One, World.Now + World.Day));
        World.Set(new SetFxRate(new NodeKey(0, 2, 1, NodeKind.None), World.Eur, World.Usd, One, World.Now + World.Day));
        AssertDeclined(Reason.FxRateMissing, World.Authorize(1));
    }

    [Fact]
    public void Rate_OfTheNodesEntity_CountsForAFacilityOfAnother()
    {
        World.OpenAs(NodeKind.Portfolio, 1, 10_000, World.Usd, default);
        var line = NodeKey.Facility(1, 2, 1);
        World.Set(new OpenFacility(line, World.Eur, 1_000, default, false, 0, [new ParentShare(Node(NodeKind.Portfolio))]));
        World.Set(Rate(2 * One, World.Now + World.Day));
        AssertApproved(100, World.Do(World.Of(CommandKind.Authorize, 100) with { Facility = line }));
        Assert.Equal(200, World.Exposure(NodeKind.Portfolio));
    }

    [Fact]
    public void Exposure_InSeveralCurrencies_RoundsUpEachCurrencysSumOnce()
    {
        OpenDollarPortfolio();
        World.OpenLine(3, 1_000, Node(NodeKind.Portfolio));
        World.Set(Rate(1_500_000_000, World.Now + World.Day));
        World.Set(Rate(6_700_000, World.Now + World.Day, World.Jpy));
        World.Hold(1);
        World.Hold(1, facility: 3); // 2 × 1.5 = 3, not 2 + 2
        Assert.Equal(3, World.Exposure(NodeKind.Portfolio));
        World.Do(World.Of(CommandKind.Authorize, 1, 0, facility: 2) with { Currency = World.Jpy }); // 0.67 up
        Assert.Equal(4, World.Exposure(NodeKind.Portfolio));
    }

    [Fact]
    public void Rate_SetAnew_RevaluesExposureAndIsAllowedAboveTheLimit()
    {
        OpenDollarPortfolio(limit: 200);
        World.Set(Rate(One, World.Now + World.Day));
        World.Hold(150);
        World.Set(Rate(2 * One, World.Now + World.Day));
        Assert.Equal((300, -100), (World.Exposure(NodeKind.Portfolio), World.View(Node(NodeKind.Portfolio)).Headroom!.Value));
        AssertDeclined(Reason.LimitExceeded, World.Authorize(1));
    }

    [Fact]
    public void Exposure_BeyondAnyLimitAtAHugeRate_Declines()
    {
        OpenDollarPortfolio(limit: Command.AmountMax);
        World.Set(Rate(1_000_000_000_000_000_000, World.Now + World.Day));
        World.Do(CommandKind.ClearWithoutHold, Command.AmountMax);
        Assert.Equal(long.MaxValue, World.Exposure(NodeKind.Portfolio));
        AssertDeclined(Reason.LimitExceeded, World.Authorize(1));
    }
}
