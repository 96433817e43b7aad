namespace CreditGrains.Securitisation.Assumptions;

/// <summary>
/// Absolute prepayment model, used for car loans: the part of the original number of loans that prepays each month. Its SMM rises with age.
/// </summary>
/// <param name="Ratio">0 to 1: an ABS of 1.5 is 0.015.</param>
public readonly record struct AbsSpeed(double Ratio)
{
    /// <summary>
    /// SMM = 100 · ABS / (100 − ABS · (MONTH − 1)); 1 from the month in which every loan is gone. Source: BMA Standard Formulas, SF-14 and table SF-15.
    /// </summary>
    /// <param name="month">Loan age at the end of the month, from 1.</param>
    public Smm ToSmm(int month)
    {
        var left = 1 - Ratio * (month - 1);
        return new Smm(Ratio > 0 && left <= Ratio * (1 + 1e-12) ? 1 : Ratio / left);
    }

    /// <summary>
    /// ABS = [(F1/F2) − (BAL1/BAL2)] / [AGE2 · (F1/F2) − AGE1 · (BAL1/BAL2)]: what a pool showed between two factors. Source: BMA Standard Formulas, SF-14.
    /// </summary>
    public static AbsSpeed FromFactors(double factorBefore, double factorAfter, double scheduledBefore, double scheduledAfter, int ageBefore, int ageAfter)
    {
        if (!(factorAfter > 0 && scheduledAfter > 0) || ageAfter <= ageBefore)
            throw new InvalidInputException("BadFactors", "", "the later factor and scheduled balance must be above 0, and the later age above the earlier");
        var factors = factorBefore / factorAfter;
        var scheduled = scheduledBefore / scheduledAfter;
        return new AbsSpeed((factors - scheduled) / (ageAfter * factors - ageBefore * scheduled));
    }
}
