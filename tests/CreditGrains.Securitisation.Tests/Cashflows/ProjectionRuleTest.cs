using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Securitisation.Tests.Cashflows;

/// <summary>What holds of every projection, whatever the case.</summary>
public sealed class ProjectionRuleTest
{
    private static readonly Amortisation[] Plans =
    [
        Amortisation.Level, Amortisation.Equal, Amortisation.Bullet, new Amortisation.InterestOnlyThenLevel(5), new Amortisation.Balloon(60),
        new Amortisation.Stepped([.. Enumerable.Repeat(1.0 / 24, 24)]),
    ];

    private static readonly RollRateMatrix Rolling = new([[0.93, 0.05, 0.01, 0, 0.01], [0.4, 0.3, 0.25, 0.03, 0.02], [0.1, 0.1, 0.5, 0.3, 0]]);

    /// <summary>Every plan × base of prepayment × effect × rounding × kind of default.</summary>
    public static TheoryData<int, PrepaymentBase, PrepaymentEffect, AmountRounding, int> Cases()
    {
        var cases = new TheoryData<int, PrepaymentBase, PrepaymentEffect, AmountRounding, int>();
        for (var plan = 0; plan < Plans.Length; plan++)
            foreach (var on in Enum.GetValues<PrepaymentBase>())
                foreach (var effect in Enum.GetValues<PrepaymentEffect>())
                    foreach (var rounding in Enum.GetValues<AmountRounding>())
                        for (var kind = 0; kind < 4; kind++)
                            if (effect != PrepaymentEffect.ShrinkTermByPlan || on == PrepaymentBase.Opening) cases.Add(plan, on, effect, rounding, kind);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Projection_AnyCase_KeepsEveryUnit(int plan, PrepaymentBase on, PrepaymentEffect effect, AmountRounding rounding, int kind)
    {
        var scenario = new Scenario
        {
            Prepayment = kind == 3 ? PrepaymentCurve.None : new PrepaymentCurve.FlatCpr(new Cpr(0.2)),
            LoanDefault = kind switch
            {
                0 => new LoanDefaultCurve.FlatCdr(new Cdr(0.3)),
                1 => new LoanDefaultCurve.Cumulative(new CumulativeDefaultRate(0.4), [0.5, 0.25, 0.25]),
                2 => new LoanDefaultCurve.FlatMdr(new Mdr(0.02)),
                _ => new LoanDefaultCurve.RollRate(Rolling),
            },
            Recovery = kind == 2 ? new RecoveryTerms(0.6, 4) : new RecoveryTerms(0.6, 3, [0.5, 0.3, 0.2]),
            Advances = kind == 2 ? new AdvanceTerms(AdvanceKind.PrincipalAndInterest, IsBoundByRecovery: true, ReimbursesInterest: true) : AdvanceTerms.None,
            Stresses = [new Stress(3, 5, Prepayment: 2, LoanDefault: 3, Severity: 1.5)],
        };
        var line = new LoanLine { Balance = 1_234_567, RateAnnual = 0.091, RemainingMonths = 24, Amortisation = Plans[plan] };
        var table = LineProjection.Of(line, scenario, new ProjectionConventions { PrepaymentBase = on, PrepaymentEffect = effect, Rounding = rounding });
        Conserved(table, line.Balance, rounding == AmountRounding.None ? 1e-6 : 0);
    }

    [Fact]
    public void Projection_WithoutAssumptions_IsTheSchedule()
    {
        var line = new LoanLine { Balance = 1_000_000, RateAnnual = 0.06, RemainingMonths = 12 };
        var table = LineProjection.Of(line, new Scenario(), new ProjectionConventions());
        var instalment = 1_000_000 * 0.005 / (1 - Math.Pow(1.005, -12));
        for (var i = 0; i < 12; i++) Assert.Equal(instalment, table[CashflowColumn.Scheduled][i] + table[CashflowColumn.Interest][i], 2.0);
        Assert.Equal(0, table.Total(CashflowColumn.Prepaid) + table.Total(CashflowColumn.Defaulted));
        Assert.Equal(1_000_000, table.Total(CashflowColumn.Scheduled));
        var rolled = LineProjection.Of(line, new Scenario { LoanDefault = new LoanDefaultCurve.RollRate(RollRateMatrix.AllPay) }, new ProjectionConventions { Rounding = AmountRounding.None });
        var plain = LineProjection.Of(line, new Scenario(), new ProjectionConventions { Rounding = AmountRounding.None });
        for (var i = 0; i < 12; i++) Assert.Equal(plain[CashflowColumn.Scheduled][i], rolled[CashflowColumn.Scheduled][i], 1e-6);
    }

    [Fact]
    public void Loss_OfAPool_RisesWithSeverity()
    {
        double before = -1;
        for (var severity = 0.0; severity <= 1; severity += 0.05)
        {
            var table = LineProjection.Of(
                new LoanLine { Balance = 1e9, RateAnnual = 0.08, RemainingMonths = 60 },
                new Scenario { LoanDefault = new LoanDefaultCurve.FlatCdr(new Cdr(0.05)), Recovery = new RecoveryTerms(severity, 6) },
                new ProjectionConventions());
            Assert.True(table.Total(CashflowColumn.Loss) > before, $"at {severity}");
            before = table.Total(CashflowColumn.Loss);
        }
    }

    /// <summary>缩期 keeps the instalment: with no defaults, what is paid besides the prepayment is the first instalment until the shortened end.</summary>
    [Fact]
    public void ShrinkTerm_LevelLoan_KeepsTheInstalmentAndEndsEarlier()
    {
        var line = new LoanLine { Balance = 1e8, RateAnnual = 0.06, RemainingMonths = 120 };
        var scenario = new Scenario { Prepayment = new PrepaymentCurve.FlatCpr(new Cpr(0.1)) };
        var kept = LineProjection.Of(line, scenario, new ProjectionConventions { PrepaymentEffect = PrepaymentEffect.ShrinkTerm, Rounding = AmountRounding.None });
        var shrunk = LineProjection.Of(line, scenario, new ProjectionConventions { Rounding = AmountRounding.None });
        var instalment = 1e8 * (ScheduledBalance.LevelPart(0.005, 120) + 0.005);
        for (var i = 0; i < 40; i++) Assert.Equal(instalment, kept[CashflowColumn.Scheduled][i] + kept[CashflowColumn.Interest][i], 1e-3);
        Assert.True(kept[CashflowColumn.Closing][100] < 1, "the term is shorter");
        Assert.True(shrunk[CashflowColumn.Closing][100] > 1, "the term stays");
    }

    [Fact]
    public void Calendar_WithoutCutOff_RefusesActualDays()
    {
        var fault = Assert.Throws<InvalidInputException>(() => LineProjection.Of(
            new LoanLine { Balance = 100, RateAnnual = 0.06, RemainingMonths = 12 }, new Scenario(), ProjectionConventions.AbsBox));
        Assert.Equal("CutOffMissing", fault.Name);
    }

    [Theory]
    [InlineData(-1, "LineOutOfRange")]
    [InlineData(LoanLine.SegmentMax + 1, "LineOutOfRange")]
    [InlineData(2, "SegmentUnknown")]
    public void Segment_WithoutScenario_IsRefusedByName(int segment, string name)
    {
        var line = new LoanLine { Balance = 100, RateAnnual = 0.06, RemainingMonths = 12, Segment = segment };
        var fault = Assert.Throws<InvalidInputException>(() => PoolProjection.Run([line], [new Scenario(), new Scenario()], new ProjectionConventions()));
        Assert.Equal((name, "lines[0].segment"), (fault.Name, fault.Path));
    }

    /// <summary>The fee is a part of the rate: 1 % of fee out of a rate of 0.5 % would be interest of less than nothing for the investors.</summary>
    [Fact]
    public void Rates_BelowTheServicingFee_AreRefusedByPath()
    {
        var line = new LoanLine { Balance = 100, RateAnnual = 0.06, ServicingFeeAnnual = 0.01, RemainingMonths = 12, RatePath = [0.06, 0.01] };
        line.Check();
        var fault = Assert.Throws<InvalidInputException>(() => (line with { RatePath = [0.06, 0.005] }).Check());
        Assert.Equal(("LineOutOfRange", "rates[1]"), (fault.Name, fault.Path));
    }

    private static void Conserved(CashflowTable table, double balance, double tolerance)
    {
        var open = balance;
        for (var i = 0; i < table.Periods; i++)
        {
            if (table[CashflowColumn.Opening][i] > 0) Assert.Equal(open, table[CashflowColumn.Opening][i], tolerance);
            var moved = table[CashflowColumn.Scheduled][i] + table[CashflowColumn.Prepaid][i] + table[CashflowColumn.Defaulted][i];
            foreach (var column in Enum.GetValues<CashflowColumn>()) Assert.True(table[column][i] >= -tolerance, $"{column} {i}: {table[column][i]}");
            if (tolerance == 0) Assert.Equal(Math.Floor(moved), moved);
            open -= moved;
            Assert.Equal(open, table[CashflowColumn.Closing][i], tolerance);
        }

        Assert.Equal(0, open, tolerance);
        var liquidated = table.Total(CashflowColumn.Recovery) + table.Total(CashflowColumn.Reimbursed) + table.Total(CashflowColumn.Loss);
        Assert.Equal(table.Total(CashflowColumn.Defaulted), liquidated + table.Total(CashflowColumn.AdvancedPrincipal), tolerance);
        Assert.Equal(0, table[CashflowColumn.DefaultedStock][^1], tolerance);
    }
}
