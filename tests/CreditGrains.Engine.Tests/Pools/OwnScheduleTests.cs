using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Tests.Loans;
using CreditGrains.Engine.Tests.Rules;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;
using Amortisation = CreditGrains.Domain.Loans.Amortisation;

namespace CreditGrains.Engine.Tests.Pools;

/// <summary>Loans whose plan projections do not know are projected by their own schedules.</summary>
public sealed class OwnScheduleTests : LoanTest
{
    private static readonly NodeKey Pool = World.Node(NodeKind.Pool, 1);
    private static readonly DateOnly From = new(2026, 1, 31);

    public OwnScheduleTests()
    {
        World.Open(NodeKind.Pool, Pool.Id, 1L << 60);
        World.Set(new DefinePool(Pool, Encoding.UTF8.GetBytes("""{ "name": "own", "currency": "EUR", "cutOff": "2026-01-31", "revolvingUntil": "2027-12-31" }""")));
        World.Set(new TransferToPool(World.F(1), Pool));
    }

    // Of 900,000 over six months, by year-month of the due date: golden numbers by hand.
    private static readonly LoanProduct Custom = Level with
    {
        Amortisation = new Amortisation.Custom([Part(2, 15, 100_000), Part(4, 15, 300_000), Part(7, 15, 500_000)]),
    };

    private static CustomInstalment Part(int month, int day, long principal) => new(new DateOnly(2026, month, day), principal, CustomAmount.Principal);

    [Fact]
    public void Projection_OfACustomSchedule_IsTheSchedule()
    {
        Draw(900_000, Custom, 3);

        Assert.Equal([100_000d, 0, 300_000, 0, 0, 500_000], Scheduled());
    }

    [Fact]
    public void Projection_OfABalloon_BringsTheRestWithTheLast()
    {
        Draw(1_000_000, Level with { Amortisation = new Amortisation.Balloon(600_000) }, 12);

        var plan = Pure(1_000_000, Level with { Amortisation = new Amortisation.Balloon(600_000) }, 12).Upcoming;
        Assert.True(plan[^1].Principal > 600_000);
        Assert.Equal(plan.Select(one => (double)one.Principal), Scheduled());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Projection_OfSteppedSeasonalAndQuarterlyLoans_AddsUpTheirSchedules(int kind)
    {
        var product = kind switch
        {
            1 => Level with { Amortisation = new Amortisation.Stepped([new InstalmentStep(1, 1_000_000), new InstalmentStep(7, 2_000_000)]) },
            2 => Level with { Amortisation = new Amortisation.Seasonal(new CashProfile([5_000, 5_000, 5_000, 90_000, 90_000, 5_000, 5_000, 5_000, 200_000, 200_000, 5_000, 5_000], 50_000, 1_000_000)) },
            _ => Level with { Interval = PaymentInterval.Quarterly, Amortisation = new Amortisation.EqualPrincipal() },
        };
        var count = kind == 3 ? 4 : 12;
        Draw(300_000, product, count, 300);

        var months = new double[kind == 3 ? 12 : Pure(300_000, product, count, 300).Upcoming.Length];
        foreach (var one in Pure(300_000, product, count, 300).Upcoming) months[one.Due.Year * 12 + one.Due.Month - (2026 * 12 + 2)] += one.Principal;
        Assert.Equal(months, Scheduled().Concat(new double[Math.Max(0, months.Length - Scheduled().Length)]));
    }

    [Fact]
    public void Projection_OfALateCustomLoan_HasWhatIsOverdueInItsFirstMonth()
    {
        Draw(900_000, Custom, 3);
        Date(new DateOnly(2026, 3, 1));
        World.Idle();

        // The pool's open month is March.
        Assert.Equal([100_000d, 300_000, 0, 0, 500_000], Scheduled(new DateOnly(2026, 2, 28)));
    }

    [Fact]
    public void Projection_AfterAHolidayOfALevelLoan_IsByItsChangedSchedule()
    {
        var drawn = Draw(1_200_000, Level, 12);
        var rested = World.Do(World.Of(CommandKind.GrantHoliday, 0, drawn.Sequence) with { Currency = default, Control = new LoanHoliday(World.F(1), 3, HolidayInterest.Deferred, false) });
        Assert.Equal(OutcomeKind.Posted, rested.Kind);

        Assert.Equal([0d, 0, 0], Scheduled()[..3]);
        Assert.Equal(1_200_000, Scheduled().Sum());
    }

    [Fact]
    public void Copy_WhileALoanIsPaid_HasTheScheduleOfItsMoment()
    {
        Draw(900_000, Custom, 3);
        var set = World.Partition.State.Pools;
        var copy = new PoolCopy(set, set.Find(Pool)!);
        set.Begin(copy);
        Date(new DateOnly(2026, 2, 15));
        World.Idle();
        Repay(World.Balances().Interest + 100_000);
        var loans = new LiveLoan[10];
        copy.Step(loans, out var count);
        set.End(copy);

        Assert.Equal(1, count);
        Assert.Equal(900_000, loans[0].Principal);
        Assert.Equal([100_000, 0, 300_000, 0, 0, 500_000], loans[0].Schedule!.ByMonth(set.Find(Pool)!.Ledger.Terms, 2026 * 12 + 1));
    }

    [Fact]
    public void Lines_OfLoansOfOneShape_AreOneWithTheSumOfTheirSchedules()
    {
        Draw(900_000, Custom, 3);
        Draw(900_000, Custom, 3);

        var line = Assert.Single(LiveCollateral.Lines(Loans(), From));

        Assert.Equal((1_800_000d, 6), (line.Balance, line.RemainingMonths));
        Assert.Equal([200_000d, 0, 600_000, 0, 0, 1_000_000], LineProjection.Of(line, new Scenario(), new ProjectionConventions())[CashflowColumn.Scheduled].ToArray()[..6]);
    }

    [Fact]
    public void Schedules_AfterARestart_AreKnownAgain()
    {
        Draw(900_000, Custom, 3);
        World.Snapshot();
        World.Reopen();

        Assert.Equal([100_000d, 0, 300_000, 0, 0, 500_000], Scheduled());
    }

    private double[] Scheduled(DateOnly? from = null)
    {
        var columns = LiveCollateral.Columns(Loans(), from ?? From);
        var byColumns = ColumnProjection.Run(columns, new Scenario(), new ProjectionConventions());
        var line = LineProjection.Of(columns.Line(0), new Scenario(), new ProjectionConventions())[CashflowColumn.Scheduled].ToArray();
        var scheduled = byColumns.Total[CashflowColumn.Scheduled].ToArray();
        Assert.Equal(line[..columns.RemainingMonths[0]], scheduled[..columns.RemainingMonths[0]]);
        return scheduled[..columns.RemainingMonths[0]];
    }

    private LivePoolLoans Loans()
    {
        var set = World.Partition.State.Pools;
        var pool = set.Find(Pool)!;
        var copy = new PoolCopy(set, pool);
        var loans = new LiveLoan[100];
        copy.Step(loans, out var count);
        return new LivePoolLoans(new PoolState(pool.Key, default, "", pool.Ledger, 0, 0), [loans.AsMemory(0, count)]);
    }
}
