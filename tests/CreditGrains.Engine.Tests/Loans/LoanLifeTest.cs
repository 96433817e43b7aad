using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Loans;

/// <summary>A drawdown makes a loan; dates make it due, payments go over what is due, and the facility's balances hold its parts.</summary>
public sealed class LoanLifeTest : LoanTest
{
    [Fact]
    public void Drawdown_WithTerms_MakesALoanOfTheAmount()
    {
        var drawn = Draw(1_200_000, Level, 12);

        AssertIs(Pure(1_200_000, Level, 12));
        var loan = Loan();
        Assert.Equal((drawn.Sequence, 1_200_000L, Start, Start, 0), (loan.Reference, loan.Amount, loan.Drawdown, loan.Vintage, loan.Bucket));
        Assert.Equal(Line - 1_200_000, World.View().Node.Headroom);
    }

    [Fact]
    public void Loan_PaidOnEachDueDate_EndsWithNothingLeftAndHeadroomRestored()
    {
        Draw(1_200_000, Level, 12);
        foreach (var instalment in Pure(1_200_000, Level, 12).Upcoming)
        {
            Date(instalment.Due);
            World.Idle();
            Assert.Equal((instalment.Principal, instalment.Interest), (Loan().Dues[0].Principal, Loan().Dues[0].Interest));
            Repay(instalment.Total);
        }

        Assert.Empty(World.View().Loans);
        Assert.Equal(new Domain.Facilities.FacilityBalances(0, 0, 0, 0, 0, 1_200_000, 0, 0), World.Balances());
        Assert.Equal(Line, World.View().Node.Headroom);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Loan_WithRandomDatesAndPayments_IsAsThePureAccount(int seed)
    {
        var random = new Random(seed);
        var product = Level with
        {
            Amortisation = seed % 2 == 0 ? new Amortisation.Level() : new Amortisation.EqualPrincipal(),
            Overdue = new OverdueTerms { PenaltyPpm = 1_500_000, Compounding = Compounding.OnInterest, GraceDays = seed, Allocation = AllocationRule.PrincipalFirstAfter90 },
            Fees = [new LoanFee("service", FeeTiming.WithEachInstalment, FeeMeasure.OfPrincipal, 500, true), new LoanFee("end", FeeTiming.WithLastInstalment, FeeMeasure.Fixed, 900, true)],
        };
        Draw(900_000, product, 18, 1_100);
        var pure = Pure(900_000, product, 18, 1_100);
        var date = Start;
        for (var step = 0; step < 40 && !pure.IsClosed; step++)
        {
            date = date.AddDays(random.Next(1, 50));
            Date(date);
            if (random.Next(3) > 0) World.Idle();
            pure = LoanServicing.Advance(pure, date).Value;
            if (random.Next(4) > 0)
            {
                // What waits goes to later dues, as the facility's credit does.
                var amount = random.Next(3) == 0 ? Math.Max(1, pure.AmountDue) : random.Next(1, 120_000);
                Repay(amount);
                if (pure.IsClosed) break;
                pure = LoanServicing.Execute(pure, new LoanAct.Repayment(date, amount)).Value;
            }
            if (pure.IsClosed) break;
            // What waits is taken in a loan's turn, at the latest with its next command.
            World.Idle();
            AssertIs(pure);
            if (step % 7 == 0) World.AssertReplaysTheSame();
        }
    }

    [Fact]
    public void Loans_OfOneFacility_ArePaidOldestFirstAndTheRestGoesToWhatNoLoanOwes()
    {
        Draw(120_000, Level with { Amortisation = new Amortisation.EqualPrincipal() }, 12, 0);
        Date(Start.AddDays(10));
        Draw(240_000, Level with { Amortisation = new Amortisation.EqualPrincipal() }, 12, 0);
        World.Do(CommandKind.PostFee, 77);
        World.Do(CommandKind.ClearWithoutHold, 500);
        Date(new DateOnly(2026, 2, 27));

        // 10,000 of the first, 20,000 of the second are due; then the fee, the loose 500, and 23 wait.
        var repaid = Repay(10_000 + 20_000 + 77 + 500 + 23);

        Assert.Equal(new Domain.Facilities.FacilityBalances(330_000, 0, 0, 23, 0, 30_500, 0, 0), repaid.Balances);
        Assert.All(World.View().Loans, loan => Assert.Empty(loan.Dues));
        var record = World.EventsAfter(repaid.Sequence - 1).Single();
        Assert.Equal([10_000L, 20_000L], record.Loans.Select(loan => loan.Paid.Principal));
        Assert.Equal((77L, 0L, 23L), (record.FeesPart, record.InterestPart, record.CreditPart));
        Date(new DateOnly(2026, 3, 15));
        World.Idle();
        Assert.Equal(9_977, Loan().Dues[0].Principal);
        Assert.Equal(0, World.Balances().Credit);
    }

    [Fact]
    public void Facts_OnAFacilityWithALoan_LeaveTheLoanAlone()
    {
        Draw(120_000, Level, 12);
        World.Do(CommandKind.ClearWithoutHold, 500);
        Assert.Equal(new Domain.Facilities.FacilityBalances(120_000, 0, 0, 100, 0, 0, 0, 0), World.Do(CommandKind.Refund, 600).Balances);
        Assert.Equal(Reason.BalanceNegative, World.Do(CommandKind.WriteOff, 1).Reason);
        Assert.Equal(Reason.BalanceNegative, World.Do(World.Of(CommandKind.Adjust, -1)).Reason);
        AssertIs(Pure(120_000, Level, 12) with { Unapplied = 100 });
    }

    [Fact]
    public void Terms_ThatCannotBe_AreRefusedByName()
    {
        var offer = new LoanFigures(new RateAnnual(60_000_000), 12, new DateOnly(2026, 1, 10));
        var early = TryDraw(1_000, Level, offer);
        Assert.Equal((OutcomeKind.Declined, Reason.InvalidTerms), (early.Kind, early.Reason));
        Assert.StartsWith("InvalidDate", early.Message, StringComparison.Ordinal);
        var long_ = TryDraw(1_000, Level, offer with { InstalmentCount = 1_001, FirstDue = null });
        Assert.Equal((OutcomeKind.Refused, Reason.InvalidField), (long_.Kind, long_.Reason));
        Assert.Contains("1000", long_.Message, StringComparison.Ordinal);
        World.OpenLine(2, 1_000, World.Node(Domain.Limits.NodeKind.Borrower));
        Assert.Equal(Reason.LimitExceeded, TryDraw(1_001, Level, offer with { FirstDue = null }, 2).Reason);
        var part = TryDraw(1_001, Level, offer with { FirstDue = null }, 2, 500);
        Assert.Equal((OutcomeKind.ApprovedInPart, 1_000L), (part.Kind, part.Amount));
        Assert.Equal(1_000, World.View(2).Loans[0].Amount);
    }

    [Fact]
    public void Referral_OfALoan_MakesItWhenAccepted()
    {
        World.Set(new SetReviewThreshold(World.F(1), 1_000));
        var referred = TryDraw(5_000, Level, new LoanFigures(new RateAnnual(60_000_000), 6));
        Assert.Equal(OutcomeKind.Referred, referred.Kind);
        Assert.Empty(World.View().Loans);

        var accepted = World.Do(World.Accept(referred.Sequence));

        Assert.Equal(OutcomeKind.Approved, accepted.Kind);
        Assert.Equal((accepted.Sequence, 5_000L), (Loan().Reference, Loan().Amount));
    }

    [Fact]
    public void Reverse_OfADrawdown_EndsALoanThatIsUntouchedAndNoOther()
    {
        var command = World.Of(CommandKind.Drawdown, 5_000) with { Control = new LoanOffer(World.F(1), SealedProduct.Of(Level), new LoanFigures(new RateAnnual(0), 5)) };
        World.Do(command);
        var reversed = World.Reverse(command.Id);
        Assert.Equal((OutcomeKind.Posted, 5_000L, 0L), (reversed.Kind, reversed.Amount, reversed.Balances.Principal));
        Assert.Empty(World.View().Loans);

        var second = command with { Id = World.NextId() };
        World.Do(second);
        Date(Start.AddDays(40));
        Assert.Equal(Reason.LoanInUse, World.Reverse(second.Id).Reason);
        Assert.Single(World.View().Loans);
    }

    [Fact]
    public void Product_IsJournaledOnce()
    {
        Draw(1_000, Level, 3);
        Draw(1_000, Level, 3);
        var products = World.EventsAfter(0).Select(e => e.Control).OfType<LoanOffer>().Select(offer => offer.Product is not null);
        Assert.Equal([true, false], products);
    }

    [Fact]
    public void Loan_WithoutABusinessDate_IsDeclined()
    {
        World.Set(new OpenNode(new Domain.Limits.NodeKey(9, 1, 2, Domain.Limits.NodeKind.Borrower), World.Eur, Line, default, []));
        var key = Domain.Limits.NodeKey.Facility(1, 2, 1);
        World.Set(new OpenFacility(key, World.Eur, Line, default, false, 0, [new ParentShare(new Domain.Limits.NodeKey(9, 1, 2, Domain.Limits.NodeKind.Borrower))]));
        var outcome = World.Do(new Command
        {
            Kind = CommandKind.Drawdown, Facility = key, Amount = 100, Currency = World.Eur, Control = new LoanOffer(key, SealedProduct.Of(Level), new LoanFigures(new RateAnnual(0), 5)),
        });
        Assert.Equal(Reason.BusinessDateMissing, outcome.Reason);
    }

    [Fact]
    public void Date_FarAhead_BringsManyLoansCurrentInSlices()
    {
        for (var facility = 2; facility <= 60; facility++)
        {
            World.OpenLine(facility, Line, World.Node(Domain.Limits.NodeKind.Borrower));
            for (var i = 0; i < 40; i++) Draw(100, Level with { Amortisation = new Amortisation.EqualPrincipal() }, 2, 0, facility);
        }
        Date(Start.AddDays(400));
        var before = World.LastSequence;
        World.Idle();
        Assert.Equal(1_000, World.LastSequence - before);
        Assert.True(World.Partition.Executor.HasOwnWork(World.Now));
        var late = World.Do(CommandKind.Repay, 50, 0, 60);
        Assert.Equal(50, late.Balances.Released);
        World.Idle();
        World.Idle();
        World.Idle();
        Assert.Equal(before + 59 * 40 + 1, World.LastSequence);
        Assert.False(World.Partition.Executor.HasOwnWork(World.Now));
        Assert.All(World.View(2).Loans, loan => Assert.Equal((2, 0), (loan.Dues.Count, loan.Remaining)));
    }
}
