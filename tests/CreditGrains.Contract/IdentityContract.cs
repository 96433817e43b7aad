using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;

namespace CreditGrains.Contract;

/// <summary>A request id takes effect once and is answered the same again (docs/rules.md, "Ids").</summary>
public abstract class IdentityContract(Func<ICreditEngine> engine) : EngineContract(engine)
{
    [ContractTheory]
    [InlineData(400, OutcomeKind.Approved)]
    [InlineData(1_001, OutcomeKind.Declined)]
    public async Task Repeat_OfARequest_GetsTheSameAnswerAndNoSecondEffect(long amount, OutcomeKind kind)
    {
        await Book.OpenOneLine();
        var command = Book.Of(CommandKind.Authorize, 1, amount);
        var first = await Book.Do(command);
        Assert.Equal(kind, first.Kind);
        await Book.Do(CommandKind.Refund, 1, 5_000);
        var second = await Book.Do(command);
        Assert.True(second.Duplicate);
        Assert.Equal((first.Kind, first.Reason, first.Sequence, first.Amount, first.Headroom, first.RecordedAtMicros), (second.Kind, second.Reason, second.Sequence, second.Amount, second.Headroom, second.RecordedAtMicros));
        Assert.Equal(first.Amount, (await Book.Balances()).Held);
        Assert.Equal(Reason.RequestIdReused, (await Book.Do(command with { Amount = amount + 1 })).Reason);
    }

    [ContractFact]
    public async Task Repeat_ManyAtOnce_TakesEffectOnce()
    {
        await Book.OpenOneLine();
        var command = Book.Of(CommandKind.Authorize, 1, 100);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Book.Do(command)));
        Assert.Single(outcomes, o => !o.Duplicate);
        Assert.Single(outcomes.Select(o => o.Sequence).Distinct());
        Assert.Equal(100, (await Book.Balances()).Held);
    }

    [ContractFact]
    public async Task Repeat_OfControlCommands_ChangesNothing()
    {
        var open = Command.Of(Contract.Book.NextId(), new OpenNode(Book.Node(NodeKind.Enterprise), Contract.Book.Eur, 1_000, default, []));
        var first = await Book.Do(open);
        var again = await Book.Do(open);
        Assert.Equal((OutcomeKind.Posted, first.Sequence, true), (again.Kind, again.Sequence, again.Duplicate));
        AssertDeclined(Reason.AlreadyExists, await Book.Do(open with { Id = default }));
        var cut = Command.Of(Contract.Book.NextId(), new SetLimit(Book.Node(NodeKind.Enterprise), 500));
        await Book.Do(cut);
        await Book.Set(new SetLimit(Book.Node(NodeKind.Enterprise), 800));
        Assert.True((await Book.Do(cut)).Duplicate);
        Assert.Equal(800, (await Book.View(Book.Node(NodeKind.Enterprise))).Limit);
    }

    [ContractFact]
    public async Task Deadline_PassedBeforeItWasSent_RefusesAndLeavesTheIdFree()
    {
        await Book.OpenOneLine();
        var command = Book.Of(CommandKind.Authorize, 1, 100);
        AssertRefused(Reason.DeadlineExceeded, await Book.Engine.ExecuteAsync(command, deadlineMicros: 1));
        var again = await Book.Do(command);
        AssertApproved(100, again);
        Assert.False(again.Duplicate);
    }

    [ContractFact]
    public async Task LateOriginal_InASessionThatReversedIt_LeavesBalancesAndHistoryAsTheyAre()
    {
        await Book.OpenOneLine();
        await Book.Hold(300);
        var late = RequestId.ForSession(9, 1);
        await Book.Do(new Command { Kind = CommandKind.Reverse, Facility = Book.F(1), Original = late });
        var outcome = await Book.Do(CommandKind.Authorize, 1, 100, id: late);
        AssertDeclined(Reason.Tombstoned, outcome);
        Assert.Equal(300, outcome.Balances.Held);
        var view = await Book.View();
        Assert.Equal(300, view.Balances.Held);
        Assert.All(view.Path, node => Assert.Equal(300, node.Exposure));
        var history = await Book.Engine.GetHistoryAsync(Book.F(1), 0, 10);
        Assert.Equal([CommandKind.Authorize, CommandKind.Authorize, CommandKind.OpenFacility], history.Events.Select(e => e.Kind));
    }

    [ContractFact]
    public async Task SameId_OfTwoTenants_IsTwoRequests()
    {
        await Book.OpenOneLine();
        var other = new Book(Book.Engine);
        await other.OpenOneLine();
        var id = Contract.Book.NextId();
        AssertApproved(10, await Book.Do(CommandKind.Authorize, 1, 10, id: id));
        var theirs = await other.Do(CommandKind.Authorize, 1, 20, id: id);
        AssertApproved(20, theirs);
        Assert.False(theirs.Duplicate);
    }

    [ContractFact]
    public async Task Session_PlacesInOrder_TakeEffectOnceEach()
    {
        await Book.OpenOneLine();
        var commands = Enumerable.Range(1, 5).Select(i => Book.Of(CommandKind.Authorize, 1, 10, id: RequestId.ForSession(77, i))).ToArray();
        Assert.All(await Book.DoAll(commands), o => AssertApproved(10, o));
        Assert.All(await Book.DoAll(commands), o => Assert.True(o.Duplicate));
        Assert.Equal(50, (await Book.Balances()).Held);
    }

    [ContractFact]
    public async Task Id_OlderThanItsWindow_IsRefused()
    {
        await Book.OpenOneLine();
        var old = RequestId.FromGuid(Guid.CreateVersion7(DateTimeOffset.UtcNow - TimeSpan.FromHours(73)));
        Assert.Equal(OutcomeKind.Refused, (await Book.Do(CommandKind.Authorize, 1, 10, id: old)).Kind);
        Assert.Equal(0, (await Book.Balances()).Held);
    }
}
