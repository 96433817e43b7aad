using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Engine.Tests.Standalone;

public sealed class CreditEngineTests
{
    [Fact]
    public async Task Authorize_WithinEveryLimit_HoldsOnTheWholePath()
    {
        await using var fixture = new EngineFixture();
        await fixture.OpenFourNodes();
        var outcome = await fixture.Do(fixture.Authorize(1, 300));
        Assert.Equal(OutcomeKind.Approved, outcome.Kind);
        Assert.Equal(700, outcome.Headroom);
        var view = await fixture.Engine.GetFacilityAsync(EngineFixture.Facility(1));
        Assert.Equal([NodeKind.Borrower, NodeKind.Enterprise, NodeKind.Portfolio], view!.Path.Select(n => n.Key.Kind));
        Assert.All(view.Path, node => Assert.Equal(300, node.Exposure));
        Assert.Equal(outcome.Sequence, Assert.Single(view.OpenItems).Reference);
    }

    [Fact]
    public async Task Authorize_AboveTheFacilityLimit_DeclinesWithItsHeadroom()
    {
        await using var fixture = new EngineFixture();
        await fixture.OpenFourNodes();
        var outcome = await fixture.Do(fixture.Authorize(1, 1_001));
        Assert.Equal((OutcomeKind.Declined, Reason.LimitExceeded), (outcome.Kind, outcome.Reason));
        Assert.Equal(new FailingLimit(EngineFixture.Facility(1), LimitKind.Node, 1_000, 1_000, 0), Assert.Single(outcome.Limits!));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Repeat_AfterARestart_GetsTheSameAnswerAndNoSecondEffect(bool withSnapshot)
    {
        await using var fixture = new EngineFixture();
        await fixture.OpenFourNodes();
        var command = fixture.Authorize(1, 400);
        var first = await fixture.Do(command);
        if (withSnapshot) await fixture.Engine.SnapshotAsync();
        await fixture.Reopen();
        var second = await fixture.Do(command);
        Assert.True(second.Duplicate);
        Assert.Equal(first with { Duplicate = true }, second);
        var view = await fixture.Engine.GetFacilityAsync(EngineFixture.Facility(1));
        Assert.Equal(400, view!.Balances.Held);
        Assert.All(view.Path, node => Assert.Equal(400, node.Exposure));
        Assert.Equal(Reason.RequestIdReused, (await fixture.Do(command with { Amount = 401 })).Reason);
    }

    [Fact]
    public async Task Batch_OfMany_IsDecidedInOrder()
    {
        await using var fixture = new EngineFixture();
        await fixture.OpenFourNodes();
        var commands = Enumerable.Range(0, 15).Select(_ => fixture.Authorize(1, 100)).ToArray();
        var outcomes = new Outcome[commands.Length];
        await fixture.Engine.ExecuteAsync(commands, outcomes);
        Assert.Equal(Enumerable.Repeat(OutcomeKind.Approved, 10).Concat(Enumerable.Repeat(OutcomeKind.Declined, 5)), outcomes.Select(o => o.Kind));
    }

    [Fact]
    public async Task Feed_FromTheStart_GivesEveryEventOnce()
    {
        await using var fixture = new EngineFixture();
        await fixture.OpenFourNodes();
        await fixture.Do(fixture.Authorize(1, 100));
        var seen = new List<long>();
        await foreach (var e in fixture.Engine.ReadFeedAsync(0, CancellationToken.None))
        {
            seen.Add(e.Sequence);
            if (e.Kind == CommandKind.Authorize) break;
        }
        Assert.Equal([1, 2, 3, 4, 5], seen);
    }

    [Fact]
    public async Task NodeAsOf_BeforeASecondHold_CountsTheFirstOnly()
    {
        await using var fixture = new EngineFixture();
        await fixture.OpenFourNodes();
        var first = await fixture.Do(fixture.Authorize(1, 100));
        fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await fixture.Do(fixture.Authorize(1, 200));
        var node = await fixture.Engine.GetNodeAsOfAsync(EngineFixture.Node(NodeKind.Enterprise, 1), first.RecordedAtMicros, CancellationToken.None);
        Assert.Equal(100, node!.Exposure);
        var facility = await fixture.Engine.GetFacilityAsOfAsync(EngineFixture.Facility(1), first.RecordedAtMicros);
        Assert.Equal(100, facility!.Balances.Held);
    }

    [Fact]
    public async Task Hold_PastItsEnd_GivesHeadroomBackBeforeTheNextCommand()
    {
        await using var fixture = new EngineFixture();
        await fixture.OpenFourNodes();
        await fixture.Do(fixture.Authorize(1, 1_000) with { LifetimeSeconds = 60 });
        Assert.Equal(OutcomeKind.Declined, (await fixture.Do(fixture.Authorize(1, 1))).Kind);
        fixture.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(OutcomeKind.Approved, (await fixture.Do(fixture.Authorize(1, 1_000))).Kind);
    }

    [Fact]
    public async Task ClockStep_Forward_StopsRequestsUntilConfirmed()
    {
        await using var fixture = new EngineFixture();
        await fixture.OpenFourNodes();
        fixture.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(Reason.ClockStepUnconfirmed, (await fixture.Do(fixture.Authorize(1, 1))).Reason);
        await fixture.Engine.ConfirmClockAsync();
        Assert.Equal(OutcomeKind.Approved, (await fixture.Do(fixture.Authorize(1, 1))).Kind);
    }

    [Fact]
    public async Task LateOriginal_InASessionThatReversedIt_LeavesBalancesAndHistoryAsTheyAre()
    {
        await using var fixture = new EngineFixture();
        await fixture.OpenFourNodes();
        await fixture.Do(fixture.Authorize(1, 300));
        var late = RequestId.ForSession(9, 1);
        await fixture.Do(new Command { Kind = CommandKind.Reverse, Facility = EngineFixture.Facility(1), Original = late });
        var outcome = await fixture.Do(fixture.Authorize(1, 100) with { Id = late });
        Assert.Equal((OutcomeKind.Declined, Reason.Tombstoned), (outcome.Kind, outcome.Reason));
        Assert.Equal(300, outcome.Balances.Held);
        var view = await fixture.Engine.GetFacilityAsync(EngineFixture.Facility(1));
        Assert.Equal(300, view!.Balances.Held);
        Assert.All(view.Path, node => Assert.Equal(300, node.Exposure));
        var history = await fixture.Engine.GetHistoryAsync(EngineFixture.Facility(1), 0, 10);
        Assert.Equal([CommandKind.Authorize, CommandKind.Authorize, CommandKind.OpenFacility], history.Events.Select(e => e.Kind));
    }

    [Fact]
    public async Task ReverseRepayment_Twice_IsDeclinedAlsoAfterARestart()
    {
        await using var fixture = new EngineFixture();
        await fixture.OpenFourNodes();
        var paid = await fixture.Do(new Command { Kind = CommandKind.Repay, Facility = EngineFixture.Facility(1), Amount = 50, Currency = EngineFixture.Eur });
        var bounce = new Command { Kind = CommandKind.ReverseRepayment, Facility = EngineFixture.Facility(1), Reference = paid.Sequence };
        Assert.Equal(OutcomeKind.Posted, (await fixture.Do(bounce)).Kind);
        await fixture.Reopen();
        Assert.Equal(Reason.AlreadyReversed, (await fixture.Do(bounce)).Reason);
    }
}
