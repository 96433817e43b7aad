using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Engine.Tests.Rules;

/// <summary>Ids, sessions, repeats and writer time (docs/rules.md, "Time and identity").</summary>
public sealed class IdentityTests : RulesTest
{
    [Theory]
    [InlineData(-72 * 3_600_000L, Reason.None)]
    [InlineData(-72 * 3_600_000L - 1, Reason.RequestIdTooOld)]
    [InlineData(5 * 60_000L, Reason.None)]
    [InlineData(5 * 60_000L + 1, Reason.RequestIdFromFuture)]
    public void Id_AtTheEdgeOfItsWindow_IsTakenWithinAndRefusedBeyond(long offsetMillis, Reason reason)
    {
        World.WithOneLine();
        var command = World.Of(CommandKind.Authorize, 100) with { Id = RequestId.ForTime(World.Now / 1_000 + offsetMillis, 1, 1) };
        var outcome = World.Do(command);
        if (reason == Reason.None) AssertApproved(100, outcome);
        else AssertRefused(reason, outcome);
    }

    [Fact]
    public void Id_PastItsWindow_IsNeverExecutedAgain()
    {
        World.WithOneLine();
        var command = World.Of(CommandKind.Authorize, 100);
        World.Do(command);
        World.Pass(3 * World.Day + 1_000);
        AssertRefused(Reason.RequestIdTooOld, World.Do(command));
        Assert.Equal(100, World.Balances().Held);
    }

    /// <summary>Outcomes of every sort are sticky: the repeat has the same answer and no second effect, also after a restart and a snapshot.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("restart")]
    [InlineData("snapshot and restart")]
    public void Repeat_OfACommand_HasTheSameAnswerAndNoSecondEffect(string between)
    {
        World.WithOneLine();
        World.Set(new SetReviewThreshold(F(1), 500));
        Command[] commands =
        [
            World.Of(CommandKind.Authorize, 300), World.Of(CommandKind.Authorize, 3_000), World.Of(CommandKind.Authorize, 600),
            World.Of(CommandKind.ClearWithoutHold, 2_500), World.Of(CommandKind.Void, 0, 77), World.Of(CommandKind.Authorize, 1, 0, facility: 9),
            World.Of(CommandKind.Authorize, 100) with { Id = RequestId.ForSession(3, 1) }, Command.Of(World.NextId(), new Freeze(F(1))),
            Command.Of(World.NextId(), new Freeze(F(9))), World.Of(CommandKind.Authorize, 1),
        ];
        var first = World.DoAll(commands);
        Assert.DoesNotContain(first, o => o.Kind == OutcomeKind.Refused || o.Duplicate);
        var sequence = World.LastSequence;
        if (between.Contains("snapshot")) World.Snapshot();
        if (between.Contains("restart")) World.Reopen();
        World.Pass(World.Second);
        var second = World.DoAll(commands);
        Assert.Equal(sequence, World.LastSequence);
        for (var i = 0; i < first.Length; i++)
        {
            Assert.True(second[i].Duplicate);
            Assert.Equal(first[i].Limits ?? [], second[i].Limits ?? []);
            Assert.Equal(first[i] with { Limits = null, Duplicate = true }, second[i] with { Limits = null });
        }
    }

    public static TheoryData<string> Changes =>
        ["amount", "least", "facility", "entity", "kind", "channel", "category", "scenario", "lifetime", "currency"];

    [Theory]
    [MemberData(nameof(Changes))]
    public void Id_WithAnotherCommand_IsRefusedByName(string change)
    {
        World.WithOneLine();
        World.OpenLine(2, 1_000, Node(NodeKind.Borrower));
        var command = World.Of(CommandKind.Authorize, 100);
        World.Do(command);
        var other = change switch
        {
            "amount" => command with { Amount = 101 },
            "least" => command with { AmountMin = 1 },
            "facility" => command with { Facility = F(2) },
            "entity" => command with { Facility = NodeKey.Facility(1, 2, 1) },
            "kind" => command with { Kind = CommandKind.Drawdown },
            "channel" => command with { Channel = Channel.Cash },
            "category" => command with { MerchantCategory = 1 },
            "scenario" => command with { Scenario = 1 },
            "lifetime" => command with { LifetimeSeconds = 1 },
            _ => command with { Currency = World.Usd },
        };
        AssertRefused(Reason.RequestIdReused, World.Do(other));
        Assert.Equal(100, World.Balances().Held);
    }

    [Fact]
    public void Command_WithOtherTimeAndAttributes_IsTheSame()
    {
        World.WithOneLine();
        var command = World.Of(CommandKind.Authorize, 100) with { OccurredAtMicros = 5, Attributes = [1, 2] };
        var first = World.Do(command);
        var again = World.Do(command with { OccurredAtMicros = 6, Attributes = null });
        Assert.True(again.Duplicate);
        Assert.Equal(first.Sequence, again.Sequence);
    }

    [Fact]
    public void Fields_OfControlReverseAndAdjust_TellCommandsApart()
    {
        World.WithOneLine();
        (Command One, Command Other)[] pairs =
        [
            (Command.Of(World.NextId(), new SetLimit(F(1), 900)), Command.Of(default, new SetLimit(F(1), 901))),
            (Command.Of(World.NextId(), new SetLimit(F(1), 900)), Command.Of(default, new SetLimit(F(1), 900, 0, World.Now + World.Day))),
            (Command.Of(World.NextId(), new SetSubLimit(F(1), Channel.Cash, 0, 9, 5)), Command.Of(default, new SetSubLimit(F(1), Channel.Cash, 0, 8, 5))),
            (World.Of(CommandKind.Adjust, 5) with { FeesDelta = 1 }, World.Of(CommandKind.Adjust, 5) with { InterestDelta = 1 }),
            (World.Of(CommandKind.Void, 0, 5), World.Of(CommandKind.Void, 0, 6)),
            (World.Accept(5), World.Accept(5, accept: false)),
            (new Command { Kind = CommandKind.Reverse, Id = World.NextId(), Facility = F(1), Original = World.NextId() },
                new Command { Kind = CommandKind.Reverse, Facility = F(1), Original = World.NextId() }),
        ];
        foreach (var (one, other) in pairs)
        {
            World.Do(one);
            AssertRefused(Reason.RequestIdReused, World.Do(other with { Id = one.Id }));
            Assert.True(World.Do(one).Duplicate);
        }
    }

    [Fact]
    public void Id_OfAnotherTenant_IsAnother()
    {
        World.WithOneLine();
        var command = World.Of(CommandKind.Authorize, 100);
        World.Do(command);
        var other = World.Do(command with { Facility = NodeKey.Facility(2, 1, 1) });
        AssertDeclined(Reason.UnknownFacility, other);
        Assert.False(other.Duplicate);
    }

    [Fact]
    public void Malformed_Command_LeavesItsIdFree()
    {
        World.WithOneLine();
        var command = World.Of(CommandKind.Authorize, 100);
        var before = World.LastSequence;
        AssertRefused(Reason.InvalidAmount, World.Do(command with { Amount = -1 }));
        Assert.Equal(before, World.LastSequence);
        AssertApproved(100, World.Do(command));
    }

    [Fact]
    public void Session_InOrder_TakesEachPlaceOnce()
    {
        World.WithOneLine();
        Command At(long place, long amount = 1) => World.Of(CommandKind.Authorize, amount) with { Id = RequestId.ForSession(5, place) };
        AssertRefused(Reason.SessionGap, World.Do(At(2)));
        AssertApproved(1, World.Do(At(1)));
        AssertRefused(Reason.SessionGap, World.Do(At(3)));
        AssertApproved(1, World.Do(At(2)));
        Assert.True(World.Do(At(1)).Duplicate);
        AssertRefused(Reason.RequestIdReused, World.Do(At(1, 2)));
        World.Pass(10 * World.Day); // places know no window
        Assert.True(World.Do(At(2)).Duplicate);
        AssertApproved(1, World.Do(At(3)));
        AssertApproved(1, World.Do(At(1) with { Id = RequestId.ForSession(6, 1) })); // each session its own
    }

    [Fact]
    public void Session_OfManyPlaces_AnswersEachRepeatAcrossRestartAndSnapshot()
    {
        World.WithOneLine();
        var commands = Enumerable.Range(1, 200).Select(place => World.Of(CommandKind.PostFee, place) with { Id = RequestId.ForSession(5, place) }).ToArray();
        var first = World.DoAll(commands[..130]);
        World.Snapshot();
        first = [.. first, .. World.DoAll(commands[130..])];
        World.Reopen();
        var second = World.DoAll(commands);
        Assert.Equal(first.Select(o => (o.Sequence, o.Amount)), second.Select(o => (o.Sequence, o.Amount)));
        Assert.All(second, o => Assert.True(o.Duplicate));
    }

    [Fact]
    public void WriterTime_NeverGoesBack()
    {
        World.WithOneLine();
        var first = World.Hold(1);
        World.Now -= 10 * World.Second;
        var second = World.Authorize(1);
        Assert.Equal(first.RecordedAtMicros, second.RecordedAtMicros);
        World.Reopen();
        Assert.Equal(first.RecordedAtMicros, World.Authorize(1).RecordedAtMicros);
    }
}

/// <summary>A clock that steps forward, a disk that fills up.</summary>
public sealed class MishapTests : RulesTest
{
    [Fact]
    public void ClockStep_Forward_StopsRequestsAndNotFactsUntilConfirmed()
    {
        World.WithOneLine();
        World.Set(new SetReviewThreshold(F(1), 500));
        var referred = World.Authorize(600);
        var hold = World.Do(World.Of(CommandKind.Authorize, 100) with { LifetimeSeconds = 60 });
        var before = World.Now;
        World.Now += 5 * 60 * World.Second + 1;
        var request = World.Of(CommandKind.Authorize, 1) with { Id = RequestId.ForTime(before / 1_000, 1, 1) };
        Command Fresh(Command c) => c with { Id = RequestId.ForTime(before / 1_000, 2, (ulong)c.Kind) };
        AssertRefused(Reason.ClockStepUnconfirmed, World.Do(request));
        AssertRefused(Reason.ClockStepUnconfirmed, World.Do(Fresh(World.Of(CommandKind.Drawdown, 1))));
        AssertRefused(Reason.ClockStepUnconfirmed, World.Do(Fresh(World.Of(CommandKind.IncreaseHold, 1, hold.Sequence))));
        AssertRefused(Reason.ClockStepUnconfirmed, World.Do(Fresh(World.Accept(referred.Sequence))));
        var fact = World.Do(Fresh(World.Of(CommandKind.ClearWithoutHold, 5)));
        AssertPosted(5, fact);
        Assert.Equal(before, fact.RecordedAtMicros); // the step does not move writer time yet
        Assert.Equal(100, World.Balances().Held); // nor does it end holds
        World.Partition.ConfirmClock(World.Now);
        var approved = World.Do(request);
        AssertApproved(1, approved);
        Assert.Equal(World.Now, approved.RecordedAtMicros);
        Assert.Equal(1, World.Balances().Held);
    }

    [Fact]
    public void ClockStep_OfFiveMinutes_IsAPause()
    {
        World.WithOneLine();
        World.Now += 5 * 60 * World.Second;
        AssertApproved(1, World.Authorize(1));
    }

    [Fact]
    public void ClockStep_ThatGoesBackByItself_NeedsNoConfirmation()
    {
        World.WithOneLine();
        World.Now += World.Day;
        World.Partition.Tick(World.Now);
        Assert.True(World.Partition.IsClockStepPending);
        World.Now -= World.Day;
        AssertApproved(1, World.Authorize(1));
    }

    [Fact]
    public void FullDisk_IsMetBeforeDecidingAndGoesOnWithSpace()
    {
        World.WithOneLine();
        World.Set(new SetLimit(F(1), Command.AmountMax));
        World.Set(new SetLimit(Node(NodeKind.Borrower), Command.AmountMax));
        World.Set(new SetLimit(Node(NodeKind.Portfolio), Command.AmountMax));
        World.Disk.Options.CapacityBytes = World.Disk.UsedBytes;
        var attributes = new byte[256];
        var decided = 0;
        for (; World.Partition.TryReserve(out var refusal); decided++)
        {
            Assert.Equal(default, refusal);
            World.DoAll([.. Enumerable.Range(0, 500).Select(_ => World.Of(CommandKind.PostFee, 1) with { Attributes = attributes })]);
        }
        Assert.True(decided > 0);
        Assert.False(World.Partition.TryReserve(out var full));
        Assert.Equal(Engine.Journal.JournalRefusalReason.DiskFull, full.Reason);
        var digest = World.Digest;
        World.AssertReplaysTheSame(); // nothing decided is lost
        Assert.Equal(digest, World.Digest);
        Assert.Equal(500 * decided, World.Balances().Fees);
        World.Disk.Options.CapacityBytes = long.MaxValue;
        AssertPosted(1, World.Do(CommandKind.PostFee, 1));
    }
}
