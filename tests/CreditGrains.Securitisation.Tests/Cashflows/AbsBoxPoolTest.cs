using System.Collections.Immutable;
using System.Globalization;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Securitisation.Tests.Cashflows;

/// <summary>Regression pools of AbsBox (china_test01 to 03): equal principal, CDR 1 %, CPR 10 %, nothing recovered, in its rounding.</summary>
public sealed class AbsBoxPoolTest
{
    private const double Unit = 100;

    private static readonly Scenario Assumed = new()
    {
        Prepayment = new PrepaymentCurve.FlatCpr(new Cpr(0.10)),
        LoanDefault = new LoanDefaultCurve.FlatCdr(new Cdr(0.01)),
    };

    [SharedFact("data/absbox/china_test01_pool.csv")]
    public void China01_EveryPeriod_Within5Hundredths() => Check("01", new(2021, 3, 31), new(2022, 1, 1), 120, 20, []);

    [SharedFact("data/absbox/china_test02_pool.csv")]
    public void China02_EveryPeriod_Within5Hundredths() => Check("02", new(2021, 3, 1), new(2022, 3, 1), 120, 10, []);

    /// <summary>
    /// The third floats on a reference rate that its file does not carry: the rates are taken from the file's own column, 8 % and then 5 %. With them principal, interest,
    /// prepayment and default agree too; what cannot be checked is how the rate came about.
    /// </summary>
    [SharedFact("data/absbox/china_test03_pool.csv")]
    public void China03_WithTheFilesRates_Within5Hundredths() => Check("03", new(2021, 3, 1), new(2022, 3, 1), 180, 10, [0.08, 0.05]);

    /// <summary>The twin: the first instalment of 120 over 20 months at 8 % after 31 days, by hand: 0.10 default, 1.06 prepaid, 5.94 principal, 0.79 interest.</summary>
    [Fact]
    public void EqualPrincipal_ByHand_CutToTheCent()
    {
        var table = Project(new(2021, 3, 31), new(2022, 1, 1), 120, 20, []);
        var i = Array.FindIndex(table[CashflowColumn.Scheduled], amount => amount > 0);
        Assert.Equal(9, i);
        Assert.Equal((10.0, 106.0, 594.0, 79.0), (table[CashflowColumn.Defaulted][i], table[CashflowColumn.Prepaid][i], table[CashflowColumn.Scheduled][i], table[CashflowColumn.Interest][i]));
        Assert.Equal(0, table[CashflowColumn.Closing][^1]);
    }

    private static void Check(string number, DateOnly cutOff, DateOnly first, double balance, int months, ImmutableArray<double> rates)
    {
        var table = Project(cutOff, first, balance, months, rates);
        var paid = Shared.Rows($"data/absbox/china_test{number}_pool.csv").Where(row => Shared.Number(row["principal"]) > 0).ToArray();
        var start = Array.FindIndex(table[CashflowColumn.Scheduled], amount => amount > 0);
        Assert.Equal(months, paid.Length);
        for (var i = 0; i < paid.Length; i++)
        {
            var date = DateOnly.ParseExact(paid[i]["date"], "yyyy-MM-dd", CultureInfo.InvariantCulture);
            Assert.Equal((first.AddMonths(i).Year, first.AddMonths(i).Month), (date.Year, date.Month));
            Near(paid[i]["principal"], table[CashflowColumn.Scheduled][start + i], "principal", 0.05);
            Near(paid[i]["interest"], table[CashflowColumn.Interest][start + i], "interest", 0.05);
            Near(paid[i]["prepayment"], table[CashflowColumn.Prepaid][start + i], "prepayment", 0.05);
            Near(paid[i]["default"], table[CashflowColumn.Defaulted][start + i], "default", 0.05);
            Near(paid[i]["end_balance"], table[CashflowColumn.Closing][start + i], "balance", 0.05);

            void Near(string printed, double here, string what, double within) =>
                Assert.True(Math.Abs(Shared.Number(printed) - here / Unit) <= within, $"{paid[i]["date"]} {what}: printed {printed}, here {here / Unit}");
        }
    }

    private static CashflowTable Project(DateOnly cutOff, DateOnly first, double balance, int months, ImmutableArray<double> rates) => LineProjection.Of(
        new LoanLine { Balance = balance * Unit, RateAnnual = 0.08, RemainingMonths = months, Amortisation = Amortisation.Equal, FirstPayment = first, RatePath = rates },
        Assumed,
        ProjectionConventions.AbsBox,
        new ProjectionCalendar(cutOff));
}
