using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Loans;

/// <summary>What is agreed about a loan, bounced payments, write-off and recovery: the engine's loan is as the pure account after the same acts.</summary>
public sealed class LoanActsTest : LoanTest
{
    private static readonly OverdueTerms Strict = new() { PenaltyPpm = 1_500_000, Compounding = Compounding.OnInterest, BounceFee = 500, Allocation = AllocationRule.PrincipalFirstAfter90 };

    public static TheoryData<string> Kinds => ["level", "equal", "interestOnly", "balloon", "bullet", "stepped", "custom", "seasonal", "keepsSize"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Loan_OfAnyKindWithRandomActs_IsAsThePureAccount(string kind)
    {
        for (var seed = 1; seed <= 6; seed++)
        {
            var random = new Random(seed * 31 + kind.Length);
            var facility = seed + 1;
            World.OpenLine(facility, Line, World.Node(NodeKind.Borrower));
            var start = LoanDate;
            var product = Product(kind, start) with { Overdue = Strict with { GraceDays = seed % 3, Observation = seed % 2 == 0 ? new ObservationRule(20, seed % 3, 1) : null } };
            var drawn = Draw(1_000_000, product, 12, 900, facility);
            var pure = LoanServicing.Open(product.TermsOf(1_000_000, World.Eur, start, new LoanFigures(new RateAnnual(90_000_000), 12))).Value;
            var date = start;
            for (var step = 0; step < 12 && !pure.IsClosed; step++)
            {
                date = date.AddDays(random.Next(1, 45));
                Date(date);
                pure = LoanServicing.Advance(pure, date).Value;
                if (pure.IsClosed) break;
                pure = Random(random, pure, date, facility, drawn.Sequence);
                World.Idle();
                if (!pure.IsClosed) AssertIs(pure, facility: facility);
            }
        }
    }

    [Fact]
    public void Bounce_OfAReceipt_MakesTheLoanAsIfItHadNeverBeen()
    {
        var product = Level with { Overdue = Strict };
        Draw(1_200_000, product, 12, 900);
        var pure = Pure(1_200_000, product, 12, 900);
        var receipts = new List<long>();
        for (var month = 1; month <= 6; month++)
        {
            Date(Start.AddMonths(month).AddDays(2));
            pure = LoanServicing.Execute(pure, new LoanAct.Repayment(Start.AddMonths(month).AddDays(2), 104_000)).Value;
            receipts.Add(Repay(104_000).Sequence);
        }
        Date(Start.AddMonths(6).AddDays(9));
        var bounced = World.Do(World.Of(CommandKind.ReverseRepayment, 0, receipts[3]));
        Assert.Equal((OutcomeKind.Posted, 104_000L), (bounced.Kind, bounced.Amount));
        pure = LoanServicing.Execute(pure, new LoanAct.Bounce(Start.AddMonths(6).AddDays(9), 4)).Value;
        World.Idle();
        AssertIs(pure);
        Assert.Equal(Reason.AlreadyReversed, World.Do(World.Of(CommandKind.ReverseRepayment, 0, receipts[3])).Reason);

        // Another after it, older than the first.
        World.Do(World.Of(CommandKind.ReverseRepayment, 0, receipts[1]));
        pure = LoanServicing.Execute(pure, new LoanAct.Bounce(Start.AddMonths(6).AddDays(9), 2)).Value;
        AssertIs(pure);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bounces_OneAfterTheOtherBackwards_MakeALoanOfAnyKindAsIfNoneHadBeenPaid(string kind)
    {
        var product = Product(kind, Start) with { Overdue = Strict };
        Draw(1_000_000, product, 12, 900);
        var pure = LoanServicing.Open(product.TermsOf(1_000_000, World.Eur, Start, new LoanFigures(new RateAnnual(90_000_000), 12))).Value;
        var receipts = new List<long>();
        for (var month = 1; month <= 5; month++)
        {
            var date = Start.AddMonths(month).AddDays(3);
            Date(date);
            var owed = LoanServicing.Advance(pure, date).Value;
            var amount = Math.Max(1, owed.Dues.Sum(due => due.Total(owed.Terms)));
            pure = LoanServicing.Execute(pure, new LoanAct.Repayment(date, amount)).Value;
            receipts.Add(Repay(amount).Sequence);
        }

        // What the first leaves of a listed schedule is no list of what was to come before the second.
        var day = Start.AddMonths(5).AddDays(9);
        Date(day);
        for (var receipt = receipts.Count; receipt >= 2; receipt--)
        {
            Assert.Equal(OutcomeKind.Posted, World.Do(World.Of(CommandKind.ReverseRepayment, 0, receipts[receipt - 1])).Kind);
            pure = LoanServicing.Execute(pure, new LoanAct.Bounce(day, receipt)).Value;
            World.Idle();
            AssertIs(pure);
        }
    }

    [Fact]
    public void Bounce_OfThePaymentThatEndedALoan_MakesItAgain()
    {
        var drawn = Draw(10_000, Level with { Overdue = Strict }, 1, 0);
        Date(Start.AddMonths(1));
        var last = Repay(10_000);
        Assert.Empty(World.View().Loans);
        Date(Start.AddMonths(1).AddDays(3));

        var bounced = World.Do(World.Of(CommandKind.ReverseRepayment, 0, last.Sequence));

        Assert.Equal(OutcomeKind.Posted, bounced.Kind);
        Assert.Equal((drawn.Sequence, 3, 10_000L, 500L), (Loan().Reference, Loan().DaysPastDue, World.Balances().Principal, World.Balances().Fees));
        World.AssertReplaysTheSame();
        Assert.Equal(0, Repay(10_500).Balances.Drawn);
    }

    [Fact]
    public void Bounce_BeforeMoneyThatWaitedWasTaken_TakesItOnTheDueDateAgain()
    {
        // 10 % a year, one and a half times when late, over 360.
        Draw(1_200_000, Level with { Amortisation = new Amortisation.EqualPrincipal(), Overdue = new OverdueTerms { PenaltyPpm = 1_500_000 } }, 12, 1_000);
        Date(Start.AddMonths(1));
        var receipt = Repay(110_000);
        Date(new DateOnly(2026, 2, 20));
        Repay(50_000);
        Assert.Equal(50_000, World.Balances().Credit);
        // The next is due on 15 March; the date comes to it five days late.
        Date(new DateOnly(2026, 3, 20));
        World.Idle();

        var bounced = World.Do(World.Of(CommandKind.ReverseRepayment, 0, receipt.Sequence));

        Assert.Equal(OutcomeKind.Posted, bounced.Kind);
        // On 15 March the 50,000 go over 28 days' penalty on 100,000 (1,166.67), the interest of 10,000 and 38,833 principal; five days on 61,167 are 127 more.
        Assert.Equal([new LoanDueView(1, new DateOnly(2026, 2, 15), 0, 127, 0, 0, 61_167), new LoanDueView(2, new DateOnly(2026, 3, 15), 0, 208, 0, 9_167, 100_000)], Loan().Dues);
        Assert.Equal(0, World.Balances().Credit);
    }

    [Fact]
    public void Bounce_BeforeAnAgreement_IsRefused()
    {
        var drawn = Draw(120_000, Level, 12, 0);
        Date(Start.AddMonths(1));
        var receipt = Repay(10_000);
        World.Do(Act(CommandKind.ExtendLoan, drawn.Sequence) with { Control = new LoanExtension(World.F(1), 2, false) });
        var refused = World.Do(World.Of(CommandKind.ReverseRepayment, 0, receipt.Sequence));
        Assert.Equal((OutcomeKind.Declined, Reason.LoanRefused), (refused.Kind, refused.Reason));
        Assert.StartsWith("ReceiptBuiltUpon", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Renewal_OfAPerformingLoan_KeepsVintageAndClassAndTouchesNoHeadroom()
    {
        var drawn = Draw(600_000, Level with { Amortisation = new Amortisation.Bullet() }, 1, 0);
        Date(Start.AddMonths(1).AddDays(-1));
        var offer = new LoanOffer(World.F(1), SealedProduct.Of(Level), new LoanFigures(new RateAnnual(60_000_000), 24));

        var renewed = World.Do(Act(CommandKind.RenewLoan, drawn.Sequence) with { Control = offer, Options = CommandOptions.Eligible });

        Assert.Equal((OutcomeKind.Posted, 600_000L), (renewed.Kind, renewed.Amount));
        var loan = Assert.Single(World.View().Loans);
        Assert.Equal((renewed.Sequence, Start, 1, Classification.Normal, 600_000L), (loan.Reference, loan.Vintage, loan.RenewalCount, loan.Class, loan.PrincipalNotDue));
        Assert.Equal((Line - 600_000L, 0L), (World.View().Node.Headroom!.Value, World.Balances().Released));
        Assert.Equal(["Renewed", "Made"], World.EventsAfter(renewed.Sequence - 1).Single().Loans.Select(each => each.Deed));
    }

    [Fact]
    public void Renewal_OfALateLoan_IsRefusedUntilInterestIsPaidAndThenSpecialMention()
    {
        var drawn = Draw(600_000, Level with { Amortisation = new Amortisation.Bullet() }, 1, 1_200);
        Date(Start.AddMonths(1).AddDays(20));
        var command = Act(CommandKind.RenewLoan, drawn.Sequence) with { Control = new LoanOffer(World.F(1), SealedProduct.Of(Level), new LoanFigures(new RateAnnual(60_000_000), 24)), Options = CommandOptions.Eligible };
        var refused = World.Do(command);
        Assert.Equal(Reason.LoanRefused, refused.Reason);
        Assert.StartsWith("OverdueAmounts", refused.Message, StringComparison.Ordinal);
        Repay(6_000);
        Assert.Equal(OutcomeKind.Posted, World.Do(command with { Id = World.NextId() }).Kind);
        Assert.Equal(Classification.SpecialMention, Loan().Class);
    }

    [Fact]
    public void WriteOff_OfALoan_EndsItsScheduleAndKeepsItForRecoveries()
    {
        var drawn = Draw(120_000, Level with { Amortisation = new Amortisation.EqualPrincipal() }, 12, 0);
        Date(Start.AddMonths(4));
        World.Idle();
        Assert.Equal(Reason.LoanRefused, World.Do(World.Of(CommandKind.WriteOff, 50_000, drawn.Sequence)).Reason);
        Assert.Equal(Reason.BalanceNegative, World.Do(World.Of(CommandKind.WriteOff, 120_001, drawn.Sequence)).Reason);
        Assert.Equal(OutcomeKind.Posted, World.Do(World.Of(CommandKind.WriteOff, 15_000, drawn.Sequence)).Kind);
        Assert.Equal((3, 105_000L), (Loan().Dues.Count, World.Balances().Principal));

        var off = World.Do(World.Of(CommandKind.WriteOff, 105_000, drawn.Sequence));

        Assert.Equal(new Domain.Facilities.FacilityBalances(0, 0, 0, 0, 0, 120_000, 120_000, 0), off.Balances);
        Assert.Equal((0, 0, 0L), (Loan().Remaining, Loan().Dues.Count, Loan().PrincipalNotDue));
        World.Do(World.Of(CommandKind.Recover, 100_000, drawn.Sequence));
        Assert.Single(World.View().Loans);
        Assert.Equal(new Domain.Facilities.FacilityBalances(0, 0, 0, 5, 0, 120_000, 0, 0), World.Do(World.Of(CommandKind.Recover, 20_005, drawn.Sequence)).Balances);
        Assert.Empty(World.View().Loans);
    }

    [Fact]
    public void Act_OnALoanThatIsNotThere_IsDeclinedByName()
    {
        Assert.Equal(Reason.UnknownLoan, World.Do(Act(CommandKind.RepayEarly, 3, 100)).Reason);
        Assert.Equal(Reason.UnknownLoan, World.Do(World.Of(CommandKind.WriteOff, 1, 3)).Reason);
        Assert.Equal(Reason.InvalidField, World.Do(Act(CommandKind.ExtendLoan, 3)).Reason);
    }

    private Command Act(CommandKind kind, long loan, long amount = 0, long facility = 1) => World.Of(kind, amount, loan, facility);

    private LoanAccount Random(Random random, LoanAccount pure, DateOnly date, int facility, long loan)
    {
        var key = World.F(facility);
        (Command Command, LoanAct Act) next;
        switch (random.Next(8))
        {
            case 0:
                var early = random.NextInt64(1, Math.Max(2, pure.PrincipalNotDue));
                var shrinksTerm = random.Next(2) == 0;
                next = (Act(CommandKind.RepayEarly, loan, early, facility) with { Options = shrinksTerm ? CommandOptions.ShrinksTerm : CommandOptions.None },
                    new LoanAct.EarlyRepayment(date, early, shrinksTerm ? PrepaymentMode.ShrinkTerm : PrepaymentMode.ShrinkInstalment));
                break;
            case 1:
                var (count, interest, extends) = (random.Next(1, 3), (HolidayInterest)random.Next(3), random.Next(2) == 0);
                next = (Act(CommandKind.GrantHoliday, loan, 0, facility) with { Control = new LoanHoliday(key, count, interest, extends) }, new LoanAct.PaymentHoliday(date, count, interest, extends));
                break;
            case 2:
                var (more, concession) = (random.Next(1, 5), random.Next(3) == 0);
                next = (Act(CommandKind.ExtendLoan, loan, 0, facility) with { Control = new LoanExtension(key, more, concession) }, new LoanAct.Extension(date, more, concession));
                break;
            default:
                var amount = Math.Max(1, random.Next(3) == 0 ? random.Next(1, 60_000) : pure.AmountDue);
                // What is more than is due waits; the pure account cannot be paid more once it is closed.
                next = (Act(CommandKind.Repay, 0, amount, facility), new LoanAct.Repayment(date, amount));
                break;
        }
        var pureAfter = LoanServicing.Execute(pure, next.Act);
        var outcome = World.Do(next.Command);
        if (pureAfter.Refusal is { } refusal)
        {
            Assert.Equal((OutcomeKind.Declined, Reason.LoanRefused), (outcome.Kind, outcome.Reason));
            Assert.StartsWith(refusal.Fault.ToString(), outcome.Message, StringComparison.Ordinal);
            return pure;
        }
        Assert.Equal((OutcomeKind.Posted, Reason.None), (outcome.Kind, outcome.Reason));
        return pureAfter.Value;
    }

    private static LoanProduct Product(string kind, DateOnly start) => kind switch
    {
        "level" => Level,
        "equal" => Level with { Amortisation = new Amortisation.EqualPrincipal(), LastInstalment = LastInstalmentRule.FirstTakesRest, Rounding = new RoundingRule(RoundingMode.HalfEven, RoundingMode.Down, 100) },
        "interestOnly" => Level with { Amortisation = new Amortisation.InterestOnlyThenLevel(4), DayCount = DayCount.Actual360 },
        "balloon" => Level with { Amortisation = new Amortisation.Balloon(300_000), DayCount = DayCount.Thirty360European },
        "bullet" => Level with { Amortisation = new Amortisation.Bullet(), DayCount = DayCount.ActualActualIsda },
        "stepped" => Level with { Amortisation = new Amortisation.Stepped([new InstalmentStep(1, 1_000_000), new InstalmentStep(7, 1_300_000)]) },
        "custom" => Level with
        {
            Amortisation = new Amortisation.Custom([.. Enumerable.Range(1, 12).Select(i => new CustomInstalment(start.AddMonths(i), i == 12 ? 0 : 50_000 + i * 1_000, CustomAmount.Total))]),
        },
        "seasonal" => Level with { Amortisation = new Amortisation.Seasonal(new CashProfile([50_000, 50_000, 50_000, 300_000, 300_000, 300_000, 50_000, 50_000, 50_000, 300_000, 300_000, 300_000], null, 1_000_000)) },
        _ => Level with { LastInstalment = LastInstalmentRule.KeepsSize, BusinessDays = BusinessDayRule.ModifiedFollowing, AccrualDates = AccrualDates.Adjusted, DayCount = DayCount.Actual365Fixed },
    };
}
