using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;

namespace CreditGrains.Contract;

/// <summary>How requests are decided, on nodes of one borrower and on shared ones (docs/rules.md, "A request").</summary>
public abstract class RequestContract(Func<ICreditEngine> engine) : EngineContract(engine)
{
    [ContractFact]
    public async Task Authorize_WithinEveryLimit_HoldsOnTheWholePath()
    {
        await Book.OpenOneLine();
        AssertApproved(300, await Book.Do(CommandKind.Authorize, 1, 300));
        var view = await Book.View();
        Assert.Equal(300, view.Balances.Held);
        Assert.Equal([NodeKind.Borrower, NodeKind.Portfolio], view.Path.Select(n => n.Key.Kind));
        Assert.Equal([(2_000, 300L), (10_000, 300L)], view.Path.Select(n => (n.Limit, n.Exposure!.Value)));
        await Book.AssertExposures([300, 300], Book.Node(NodeKind.Borrower), Book.Node(NodeKind.Portfolio));
    }

    [ContractFact]
    public async Task Authorize_UpToTheLimit_IsApprovedToTheLastUnit()
    {
        await Book.OpenOneLine();
        AssertApproved(1_000, await Book.Do(CommandKind.Authorize, 1, 1_000));
        AssertDeclined(Reason.LimitExceeded, await Book.Do(CommandKind.Authorize, 1, 1));
    }

    /// <summary>Limits of facility, borrower and enterprise; asked; the nodes that fail.</summary>
    [ContractTheory]
    [InlineData(100, 200, 300, 101, NodeKind.Facility)]
    [InlineData(300, 100, 200, 101, NodeKind.Borrower)]
    [InlineData(300, 200, 100, 101, NodeKind.Enterprise)]
    [InlineData(100, 100, 100, 101, NodeKind.Facility, NodeKind.Borrower, NodeKind.Enterprise)]
    public async Task Authorize_AboveALimit_NamesEveryLimitThatFails(long facility, long borrower, long enterprise, long asked, params NodeKind[] failing)
    {
        var top = await Book.Open(NodeKind.Enterprise, 1, enterprise);
        await Book.OpenLine(1, facility, await Book.Open(NodeKind.Borrower, 1, borrower, top));
        var outcome = await Book.Do(CommandKind.Authorize, 1, asked);
        AssertDeclined(Reason.LimitExceeded, outcome);
        Assert.Superset(failing.ToHashSet(), Failing(outcome).ToHashSet());
        AssertApproved(100, await Book.Do(CommandKind.Authorize, 1, 100));
    }

    [ContractTheory]
    [InlineData(NodeKind.Borrower)]
    [InlineData(NodeKind.Enterprise)]
    public async Task Authorize_InPart_GivesTheMostThatFits(NodeKind kind)
    {
        var node = await Book.Open(kind, 1, 100);
        await Book.OpenLine(1, 1_000, node);
        await Book.OpenLine(2, 1_000, node);
        await Book.Hold(40, facility: 2);
        var outcome = await Book.Do(Book.Of(CommandKind.Authorize, 1, 500) with { AmountMin = 50 });
        Assert.Equal((OutcomeKind.ApprovedInPart, 60), (outcome.Kind, outcome.Amount));
        AssertDeclined(Reason.LimitExceeded, await Book.Do(Book.Of(CommandKind.Authorize, 1, 500) with { AmountMin = 50 }));
    }

    [ContractFact]
    public async Task IncreaseHold_AndDrawdown_CountAsRequests()
    {
        await Book.OpenOneLine();
        var hold = await Book.Hold(300);
        AssertApproved(200, await Book.Do(CommandKind.IncreaseHold, 1, 200, hold.Sequence));
        AssertDeclined(Reason.LimitExceeded, await Book.Do(CommandKind.IncreaseHold, 1, 501, hold.Sequence));
        AssertApproved(500, await Book.Do(CommandKind.Drawdown, 1, 500));
        AssertDeclined(Reason.LimitExceeded, await Book.Do(CommandKind.Drawdown, 1, 1));
        Assert.Equal(Balances(principal: 500, held: 500), await Book.Balances());
    }

    [ContractFact]
    public async Task Faults_OfAFacility_AreDeclinedByName()
    {
        await Book.OpenOneLine();
        AssertDeclined(Reason.UnknownFacility, await Book.Do(CommandKind.Authorize, 99, 10));
        AssertDeclined(Reason.CurrencyMismatch, await Book.Do(Book.Of(CommandKind.Authorize, 1, 10) with { Currency = Contract.Book.Usd }));
        AssertDeclined(Reason.ReferenceNotOpen, await Book.Do(CommandKind.IncreaseHold, 1, 10, 99_999));
    }

    [ContractFact]
    public async Task Malformed_IsRefusedAndItsIdStaysFree()
    {
        await Book.OpenOneLine();
        var command = Book.Of(CommandKind.Authorize, 1, 10);
        AssertRefused(Reason.InvalidAmount, await Book.Do(command with { Amount = -1 }));
        AssertApproved(10, await Book.Do(command));
    }

    [ContractTheory]
    [InlineData(NodeKind.Facility)]
    [InlineData(NodeKind.Borrower)]
    [InlineData(NodeKind.Portfolio)]
    public async Task ReviewThreshold_Passed_RefersUntilAPersonAccepts(NodeKind kind)
    {
        await Book.OpenOneLine();
        await Book.Set(new SetReviewThreshold(kind == NodeKind.Facility ? Book.F(1) : Book.Node(kind), 500));
        var referred = await Book.Do(CommandKind.Authorize, 1, 501);
        Assert.Equal(OutcomeKind.Referred, referred.Kind);
        Assert.Equal(0, (await Book.Balances()).Held);
        var accepted = await Book.Do(Book.Of(CommandKind.ResolveReferral, 1, 0, referred.Sequence) with { Options = CommandOptions.Accept });
        AssertApproved(501, accepted);
        Assert.Equal(501, (await Book.View(Book.Node(NodeKind.Portfolio))).Exposure);
    }

    [ContractFact]
    public async Task SubLimit_OfAChannel_BindsThatChannelOnly()
    {
        await Book.OpenOneLine();
        await Book.Set(new SetSubLimit(Book.F(1), Channel.Online, 0, 9_999, 100));
        AssertDeclined(Reason.SubLimitExceeded, await Book.Do(Book.Of(CommandKind.Authorize, 1, 101) with { Channel = Channel.Online }));
        AssertApproved(100, await Book.Do(Book.Of(CommandKind.Authorize, 1, 100) with { Channel = Channel.Online }));
        AssertApproved(101, await Book.Do(CommandKind.Authorize, 1, 101));
    }

    [ContractFact]
    public async Task VelocityLimit_OfASharedNode_CountsApprovalsOfAllItsFacilities()
    {
        await Book.OpenUnderOneEnterprise(borrowers: 6, enterpriseLimit: 100_000);
        var enterprise = Book.Node(NodeKind.Enterprise);
        await Book.Set(new SetVelocityLimit(enterprise, 86_400, -1, 4));
        for (var i = 1; i <= 4; i++) AssertApproved(1, await Book.Do(CommandKind.Authorize, i, 1));
        for (var i = 1; i <= 6; i++)
        {
            var declined = await Book.Do(CommandKind.Authorize, i, 1);
            AssertDeclined(Reason.VelocityExceeded, declined);
            var full = Assert.Single(declined.Limits!);
            Assert.Equal((enterprise, LimitKind.VelocityCount, 4L, 0L, 86_400), (full.Node, full.Kind, full.Limit, full.Headroom, full.Detail));
        }
        var limit = Assert.Single((await Book.View(enterprise)).VelocityLimits);
        Assert.Equal((86_400, -1, 4, 4, 4), (limit.WindowSeconds, limit.AmountMax, limit.CountMax, limit.AmountUsed, limit.CountUsed));
        await Book.Set(new SetVelocityLimit(enterprise, 86_400, -1, 5));
        AssertApproved(1, await Book.Do(CommandKind.Authorize, 6, 1));
        AssertDeclined(Reason.VelocityExceeded, await Book.Do(CommandKind.Authorize, 5, 1));
        await Book.Set(new SetVelocityLimit(enterprise, 86_400, -1, -1));
        AssertApproved(1, await Book.Do(CommandKind.Authorize, 5, 1));
    }

    [ContractFact]
    public async Task VelocityLimit_OfASharedNode_BoundsTheAmountOfAllItsFacilities()
    {
        await Book.OpenUnderOneEnterprise(borrowers: 5, enterpriseLimit: 100_000);
        var enterprise = Book.Node(NodeKind.Enterprise);
        await Book.Set(new SetVelocityLimit(enterprise, 86_400, 1_000, -1));
        AssertApproved(400, await Book.Do(CommandKind.Authorize, 1, 400));
        AssertApproved(400, await Book.Do(CommandKind.Drawdown, 2, 400));
        AssertDeclined(Reason.VelocityExceeded, await Book.Do(CommandKind.Authorize, 3, 201));
        AssertApproved(200, await Book.Do(CommandKind.Authorize, 4, 200));
        AssertDeclined(Reason.VelocityExceeded, await Book.Do(CommandKind.Authorize, 1, 1));
        // A fact posts whatever the window says, and counts in it.
        AssertPosted(50, await Book.Do(CommandKind.ClearWithoutHold, 5, 50));
        await Book.Set(new SetVelocityLimit(enterprise, 86_400, 1_051, -1));
        AssertDeclined(Reason.VelocityExceeded, await Book.Do(CommandKind.Authorize, 3, 2));
        AssertApproved(1, await Book.Do(CommandKind.Authorize, 3, 1));
    }

    [ContractFact]
    public async Task VelocityLimit_OfAFacility_CountsApprovals()
    {
        await Book.OpenOneLine();
        await Book.Set(new SetVelocityLimit(Book.F(1), 86_400, -1, 2));
        await Book.Hold(1);
        await Book.Hold(1);
        AssertDeclined(Reason.VelocityExceeded, await Book.Do(CommandKind.Authorize, 1, 1));
    }

    [ContractFact]
    public async Task ForeignCurrency_WithoutARate_DeclinesAndWithOneIsConverted()
    {
        var top = await Book.Open(NodeKind.Enterprise, 1, 1_000);
        await Book.Set(new OpenFacility(Book.F(1), Contract.Book.Usd, 5_000, default, false, 0, [new ParentShare(top)]));
        var command = Book.Of(CommandKind.Authorize, 1, 1_000) with { Currency = Contract.Book.Usd };
        AssertDeclined(Reason.FxRateMissing, await Book.Do(command));
        await Book.Set(new SetFxRate(new NodeKey(0, Book.Tenant, 1, NodeKind.None), Contract.Book.Usd, Contract.Book.Eur, 900_000_000, long.MaxValue));
        AssertApproved(1_000, await Book.Do(command with { Id = default }));
        Assert.Equal(900, (await Book.View(top)).Exposure);
        AssertDeclined(Reason.LimitExceeded, await Book.Do(command with { Id = default, Amount = 112 }));
        AssertApproved(111, await Book.Do(command with { Id = default, Amount = 111 }));
    }

    [ContractFact]
    public async Task CommittedBasis_OnASharedNode_BindsOpeningAndRaising()
    {
        var basis = new ExposureBasis(ExposureMeasure.Committed, false, 0);
        await Book.Set(new OpenNode(Book.Node(NodeKind.Industry), Contract.Book.Eur, 1_000, basis, []));
        var industry = Book.Node(NodeKind.Industry);
        await Book.OpenLine(1, 600, industry);
        AssertDeclined(Reason.LimitExceeded, await Book.Do(new OpenFacility(Book.F(2), Contract.Book.Eur, 401, default, false, 0, [new ParentShare(industry)])));
        await Book.OpenLine(3, 300, industry);
        AssertDeclined(Reason.LimitExceeded, await Book.Do(new SetLimit(Book.F(3), 401)));
        await Book.Set(new SetLimit(Book.F(3), 400));
        Assert.Equal(1_000, (await Book.View(industry)).Exposure);
    }
}
