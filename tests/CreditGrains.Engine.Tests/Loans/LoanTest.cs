using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Loans;

/// <summary>A world with one line of 100,000.00 and a business date, for tests of loans.</summary>
public abstract class LoanTest : IDisposable
{
    protected const long Line = 10_000_000;

    protected static readonly DateOnly Start = new(2026, 1, 15);

    protected static readonly LoanProduct Level = new() { DayCount = DayCount.MonthsOverTwelve };

    private protected LoanTest()
    {
        World.Open(NodeKind.Portfolio, 1, 100 * Line);
        World.Open(NodeKind.Borrower, 1, 10 * Line, World.Node(NodeKind.Portfolio));
        World.OpenLine(1, Line, World.Node(NodeKind.Borrower));
        Date(Start);
    }

    private protected World World { get; } = new();

    protected static int DayOf(DateOnly date) => date.DayNumber - new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>The business date.</summary>
    protected DateOnly LoanDate => new DateOnly(1970, 1, 1).AddDays(World.Partition.State.Small.BusinessDates[(1, 1)]);

    protected void Date(DateOnly date) => World.Set(new AdvanceBusinessDate(World.Scope, DayOf(date)));

    protected Outcome TryDraw(long amount, LoanProduct product, LoanFigures figures, long facility = 1, long least = 0) => World.Do(
        World.Of(CommandKind.Drawdown, amount, 0, facility) with { AmountMin = least, Control = new LoanOffer(World.F(facility), SealedProduct.Of(product), figures) });

    protected Outcome Draw(long amount, LoanProduct product, int instalments, long percentTimes100 = 600, long facility = 1)
    {
        var outcome = TryDraw(amount, product, new LoanFigures(new RateAnnual(percentTimes100 * 100_000), instalments), facility);
        Assert.Equal((OutcomeKind.Approved, Reason.None), (outcome.Kind, outcome.Reason));
        return outcome;
    }

    protected Outcome Repay(long amount, long facility = 1)
    {
        var outcome = World.Do(CommandKind.Repay, amount, 0, facility);
        Assert.Equal(OutcomeKind.Posted, outcome.Kind);
        return outcome;
    }

    protected LoanView Loan(int index = 0, long facility = 1) => World.View(facility).Loans[index];

    /// <summary>The pure account with the same terms.</summary>
    protected static LoanAccount Pure(long amount, LoanProduct product, int instalments, long percentTimes100 = 600) => LoanServicing.Open(
        product.TermsOf(amount, World.Eur, Start, new LoanFigures(new RateAnnual(percentTimes100 * 100_000), instalments))).Value;

    /// <summary>The loan and the facility's balances are as the pure account has them.</summary>
    protected void AssertIs(LoanAccount pure, int index = 0, long facility = 1)
    {
        var (loan, balances) = (Loan(index, facility), World.Balances(facility));
        Assert.Equal((pure.AsOf, pure.PrincipalNotDue, pure.Upcoming.Length, pure.DaysPastDue), (loan.AsOf, loan.PrincipalNotDue, loan.Remaining, loan.DaysPastDue));
        Assert.Equal(pure.NonAccrualSince, loan.NonAccrualSince);
        Assert.Equal((pure.HeldUntil is not null, pure.HeldUntil == Observation.UntilCured ? null : pure.HeldUntil), (loan.IsHeld, loan.HeldUntil));
        Assert.Equal(
            pure.Dues.Select(due => new LoanDueView(due.Number, due.Due, due.Fees, due.Penalty(pure.Terms), due.Compound(pure.Terms), due.Interest, due.Principal)), loan.Dues);
        Assert.Equal((pure.PrincipalOwed, pure.Dues.Sum(due => due.Interest), pure.Dues.Sum(due => due.Fees), pure.Unapplied),
            (balances.Principal, balances.Interest, balances.Fees, balances.Credit));
        Assert.Equal(pure.Upcoming.IsEmpty ? null : pure.Upcoming[0].Due, loan.NextDue);
        if (!pure.Upcoming.IsEmpty) Assert.Equal((pure.Upcoming[0].Principal, pure.Upcoming[0].Interest, pure.Upcoming[0].Fees), (loan.NextPrincipal, loan.NextInterest, loan.NextFees));
    }

    public void Dispose()
    {
        World.AssertReplaysTheSame();
        World.Snapshot();
        World.AssertReplaysTheSame();
        World.Dispose();
        GC.SuppressFinalize(this);
    }
}
