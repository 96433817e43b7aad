using CreditGrains.Domain.Approvals;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Domain.Tests;

/// <summary>The rule of maker and checker: decided by time and names passed in, rebuilt from its events.</summary>
public sealed class ProposalBookTests
{
    private const long Second = 1_000_000;
    private static readonly NodeKey Key = NodeKey.Facility(1, 1, 42);
    private static readonly RequestId Id = RequestId.ForTime(1_700_000_000_000, 1, 1);
    private readonly List<ProposalEvent> events = [];
    private readonly ProposalBook book = new();

    [Theory]
    [InlineData(100, false)]
    [InlineData(101, true)]
    public void NeedsApproval_SetLimit_IsDecidedByTheThreshold(long limit, bool expected) =>
        Assert.Equal(expected, new ApprovalRules { SetLimitAbove = 100 }.NeedsApproval(Set(limit)));

    [Fact]
    public void NeedsApproval_WithoutThreshold_SetLimitDoesNotAndTheListedKindsDo()
    {
        var rules = new ApprovalRules();
        Assert.False(rules.NeedsApproval(Set(long.MaxValue)));
        Assert.True(rules.NeedsApproval(Command.Of(Id, new SetVelocityLimit(Key, 60, 1, 1))));
        Assert.True(rules.NeedsApproval(Command.Of(Id, new SetSubLimit(Key, Channel.Cash, 0, 9999, 1))));
        Assert.False(rules.NeedsApproval(Command.Of(Id, new Freeze(Key))));
        Assert.True(new ApprovalRules { Always = new HashSet<CommandKind> { CommandKind.Freeze } }.NeedsApproval(Command.Of(Id, new Freeze(Key))));
    }

    [Fact]
    public void Approve_ByTheMaker_IsRefusedWhateverItsState()
    {
        Propose("ada", at: 0);
        Assert.Equal(ProposalRefusal.SamePrincipal, book.Approve(1, "ada", Id, 1).Refusal);
        Keep(book.Approve(1, "bob", Id, 1).Event!);
        Assert.Equal(ProposalRefusal.SamePrincipal, book.Approve(1, "ada", Id, 2).Refusal);
    }

    [Fact]
    public void Approve_AtTheEndOfItsTime_IsExpiredAndAMicrosecondBeforeIsNot()
    {
        Propose("ada", at: 0, lifetimeSeconds: 60);
        Assert.Equal(ProposalRefusal.ProposalExpired, book.Approve(1, "bob", Id, 60 * Second).Refusal);
        Assert.Equal(ProposalRefusal.ProposalExpired, book.Reject(1, "bob", 60 * Second).Refusal);
        Assert.Equal(ProposalState.Expired, book.Find(1)!.StateAt(60 * Second));
        Assert.NotNull(book.Approve(1, "bob", Id, 60 * Second - 1).Event);
    }

    [Fact]
    public void Approve_Again_KeepsTheFirstRequestIdSoThatItExecutesOnce()
    {
        Propose("ada", at: 0);
        Keep(book.Approve(1, "bob", Id, 1).Event!);
        var (again, refusal) = book.Approve(1, "cyd", RequestId.ForTime(1_700_000_000_001, 2, 2), 2);
        Assert.Equal((null, ProposalRefusal.None), (again, refusal));
        Assert.Equal((Id, "bob"), (book.Find(1)!.ExecutedAs, book.Find(1)!.Checker));
    }

    [Fact]
    public void Resolved_Proposals_StayResolved()
    {
        Propose("ada", at: 0);
        Propose("ada", at: 0);
        Keep(book.Reject(1, "ada", 1).Event!);
        Keep(book.Approve(2, "bob", Id, 1).Event!);
        Keep(new ChangeExecuted(2, 2, 77));
        foreach (var id in (long[])[1, 2])
        {
            Assert.Equal(ProposalRefusal.AlreadyResolved, book.Approve(id, "bob", Id, 3).Refusal);
            Assert.Equal(ProposalRefusal.AlreadyResolved, book.Reject(id, "bob", 3).Refusal);
        }

        Assert.Equal(ProposalRefusal.UnknownProposal, book.Approve(3, "bob", Id, 3).Refusal);
        Assert.Equal(77, book.Find(2)!.DecisionId);
    }

    [Fact]
    public void Replay_OfItsEvents_GivesTheSameBook()
    {
        Resolved_Proposals_StayResolved();
        var again = new ProposalBook();
        foreach (var e in events) again.Apply(e);
        Assert.Equal(book.All.Select(p => (p.Id, p.State, p.Maker, p.Checker, p.ExecutedAs, p.DecisionId)), again.All.Select(p => (p.Id, p.State, p.Maker, p.Checker, p.ExecutedAs, p.DecisionId)));
    }

    [Fact]
    public void Apply_EventsThatDoNotFollow_AreRefused()
    {
        Propose("ada", at: 0, lifetimeSeconds: 60);
        foreach (var wrong in (ProposalEvent[])
        [
            new ChangeProposed(3, 0, "ada", Set(1), "", 1), new ChangeApproved(2, 1, "bob", Id), new ChangeApproved(1, 1, "ada", Id),
            new ChangeApproved(1, 60 * Second, "bob", Id), new ChangeExecuted(1, 1, 5),
        ])
            Assert.Throws<InvalidOperationException>(() => book.Apply(wrong));
        Assert.Equal(ProposalState.Open, book.Find(1)!.State);
    }

    [Fact]
    public void Propose_WhenAsManyAreOpenAsMayBe_IsRefusedUntilOneEnds()
    {
        for (var i = 0; i < ProposalBook.OpenMax; i++) book.Apply(new ChangeProposed(i + 1, 0, "ada", Set(1), "", 60 * Second));
        Assert.Equal(ProposalRefusal.TooManyProposals, book.Propose("ada", Set(1), "", 1, 60).Refusal);
        Assert.Equal(ProposalRefusal.None, book.Propose("ada", Set(1), "", 60 * Second, 60).Refusal);
    }

    private static Command Set(long limit) => Command.Of(Id, new SetLimit(Key, limit));

    private void Propose(string maker, long at, long lifetimeSeconds = 3_600) => Keep(book.Propose(maker, Set(1), "why", at, lifetimeSeconds).Event!);

    private void Keep(ProposalEvent e)
    {
        events.Add(e);
        book.Apply(e);
    }
}
