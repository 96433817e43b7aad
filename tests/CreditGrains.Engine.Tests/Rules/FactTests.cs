using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Engine.Tests.Rules;

/// <summary>What facts do to balances, when they are declined, and the excess they list (docs/rules.md, "A fact").</summary>
public sealed class FactTests : RulesTest
{
    /// <summary>Facts in a row on a line of 1,000, as "Kind amount", and the balances after.</summary>
    public static TheoryData<string, FacilityBalances> Effects => new()
    {
        { "ClearWithoutHold 300", Balances(principal: 300) },
        { "ClearWithoutHold 3000", Balances(principal: 3_000) }, // whatever the limits say
        { "Drawdown 300", Balances(principal: 300) },
        { "Authorize 300", Balances(held: 300) },
        { "PostInterest 30", Balances(interest: 30) },
        { "PostFee 30", Balances(fees: 30) },
        { "Refund 30", Balances(credit: 30) },
        { "ClearWithoutHold 20, Refund 30", Balances(credit: 10) },
        { "ClearWithoutHold 20, Chargeback 30", Balances(credit: 10) },
        { "ClearWithoutHold 50, Chargeback 30", Balances(principal: 20) },
        { "Refund 30, ClearWithoutHold 20", Balances(credit: 10) },
        { "Refund 30, Drawdown 50", Balances(principal: 20) },
        { "Refund 30, PostInterest 50", Balances(interest: 20) },
        { "Refund 30, PostFee 50", Balances(fees: 20) },
        { "ClearWithoutHold 100, PostInterest 20, PostFee 10, Repay 5", Balances(principal: 100, interest: 20, fees: 5) },
        { "ClearWithoutHold 100, PostInterest 20, PostFee 10, Repay 25", Balances(principal: 100, interest: 5) },
        { "ClearWithoutHold 100, PostInterest 20, PostFee 10, Repay 70", Balances(principal: 60, released: 40) },
        { "ClearWithoutHold 100, PostInterest 20, PostFee 10, Repay 150", Balances(credit: 20, released: 100) },
        { "ClearWithoutHold 100, PostInterest 20, PostFee 10, WriteOff 70", Balances(principal: 60, released: 40, writtenOff: 70) },
        { "ClearWithoutHold 100, WriteOff 100, Recover 30", Balances(released: 100, writtenOff: 70) },
        { "ClearWithoutHold 100, WriteOff 100, Recover 130", Balances(credit: 30, released: 100) },
        { "Adjust 40", Balances(principal: 40) },
        { "ClearWithoutHold 100, Adjust -40", Balances(principal: 60) },
        { "Refund 10, Adjust 40", Balances(principal: 40, credit: 10) }, // an adjustment is no charge: credit stays
    };

    [Theory]
    [MemberData(nameof(Effects))]
    public void Facts_InARow_LeaveTheBalancesOfTheirRules(string facts, FacilityBalances after)
    {
        World.WithOneLine();
        foreach (var fact in facts.Split(", ").Select(f => f.Split(' ')))
        {
            var outcome = World.Do(Enum.Parse<CommandKind>(fact[0]), long.Parse(fact[1]));
            Assert.True(outcome.Kind is OutcomeKind.Posted or OutcomeKind.Approved);
            Assert.Equal(long.Parse(fact[1]), outcome.Amount);
            Assert.Equal(World.Balances(), outcome.Balances);
        }
        Assert.Equal(after, World.Balances());
        Assert.Equal(after.Drawn + after.Held, World.Exposure(NodeKind.Portfolio));
    }

    [Fact]
    public void Adjust_OfAllThree_MovesEach()
    {
        World.WithOneLine();
        var outcome = World.Do(World.Of(CommandKind.Adjust, 50) with { InterestDelta = 7, FeesDelta = 3 });
        AssertPosted(50, outcome);
        World.Do(World.Of(CommandKind.Adjust, -10) with { InterestDelta = -7, FeesDelta = -1 });
        Assert.Equal(Balances(principal: 40, fees: 2), World.Balances());
    }

    [Theory]
    [InlineData(-1, 0, 0)]
    [InlineData(0, -1, 0)]
    [InlineData(0, 0, -1)]
    [InlineData(500, 500, -1)]
    public void Adjust_BelowZero_DeclinesAndChangesNothing(long principal, long interest, long fees)
    {
        World.WithOneLine();
        var command = World.Of(CommandKind.Adjust) with { Amount = principal, InterestDelta = interest, FeesDelta = fees, Currency = World.Eur };
        AssertDeclined(Reason.BalanceNegative, World.Do(command));
        Assert.Equal(default, World.Balances());
    }

    [Theory]
    [InlineData(0, Command.AmountMax, 1, Reason.AmountOverflow)]
    [InlineData(-1, 2, 3, Reason.BalanceNegative)]
    [InlineData(0, 2, -3, Reason.CurrencyMismatch)]
    [InlineData(1, 0, 3, Reason.UnknownFacility)]
    [InlineData(0, -2, 3, Reason.Tombstoned)]
    public void Adjust_Declined_IsRecordedAsItWasAsked(long principal, long interest, long fees, Reason reason)
    {
        World.WithOneLine();
        World.Do(CommandKind.PostInterest, 1);
        var command = World.Of(CommandKind.Adjust, facility: reason == Reason.UnknownFacility ? 9 : 1) with
        {
            Amount = principal, InterestDelta = interest, FeesDelta = fees, Currency = reason == Reason.CurrencyMismatch ? World.Usd : World.Eur,
        };
        if (reason == Reason.Tombstoned)
        {
            command.Id = RequestId.ForSession(5, 1);
            World.Reverse(command.Id);
        }
        var sequence = World.LastSequence;
        AssertDeclined(reason, World.Do(command));
        var recorded = Assert.Single(World.EventsAfter(sequence));
        Assert.Equal((principal, interest, fees), (recorded.AmountAsked, recorded.InterestPart, recorded.FeesPart));
    }

    [Fact]
    public void WriteOff_OfMoreThanIsDrawn_Declines()
    {
        World.WithOneLine();
        World.Do(CommandKind.ClearWithoutHold, 100);
        World.Hold(50);
        AssertDeclined(Reason.BalanceNegative, World.Do(CommandKind.WriteOff, 101));
        AssertPosted(100, World.Do(CommandKind.WriteOff, 100));
    }

    /// <summary>Each balance at its most, and the fact that would pass 2^60.</summary>
    [Theory]
    [InlineData("ClearWithoutHold", "ClearWithoutHold")]
    [InlineData("ClearWithoutHold", "Adjust")]
    [InlineData("PostInterest", "PostInterest")]
    [InlineData("PostFee", "PostFee")]
    [InlineData("Refund", "Refund")]
    [InlineData("Refund", "Repay")]
    [InlineData("Refund", "Recover")]
    public void Fact_ThatWouldPass2To60_DeclinesAndChangesNothing(string first, string second)
    {
        World.WithOneLine();
        World.Do(Enum.Parse<CommandKind>(first), Command.AmountMax);
        var before = World.Balances();
        AssertDeclined(Reason.AmountOverflow, World.Do(Enum.Parse<CommandKind>(second), 1));
        Assert.Equal(before, World.Balances());
    }

    [Fact]
    public void Released_ThatWouldPass2To60_DeclinesTheRepayment()
    {
        World.WithOneLine();
        World.Do(CommandKind.ClearWithoutHold, Command.AmountMax);
        World.Do(CommandKind.Repay, Command.AmountMax);
        World.Do(CommandKind.ClearWithoutHold, 1);
        AssertDeclined(Reason.AmountOverflow, World.Do(CommandKind.Repay, 1));
        Assert.Equal(Balances(principal: 1, released: Command.AmountMax), World.Balances());
    }

    [Fact]
    public void Uncleared_ThatWouldPass2To60_DeclinesTheRepayment()
    {
        World.WithOneLine();
        World.Do(With(World.Of(CommandKind.Repay, Command.AmountMax), "uncleared"));
        AssertDeclined(Reason.AmountOverflow, World.Do(With(World.Of(CommandKind.Repay, 1), "uncleared")));
        Assert.Single(World.View().OpenItems);
    }

    [Fact]
    public void Capture_ThatWouldPass2To60_LeavesItsHoldOpen()
    {
        World.WithOneLine();
        var hold = World.Hold(100);
        World.Do(CommandKind.ClearWithoutHold, Command.AmountMax);
        AssertDeclined(Reason.AmountOverflow, World.Do(CommandKind.Capture, 50, hold.Sequence));
        Assert.Equal(100, World.View().OpenItems.Single().Remaining);
    }

    public static TheoryData<CommandKind> Facts => [.. Enum.GetValues<CommandKind>().Where(k => k.IsFact())];

    [Theory]
    [MemberData(nameof(Facts))]
    public void Fact_OnAnUnknownFacility_Declines(CommandKind kind)
    {
        World.WithOneLine();
        AssertDeclined(Reason.UnknownFacility, World.Do(Sound(kind, facility: 2)));
    }

    [Theory]
    [MemberData(nameof(Facts))]
    public void Fact_InAnotherCurrency_Declines(CommandKind kind)
    {
        var command = Sound(kind, facility: 1);
        if (command.Currency == Currency.None) return;
        World.WithOneLine();
        AssertDeclined(Reason.CurrencyMismatch, World.Do(command with { Currency = World.Usd }));
        Assert.Equal(default, World.Balances());
    }

    [Theory]
    [MemberData(nameof(Facts))]
    public void Fact_OnAFrozenFacilityUnderAFrozenNode_Posts(CommandKind kind)
    {
        World.WithOneLine();
        World.Do(CommandKind.ClearWithoutHold, 500);
        var hold = World.Hold(100);
        var pending = World.Do(With(World.Of(CommandKind.Repay, 20), "uncleared"));
        World.Set(new Freeze(F(1)));
        World.Set(new Freeze(Node(NodeKind.Borrower)));
        var reference = kind == CommandKind.Capture ? hold.Sequence : Sound(kind, 1).Reference == 0 ? 0 : pending.Sequence;
        Assert.Equal(OutcomeKind.Posted, World.Do(Sound(kind, 1) with { Reference = reference }).Kind);
        Assert.Equal(OutcomeKind.Posted, World.Do(CommandKind.Void, 0, hold.Sequence).Kind);
    }

    private Command Sound(CommandKind kind, long facility) => kind switch
    {
        CommandKind.ClearRepayment or CommandKind.ReverseRepayment => World.Of(kind, 0, 1, facility),
        CommandKind.Capture => World.Of(kind, 10, 1, facility),
        _ => World.Of(kind, 10, 0, facility),
    };

    [Fact]
    public void Excess_AfterAFact_ListsEveryLimitItRaisedAbove()
    {
        World.WithOneLine();
        var outcome = World.Do(CommandKind.ClearWithoutHold, 2_500);
        AssertPosted(2_500, outcome);
        Assert.Equal(["Facility/1:Node:1000:-1500", "Borrower/1:Node:2000:-500"], Names(outcome));
        Assert.Equal(-1_500, outcome.Headroom);
        // A fact that raises nothing lists nothing, though the limits stay passed.
        Assert.Null(World.Do(CommandKind.Repay, 100).Limits);
        Assert.Equal(["Facility/1:Node:1000:-1401", "Borrower/1:Node:2000:-401"], Names(World.Do(CommandKind.PostFee, 1)));
    }

    [Fact]
    public void Excess_OnANodeThatDoesNotCountInterest_IsNotListedForInterest()
    {
        World.OpenAs(NodeKind.Portfolio, 1, 100, World.Eur, new ExposureBasis(ExposureMeasure.PrincipalAndHeld, false, 0));
        World.OpenLine(1, 100, Node(NodeKind.Portfolio));
        Assert.Equal(["Facility/1:Node:100:-1", "Portfolio/1:Node:100:-1"], Names(World.Do(CommandKind.ClearWithoutHold, 101)));
        Assert.Equal(["Facility/1:Node:100:-6"], Names(World.Do(CommandKind.PostInterest, 5)));
    }

    [Fact]
    public void Excess_WhereCreditAddsHeadroom_IsListedWhenTheFactUsesUpTheCredit()
    {
        World.Open(NodeKind.Borrower, 1, 10_000);
        World.Set(new OpenFacility(F(1), World.Eur, 100, default, CreditAddsHeadroom: true, 0, [new ParentShare(Node(NodeKind.Borrower))]));
        World.Do(CommandKind.Refund, 60);
        AssertApproved(150, World.Hold(150));
        // Exposure is 150 less credit: 90, then 140 above the limit of 100.
        var outcome = World.Do(CommandKind.PostFee, 50);
        Assert.Equal((-40, Balances(credit: 10, held: 150)), (outcome.Headroom, outcome.Balances));
        Assert.Equal(["Facility/1:Node:100:-40"], Names(outcome));
    }

    [Fact]
    public void Excess_OnANodeWithoutRate_IsNotListed()
    {
        World.Open(NodeKind.Borrower, 1, 10);
        World.OpenAs(NodeKind.Portfolio, 1, 10, World.Usd, default);
        World.OpenLine(1, 10, Node(NodeKind.Borrower), Node(NodeKind.Portfolio));
        Assert.Equal(["Facility/1:Node:10:-10", "Borrower/1:Node:10:-10"], Names(World.Do(CommandKind.ClearWithoutHold, 20)));
        Assert.Null(World.View(Node(NodeKind.Portfolio)).Exposure);
    }

    [Fact]
    public void Request_AfterAnExcess_DeclinesUntilHeadroomReturns()
    {
        World.WithOneLine();
        World.Do(CommandKind.ClearWithoutHold, 1_100);
        AssertDeclined(Reason.LimitExceeded, World.Authorize(1));
        World.Do(CommandKind.Repay, 100);
        AssertDeclined(Reason.LimitExceeded, World.Authorize(1));
        World.Do(CommandKind.Repay, 1);
        AssertApproved(1, World.Authorize(1));
    }
}

/// <summary>Repayments that wait, clear, bounce.</summary>
public sealed class RepaymentTests : RulesTest
{
    private const int ClearedPrincipal = 300;

    private Outcome Pay(long amount, int lifetimeSeconds = 0) =>
        World.Do(With(World.Of(CommandKind.Repay, amount), "uncleared") with { LifetimeSeconds = lifetimeSeconds });

    private void Owe()
    {
        World.WithOneLine();
        World.Do(CommandKind.ClearWithoutHold, ClearedPrincipal);
    }

    [Fact]
    public void Uncleared_WaitsAndRestoresNoHeadroom()
    {
        Owe();
        var paid = Pay(100);
        AssertPosted(100, paid);
        Assert.Equal((0, 700, Balances(principal: 300, uncleared: 100)), (paid.ExpiresAtMicros, paid.Headroom, paid.Balances));
        Assert.Equal((paid.Sequence, OpenItemKind.Float, 100), (World.View().OpenItems[0].Reference, World.View().OpenItems[0].Kind, World.View().OpenItems[0].Remaining));
        World.Pass(400 * World.Day);
        World.Idle();
        Assert.Single(World.View().OpenItems); // until told
    }

    [Fact]
    public void ClearRepayment_OfAFloat_AllocatesItOnce()
    {
        Owe();
        var paid = Pay(100);
        AssertPosted(100, World.Do(CommandKind.ClearRepayment, 0, paid.Sequence));
        Assert.Equal(Balances(principal: 200, released: 100), World.Balances());
        AssertDeclined(Reason.ReferenceNotOpen, World.Do(CommandKind.ClearRepayment, 0, paid.Sequence));
    }

    [Theory]
    [InlineData(10 * World.Second - 1, false)]
    [InlineData(10 * World.Second, true)]
    public void Float_WithAnEnd_IsAllocatedAtItsEnd(long passed, bool cleared)
    {
        Owe();
        Pay(100, 10);
        World.Pass(passed);
        World.Idle();
        Assert.Equal(cleared ? Balances(principal: 200, released: 100) : Balances(principal: 300, uncleared: 100), World.Balances());
    }

    [Fact]
    public void Float_WhoseAllocationWouldPass2To60_StaysOpenAndIsTriedOnce()
    {
        Owe();
        Pay(Command.AmountMax, 10);
        World.Do(CommandKind.Refund, Command.AmountMax);
        World.Pass(10 * World.Second);
        World.Idle();
        var sequence = World.LastSequence;
        World.Idle();
        World.Pass(World.Second);
        World.Idle();
        Assert.Equal(sequence, World.LastSequence);
        Assert.Equal(Command.AmountMax, World.Balances().Uncleared);
    }

    [Fact]
    public void ReverseRepayment_OfAnOpenFloat_DropsIt()
    {
        Owe();
        var paid = Pay(100, 10);
        AssertPosted(100, World.Do(CommandKind.ReverseRepayment, 0, paid.Sequence));
        Assert.Equal(Balances(principal: 300), World.Balances());
        AssertDeclined(Reason.NotARepayment, World.Do(CommandKind.ReverseRepayment, 0, paid.Sequence));
        AssertDeclined(Reason.ReferenceNotOpen, World.Do(CommandKind.ClearRepayment, 0, paid.Sequence));
        World.Pass(10 * World.Second);
        World.Idle();
        Assert.Equal(Balances(principal: 300), World.Balances());
    }

    [Theory]
    [InlineData("repay")]
    [InlineData("clear")]
    [InlineData("due")]
    public void ReverseRepayment_OfWhatAllocated_ReturnsTheParts(string how)
    {
        Owe();
        World.Do(CommandKind.PostFee, 10);
        World.Do(CommandKind.PostInterest, 20);
        long reference;
        if (how == "repay")
        {
            reference = World.Do(CommandKind.Repay, 400).Sequence;
        }
        else if (how == "clear")
        {
            reference = World.Do(CommandKind.ClearRepayment, 0, Pay(400).Sequence).Sequence;
        }
        else
        {
            Pay(400, 10);
            World.Pass(10 * World.Second);
            World.Idle();
            reference = World.LastSequence;
        }
        Assert.Equal(Balances(credit: 70, released: 300), World.Balances());
        World.Do(CommandKind.ClearWithoutHold, 50); // credit 20 is left
        AssertPosted(400, World.Do(CommandKind.ReverseRepayment, 0, reference));
        // Parts return; the 70 that went to credit are charged: 20 from what is left, 50 to principal.
        Assert.Equal(Balances(principal: 350, interest: 20, fees: 10), World.Balances());
        AssertDeclined(Reason.AlreadyReversed, World.Do(CommandKind.ReverseRepayment, 0, reference));
    }

    [Fact]
    public void ReverseRepayment_OfAnythingElse_IsNoRepayment()
    {
        Owe();
        World.OpenLine(2, 1_000, Node(NodeKind.Borrower));
        var draw = World.Do(CommandKind.ClearWithoutHold, 100);
        var hold = World.Hold(100);
        var paid = World.Do(CommandKind.Repay, 50);
        AssertDeclined(Reason.NotARepayment, World.Do(CommandKind.ReverseRepayment, 0, draw.Sequence));
        AssertDeclined(Reason.NotARepayment, World.Do(CommandKind.ReverseRepayment, 0, hold.Sequence));
        AssertDeclined(Reason.NotARepayment, World.Do(CommandKind.ReverseRepayment, 0, 1));
        AssertDeclined(Reason.NotARepayment, World.Do(CommandKind.ReverseRepayment, 0, World.LastSequence + 100));
        AssertDeclined(Reason.NotARepayment, World.Do(CommandKind.ReverseRepayment, 0, paid.Sequence, facility: 2));
    }

    [Fact]
    public void Bounce_ThatRaisesExposureAboveALimit_ListsTheExcess()
    {
        World.WithOneLine();
        World.Do(CommandKind.ClearWithoutHold, 1_000);
        var paid = World.Do(CommandKind.Repay, 1_000);
        World.Hold(1_000);
        Assert.Equal(["Facility/1:Node:1000:-1000"], Names(World.Do(CommandKind.ReverseRepayment, 0, paid.Sequence)));
    }
}
