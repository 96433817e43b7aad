using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Loans;

/// <summary>
/// A later row of a product's classes comes into force: a loan whose class that changes is aged on the day, and no other. Loans are of twelve instalments without interest from 15
/// January 2026, never paid: on 1 April, when the later row begins, the instalment of 15 February is 45 days late.
/// </summary>
public sealed class LoanClassDateTest : LoanTest
{
    private static readonly DateOnly RowDay = new(2026, 4, 1);
    private static readonly ClassificationRow Usual = new(new DateOnly(2023, 7, 1), 1, 91, 271, 361);

    // Interest is recognised throughout, so that no other edge lies on a day of these tests.
    private static readonly OverdueTerms Recognised = new() { NonAccrualFromDays = 3_660 };
    private static readonly LoanProduct Equal = Level with { Amortisation = new Amortisation.EqualPrincipal(), Overdue = Recognised };

    /// <summary>A table of so many rows that begin in the years of tests of loans.</summary>
    internal static ClassificationTable Classes(Random random, int count)
    {
        var rows = new ClassificationRow[count];
        var from = Start.AddDays(random.Next(-30, 60));
        for (var i = 0; i < count; i++, from = from.AddDays(random.Next(1, 120)))
        {
            var special = random.Next(1, 40);
            var (substandard, doubtful) = (special + random.Next(1, 60), special + 60 + random.Next(1, 90));
            rows[i] = new ClassificationRow(from, special, substandard, doubtful, doubtful + random.Next(1, 90));
        }
        return new ClassificationTable([.. rows]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Loan_LateOnTheDayALaterRowBegins_IsAgedOnItToItsClass(bool isReopened)
    {
        Draw(120_000, Equal with { Classes = Rows(new ClassificationRow(RowDay, 1, 31, 61, 91)) }, 12, 0);
        Assert.Null(AgedOn(RowDay.AddDays(-1)));
        Assert.Equal((44, Classification.SpecialMention), (Loan().DaysPastDue, Loan().OwnClass));
        if (isReopened)
        {
            World.Snapshot();
            World.AssertReplaysTheSame();
        }

        var aged = AgedOn(RowDay);

        Assert.Equal((45, 2, Classification.Substandard), (aged!.DaysPastDue, aged.Bucket, aged.Class));
        // From then on by the later row: 61 days are 可疑 on 17 April, 91 are 损失 on 17 May.
        Assert.Equal(Classification.Substandard, AgedOn(new DateOnly(2026, 4, 15))!.Class);
        Assert.Null(AgedOn(new DateOnly(2026, 4, 16)));
        Assert.Equal(Classification.Doubtful, AgedOn(new DateOnly(2026, 4, 17))!.Class);
        Assert.Equal(Classification.Loss, AgedOn(new DateOnly(2026, 5, 17))!.Class);
    }

    [Fact]
    public void Loan_PastAllEdges_IsAgedOnTheDayALaxerRowBeginsAndOnItsEdges()
    {
        var row = new ClassificationRow(new DateOnly(2027, 6, 1), 1, 91, 401, 721);
        Draw(120_000, Equal with { Amortisation = new Amortisation.Bullet(), Classes = Rows(row) }, 1, 0);
        // Due on 15 February 2026: 361 days on 11 February 2027, 470 on 31 May.
        Assert.Equal(Classification.Loss, AgedOn(new DateOnly(2027, 2, 11))!.Class);
        Assert.Null(AgedOn(new DateOnly(2027, 5, 31)));

        var aged = AgedOn(new DateOnly(2027, 6, 1));

        Assert.Equal((471, Classification.Doubtful), (aged!.DaysPastDue, aged.Class));
        Assert.Null(AgedOn(new DateOnly(2028, 2, 5)));
        Assert.Equal((721, Classification.Loss), AgedOn(new DateOnly(2028, 2, 6)) is { } last ? (last.DaysPastDue, last.Class) : default);
    }

    [Fact]
    public void Edge_OfTheEarlierRowOnTheDayTheLaterBegins_IsNone()
    {
        // 45 days on 1 April would be 关注 by the earlier row; by the later 50 days are, on 6 April.
        Draw(120_000, Equal with { Classes = new ClassificationTable([Usual with { SpecialMention = 45 }, new ClassificationRow(RowDay, 50, 91, 271, 361)]) }, 12, 0);
        Assert.Null(AgedOn(RowDay.AddDays(-1)));
        Assert.Null(AgedOn(RowDay));
        Assert.Null(AgedOn(new DateOnly(2026, 4, 5)));
        Assert.Equal(Classification.SpecialMention, AgedOn(new DateOnly(2026, 4, 6))!.Class);
    }

    [Fact]
    public void Loan_WhoseClassALaterRowLeavesAsItIs_IsNotAgedOnItsDay()
    {
        Draw(120_000, Equal with { Classes = Rows(new ClassificationRow(RowDay, 40, 90, 200, 300)) }, 12, 0);
        AgedOn(RowDay.AddDays(-1));
        Assert.Null(AgedOn(RowDay));
        // By the later row 90 days are 次级: 16 May, a day before by the earlier.
        Assert.Equal(Classification.Substandard, AgedOn(new DateOnly(2026, 5, 16))!.Class);
    }

    [Fact]
    public void Loan_NotLateOrInTheDaysOfGrace_IsNotAgedOnTheDay()
    {
        var row = new ClassificationRow(new DateOnly(2026, 2, 10), 1, 4, 6, 91);
        Draw(120_000, Equal with { Classes = Rows(row, row with { From = new DateOnly(2026, 2, 20), Loss = 7 }), Overdue = Recognised with { GraceDays = 10 } }, 12, 0);
        Assert.Null(AgedOn(row.From));
        Assert.NotNull(AgedOn(new DateOnly(2026, 2, 15)));
        Assert.Null(AgedOn(new DateOnly(2026, 2, 20)));
        // Ten days of grace are over on 26 February: eleven days late.
        Assert.Equal((11, Classification.Loss), AgedOn(new DateOnly(2026, 2, 26)) is { } aged ? (aged.DaysPastDue, aged.Class) : default);
    }

    [Theory]
    [InlineData(5, "2026-04-01")]
    [InlineData(6, "2026-04-16")]
    public void Loan_InAHolidayOnTheDay_IsAgedByItsCountedDays(int substandard, string day)
    {
        var drawn = Draw(120_000, Equal with { Classes = Rows(new ClassificationRow(RowDay, 1, substandard, 91, 361)) }, 12, 0);
        AgedOn(new DateOnly(2026, 2, 20));
        // From 20 February, when it is five days late, to 15 April no days count.
        var granted = World.Do(World.Of(CommandKind.GrantHoliday, 0, drawn.Sequence) with { Control = new LoanHoliday(World.F(1), 2, HolidayInterest.Deferred, true) });
        Assert.Equal(OutcomeKind.Posted, granted.Kind);
        var expected = DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Null(AgedOn(expected.AddDays(-1)));
        Assert.Equal((substandard, Classification.Substandard), AgedOn(expected) is { } aged ? (aged.DaysPastDue, aged.Class) : default);
    }

    [Fact]
    public void Product_WithAnotherRow_IsAnotherProductThatOnlyLoansDrawnOrRenewedOnItHave()
    {
        var (before, after) = (Equal with { Classes = Rows() }, Equal with { Classes = Rows(new ClassificationRow(new DateOnly(2026, 6, 1), 1, 31, 61, 91)) });
        var keeps = Draw(120_000, before, 12, 0);
        var renewed = Draw(60_000, before, 12, 0);
        DayByDay(new DateOnly(2026, 3, 20));
        var offer = new LoanOffer(World.F(1), SealedProduct.Of(after), new LoanFigures(new RateAnnual(0), 12));
        var renewal = World.Do(World.Of(CommandKind.RenewLoan, 0, renewed.Sequence) with { Control = offer });
        Assert.Equal(OutcomeKind.Posted, renewal.Kind);
        DayByDay(new DateOnly(2026, 5, 31));

        var aged = AgedAllOn(new DateOnly(2026, 6, 1));

        // The renewal was first due on 20 April: 42 days. The other, 106 days late, keeps its one row.
        Assert.Equal((renewal.Sequence, 42, Classification.Substandard), aged is [var one] ? (one.Reference, one.DaysPastDue, one.Class) : default);
        Assert.Equal((keeps.Sequence, Classification.Substandard), (Loan(0).Reference, Loan(0).OwnClass));
        Assert.NotEqual(Loan(0).Product, Loan(1).Product);
    }

    [Fact]
    public void BusinessDate_ThatPassesTheDay_AgesByTheRowInForce()
    {
        var rows = Rows(new ClassificationRow(RowDay, 1, 31, 61, 91), Usual with { From = new DateOnly(2026, 4, 10) });
        Draw(120_000, Equal with { Amortisation = new Amortisation.Bullet(), Classes = rows }, 1, 0);
        Assert.Null(AgedOn(RowDay.AddDays(-1)));
        // 次级 from 1 to 9 April, 关注 before and after: passed in one step it is aged once, to what it is then.
        Assert.Equal((55, Classification.SpecialMention), AgedAllOn(new DateOnly(2026, 4, 11)) is [var aged] ? (aged.DaysPastDue, aged.Class) : default);
    }

    private static ClassificationTable Rows(params ClassificationRow[] later) => new([Usual, .. later]);

    /// <summary>Brings the date on day by day.</summary>
    /// <returns>What became of the one loan that was aged on the last day; null when none was.</returns>
    private LoanEventView? AgedOn(DateOnly date)
    {
        DayByDay(date.AddDays(-1));
        return AgedAllOn(date) is { Count: > 0 } aged ? Assert.Single(aged) : null;
    }

    private void DayByDay(DateOnly date)
    {
        for (var day = LoanDate.AddDays(1); day <= date; day = day.AddDays(1)) AgedAllOn(day);
    }

    private List<LoanEventView> AgedAllOn(DateOnly date)
    {
        var last = World.LastSequence;
        Date(date);
        World.Idle();
        return [.. World.EventsAfter(last).SelectMany(e => e.Loans).Where(loan => loan.Deed == "Aged")];
    }
}
