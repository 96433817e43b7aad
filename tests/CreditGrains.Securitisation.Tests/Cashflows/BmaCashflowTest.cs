using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Securitisation.Tests.Cashflows;

/// <summary>Published pools of the BMA Standard Formulas and of a sequential CMO.</summary>
public sealed class BmaCashflowTest
{
    private const double Dollar = 100;

    private static readonly Scenario CashflowA = new()
    {
        Prepayment = new PrepaymentCurve.FlatSmm(new Smm(0.01)),
        LoanDefault = new LoanDefaultCurve.FlatMdr(new Mdr(0.01)),
        Recovery = new RecoveryTerms(0.2, 12),
        Advances = AdvanceTerms.Bma,
    };

    private static readonly LoanLine PoolA = new() { Balance = 100_000_000 * Dollar, RateAnnual = 0.08, RemainingMonths = 360 };

    /// <summary>SF-23 to SF-30: every column that the projection has, 360 months, within a dollar.</summary>
    [SharedFact("reference/bma_cashflow_a.csv")]
    public void CashflowA_360Months_WithinADollar()
    {
        var table = LineProjection.Of(PoolA, CashflowA, ProjectionConventions.Bma);
        var months = 0;
        foreach (var row in Shared.Rows("reference/bma_cashflow_a.csv").Where(row => row["month"] is not ("0" or "Total")))
        {
            var i = int.Parse(row["month"], System.Globalization.CultureInfo.InvariantCulture) - 1;
            Near("perf_bal", table[CashflowColumn.Closing][i]);
            Near("new_def", table[CashflowColumn.Defaulted][i]);
            Near("fcl", table[CashflowColumn.DefaultedStock][i]);
            Near("exp_am", table[CashflowColumn.Scheduled][i] + table[CashflowColumn.AdvancedPrincipal][i]);
            Near("vol_prepay", table[CashflowColumn.Prepaid][i]);
            Near("am_from_def", table[CashflowColumn.AdvancedPrincipal][i]);
            Near("act_am", table[CashflowColumn.Scheduled][i]);
            Near("exp_int", table[CashflowColumn.Interest][i] + table[CashflowColumn.AdvancedInterest][i]);
            Near("int_lost", table[CashflowColumn.AdvancedInterest][i]);
            Near("act_int", table[CashflowColumn.Interest][i]);
            Near("prin_recovery", table[CashflowColumn.Recovery][i]);
            Near("prin_loss", table[CashflowColumn.Loss][i]);
            Near("amort_def_bal_in_recovery_month", table[CashflowColumn.Liquidated][i]);
            months++;

            void Near(string column, double cents)
            {
                var printed = Shared.Number(row[column]);
                Assert.True(Math.Abs(printed - cents / Dollar) <= 1, $"month {i + 1}, {column}: printed {printed}, here {cents / Dollar}");
            }
        }

        Assert.Equal(360, months);
    }

    /// <summary>The twin: the first and thirteenth month worked out by hand.</summary>
    [Fact]
    public void CashflowA_ByHand_FirstAndThirteenthMonth()
    {
        var table = LineProjection.Of(PoolA, CashflowA, ProjectionConventions.Bma);
        var factor = ScheduledBalance.Factor(0.08, 360, 1);
        Assert.Equal(1_000_000, table[CashflowColumn.Defaulted][0] / Dollar, 6);
        Assert.Equal(1e6 * factor, table[CashflowColumn.Prepaid][0] / Dollar, 2);
        Assert.Equal(99e6 * (1 - factor), table[CashflowColumn.Scheduled][0] / Dollar, 2);
        Assert.Equal(99e6 * 0.08 / 12, table[CashflowColumn.Interest][0] / Dollar, 2);
        var amortised = 1e6 * ScheduledBalance.Factor(0.08, 360, 12);
        Assert.Equal(amortised, table[CashflowColumn.Liquidated][12] / Dollar, 2);
        Assert.Equal(200_000, table[CashflowColumn.Loss][12] / Dollar, 2);
        Assert.Equal(0, table[CashflowColumn.Defaulted][348]);
        Assert.True(table[CashflowColumn.Defaulted][347] > 0);
        Assert.Equal(0, table[CashflowColumn.DefaultedStock][359], 6);
    }

    /// <summary>Average life of USD 400m, 8.125 % gross, 357 months left of 360, by speed, as printed; from the plain sum within 0.02 years.</summary>
    [Theory]
    [InlineData(50, 15.11)]
    [InlineData(100, 11.66)]
    [InlineData(165, 8.76)]
    [InlineData(200, 7.68)]
    [InlineData(300, 5.63)]
    [InlineData(400, 4.44)]
    [InlineData(500, 3.68)]
    [InlineData(600, 3.16)]
    [InlineData(700, 2.78)]
    public void SequentialCmo_CollateralAverageLife_AsPrinted(double psa, double years)
    {
        var table = Collateral(psa);
        Assert.Equal(years, table.AverageLifeYears(), 0.02);
        Assert.Equal(Shared.Printed(years, "0.00"), Shared.Printed(table.AverageLifeYears(delayDays: 5), "0.00"));
    }

    [Fact]
    public void SequentialCmo_FirstMonthAt165Psa_AsPrinted()
    {
        var table = Collateral(165);
        Assert.Equal("709923", Shared.Printed(table.Principal(1) / Dollar, "0"));
        Assert.Equal(2_500_000, table.NetInterest(1) / Dollar, 0.01);
    }

    private static CashflowTable Collateral(double psa) => LineProjection.Of(
        new LoanLine { Balance = 400_000_000 * Dollar, RateAnnual = 0.08125, ServicingFeeAnnual = 0.00625, RemainingMonths = 357, AgeMonths = 3 },
        new Scenario { Prepayment = new PrepaymentCurve.Psa(new PsaSpeed(psa)) },
        ProjectionConventions.Bma);
}
