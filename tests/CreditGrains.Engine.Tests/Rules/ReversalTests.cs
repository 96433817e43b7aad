using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Engine.Tests.Rules;

/// <summary>Reverse of every kind, tombstones (docs/rules.md, "Reverse").</summary>
public sealed class ReversalTests : RulesTest
{
    /// <summary>
    /// Acts in a row, the last one reversed: what Reverse gives, then principal, interest, fees, credit and held after. "then" acts come between.
    /// </summary>
    [Theory]
    [InlineData("Authorize 100", "", "Posted 100", "0 0 0 0 0")]
    [InlineData("Authorize 100", "Capture 40", "Posted 60", "40 0 0 0 0")] // the remainder
    [InlineData("Authorize 100", "Capture 100", "NothingToReverse 0", "100 0 0 0 0")]
    [InlineData("Authorize 100", "IncreaseHold 50", "Posted 150", "0 0 0 0 0")]
    [InlineData("Authorize 700", "", "Posted 700", "0 0 0 0 0")] // a referral
    [InlineData("Authorize 700", "turn down", "NothingToReverse 0", "0 0 0 0 0")]
    [InlineData("Authorize 700", "accept", "NothingToReverse 0", "0 0 0 0 700")]
    [InlineData("Drawdown 700", "", "Posted 700", "0 0 0 0 0")]
    [InlineData("Authorize 100|IncreaseHold 50", "", "Posted 50", "0 0 0 0 100")]
    [InlineData("Authorize 100|IncreaseHold 50", "Capture 120", "Posted 30", "120 0 0 0 0")] // at most the remainder
    [InlineData("Authorize 100|IncreaseHold 50", "Capture 30", "Posted 50", "30 0 0 0 70")]
    [InlineData("Authorize 100|IncreaseHold 50", "Void", "NothingToReverse 0", "0 0 0 0 0")]
    [InlineData("Drawdown 100", "", "Posted 100", "0 0 0 0 0")]
    [InlineData("Drawdown 100", "Repay 70", "Posted 100", "0 0 0 70 0")] // the rest to credit
    [InlineData("ClearWithoutHold 100", "", "Posted 100", "0 0 0 0 0")]
    [InlineData("ClearWithoutHold 100", "Refund 30", "Posted 100", "0 0 0 30 0")]
    [InlineData("Authorize 100|Capture 40", "", "Posted 40", "0 0 0 0 60")] // the released hold stays released
    [InlineData("Authorize 100|Capture 130", "", "Posted 130", "0 0 0 0 0")]
    [InlineData("PostInterest 30", "", "Posted 30", "0 0 0 0 0")]
    [InlineData("PostInterest 30", "Repay 30", "Posted 30", "0 0 0 30 0")]
    [InlineData("PostFee 30", "", "Posted 30", "0 0 0 0 0")]
    [InlineData("PostFee 30", "Repay 20", "Posted 30", "0 0 0 20 0")]
    [InlineData("Refund 30", "", "Posted 30", "0 0 0 0 0")]
    [InlineData("Refund 30", "Drawdown 30", "Posted 30", "30 0 0 0 0")]
    [InlineData("ClearWithoutHold 30|Chargeback 30", "", "Posted 30", "30 0 0 0 0")]
    [InlineData("ClearWithoutHold 100|PostFee 10|Repay 60", "", "Posted 60", "100 0 10 0 0")]
    [InlineData("ClearWithoutHold 10|Repay 60", "Drawdown 30", "Posted 60", "40 0 0 0 0")] // credit 50 less 30: 30 charged
    [InlineData("ClearWithoutHold 10|Uncleared 60", "", "Posted 60", "10 0 0 0 0")]
    [InlineData("ClearWithoutHold 10|Uncleared 60", "ClearRepayment", "NothingToReverse 0", "0 0 0 50 0")]
    [InlineData("ClearWithoutHold 10|Repay 10|bounce", "", "NothingToReverse 0", "10 0 0 0 0")]
    [InlineData("ClearWithoutHold 10|Repay 10", "bounce", "AlreadyReversed 0", "10 0 0 0 0")]
    [InlineData("ClearWithoutHold 10|Uncleared 60", "bounce", "AlreadyReversed 0", "10 0 0 0 0")] // the float was dropped
    [InlineData("ClearWithoutHold 10|WriteOff 10", "", "NothingToReverse 0", "0 0 0 0 0")]
    [InlineData("Recover 10", "", "NothingToReverse 0", "0 0 0 10 0")]
    [InlineData("Adjust 10", "", "NothingToReverse 0", "10 0 0 0 0")]
    [InlineData("Authorize 100|Void", "", "NothingToReverse 0", "0 0 0 0 0")]
    [InlineData("Authorize 5000", "", "NothingToReverse 0", "0 0 0 0 0")] // declined
    [InlineData("Authorize 700|turn down", "", "NothingToReverse 0", "0 0 0 0 0")] // refused by a person
    public void Reverse_OfACommand_GivesWhatItsKindSays(string acts, string then, string gives, string balances)
    {
        World.WithOneLine();
        World.Set(new SetReviewThreshold(F(1), 500));
        Command last = default;
        long reference = 0;
        foreach (var act in acts.Split('|'))
        {
            last = Of(act, reference);
            var outcome = World.Do(last);
            if (reference == 0 && act[0] != 'C') reference = outcome.Sequence;
            if (act.StartsWith("Repay", StringComparison.Ordinal) || act.StartsWith("Uncleared", StringComparison.Ordinal)) reference = outcome.Sequence;
        }
        if (then != "") World.Do(Of(then, reference));
        var reversed = World.Reverse(last.Id);
        Assert.Equal(gives, $"{(reversed.Reason == Reason.None ? reversed.Kind.ToString() : reversed.Reason.ToString())} {reversed.Amount}");
        var b = World.Balances();
        Assert.Equal(balances, $"{b.Principal} {b.Interest} {b.Fees} {b.Credit} {b.Held}");
        var again = World.Reverse(last.Id);
        AssertDeclined(reversed.Kind == OutcomeKind.Posted ? Reason.AlreadyReversed : reversed.Reason, again);
        Assert.Equal(b, World.Balances());
    }

    private Command Of(string act, long reference)
    {
        var words = act.Split(' ');
        var amount = words.Length > 1 && long.TryParse(words[1], out var given) ? given : 0;
        return words[0] switch
        {
            "accept" => World.Accept(reference),
            "turn" => World.Accept(reference, accept: false),
            "bounce" => World.Of(CommandKind.ReverseRepayment, 0, reference),
            "Uncleared" => With(World.Of(CommandKind.Repay, amount), "uncleared"),
            "ClearRepayment" or "Void" or "Capture" or "IncreaseHold" => World.Of(Enum.Parse<CommandKind>(words[0]), amount, reference),
            _ => World.Of(Enum.Parse<CommandKind>(words[0]), amount),
        };
    }

    [Fact]
    public void Reverse_OfAnAcceptedReferral_UndoesWhatItPlaced()
    {
        World.WithOneLine();
        World.Set(new SetReviewThreshold(F(1), 500));
        var referred = World.Authorize(700);
        var accept = World.Accept(referred.Sequence);
        World.Do(accept);
        AssertPosted(700, World.Reverse(accept.Id));
        Assert.Equal(default, World.Balances());
    }

    [Fact]
    public void Reverse_OfAControlCommand_HasNothingToUndo()
    {
        World.WithOneLine();
        foreach (var control in new ControlCommand[] { new Freeze(F(1)), new SetLimit(Node(NodeKind.Borrower), 5), new AdvanceBusinessDate(World.Scope, 5) })
        {
            var command = Command.Of(World.NextId(), control);
            World.Do(command);
            AssertDeclined(Reason.NothingToReverse, World.Reverse(command.Id));
        }
    }

    public static TheoryData<bool> Sessions => [false, true];

    private RequestId Late(bool session) => session ? RequestId.ForSession(9, 1) : World.NextId();

    [Theory]
    [MemberData(nameof(Sessions))]
    public void Reverse_OfAnIdNotSeen_LeavesATombstoneThatBarsIt(bool session)
    {
        World.WithOneLine();
        World.Do(CommandKind.ClearWithoutHold, 250);
        World.Hold(50);
        var before = World.Balances();
        var late = World.Of(CommandKind.Authorize, 100) with { Id = Late(session) };
        AssertPosted(0, World.Reverse(late.Id));
        AssertDeclined(Reason.AlreadyReversed, World.Reverse(late.Id));
        var first = World.Do(late);
        AssertDeclined(Reason.Tombstoned, first);
        World.Reopen();
        World.Pass(World.Second);
        var second = World.Do(late);
        Assert.Equal((OutcomeKind.Declined, Reason.Tombstoned, first.Sequence, first.RecordedAtMicros), (second.Kind, second.Reason, second.Sequence, second.RecordedAtMicros));
        Assert.Equal(before, World.Balances());
        Assert.Equal(NodeStatus.Active, World.View().Node.Status);
    }

    [Theory]
    [MemberData(nameof(Sessions))]
    public void Tombstone_OfAControlCommand_BarsItToo(bool session)
    {
        World.WithOneLine();
        World.Do(CommandKind.ClearWithoutHold, 250);
        foreach (var control in new ControlCommand[] { new SetLimit(F(1), 5_000), new SetLimit(Node(NodeKind.Borrower), 5_000) })
        {
            var late = Command.Of(session ? RequestId.ForSession((ulong)control.Key.Kind, 1) : World.NextId(), control);
            AssertPosted(0, World.Reverse(late.Id));
            AssertDeclined(Reason.Tombstoned, World.Do(late));
            Assert.NotEqual(5_000, World.View(control.Key).Limit);
        }
        Assert.Equal(Balances(principal: 250), World.Balances());
    }

    [Theory]
    [MemberData(nameof(Sessions))]
    public void Reverse_OfAReverse_HasNothingToUndo(bool session)
    {
        World.WithOneLine();
        var tombstoning = new Command { Kind = CommandKind.Reverse, Id = Late(session), Facility = F(1), Original = World.NextId() };
        World.Do(tombstoning);
        AssertDeclined(Reason.NothingToReverse, World.Reverse(tombstoning.Id));
        var hold = World.Of(CommandKind.Authorize, 100);
        World.Do(hold);
        var undoing = new Command { Kind = CommandKind.Reverse, Id = World.NextId(), Facility = F(1), Original = hold.Id };
        World.Do(undoing);
        AssertDeclined(Reason.NothingToReverse, World.Reverse(undoing.Id));
    }

    [Fact]
    public void Tombstone_IsOfItsTenantOnly()
    {
        World.WithOneLine();
        var late = World.Of(CommandKind.Authorize, 100);
        AssertPosted(0, World.Do(new Command { Kind = CommandKind.Reverse, Facility = NodeKey.Facility(2, 1, 1), Original = late.Id }));
        AssertApproved(100, World.Do(late));
    }

    [Fact]
    public void Reverse_OfAnIdOlderThan72Hours_IsTooOld()
    {
        World.WithOneLine();
        var hold = World.Of(CommandKind.Authorize, 100);
        World.Do(hold);
        World.Pass(3 * World.Day);
        Assert.Equal(OutcomeKind.Posted, World.Reverse(hold.Id).Kind);
        World.Pass(1_000);
        AssertDeclined(Reason.OriginalTooOld, World.Reverse(hold.Id));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reverse_OfAnIdFromTheFuture_IsRefused(bool bySession)
    {
        World.WithOneLine();
        var future = RequestId.ForTime(World.Now / 1_000 + 5 * 60_000 + 1, 1, 1);
        var id = bySession ? RequestId.ForSession(4, 1) : World.NextId();
        AssertRefused(Reason.RequestIdFromFuture, World.Do(new Command { Kind = CommandKind.Reverse, Id = id, Facility = F(1), Original = future }));
    }

    [Fact]
    public void Reverse_WithItsOwnIdTooOld_SaysThatBeforeTheOriginals()
    {
        World.WithOneLine();
        var future = RequestId.ForTime(World.Now / 1_000 + 5 * 60_000 + 1, 1, 1);
        var old = RequestId.ForTime(World.Now / 1_000 - 72 * 3_600_000 - 1, 1, 1);
        AssertRefused(Reason.RequestIdTooOld, World.Do(new Command { Kind = CommandKind.Reverse, Id = old, Facility = F(1), Original = future }));
    }

    [Fact]
    public void Reverse_InTheSameBatch_SeesTheUnflushedOriginal()
    {
        World.WithOneLine();
        var hold = World.Of(CommandKind.Authorize, 100);
        var undo = new Command { Kind = CommandKind.Reverse, Facility = F(1), Original = hold.Id };
        var outcomes = World.DoAll([hold, undo, hold, undo with { Id = default }]);
        Assert.Equal([OutcomeKind.Approved, OutcomeKind.Posted, OutcomeKind.Approved, OutcomeKind.Declined], outcomes.Select(o => o.Kind));
        Assert.True(outcomes[2].Duplicate);
        Assert.Equal(0, World.Balances().Held);
    }

    [Fact]
    public void Reversals_AfterARestart_AreStillKnown()
    {
        World.WithOneLine();
        var hold = World.Of(CommandKind.Authorize, 100);
        World.Do(hold);
        World.Reverse(hold.Id);
        World.Do(CommandKind.ClearWithoutHold, 100);
        var paid = World.Do(CommandKind.Repay, 60);
        World.Do(CommandKind.ReverseRepayment, 0, paid.Sequence);
        World.Reopen();
        AssertDeclined(Reason.AlreadyReversed, World.Reverse(hold.Id));
        AssertDeclined(Reason.AlreadyReversed, World.Do(CommandKind.ReverseRepayment, 0, paid.Sequence));
        Assert.Equal(Balances(principal: 100), World.Balances());
    }
}
