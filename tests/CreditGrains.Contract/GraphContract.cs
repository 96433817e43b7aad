using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Contract;

/// <summary>Links, shares and moves with open holds, status and limits of nodes (docs/rules.md, "Graph", "Status", "Limits").</summary>
public abstract class GraphContract(Func<ICreditEngine> engine) : EngineContract(engine)
{
    [ContractFact]
    public async Task Diamond_OfWays_CountsTheFacilityOnce()
    {
        var top = await Book.Open(NodeKind.Portfolio, 1, 100);
        var left = await Book.Open(NodeKind.Product, 1, 100, top);
        var right = await Book.Open(NodeKind.Region, 1, 100, top);
        await Book.OpenLine(1, 100, left, right, top);
        await Book.Hold(100);
        await Book.AssertExposures([100, 100, 100], left, right, top);
        await Book.Set(new UnlinkNode(left, top));
        await Book.Set(new UnlinkNode(Book.F(1), top));
        await Book.AssertExposures([100, 100, 100], left, right, top);
        await Book.Set(new UnlinkNode(right, top));
        await Book.AssertExposures([100, 100, 0], left, right, top);
    }

    [ContractFact]
    public async Task CoLending_80To20_CountsByShare()
    {
        var bank = await Book.Open(NodeKind.Funder, 1, 80);
        var partner = await Book.Open(NodeKind.Funder, 2, 100);
        await Book.Set(new OpenFacility(Book.F(1), Contract.Book.Eur, 1_000, default, false, 0, [new ParentShare(bank, 800_000), new ParentShare(partner, 200_000)]));
        await Book.Hold(99);
        await Book.AssertExposures([80, 20], bank, partner);
        await Book.Hold(1);
        AssertDeclined(Reason.LimitExceeded, await Book.Do(CommandKind.Authorize, 1, 1));
        await Book.AssertExposures([80, 20], bank, partner);
    }

    [ContractFact]
    public async Task Move_WithOpenHolds_TakesThemAlong()
    {
        var from = await Book.Open(NodeKind.Enterprise, 1, 1_000);
        var to = await Book.Open(NodeKind.Enterprise, 2, 1_000);
        await Book.OpenLine(1, 1_000, from);
        var hold = await Book.Hold(300);
        await Book.Set(new MoveFacility(Book.F(1), from, new ParentShare(to)));
        await Book.AssertExposures([0, 300], from, to);
        AssertPosted(300, await Book.Do(CommandKind.Capture, 1, 300, hold.Sequence));
        await Book.AssertExposures([0, 300], from, to);
    }

    [ContractFact]
    public async Task Link_OfASharedNode_CountsWhatIsBelowAbove()
    {
        var enterprise = await Book.Open(NodeKind.Enterprise, 1, 1_000);
        for (var i = 1; i <= 4; i++) await Book.OpenLine(i, 1_000, await Book.Open(NodeKind.Borrower, i, 1_000, enterprise));
        for (var i = 1; i <= 4; i++) await Book.Hold(100, i);
        var group = await Book.Open(NodeKind.ObligorGroup, 1, 450);
        await Book.Set(new LinkNode(enterprise, new ParentShare(group)));
        await Book.AssertExposures([400, 400], enterprise, group);
        AssertDeclined(Reason.LimitExceeded, await Book.Do(CommandKind.Authorize, 1, 51));
        AssertApproved(50, await Book.Do(CommandKind.Authorize, 1, 50));
        await Book.Set(new UnlinkNode(enterprise, group));
        await Book.AssertExposures([450, 0], enterprise, group);
    }

    [ContractFact]
    public async Task Faults_OfNodes_AreDeclinedByName()
    {
        var portfolio = await Book.Open(NodeKind.Portfolio, 1, 100);
        AssertDeclined(Reason.UnknownNode, await Book.Do(new OpenFacility(Book.F(1), Contract.Book.Eur, 10, default, false, 0, [new ParentShare(Book.Node(NodeKind.Product, 9))])));
        AssertDeclined(Reason.UnknownNode, await Book.Do(new SetLimit(Book.Node(NodeKind.Enterprise, 9), 1)));
        AssertDeclined(Reason.AlreadyExists, await Book.Do(new OpenNode(portfolio, Contract.Book.Eur, 1, default, [])));
        await Book.OpenLine(1, 10, portfolio);
        AssertDeclined(Reason.AlreadyExists, await Book.Do(new OpenFacility(Book.F(1), Contract.Book.Eur, 10, default, false, 0, [new ParentShare(portfolio)])));
        AssertDeclined(Reason.AlreadyLinked, await Book.Do(new LinkNode(Book.F(1), new ParentShare(portfolio))));
        AssertDeclined(Reason.UnknownFacility, await Book.Do(new SetLimit(Book.F(9), 1)));
    }

    [ContractTheory]
    [InlineData(NodeKind.Facility, Reason.FacilityFrozen)]
    [InlineData(NodeKind.Borrower, Reason.NodeFrozen)]
    [InlineData(NodeKind.Portfolio, Reason.NodeFrozen)]
    public async Task Freeze_StopsRequestsAndNotFacts(NodeKind kind, Reason reason)
    {
        await Book.OpenOneLine();
        var key = kind == NodeKind.Facility ? Book.F(1) : Book.Node(kind);
        await Book.Set(new Freeze(key));
        AssertDeclined(reason, await Book.Do(CommandKind.Authorize, 1, 10));
        AssertPosted(10, await Book.Do(CommandKind.ClearWithoutHold, 1, 10));
        await Book.Set(new Unfreeze(key));
        await Book.Hold(10);
    }

    [ContractFact]
    public async Task Close_OfAFacility_WaitsForItsBalance()
    {
        await Book.OpenOneLine();
        await Book.Do(CommandKind.Drawdown, 1, 100);
        await Book.Set(new Close(Book.F(1)));
        Assert.Equal(NodeStatus.Closing, (await Book.View()).Node.Status);
        AssertDeclined(Reason.FacilityClosed, await Book.Do(CommandKind.Authorize, 1, 10));
        await Book.Do(CommandKind.Repay, 1, 100);
        Assert.Equal(NodeStatus.Closed, (await Book.View()).Node.Status);
    }

    [ContractFact]
    public async Task Close_OfANodeWithFacilities_IsTurnedDown()
    {
        await Book.OpenOneLine();
        Assert.Equal(Reason.NodeNotEmpty, (await Book.Do(new Close(Book.Node(NodeKind.Portfolio)))).Reason);
        var empty = await Book.Open(NodeKind.Portfolio, 2, 100);
        await Book.Set(new Close(empty));
        AssertDeclined(Reason.InvalidParent, await Book.Do(new OpenFacility(Book.F(2), Contract.Book.Eur, 10, default, false, 0, [new ParentShare(empty)])));
    }

    [ContractTheory]
    [InlineData(NodeKind.Facility)]
    [InlineData(NodeKind.Borrower)]
    [InlineData(NodeKind.Portfolio)]
    public async Task LimitCut_BelowUse_ApprovesNothingUntilHeadroomReturns(NodeKind kind)
    {
        await Book.OpenOneLine();
        await Book.Do(CommandKind.Drawdown, 1, 800);
        var key = kind == NodeKind.Facility ? Book.F(1) : Book.Node(kind);
        await Book.Set(new SetLimit(key, 500));
        // In a cluster the cut of a shared node is in force when its grants have returned, a moment later.
        while ((await Book.View(key)).Limit != 500) await Task.Yield();
        Assert.NotEqual(OutcomeKind.Approved, (await Book.Do(CommandKind.Authorize, 1, 10)).Kind);
        await Book.Do(CommandKind.Repay, 1, 310);
        AssertApproved(10, await Book.Do(CommandKind.Authorize, 1, 10));
        AssertDeclined(Reason.LimitExceeded, await Book.Do(CommandKind.Authorize, 1, 1));
        Assert.Equal(500, (await Book.View(key)).Exposure);
    }

    [ContractFact]
    public async Task LimitRaise_OfASharedNode_LetsMoreThrough()
    {
        await Book.OpenUnderOneEnterprise(borrowers: 4, enterpriseLimit: 100);
        await Book.Hold(100, 1);
        AssertDeclined(Reason.LimitExceeded, await Book.Do(CommandKind.Authorize, 2, 1));
        await Book.Set(new SetLimit(Book.Node(NodeKind.Enterprise), 150));
        await Book.Hold(50, 3);
        AssertDeclined(Reason.LimitExceeded, await Book.Do(CommandKind.Authorize, 4, 1));
    }
}
