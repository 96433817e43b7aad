using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Tests.Loans;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Scoring;

/// <summary>What a backtest makes of loans: those drawn then and under the policy live the life they had, those declined under it none, those drawn only under it the one of their schedule.</summary>
public sealed class BacktestLoanTests : LoanTest
{
    private const int Facilities = 4;
    private static readonly LoanProduct Strict = Level with { Overdue = new OverdueTerms { PenaltyPpm = 1_500_000, Compounding = Compounding.OnInterest, BounceFee = 500 } };
    private static readonly BacktestFiles ApproveAll = Policy("""<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"approve"</text></outputEntry></rule>""");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Policy_ThatDecidesAsThen_MakesTheSameBook_WhateverHappenedToLoans(int seed)
    {
        var random = new Random(seed);
        for (var id = 2; id <= Facilities; id++) World.OpenLine(id, Line, World.Node(NodeKind.Borrower));
        var history = new RandomHistory(World, random, Facilities);
        var date = Start;
        for (var step = 0; step < 400; step++)
        {
            if (random.Next(8) == 0) Date(date = date.AddDays(random.Next(1, 25)));
            if (random.Next(5) == 0) World.Pass(random.Next(1, 4) * 1_800 * World.Second);
            history.Next();
        }
        // What ended by time meanwhile ends now; in the second book it did so with some later command.
        World.Idle();
        var (part, balances) = Run(ApproveAll);
        Assert.True(part.Counts.ApprovedThen > 20, $"{part.Counts}");
        Assert.Equal((part.Counts.ApprovedThen, part.Counts.AmountThen, 0, 0), (part.Counts.ApprovedNow, part.Counts.AmountNow, part.Counts.SwapsIn, part.Counts.SwapsOut));
        for (var id = 1; id <= Facilities; id++) Assert.Equal((id, World.Balances(id)), (id, balances[id]));
        Assert.Equal(part.ExposureThen["EUR"], part.ExposureNow["EUR"]);
        Assert.True(history.Done.Count >= 16, string.Join(' ', history.Done));
        Assert.Equal(history.LeftOut, part.Counts.LeftOut);
    }

    [Fact]
    public void Loan_DeclinedUnderThePolicy_TakesNothing_AndItsPaymentsPayNothingElse()
    {
        Draw(3_000_000, Strict, 12);
        Draw(1_200_000, Strict, 12);
        for (var month = 1; month <= 3; month++)
        {
            Date(Start.AddMonths(month));
            World.Idle();
            Repay(Loan(0).Dues.Concat(Loan(1).Dues).Sum(due => due.Interest + due.Principal));
        }
        var (small, large) = Loan(0).Amount < Loan(1).Amount ? (Loan(0), Loan(1)) : (Loan(1), Loan(0));
        Assert.Equal((3_000_000, 1_200_000), (large.Amount, small.Amount));
        var (part, balances) = Run(Policy("""<rule><inputEntry><text>&gt; 20000</text></inputEntry><outputEntry><text>"decline"</text></outputEntry></rule><rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"approve"</text></outputEntry></rule>"""));
        Assert.Equal((2, 1, 1, 0), (part.Counts.Requests, part.Counts.ApprovedNow, part.Counts.SwapsOut, part.Counts.LeftOut));
        Assert.Equal((small.PrincipalNotDue + small.Dues.Sum(due => due.Principal), 0), (balances[1].Principal, balances[1].Credit));
    }

    [Fact]
    public void Loan_DrawnUnderThePolicyOnly_IsPaidAsItsInstalmentsFallDue()
    {
        Decline("100");
        Assert.Equal(OutcomeKind.Declined, TryDraw(1_200_000, Strict, new LoanFigures(new RateAnnual(60_000_000), 12)).Kind);
        var pure = Pure(1_200_000, Strict, 12);
        for (var month = 1; month <= 5; month++)
        {
            var date = Start.AddMonths(month).AddDays(month % 3);
            Date(date);
            World.Idle();
            pure = LoanServicing.Advance(pure, date).Value;
            pure = LoanServicing.Execute(pure, new LoanAct.Repayment(date, pure.Dues.Sum(due => due.Total(pure.Terms)))).Value;
        }
        var (part, balances) = Run(ApproveAll);
        Assert.Equal((1, 1, 0), (part.Counts.SwapsIn, part.Counts.ApprovedNow, part.Counts.LeftOut));
        Assert.Equal((pure.PrincipalOwed, 0, 0), (balances[1].Principal, balances[1].Interest, balances[1].Fees));
        Assert.InRange(pure.PrincipalOwed, 600_000, 800_000);
    }

    [Fact]
    public void Loan_ThatAPersonLetThrough_AndThePolicyAtOnce_HasThePaymentsThatWereSeen()
    {
        World.Set(new SetReviewThreshold(World.F(1), 1_000_000));
        var referred = TryDraw(1_200_000, Strict, new LoanFigures(new RateAnnual(60_000_000), 12));
        Assert.Equal(OutcomeKind.Referred, referred.Kind);
        Assert.Equal(OutcomeKind.Approved, World.Do(World.Accept(referred.Sequence)).Kind);
        Date(Start.AddMonths(3));
        World.Idle();
        Repay(100_000);
        // The policy refers nothing; the threshold does, in both books.
        var (part, balances) = Run(ApproveAll);
        Assert.Equal((0, 0, 0), (part.Counts.SwapsIn, part.Counts.SwapsOut, part.Counts.LeftOut));
        Assert.Equal(World.Balances(), balances[1]);
        Assert.Equal(2, Loan().Bucket);
    }

    [Fact]
    public void Loan_ReferredByThePolicyOfThen_AndDrawnAtOnceHere_GoesOnAsItWasSeen()
    {
        World.AddPolicy(Policy("""<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"refer"</text></outputEntry></rule>""").Policy);
        World.PolicyRole(VersionRole.Acting);
        var referred = TryDraw(1_200_000, Strict, new LoanFigures(new RateAnnual(60_000_000), 12));
        Assert.Equal(OutcomeKind.Referred, referred.Kind);
        var accepted = World.Do(World.Accept(referred.Sequence));
        Assert.Equal(OutcomeKind.Approved, accepted.Kind);
        Date(Start.AddMonths(4));
        World.Idle();
        Repay(50_000);
        Assert.Equal(OutcomeKind.Posted, World.Do(World.Of(CommandKind.ExtendLoan, 0, accepted.Sequence) with { Control = new LoanExtension(World.F(1), 6, false) }).Kind);
        var (part, balances) = Run(ApproveAll);
        Assert.Equal((1, 0), (part.Counts.SwapsIn, part.Counts.LeftOut));
        Assert.Equal(World.Balances(), balances[1]);
    }

    [Fact]
    public void Headroom_ThatADeclinedLoanLeaves_IsUsedByWhatCameLater()
    {
        Draw(9_000_000, Strict, 12);
        Assert.Equal(OutcomeKind.Declined, World.Ask(20_000_00).Kind);
        var (part, balances) = Run(Policy("""<rule><inputEntry><text>&gt; 50000</text></inputEntry><outputEntry><text>"decline"</text></outputEntry></rule><rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"approve"</text></outputEntry></rule>"""));
        Assert.Equal((1, 1), (part.Counts.SwapsIn, part.Counts.SwapsOut));
        Assert.Equal(20_000_00, balances[1].Principal);
    }

    private static BacktestFiles Policy(string rules) => new(Encoding.UTF8.GetBytes(ScoredRequestTests.Table(rules)), "Request");

    private void Decline(string above)
    {
        World.AddPolicy(Policy($"""<rule><inputEntry><text>&gt; {above}</text></inputEntry><outputEntry><text>"decline"</text></outputEntry></rule><rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"approve"</text></outputEntry></rule>""").Policy);
        World.PolicyRole(VersionRole.Acting);
    }

    private (BacktestPart Part, Dictionary<long, Domain.Facilities.FacilityBalances> Balances) Run(BacktestFiles files)
    {
        using var run = new BacktestRun(World.Partition.EventJournal, BacktestRunTests.Options, World.Scope, files, 0);
        run.Execute(_ => { }, CancellationToken.None);
        return (run.Part(new Dictionary<NodeKey, bool>()), run.BalancesNow().ToDictionary(each => each.Facility.Id, each => each.Balances));
    }
}
