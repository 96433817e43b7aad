using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using static CreditGrains.Domain.Tests.Loans.Samples;

namespace CreditGrains.Domain.Tests.Loans;

/// <summary>A loan of twenty-four months from 15 January 2024 that was 91 days past due is observed before its class is good again.</summary>
public sealed class ObservationTests
{
    private static readonly OverdueTerms Observed = new() { Observation = ObservationRule.Usual };

    private static LoanAccount Open(ObservationRule? rule = null, PaymentInterval? interval = null, int graceDays = 0) => LoanServicing.Open(Terms() with
    {
        InstalmentCount = 24, Interval = interval ?? PaymentInterval.Monthly, Overdue = Observed with { Observation = rule ?? ObservationRule.Usual, GraceDays = graceDays },
    }).Value;

    private static LoanAccount At(LoanAccount account, string date) => LoanServicing.Advance(account, Day(date)).Value;

    private static LoanAccount Pay(LoanAccount account, string date, long amount) => LoanServicing.Execute(account, new LoanAct.Repayment(Day(date), amount)).Value;

    /// <summary>Pays all that is due on a date.</summary>
    private static LoanAccount Cure(LoanAccount account, string date) => Pay(account, date, At(account, date).AmountDue);

    /// <summary>Pays every instalment on its day, up to a date.</summary>
    private static LoanAccount PayInTime(LoanAccount account, string until)
    {
        while (account.Upcoming[0].Due <= Day(until)) account = LoanServicing.Execute(account, new LoanAct.Repayment(account.Upcoming[0].Due, account.Upcoming[0].Total)).Value;
        return At(account, until);
    }

    private static Classification ClassOf(LoanAccount account) => account.Classify(ClassificationTable.Loans);

    [Fact]
    public void Class_OfALoanCuredInPart_StaysSubstandard()
    {
        var account = At(Open(), "2024-05-16");
        Assert.Equal((91, Classification.Substandard, Observation.UntilCured), (account.DaysPastDue, ClassOf(account), account.HeldUntil));
        account = Pay(account, "2024-05-20", account.Dues[..3].Sum(due => due.Total(account.Terms)));
        Assert.Equal((5, Classification.Substandard, Observation.UntilCured), (account.DaysPastDue, ClassOf(account), account.HeldUntil));
    }

    [Fact]
    public void Class_AfterSixMonthsOfRegularPayment_IsGoodAgain()
    {
        var account = Cure(Open(), "2024-05-20");
        Assert.Equal((0, Classification.Substandard, Day("2024-11-20")), (account.DaysPastDue, ClassOf(account), account.HeldUntil));
        account = PayInTime(account, "2024-11-20");
        Assert.Equal(Classification.Substandard, ClassOf(account));
        account = PayInTime(account, "2024-11-21");
        Assert.Equal((Classification.Normal, (DateOnly?)null), (ClassOf(account), account.HeldUntil));
    }

    [Fact]
    public void Observation_OfQuarterlyInstalments_LastsTwoOfThem()
    {
        var account = Cure(Open(interval: PaymentInterval.Quarterly), "2024-07-20");
        Assert.Equal((ClassOf(account), account.HeldUntil), (Classification.Substandard, Day("2025-01-20"))); // due on 15 October and 15 January; six months are longer
        account = Cure(Open(new ObservationRule(91, 2, 1), PaymentInterval.Quarterly), "2024-07-20");
        Assert.Equal(Day("2025-01-15"), account.HeldUntil);
        var unpaid = At(PayInTime(account, "2025-01-14"), "2025-01-16");
        Assert.Equal((Classification.Substandard, Observation.UntilCured), (ClassOf(unpaid), unpaid.HeldUntil));
        Assert.Equal(Classification.Normal, ClassOf(PayInTime(account, "2025-01-16")));
    }

    [Fact]
    public void Observation_OfALoanLateInIt_BeginsAnew()
    {
        var account = At(PayInTime(Cure(Open(), "2024-05-20"), "2024-08-14"), "2024-08-16");
        Assert.Equal((1, Classification.Substandard, Observation.UntilCured), (account.DaysPastDue, ClassOf(account), account.HeldUntil));
        Assert.Equal(Day("2025-02-18"), Cure(account, "2024-08-18").HeldUntil);
    }

    [Fact]
    public void Observation_EndingWithinDaysOfGrace_EndsWithThePayment()
    {
        var account = PayInTime(Cure(Open(new ObservationRule(91, 0, 1), graceDays: 5), "2024-05-20"), "2024-06-14");
        var within = At(account, "2024-06-20");
        Assert.Equal((0, Observation.UntilCured, true), (At(account, "2024-06-18").DaysPastDue, At(account, "2024-06-21").HeldUntil, within.HeldUntil == Day("2024-06-20")));
        Assert.Equal((Classification.Substandard, Classification.Substandard), (ClassOf(within), ClassOf(Cure(account, "2024-06-20"))));
        account = PayInTime(Cure(Open(new ObservationRule(91, 0, 1), graceDays: 9), "2024-05-20"), "2024-06-14");
        Assert.Equal((Classification.Substandard, Classification.Normal), (ClassOf(At(account, "2024-06-22")), ClassOf(Cure(account, "2024-06-22"))));
    }

    [Fact]
    public void Observation_OfALoanGivenAHoliday_BeginsAfterIt()
    {
        var account = LoanServicing.Execute(Cure(Open(), "2024-05-20"), new LoanAct.PaymentHoliday(Day("2024-06-01"), 2, HolidayInterest.Deferred, true)).Value;
        Assert.Equal(Day("2025-01-15"), account.HeldUntil); // six months after 15 July
        var never = LoanServicing.Execute(Open(), new LoanAct.PaymentHoliday(Day("2024-02-01"), 2, HolidayInterest.Deferred, true)).Value;
        Assert.Null(never.HeldUntil);
    }

    [Fact]
    public void Renewal_OfALoanUnderObservation_IsObservedToo()
    {
        var account = Cure(Open(), "2024-05-20");
        var terms = Terms(account.PrincipalOwed) with { Drawdown = Day("2024-05-20"), Overdue = Observed };
        var after = LoanRenewal.Renew(account, terms, isEligible: true).Value.After;
        Assert.Equal((Classification.Substandard, Day("2024-11-20")), (ClassOf(after), after.HeldUntil));
        Assert.Equal(Classification.Substandard, ClassOf(LoanRenewal.Renew(account, terms with { Overdue = new OverdueTerms() }, isEligible: true).Value.After));
    }

    [Fact]
    public void Product_WithAnObservation_HasBytesOfItsOwn()
    {
        var plain = SealedProduct.Of(new LoanProduct());
        var observed = SealedProduct.Of(new LoanProduct { Overdue = Observed });
        Assert.NotEqual(plain.Hash, observed.Hash);
        Assert.Equal(ObservationRule.Usual, SealedProduct.Read(observed.Bytes).Product.Overdue.Observation);
        Assert.Null(SealedProduct.Read(plain.Bytes).Product.Overdue.Observation);
    }

    [Theory]
    [InlineData(0, 2, 6)]
    [InlineData(91, -1, 6)]
    [InlineData(91, 0, 0)]
    [InlineData(91, 121, 0)]
    [InlineData(3_661, 2, 6)]
    public void Terms_WithAnObservationOutOfBounds_AreRefused(int fromDays, int instalments, int months) =>
        Assert.Equal(LoanFault.InvalidTerm, LoanServicing.Open(Terms() with { Overdue = new OverdueTerms { Observation = new ObservationRule(fromDays, instalments, months) } }).Refusal!.Fault);
}
