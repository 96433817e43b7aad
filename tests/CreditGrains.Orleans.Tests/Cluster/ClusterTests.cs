using CreditGrains.Contract;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Orleans.Borrowers;
using CreditGrains.Orleans.Nodes;
using CreditGrains.Orleans.Tests.Servers;

namespace CreditGrains.Orleans.Tests.Cluster;

/// <summary>What callers see of a cluster of three silos.</summary>
[Collection("cluster")]
public sealed class ClusterTests(ClusterFixture cluster)
{
    private Book NewBook() => new(cluster.Silos[0]);

    [ClusterFact]
    public async Task Authorize_AtAnySilo_SeesTheSameFacility()
    {
        var book = NewBook();
        var borrower = await book.Open(NodeKind.Borrower, 1, 1_000);
        await book.OpenLine(1, 1_000, borrower);
        foreach (var silo in cluster.Silos)
        {
            book.Engine = silo;
            Assert.Equal(OutcomeKind.Approved, (await book.Do(CommandKind.Authorize, 1, 300)).Kind);
        }
        var last = await book.Do(CommandKind.Authorize, 1, 300);
        Assert.Equal((OutcomeKind.Declined, Reason.LimitExceeded), (last.Kind, last.Reason));
        Assert.Equal(900, (await book.Engine.GetFacilityAsync(book.F(1)))!.Balances.Held);
    }

    [ClusterFact]
    public async Task Authorize_SameIdAtAnotherSilo_AnswersTheSame()
    {
        var book = NewBook();
        var borrower = await book.Open(NodeKind.Borrower, 1, 1_000);
        await book.OpenLine(1, 1_000, borrower);
        var id = Book.NextId();
        var first = await book.Do(CommandKind.Authorize, 1, 300, id: id);
        book.Engine = cluster.Silos[1];
        var again = await book.Do(CommandKind.Authorize, 1, 300, id: id);
        Assert.True(again.Duplicate);
        Assert.Equal((first.Sequence, first.Amount, first.Headroom), (again.Sequence, again.Amount, again.Headroom));
        Assert.Equal(Reason.RequestIdReused, (await book.Do(CommandKind.Authorize, 1, 301, id: id)).Reason);
        Assert.Equal(300, (await book.Engine.GetFacilityAsync(book.F(1)))!.Balances.Held);
    }

    [ClusterFact]
    public async Task Facility_NumberPointsElsewhereThanItsBorrower_IsFoundThroughSignposts()
    {
        var book = NewBook();
        var borrower = await book.Open(NodeKind.Borrower, 1, 100_000);
        for (var i = 101; i <= 110; i++) await book.OpenLine(i, 1_000, borrower);
        book.Engine = cluster.Silos[2];
        for (var i = 101; i <= 110; i++) Assert.Equal(OutcomeKind.Approved, (await book.Do(CommandKind.Authorize, i, 100)).Kind);
        Assert.Equal(1_000, (await book.View(borrower)).Exposure);
        Assert.Equal(100, (await book.Engine.GetFacilityAsync(book.F(105)))!.Balances.Held);
    }

    [ClusterFact]
    public async Task SharedNode_ManyPartitionsSpend_NeverAboveItsLimit()
    {
        var book = NewBook();
        await book.OpenUnderOneEnterprise(borrowers: 40, enterpriseLimit: 10_000);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 400).Select(i =>
        {
            var at = new Book(cluster.Silos[i % 3]);
            return cluster.Silos[i % 3].ExecuteAsync(new Command
            {
                Kind = CommandKind.Authorize, Id = Book.NextId(), Facility = book.F(1 + i % 40), Amount = 50, Currency = Book.Eur,
            }).AsTask();
        }));
        var approved = outcomes.Where(o => o.Kind == OutcomeKind.Approved).Sum(o => o.Amount);
        Assert.All(outcomes, o => Assert.True(o.Kind is OutcomeKind.Approved or OutcomeKind.Declined, $"{o.Kind} {o.Reason} {o.Message}"));
        // 20,000 asked, 10,000 there: what may lie idle at a decline is a thousandth of the limit.
        Assert.InRange(approved, 10_000 - 10_000 / 1_024 - 50, 10_000);
        var view = await book.View(book.Node(NodeKind.Enterprise));
        Assert.Equal((10_000, approved), (view.Limit, view.Exposure));
    }

    [ClusterFact]
    public async Task SharedNode_WithoutRoom_IsNamedWithItsOwnFiguresAndNoOther()
    {
        var book = NewBook();
        var portfolio = await book.Open(NodeKind.Portfolio, 1, 1_000_000);
        var enterprise = await book.Open(NodeKind.Enterprise, 1, 1_000, portfolio);
        for (var i = 1; i <= 6; i++) await book.OpenLine(i, 900, await book.Open(NodeKind.Borrower, i, 900, enterprise));
        for (var i = 1; i <= 3; i++) await book.Hold(200, i);
        var declined = await book.Do(CommandKind.Authorize, 4, 500);
        Assert.Equal((OutcomeKind.Declined, Reason.LimitExceeded), (declined.Kind, declined.Reason));
        Assert.Equal([new FailingLimit(enterprise, LimitKind.Node, 1_000, 400, 0)], declined.Limits!);
        // The limit of the borrower itself, which no other partition shares, is named beside it.
        var both = await book.Do(CommandKind.Authorize, 5, 901);
        Assert.Equal(OutcomeKind.Declined, both.Kind);
        Assert.Contains(new FailingLimit(book.Node(NodeKind.Borrower, 5), LimitKind.Node, 900, 900, 0), both.Limits!);
        Assert.Equal(OutcomeKind.Approved, (await book.Do(CommandKind.Authorize, 4, 400)).Kind);
    }

    [ClusterFact]
    public async Task SharedNode_LimitCutBelowUse_StopsApprovalsUntilRepaid()
    {
        var book = NewBook();
        await book.OpenUnderOneEnterprise(borrowers: 8, enterpriseLimit: 4_000);
        for (var i = 1; i <= 8; i++) Assert.Equal(OutcomeKind.Posted, (await book.Do(CommandKind.ClearWithoutHold, i, 400)).Kind);
        Assert.Equal(OutcomeKind.Posted, (await book.Do(new SetLimit(book.Node(NodeKind.Enterprise), 2_000))).Kind);
        var asked = await book.Do(CommandKind.Authorize, 1, 10);
        Assert.NotEqual(OutcomeKind.Approved, asked.Kind);
        for (var i = 1; i <= 8; i++) await book.Do(CommandKind.Repay, i, 300);
        Outcome outcome;
        var tries = 0;
        do outcome = await book.Do(CommandKind.Authorize, 2, 10);
        while (outcome.Kind != OutcomeKind.Approved && ++tries < 200);
        Assert.Equal(OutcomeKind.Approved, outcome.Kind);
        Assert.Equal(810, (await book.View(book.Node(NodeKind.Enterprise))).Exposure);
    }

    [ClusterFact]
    public async Task SharedNode_Frozen_StopsEveryPartition()
    {
        var book = NewBook();
        await book.OpenUnderOneEnterprise(borrowers: 12, enterpriseLimit: 100_000);
        Assert.Equal(OutcomeKind.Posted, (await book.Do(new Freeze(book.Node(NodeKind.Enterprise)))).Kind);
        for (var i = 1; i <= 12; i++) Assert.Equal(Reason.NodeFrozen, (await book.Do(CommandKind.Authorize, i, 10)).Reason);
        Assert.Equal(OutcomeKind.Posted, (await book.Do(new Unfreeze(book.Node(NodeKind.Enterprise)))).Kind);
        for (var i = 1; i <= 12; i++) Assert.Equal(OutcomeKind.Approved, (await book.Do(CommandKind.Authorize, i, 10)).Kind);
    }

    [ClusterFact]
    public async Task Grains_OtherApplications_ProgramAgainstBorrowersAndEnterprises()
    {
        var book = NewBook();
        await book.OpenUnderOneEnterprise(borrowers: 3, enterpriseLimit: 5_000);
        var grains = cluster.Silos[1].Grains;
        var borrower = grains.GetGrain<IBorrowerGrain>(BorrowerKey.Of(book.Node(NodeKind.Borrower, 2)));
        var decision = await borrower.AuthorizeAsync(new BorrowerRequest(Guid.CreateVersion7(), 2, 700, "EUR"));
        Assert.Equal((OutcomeKind.Approved, 300), (decision.Outcome, decision.Headroom));
        Assert.Equal(new BorrowerStanding(1_000, 700, 1), await borrower.GetStandingAsync());
        var enterprise = grains.GetGrain<IEnterpriseGrain>(book.Node(NodeKind.Enterprise).ToString());
        Assert.Equal(5_000, (await enterprise.GetStandingAsync())!.Limit);
        Assert.Null(await grains.GetGrain<IEnterpriseGrain>(book.Node(NodeKind.Enterprise, 99).ToString()).GetStandingAsync());
    }

    [ClusterFact]
    public async Task Reverse_OriginalNotSeenYet_BarsItInEveryPartition()
    {
        var book = NewBook();
        await book.OpenUnderOneEnterprise(borrowers: 2, enterpriseLimit: 5_000);
        var id = Book.NextId();
        await book.Engine.ExecuteAsync(new Command { Kind = CommandKind.Reverse, Id = Book.NextId(), Facility = book.F(0), Original = id });
        Assert.Equal(Reason.Tombstoned, (await book.Do(CommandKind.Authorize, 2, 10, id: id)).Reason);
    }
}
