using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Securitisation.Tests.Cashflows;

/// <summary>Roll rates under stresses and moving rates, worked by hand: 1,000,000 in a bullet of 12 months, so nothing falls due before the last.</summary>
public sealed class RollRateRuleTest
{
    /// <summary>
    /// Half the stress on defaults. Current: 20 % roll, so 10 % do, and the 80 % that stay become 90 %: 100,000 are late after a month. Late: the row is 40 % charged off and 60 % later still, and knows nothing else, so it stays:
    /// 40,000 default in month 2 and 60,000 are late with the 90,000 that roll from the 900,000. None of the 100,000 goes back to current, which the row never says.
    /// </summary>
    [Fact]
    public void Stress_OnARowThatOnlyGetsWorse_LeavesItAsItIs()
    {
        var table = Run(new RollRateMatrix([[0.8, 0.2, 0, 0, 0], [0, 0, 0.6, 0.4, 0], [0, 0, 1, 0, 0]]), Stress.Throughout(loanDefault: 0.5));
        Assert.Equal(100_000, table[CashflowColumn.Delinquent][0]);
        Assert.Equal(40_000, table[CashflowColumn.Defaulted][1]);
        Assert.Equal(150_000, table[CashflowColumn.Delinquent][1]);
        Assert.Equal(810_000, table[CashflowColumn.Closing][1] - table[CashflowColumn.Delinquent][1]);
    }

    /// <summary>Of 100,001 late, 34 %, 33 % and 33 % are 34,000.34, 33,000.33 and 33,000.33: 34,000 are charged off, and the unit that rounding leaves is still late, not paid up.</summary>
    [Fact]
    public void Rounding_OfARow_LeavesItsUnitInAStateTheRowHas()
    {
        var table = LineProjection.Of(
            new LoanLine { Balance = 100_001, RateAnnual = 0.12, RemainingMonths = 12, Amortisation = Amortisation.Bullet, MissedInstalments = 1 },
            new Scenario { LoanDefault = new LoanDefaultCurve.RollRate(new RollRateMatrix([[1, 0, 0, 0, 0, 0], [0, 0, 0.33, 0.33, 0.34, 0], [0, 0, 1, 0, 0, 0], [0, 0, 0, 1, 0, 0]])) }, new ProjectionConventions());
        Assert.Equal((34_000, 66_001, 66_001), (table[CashflowColumn.Defaulted][0], table[CashflowColumn.Closing][0], table[CashflowColumn.Delinquent][0]));
    }

    /// <summary>12 % falls to 6 % in month 2: interest 10,000, then 5,000. The fee of 1 % a year is 833 both times: a twelfth, then a sixth of the interest.</summary>
    [Fact]
    public void ServicingFee_OfARateThatMoves_IsItsPartOfTheRateOfTheMonth()
    {
        var line = new LoanLine { Balance = 1_000_000, RateAnnual = 0.12, ServicingFeeAnnual = 0.01, RemainingMonths = 12, Amortisation = Amortisation.Bullet, RatePath = [0.12, 0.06] };
        var table = LineProjection.Of(line, new Scenario { LoanDefault = new LoanDefaultCurve.RollRate(RollRateMatrix.AllPay) }, new ProjectionConventions());
        Assert.Equal((10_000, 5_000), (table[CashflowColumn.Interest][0], table[CashflowColumn.Interest][1]));
        Assert.Equal((833, 833), (table[CashflowColumn.ServicingFee][0], table[CashflowColumn.ServicingFee][1]));
    }

    private static CashflowTable Run(RollRateMatrix matrix, Stress stress) => LineProjection.Of(
        new LoanLine { Balance = 1_000_000, RateAnnual = 0.12, RemainingMonths = 12, Amortisation = Amortisation.Bullet },
        new Scenario { LoanDefault = new LoanDefaultCurve.RollRate(matrix), Stresses = [stress] }, new ProjectionConventions());
}
