using System.Text.Json;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Schedules;
using static CreditGrains.Domain.Tests.Loans.Samples;

namespace CreditGrains.Domain.Tests.Loans;

public sealed class ScheduleTests
{
    /// <summary>One million over 30 years at 4.9 %, the example by which Chinese banks explain both kinds: P·r/(1 − (1 + r)⁻ⁿ), and P/n with the interest on the rest.</summary>
    [Fact]
    public void Level_OfAMillionOver360Months_IsTheAnnuity()
    {
        var schedule = Schedule(Terms(100_000_000, 4.9m, 360));
        Assert.All(schedule.Instalments[..^1], one => Assert.Equal(530_727, one.Payment));
        Assert.Equal((408_333, 122_394), (schedule.Instalments[0].Interest, schedule.Instalments[0].Principal));
        Assert.InRange(schedule.TotalInterest, 91_061_500, 91_061_800); // 910,616.19 when interest is not rounded by month
    }

    [Fact]
    public void EqualPrincipal_OfAMillionOver360Months_FallsByTheInterestOfAPart()
    {
        var schedule = Schedule(Terms(100_000_000, 4.9m, 360, new Amortisation.EqualPrincipal()));
        Assert.Equal(686_111, schedule.Instalments[0].Payment);
        Assert.Equal(684_977, schedule.Instalments[1].Payment); // less 11.34
        Assert.InRange(schedule.TotalInterest, 73_704_000, 73_704_300); // 737,041.67
    }

    [ReferenceFact("bma_conventions.json")]
    public void Level_OfTheBondMarketsExample_HasItsFirstPrincipal()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(ReferenceFile.Find("bma_conventions.json")!));
        var example = file.RootElement.GetProperty("examples").EnumerateArray().First(one => one.GetProperty("ref").GetString() == "SF-4/5").GetProperty("out");
        const long amount = 1_000_000_000_000;
        var first = Schedule(Terms(amount, 9.5m, 360)).Instalments[0];
        Assert.Equal(example.GetProperty("sched_am").GetDecimal(), decimal.Round((decimal)first.Principal / amount, 8));
        Assert.Equal(example.GetProperty("gross_int").GetDecimal(), decimal.Round((decimal)first.Interest / amount, 8));
    }

    [Fact]
    public void InterestOnly_ThenLevel_PaysNoPrincipalAtFirst()
    {
        var schedule = Schedule(Terms(amortisation: new Amortisation.InterestOnlyThenLevel(3)));
        Assert.All(schedule.Instalments[..3], one => Assert.Equal((0, 60_000), (one.Principal, one.Interest)));
        Assert.Single(schedule.Instalments[3..^1].Select(one => one.Payment).Distinct());
    }

    [Fact]
    public void Balloon_WithTheLastInstalment_IsTheRest()
    {
        var schedule = Schedule(Terms(amortisation: new Amortisation.Balloon(6_000_000)));
        var regular = schedule.Instalments[0].Payment;
        // P·r/(1 − vⁿ) less B·r/((1 + r)ⁿ − 1): by hand 516,398.51 + 30,000.
        Assert.Equal(546_399, regular);
        Assert.InRange(schedule.Instalments[^1].Payment - regular - 6_000_000, -10, 10);
    }

    [Fact]
    public void Bullet_Quarterly_PaysInterestThenAll()
    {
        var schedule = Schedule(Terms(count: 4, amortisation: new Amortisation.Bullet()) with { Interval = PaymentInterval.Quarterly });
        Assert.Equal([180_000, 180_000, 180_000, 12_180_000], schedule.Instalments.Select(one => one.Payment));
        Assert.Equal(Day("2024-04-15"), schedule.Instalments[0].Due);
    }

    [Fact]
    public void Steps_OfInstalments_KeepTheirProportion()
    {
        var schedule = Schedule(Terms(amortisation: new Amortisation.Stepped([new InstalmentStep(1, 1_000_000), new InstalmentStep(5, 1_500_000), new InstalmentStep(9, 2_000_000)])));
        var (low, middle, high) = (schedule.Instalments[0].Payment, schedule.Instalments[4].Payment, schedule.Instalments[8].Payment);
        Assert.InRange(middle * 2 - low * 3, -3, 3);
        Assert.InRange(high - low * 2, -2, 2);
    }

    [Fact]
    public void Steps_BelowTheInterest_AreRefusedByNumber()
    {
        var refusal = ScheduleBuilder.Build(Terms(percent: 60, count: 24, amortisation: new Amortisation.Stepped([new InstalmentStep(1, 1_000), new InstalmentStep(20, 1_000_000)]))).Refusal!;
        Assert.Equal(LoanFault.NegativeAmortisation, refusal.Fault);
        Assert.Contains("instalment 1 ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Custom_OfPrincipalAndTotals_IsAsAgreed()
    {
        var schedule = Schedule(Terms(1_000_000, 3.6m, 3, new Amortisation.Custom(
        [
            new CustomInstalment(Day("2024-03-15"), 400_000, CustomAmount.Principal),
            new CustomInstalment(Day("2024-04-15"), 301_800, CustomAmount.Total),
            new CustomInstalment(Day("2024-07-15"), 0, CustomAmount.Total),
        ])));
        Assert.Equal([(400_000L, 6_000L), (300_000L, 1_800L), (300_000L, 2_700L)], schedule.Instalments.Select(one => (one.Principal, one.Interest)));
    }

    [Fact]
    public void Custom_WhosePrincipalIsNotTheAmount_IsRefused()
    {
        var terms = Terms(1_000_000, 3.6m, 1, new Amortisation.Custom([new CustomInstalment(Day("2024-03-15"), 999_999, CustomAmount.Principal)]));
        Assert.Equal(LoanFault.PrincipalDoesNotAddUp, ScheduleBuilder.Build(terms).Refusal!.Fault);
    }

    [Theory]
    [InlineData(RoundingMode.HalfUp, 1, 1_032_797)]
    [InlineData(RoundingMode.Up, 100, 1_032_800)]
    [InlineData(RoundingMode.Down, 100, 1_032_700)]
    [InlineData(RoundingMode.Up, 10_000, 1_040_000)]
    public void Rounding_OfInstalments_IsToTheUnit(RoundingMode mode, long unit, long payment)
    {
        var schedule = Schedule(Terms() with { Rounding = new RoundingRule(RoundingMode.HalfUp, mode, unit) });
        Assert.All(schedule.Instalments[..^1], one => Assert.Equal(payment, one.Payment));
        Assert.Equal(12_000_000, schedule.Instalments.Sum(one => one.Principal));
    }

    [Fact]
    public void LastInstalment_ThatKeepsItsSize_TakesTheDifferenceAsInterest()
    {
        var schedule = Schedule(Terms() with { LastInstalment = LastInstalmentRule.KeepsSize });
        Assert.Single(schedule.Instalments.Select(one => one.Payment).Distinct());
        Assert.Equal(12_000_000, schedule.Instalments.Sum(one => one.Principal));
    }

    [Fact]
    public void FirstInstalment_OfEqualPrincipal_TakesTheRest()
    {
        var schedule = Schedule(Terms(1_000, count: 3, amortisation: new Amortisation.EqualPrincipal()) with { LastInstalment = LastInstalmentRule.FirstTakesRest });
        Assert.Equal([334, 333, 333], schedule.Instalments.Select(one => one.Principal));
    }

    [Fact]
    public void Fees_OfEachTiming_ComeWhereTheyBelong()
    {
        var schedule = Schedule(Terms(count: 3) with
        {
            Fees =
            [
                new LoanFee("arrangement", FeeTiming.AtDrawdown, FeeMeasure.OfAmount, 10_000, true),
                new LoanFee("account", FeeTiming.WithEachInstalment, FeeMeasure.Fixed, 500, true),
                new LoanFee("guarantee", FeeTiming.WithEachInstalment, FeeMeasure.OfPrincipal, 1_000, true),
                new LoanFee("release", FeeTiming.WithLastInstalment, FeeMeasure.Fixed, 70, false),
            ],
        });
        Assert.Equal((120_000, 11_880_000), (schedule.FeesAtDrawdown, schedule.PaidOut));
        Assert.Equal(12_500, schedule.Instalments[0].Fees);
        Assert.Equal(570 + schedule.Instalments[2].Opening / 1_000.0, schedule.Instalments[2].Fees, 0.5);
    }

    [Fact]
    public void DueDays_OnThe31st_ComeBackAfterShortMonths()
    {
        var schedule = Schedule(Terms(count: 4) with { Drawdown = Day("2023-12-31") });
        Assert.Equal(["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"], schedule.Instalments.Select(one => one.Due.ToString("yyyy-MM-dd")));
        Assert.All(schedule.Instalments, one => Assert.Equal(one.Opening / 200.0, one.Interest, 0.5));
    }

    [Fact]
    public void AdjustedAccrual_OverAWeekend_BearsItsDays()
    {
        // 15 June 2024 is a Saturday.
        var terms = Terms(count: 6) with { DayCount = DayCount.Actual360, BusinessDays = BusinessDayRule.Following };
        var still = Schedule(terms).Instalments[4];
        var moved = Schedule(terms with { AccrualDates = AccrualDates.Adjusted }).Instalments[4];
        Assert.Equal((Day("2024-06-17"), Day("2024-06-17")), (still.Due, moved.Due));
        Assert.Equal((Day("2024-06-15"), Day("2024-06-17")), (still.AccrualEnd, moved.AccrualEnd));
        Assert.True(moved.Interest > still.Interest);
    }

    public static TheoryData<string, LoanTerms, LoanFault> Hostile => new()
    {
        { "nothing", Terms(0), LoanFault.InvalidAmount },
        { "negative", Terms(-1), LoanFault.InvalidAmount },
        { "above 2^50", Terms((1L << 50) + 1), LoanFault.InvalidAmount },
        { "no currency", Terms() with { Currency = default }, LoanFault.InvalidAmount },
        { "rate", Terms() with { Rate = new RateAnnual(-1) }, LoanFault.InvalidRate },
        { "rate too high", Terms() with { Rate = new RateAnnual(long.MaxValue) }, LoanFault.InvalidRate },
        { "drawdown", Terms() with { Drawdown = DateOnly.MaxValue }, LoanFault.InvalidDate },
        { "first due", Terms() with { FirstDue = Day("2024-01-15") }, LoanFault.InvalidDate },
        { "no instalments", Terms(count: 0), LoanFault.InvalidTerm },
        { "a thousand years", Terms(count: 5_200) with { Interval = new PaymentInterval(120, IntervalUnit.Months) }, LoanFault.InvalidTerm },
        { "no interval", Terms() with { Interval = default }, LoanFault.InvalidTerm },
        { "due day", Terms() with { DueDay = 32 }, LoanFault.InvalidTerm },
        { "day count", Terms() with { DayCount = (DayCount)99 }, LoanFault.InvalidTerm },
        { "rounding", Terms() with { Rounding = new RoundingRule(default, default, -5) }, LoanFault.InvalidTerm },
        { "fee", Terms() with { Fees = [new LoanFee("x", default, FeeMeasure.OfAmount, 1_000_001, true)] }, LoanFault.InvalidFee },
        { "all of it in fees", Terms() with { Fees = [new LoanFee("x", FeeTiming.AtDrawdown, FeeMeasure.OfAmount, 1_000_000, true)] }, LoanFault.InvalidFee },
        { "fees above 2^60", Terms(count: 5_000) with { Interval = new PaymentInterval(7, IntervalUnit.Days), Fees = [new LoanFee("x", FeeTiming.WithEachInstalment, FeeMeasure.Fixed, 1L << 50, true)] }, LoanFault.InvalidFee },
        { "interest only", Terms(amortisation: new Amortisation.InterestOnlyThenLevel(12)), LoanFault.InvalidAmortisation },
        { "balloon", Terms(amortisation: new Amortisation.Balloon(12_000_001)), LoanFault.InvalidAmortisation },
        { "steps", Terms(amortisation: new Amortisation.Stepped([new InstalmentStep(2, 1)])), LoanFault.InvalidAmortisation },
        { "custom", Terms(amortisation: new Amortisation.Custom([])), LoanFault.InvalidAmortisation },
        { "profile", Terms(amortisation: new Amortisation.Seasonal(new CashProfile([1], null, 1))), LoanFault.InvalidAmortisation },
        { "last rule", Terms() with { LastInstalment = LastInstalmentRule.FirstTakesRest }, LoanFault.LastInstalmentRuleDoesNotFit },
        { "last rule of bullet", Terms(amortisation: new Amortisation.Bullet()) with { LastInstalment = LastInstalmentRule.KeepsSize }, LoanFault.LastInstalmentRuleDoesNotFit },
        { "grace", Terms() with { Overdue = new OverdueTerms { GraceDays = 61 } }, LoanFault.InvalidTerm },
        { "penalty day count", Terms() with { Overdue = new OverdueTerms { PenaltyDayCount = DayCount.Thirty360Us } }, LoanFault.InvalidTerm },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Build_OfHostileTerms_NamesTheFault(string what, LoanTerms terms, LoanFault fault)
    {
        var refusal = ScheduleBuilder.Build(terms).Refusal;
        Assert.True(refusal?.Fault == fault, $"{what}: {refusal?.Fault} {refusal?.Message}");
    }

    [Fact]
    public void Build_AtTheBoundsOfEverything_StaysWithinIntegers()
    {
        var terms = Terms(1L << 50, 1_000, 100, new Amortisation.Bullet()) with { Interval = new PaymentInterval(12, IntervalUnit.Months) };
        var schedule = Schedule(terms);
        Assert.Equal(10L << 50, schedule.Instalments[0].Interest);
        Assert.Equal(1_000L << 50, schedule.TotalInterest);
        Assert.Equal(1L << 50, Schedule(terms with { Amortisation = new Amortisation.Level() }).Instalments.Sum(one => one.Principal));
    }
}
