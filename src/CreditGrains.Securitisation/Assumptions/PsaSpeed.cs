namespace CreditGrains.Securitisation.Assumptions;

/// <summary>A speed on the standard prepayment curve for mortgages: at 100, CPR is 0.2 % a month of loan age up to 6 % at month 30.</summary>
/// <param name="Percent">Percent of the curve; 100 is the curve itself, at least 0.</param>
public readonly record struct PsaSpeed(double Percent)
{
    private const int RampMonths = 30;
    private const double PerMonth = 0.002;

    /// <summary>CPR of 100 % PSA in a month. Source: BMA Standard Formulas, chapter SF.</summary>
    /// <param name="month">Loan age at the end of the month; below 1 counts as 1.</param>
    public static double Benchmark(int month) => PerMonth * Math.Clamp(month, 1, RampMonths);

    /// <summary>CPR = min(PSA/100 · 0.2 · max(1, min(MONTH, 30)), 100). Source: BMA Standard Formulas, chapter SF.</summary>
    public Cpr ToCpr(int month) => new(Math.Min(Percent / 100 * Benchmark(month), 1));

    /// <summary>The monthly rate, by way of CPR. Source: BMA Standard Formulas, table SF-10.</summary>
    public Smm ToSmm(int month) => ToCpr(month).ToSmm();
}
