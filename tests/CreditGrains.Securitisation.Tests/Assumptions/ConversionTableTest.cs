using CreditGrains.Securitisation.Assumptions;

namespace CreditGrains.Securitisation.Tests.Assumptions;

/// <summary>The conversion tables of the BMA Standard Formulas (02/01/99), every cell to its printed digits, half up.</summary>
public sealed class ConversionTableTest
{
    [SharedFact("reference/bma_psa_to_smm_sf10.csv")]
    public void PsaToSmm_EveryCellOfSf10_AsPrinted() => CheckGrid("reference/bma_psa_to_smm_sf10.csv", "Month", "PSA", 30 * 19, (month, speed) => new PsaSpeed(speed).ToSmm(month).Ratio);

    [SharedFact("reference/bma_abs_to_smm_sf15.csv")]
    public void AbsToSmm_EveryCellOfSf15_AsPrinted() => CheckGrid("reference/bma_abs_to_smm_sf15.csv", "month", "ABS", 1, (month, speed) => new AbsSpeed(speed / 100).ToSmm(month).Ratio);

    [SharedFact("reference/bma_smm_cpr_psa_sf9.csv")]
    public void SmmToCprAndPsa_EveryCellOfSf9_AsPrinted()
    {
        var rows = 0;
        foreach (var row in Shared.Rows("reference/bma_smm_cpr_psa_sf9.csv"))
        {
            var smm = new Smm(Shared.Number(row["SMM"]) / 100);
            Assert.Equal(row["CPR"], Shared.Printed(smm.ToCpr().Ratio * 100, row["CPR"]));
            Assert.Equal(row["PSA30"], Shared.Printed(smm.ToPsa(30).Percent, row["PSA30"]));
            rows++;
        }

        Assert.Equal(180, rows);
    }

    /// <summary>The twin: cells worked out by hand from the formulas.</summary>
    [Theory]
    [InlineData(1, 100, "0.02")]
    [InlineData(30, 100, "0.51")]
    [InlineData(200, 100, "0.51")]
    [InlineData(30, 900, "6.27")]
    public void PsaToSmm_ByHand_TwoDigits(int month, double psa, string smm) => Assert.Equal(smm, Shared.Printed(new PsaSpeed(psa).ToSmm(month).Ratio * 100, smm));

    [Theory]
    [InlineData(1, 1.5, "1.50")]
    [InlineData(11, 1.5, "1.76")]
    [InlineData(51, 1.0, "2.00")]
    public void AbsToSmm_ByHand_TwoDigits(int month, double abs, string smm) => Assert.Equal(smm, Shared.Printed(new AbsSpeed(abs / 100).ToSmm(month).Ratio * 100, smm));

    [Fact]
    public void AbsSpeed_BeyondTheLastLoan_PrepaysAll()
    {
        Assert.Equal(1, new AbsSpeed(0.02).ToSmm(50).Ratio);
        Assert.Equal(1, new AbsSpeed(0.02).ToSmm(51).Ratio);
        Assert.Equal(0, new AbsSpeed(0).ToSmm(51).Ratio);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.6)]
    public void AnnualAndMonthly_ThereAndBack_AreTheSame(double annual)
    {
        Assert.Equal(annual, new Cpr(annual).ToSmm().ToCpr().Ratio, 12);
        Assert.Equal(annual, new Cdr(annual).ToMdr().ToCdr().Ratio, 12);
    }

    /// <summary>BMA Standard Formulas, chapter SF: the corners of the curve, and a point on each slope.</summary>
    [Theory]
    [InlineData(1, 0.0002)]
    [InlineData(15, 0.0030)]
    [InlineData(30, 0.0060)]
    [InlineData(60, 0.0060)]
    [InlineData(61, 0.005905)]
    [InlineData(120, 0.0003)]
    [InlineData(300, 0.0003)]
    public void Sda_AtCorners_IsAsWritten(int month, double cdr) => Assert.Equal(cdr, SdaSpeed.Benchmark(month), 10);

    private static void CheckGrid(string file, string monthColumn, string prefix, int cellsLeast, Func<int, double, double> smm)
    {
        var cells = 0;
        foreach (var row in Shared.Rows(file))
            foreach (var (column, printed) in row)
            {
                if (column == monthColumn || printed.Length == 0) continue;
                var month = int.Parse(row[monthColumn], System.Globalization.CultureInfo.InvariantCulture);
                var speed = Shared.Number(column[prefix.Length..]);
                Assert.Equal((month, column, printed), (month, column, Shared.Printed(smm(month, speed) * 100, printed)));
                cells++;
            }

        Assert.True(cells >= cellsLeast, $"only {cells} cells");
    }
}
