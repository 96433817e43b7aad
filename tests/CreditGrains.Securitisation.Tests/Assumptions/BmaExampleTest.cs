using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Securitisation.Tests.Assumptions;

/// <summary>Worked examples of the BMA Standard Formulas (02/01/99), with the printed digits. Facts only, so they need no file.</summary>
public sealed class BmaExampleTest
{
    private static readonly LoanLine Gross95 = new() { Balance = 1e8, RateAnnual = 0.095, ServicingFeeAnnual = 0.005, RemainingMonths = 360 };

    /// <summary>SF-4/5: first month of a 9.5 % pool with a 9 % pass-through, prepayment 0.00025022 of the balance at issue.</summary>
    [Fact]
    public void FirstMonth_Sf4_AsPrinted()
    {
        var scheduled = ScheduledBalance.LevelPart(0.095 / 12, 360);
        var scenario = new Scenario { Prepayment = new PrepaymentCurve.FlatSmm(new Smm(0.00025022 / (1 - scheduled))) };
        var table = LineProjection.Of(Gross95, scenario, ProjectionConventions.Bma);
        Assert.Equal("0.00049188", Printed(table[CashflowColumn.Scheduled][0]));
        Assert.Equal("0.00791667", Printed(table[CashflowColumn.Interest][0]));
        Assert.Equal("0.00041667", Printed(table[CashflowColumn.ServicingFee][0]));
        Assert.Equal("0.00074210", Printed(table.Principal(1)));
        Assert.Equal("0.00750000", Printed(table.NetInterest(1)));
        Assert.Equal("0.00824210", Printed(table.Principal(1) + table.NetInterest(1)));
        static string Printed(double amount) => Shared.Printed(amount / 1e8, "0.00000000");
    }

    /// <summary>SF-7/8: GNMA I 9 %, 359 months at issue 3/1/88, factors of 6/1/89 and 7/1/89; the loan month is 17.</summary>
    [Fact]
    public void HistoricalRate_Sf7_AsPrinted()
    {
        const double before = 0.85150625, after = 0.84732282;
        var scheduledBefore = ScheduledBalance.Factor(0.095, 359, 15);
        var scheduledAfter = ScheduledBalance.Factor(0.095, 359, 16);
        Assert.Equal("0.99213300", Shared.Printed(scheduledBefore, "0.00000000"));
        Assert.Equal("0.99157471", Shared.Printed(scheduledAfter, "0.00000000"));
        var scheduled = before * scheduledAfter / scheduledBefore;
        Assert.Equal("0.85102709", Shared.Printed(scheduled, "0.00000000"));
        Assert.Equal("0.00047916", Shared.Printed(before - scheduled, "0.00000000"));
        Assert.Equal("0.00370427", Shared.Printed(scheduled - after, "0.00000000"));
        var smm = Smm.FromFactors(before, after, scheduledBefore, scheduledAfter);
        Assert.Equal("0.43527", Shared.Printed(smm.Ratio * 100, "0.00000"));
        Assert.Equal("5.10", Shared.Printed(smm.ToCpr().Ratio * 100, "0.00"));
        Assert.Equal("150.00", Shared.Printed(smm.ToPsa(17).Percent, "0.00"));
    }

    /// <summary>SF-12/13: two pools over six months; the average rate, and the speed that explains both, with loan ages 360 − WAM.</summary>
    [Fact]
    public void AverageRate_TwoPools_AsPrinted()
    {
        const double actual = (1e6 * 0.84732282) + (2e6 * 0.98290230);
        Assert.Equal("2813127.42", Shared.Printed(actual, "0.00"));
        var scheduled = After(0, isByFactor: true);
        Assert.Equal("2859330.23", Shared.Printed(scheduled, "0.00"));
        var smm = new Smm(1 - Math.Pow(actual / scheduled, 1.0 / 6));
        Assert.Equal("0.271142", Shared.Printed(smm.Ratio * 100, "0.000000"));
        Assert.Equal("3.2056", Shared.Printed(smm.ToCpr().Ratio * 100, "0.0000"));
        double low = 0, high = 1000;
        while (high - low > 1e-9)
        {
            var middle = (low + high) / 2;
            if (After(middle, isByFactor: false) > actual) low = middle;
            else high = middle;
        }

        Assert.Equal("212.02", Shared.Printed(low, "0.00"));
    }

    /// <summary>Balance of both pools after six months at a speed. The scheduled one follows the pools' terms, 358 and 360 months at issue.</summary>
    private static double After(double psa, bool isByFactor)
    {
        var first = 1e6 * 0.86925218 * ScheduledBalance.Factor(0.095, 358, 15) / ScheduledBalance.Factor(0.095, 358, 9);
        var second = 2e6 * 0.99950812 * ScheduledBalance.Factor(0.095, 360, 7) / ScheduledBalance.Factor(0.095, 360, 1);
        if (isByFactor) return first + second;
        for (var month = 0; month < 6; month++)
        {
            first *= 1 - new PsaSpeed(psa).ToSmm(12 + month).Ratio;
            second *= 1 - new PsaSpeed(psa).ToSmm(2 + month).Ratio;
        }

        return first + second;
    }
}
