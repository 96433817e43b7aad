using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Loans;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Loans;

/// <summary>
/// Whatever happened to a loan: once its business date was worked off, what is kept of it is what somebody who counts it to the date would find, but for the days themselves. Nothing waits
/// until something else wakes it.
/// </summary>
public sealed class LoanInTimeTest : LoanTest
{
    private const int Lines = 6;
    private const int Steps = 150;
    private readonly List<long> receipts = [];

    public LoanInTimeTest()
    {
        for (var id = 2; id <= Lines; id++) World.OpenLine(id, Line, World.Node(NodeKind.Borrower));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Loans_AfterRandomActsOnRandomDates_AreKeptAsTheirDateHasThem(int seed)
    {
        var random = new Random(seed);
        for (var step = 0; step < Steps; step++)
        {
            var facility = random.Next(1, Lines + 1);
            if (World.View(facility).Loans.Count < 2 && random.Next(3) == 0) DrawAny(random, facility);
            Act(random, facility);
            World.Idle();
            AssertInTime();
            Date(LoanDate.AddDays(random.Next(3) switch { 0 => 1, 1 => random.Next(1, 8), _ => random.Next(5, 40) }));
            World.Idle();
            AssertInTime();
        }
        // Of ten things that happen to loans here, most did.
        Assert.InRange(World.EventsAfter(0).SelectMany(e => e.Loans).Select(loan => loan.Deed).Distinct().Count(), 7, 10);
    }

    private void AssertInTime()
    {
        var state = World.Partition.State;
        var book = new LoanBook(state);
        for (var row = 1; row < state.Loans.End; row++)
        {
            if (state.Loans.Read(row).Reference == 0) continue;
            var look = new LoanLook(book, state, row, LoanDate);
            var account = LoanServicing.Advance(look.Account, LoanDate).Value;
            var loan = state.Loans.Read(row);
            Assert.Equal(
                (LoanDate, loan.Reference, LoanOwed.Of(look.Before.After(account)), account.NonAccrualSince, account.HeldUntil, look.Product.Buckets.Of(account.DaysPastDue), account.Classify(look.Product.Classes)),
                (LoanDate, loan.Reference, book.Owed(row), LoanDays.Maybe(loan.NonAccrualSince), LoanDays.Maybe(loan.HeldUntil), (int)loan.Bucket, (Classification)loan.Class));
            Assert.True(loan.WakeDay == 0 || loan.WakeDay > LoanDate.DayNumber, $"loan {loan.Reference} was to be aged on {LoanDays.Maybe(loan.WakeDay)}");
        }
    }

    private void DrawAny(Random random, int facility)
    {
        var figures = new LoanFigures(new RateAnnual(random.Next(0, 300) * 1_000_000L), random.Next(2, 14), DueDay: random.Next(1, 32));
        var outcome = TryDraw(random.Next(10_000, 400_000), Product(random), figures, facility);
        Assert.True(outcome.Kind == OutcomeKind.Approved, outcome.Message);
    }

    private void Act(Random random, int facility)
    {
        var loans = World.View(facility).Loans;
        if (loans.Count == 0) return;
        var loan = loans[random.Next(loans.Count)];
        var due = loan.Dues.Sum(each => each.Fees + each.Interest + each.Principal);
        var key = World.F(facility);
        Command Of(CommandKind kind, long amount = 0, long? reference = null) => World.Of(kind, amount, reference ?? loan.Reference, facility);
        var outcome = World.Do(random.Next(13) switch
        {
            0 => Of(CommandKind.GrantHoliday) with { Control = new LoanHoliday(key, random.Next(1, 4), (HolidayInterest)random.Next(3), random.Next(2) == 0) },
            1 => Of(CommandKind.ExtendLoan) with { Control = new LoanExtension(key, random.Next(1, 4), random.Next(2) == 0) },
            2 => Of(CommandKind.RepayEarly, random.Next(1, (int)Math.Max(2, loan.PrincipalNotDue))),
            3 or 4 => Of(CommandKind.WriteOff, random.NextInt64(1, Math.Max(2, due + 1))),
            5 => Of(CommandKind.Recover, random.Next(1, 5_000)),
            6 or 7 when receipts.Count > 0 => Of(CommandKind.ReverseRepayment, 0, receipts[^random.Next(1, Math.Min(3, receipts.Count) + 1)]),
            8 => Of(CommandKind.RenewLoan) with { Control = new LoanOffer(key, SealedProduct.Of(Product(random)), new LoanFigures(new RateAnnual(50_000_000), 6)), Options = random.Next(2) == 0 ? CommandOptions.Eligible : CommandOptions.None },
            9 => Of(CommandKind.Repay, Math.Max(1, due), 0),
            10 => Of(CommandKind.Repay, Math.Max(1, loan.Dues.Sum(each => each.Fees + each.Penalty + each.Compound + each.Interest + each.Principal)), 0),
            11 => Of(CommandKind.Repay, Math.Max(1, loan.Dues.Sum(each => each.Principal)), 0),
            _ => Of(CommandKind.Repay, random.NextInt64(1, Math.Max(2, due)), 0),
        });
        if (outcome.Kind == OutcomeKind.Posted && World.EventsAfter(outcome.Sequence - 1)[0].Kind == CommandKind.Repay) receipts.Add(outcome.Sequence);
    }

    /// <summary>Any product with charges, grace, observation and dated classes.</summary>
    internal static LoanProduct Product(Random random) => new()
    {
        Amortisation = random.Next(5) switch
        {
            0 => new Amortisation.EqualPrincipal(),
            1 => new Amortisation.Bullet(),
            2 => new Amortisation.Stepped([new InstalmentStep(1, 1_000_000), new InstalmentStep(2, 1_300_000)]),
            _ => new Amortisation.Level(),
        },
        DayCount = (DayCount)random.Next(7),
        BusinessDays = random.Next(2) == 0 ? BusinessDayRule.None : BusinessDayRule.Following,
        Fees = random.Next(2) == 0 ? [] : [new LoanFee("service", FeeTiming.WithEachInstalment, FeeMeasure.OfPrincipal, 500, true)],
        Classes = random.Next(2) == 0 ? ClassificationTable.Loans : LoanClassDateTest.Classes(random, random.Next(2, 6)),
        Overdue = new OverdueTerms
        {
            PenaltyPpm = random.Next(4) == 0 ? 0 : 1_500_000,
            Compounding = (Compounding)random.Next(2),
            ChargesAtMonthEnd = random.Next(2) == 0,
            GraceDays = random.Next(3) switch { 0 => 0, 1 => random.Next(1, 12), _ => random.Next(12, 40) },
            BounceFee = random.Next(2) * 700,
            NonAccrualFromDays = random.Next(1, 100),
            Observation = random.Next(2) == 0 ? null : new ObservationRule(random.Next(1, 80), random.Next(3), random.Next(1, 4)),
            Allocation = Orders[random.Next(Orders.Length)],
        },
    };

    private static readonly AllocationRule[] Orders =
    [
        AllocationRule.Usual, AllocationRule.PrincipalFirstAfter90,
        new([new AllocationOrder(0, AllocationScope.ByComponent, [DueComponent.Principal, DueComponent.Interest, DueComponent.Compound, DueComponent.Penalty, DueComponent.Fees])]),
    ];
}
