using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Engine.Tests.Rules;

/// <summary>Ceilings for a channel and a range of merchant categories.</summary>
public sealed class SubLimitTests : RulesTest
{
    private static readonly SetSubLimit Cash = new(World.F(1), Channel.Cash, 0, 9_999, 300);

    private Command Of(CommandKind kind, long amount, Channel channel, ushort category, long reference = 0) =>
        World.Of(kind, amount, reference) with { Channel = channel, MerchantCategory = category };

    private Outcome Do(CommandKind kind, long amount, Channel channel = Channel.Cash, ushort category = 0) => World.Do(Of(kind, amount, channel, category));

    private long Used(int index = 0) => World.View().SubLimits[index].Used;

    private void OpenWith(params SetSubLimit[] subs)
    {
        World.WithOneLine();
        foreach (var sub in subs) World.Set(sub);
    }

    [Theory]
    [InlineData(Channel.Cash, 0, 9_999, Channel.Cash, 0, true)]
    [InlineData(Channel.Cash, 0, 9_999, Channel.Cash, 6011, true)]
    [InlineData(Channel.Cash, 0, 9_999, Channel.Online, 6011, false)]
    [InlineData(Channel.Cash, 0, 9_999, Channel.Unspecified, 6011, false)]
    [InlineData(Channel.Unspecified, 7_995, 7_995, Channel.Online, 7_995, true)]
    [InlineData(Channel.Unspecified, 7_995, 7_995, Channel.Cash, 7_994, false)]
    [InlineData(Channel.Unspecified, 4_000, 4_999, Channel.Cash, 4_000, true)]
    [InlineData(Channel.Unspecified, 4_000, 4_999, Channel.Cash, 4_999, true)]
    [InlineData(Channel.Unspecified, 4_000, 4_999, Channel.Cash, 5_000, false)]
    [InlineData(Channel.Online, 4_000, 4_999, Channel.Cash, 4_500, false)]
    public void SubLimit_CoversAChannelAndCategories_NoOthers(Channel of, ushort from, ushort to, Channel channel, ushort category, bool covered)
    {
        OpenWith(new SetSubLimit(F(1), of, from, to, 300));
        var outcome = Do(CommandKind.Authorize, 301, channel, category);
        if (!covered)
        {
            AssertApproved(301, outcome);
            Assert.Equal(0, Used());
            return;
        }
        AssertDeclined(Reason.SubLimitExceeded, outcome);
        Assert.Equal(new FailingLimit(F(1), LimitKind.SubLimit, 300, 300, ((int)of << 16) | from), Assert.Single(outcome.Limits!));
        AssertApproved(300, Do(CommandKind.Authorize, 300, channel, category));
        Assert.Equal(300, Used());
    }

    [Fact]
    public void Limits_OfSeveralKindsFailing_GiveTheGravestReasonAndAreAllListed()
    {
        OpenWith(Cash);
        World.Set(new SetVelocityLimit(F(1), 60, 200, -1));
        var both = Do(CommandKind.Authorize, 301);
        AssertDeclined(Reason.SubLimitExceeded, both);
        Assert.Equal(["Facility/1:SubLimit:300:300", "Facility/1:VelocityAmount:200:200"], Names(both));
        var all = Do(CommandKind.Authorize, 1_001);
        AssertDeclined(Reason.LimitExceeded, all);
        Assert.Equal(["Facility/1:Node:1000:1000", "Facility/1:SubLimit:300:300", "Facility/1:VelocityAmount:200:200"], Names(all));
    }

    /// <summary>A hold of 100 in cash under a sub-limit; what is done to it; the use after.</summary>
    [Theory]
    [InlineData("capture 100", 100)] // captured parts stay in use
    [InlineData("capture 40", 100)]
    [InlineData("capture 130", 130)] // above the hold
    [InlineData("final 40", 40)] // the rest is released
    [InlineData("final 130", 130)]
    [InlineData("void", 0)]
    [InlineData("increase 50", 150)]
    [InlineData("expire", 0)]
    [InlineData("reverse", 0)]
    [InlineData("capture 100|repay 60", 40)] // at most drawn and held
    [InlineData("capture 100|repay 60|clear 50", 90)] // what clears without a hold comes on top
    [InlineData("clear 50", 150)]
    [InlineData("clear other 50", 100)]
    [InlineData("draw 50", 150)]
    [InlineData("capture late 30", 30)] // the hold is gone: the capture's own channel counts
    public void Use_AfterActs_IsWhatTheRuleSays(string acts, long used)
    {
        OpenWith(Cash);
        var authorize = Of(CommandKind.Authorize, 100, Channel.Cash, 6011) with { LifetimeSeconds = 60 };
        var hold = World.Do(authorize).Sequence;
        foreach (var act in acts.Split('|')) Act(act, authorize, hold);
        Assert.Equal(used, Used());
    }

    private void Act(string act, in Command authorize, long hold)
    {
        var amount = long.TryParse(act.Split(' ')[^1], out var given) ? given : 0;
        var outcome = act.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ' ') switch
        {
            "capture" => World.Do(CommandKind.Capture, amount, hold),
            "final" => World.Do(With(World.Of(CommandKind.Capture, amount, hold), "final")),
            "capture late" => World.Do(CommandKind.Void, 0, hold).Kind == OutcomeKind.Posted ? World.Do(Of(CommandKind.Capture, amount, Channel.Cash, 6011, hold)) : default,
            "void" => World.Do(CommandKind.Void, 0, hold),
            "increase" => World.Do(CommandKind.IncreaseHold, amount, hold),
            "reverse" => World.Reverse(authorize.Id),
            "repay" => World.Do(CommandKind.Repay, amount),
            "clear" => Do(CommandKind.ClearWithoutHold, amount),
            "clear other" => Do(CommandKind.ClearWithoutHold, amount, Channel.Online),
            "draw" => Do(CommandKind.Drawdown, amount),
            _ => Expire(),
        };
        Assert.True(outcome.Kind is OutcomeKind.Posted or OutcomeKind.Approved);
    }

    private Outcome Expire()
    {
        World.Pass(60 * World.Second);
        World.Idle();
        return new Outcome { Kind = OutcomeKind.Posted };
    }

    [Fact]
    public void SubLimit_SetLater_StartsWithTheOpenHoldsUnderIt()
    {
        World.WithOneLine();
        var hold = Do(CommandKind.Authorize, 100);
        Do(CommandKind.Authorize, 70, Channel.Online);
        World.Do(CommandKind.Capture, 30, hold.Sequence);
        Do(CommandKind.ClearWithoutHold, 20);
        World.Set(Cash);
        Assert.Equal(70, Used());
    }

    [Fact]
    public void SubLimit_SetAgain_ChangesItsCeilingAndKeepsItsUse()
    {
        OpenWith(Cash);
        Do(CommandKind.Authorize, 200);
        World.Set(Cash with { Limit = 150 }); // a cut below use is allowed
        Assert.Equal((150, 200), (World.View().SubLimits[0].Limit, Used()));
        var outcome = Do(CommandKind.Authorize, 1);
        AssertDeclined(Reason.SubLimitExceeded, outcome);
        Assert.Equal(["Facility/1:SubLimit:150:-50"], Names(outcome));
    }

    [Fact]
    public void SubLimit_Removed_NoLongerCounts()
    {
        OpenWith(Cash, new SetSubLimit(F(1), Channel.Online, 0, 9_999, 5));
        World.Set(Cash with { Limit = -1 });
        AssertApproved(301, Do(CommandKind.Authorize, 301));
        AssertDeclined(Reason.SubLimitExceeded, Do(CommandKind.Authorize, 6, Channel.Online));
        AssertDeclined(Reason.NoChange, World.Do(Cash with { Limit = -1 }));
    }

    [Fact]
    public void SubLimits_OfAFacility_AreAtMostEight()
    {
        World.WithOneLine();
        for (ushort i = 0; i < 8; i++) World.Set(Cash with { CategoryFrom = i });
        AssertDeclined(Reason.TooManyRules, World.Do(Cash with { CategoryFrom = 8 }));
        World.Set(Cash with { CategoryFrom = 3, Limit = 1 });
        World.Set(Cash with { CategoryFrom = 3, Limit = -1 });
        World.Set(Cash with { CategoryFrom = 8 });
    }

    [Fact]
    public void SubLimit_OfAnUnknownFacility_Declines() => AssertDeclined(Reason.UnknownFacility, World.Do(Cash));

    [Fact]
    public void Increase_OfAHold_CountsUnderTheHoldsCategory()
    {
        OpenWith(Cash);
        var hold = Do(CommandKind.Authorize, 200);
        AssertDeclined(Reason.SubLimitExceeded, World.Do(CommandKind.IncreaseHold, 101, hold.Sequence));
        AssertApproved(100, World.Do(CommandKind.IncreaseHold, 100, hold.Sequence));
    }

    [Fact]
    public void Part_UnderASubLimit_IsWhatItLeaves()
    {
        OpenWith(Cash);
        var outcome = World.Do(Of(CommandKind.Authorize, 900, Channel.Cash, 0) with { AmountMin = 1 });
        Assert.Equal((OutcomeKind.ApprovedInPart, 300), (outcome.Kind, outcome.Amount));
    }
}
