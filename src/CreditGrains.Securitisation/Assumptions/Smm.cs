using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Securitisation.Assumptions;

/// <summary>Single monthly mortality: the part of a month's balance that is prepaid. Which balance is a declared convention, <see cref="PrepaymentBase"/>.</summary>
/// <param name="Ratio">0 to 1.</param>
public readonly record struct Smm(double Ratio)
{
    /// <summary>1 − CPR/100 = (1 − SMM/100)^12. Source: BMA Standard Formulas, chapter SF.</summary>
    public Cpr ToCpr() => new(AnnualRate.FromMonthly(Ratio));

    /// <summary>The speed, in percent of the PSA curve, that has this rate in a month of loan age. Source: BMA Standard Formulas, chapter SF.</summary>
    /// <param name="month">Loan age at the end of the month, from 1.</param>
    public PsaSpeed ToPsa(int month) => ToCpr().ToPsa(month);

    /// <summary>
    /// SMM = 1 − F2 / Fsched with Fsched = F1 · BAL2 / BAL1: what a pool prepaid between two factors. Source: BMA Standard Formulas, chapter SF.
    /// </summary>
    /// <param name="factorBefore">Pool factor at the start, above 0.</param>
    /// <param name="factorAfter">Pool factor at the end.</param>
    /// <param name="scheduledBefore">Scheduled balance at the start by <see cref="ScheduledBalance"/>, in the same unit as the next.</param>
    /// <param name="scheduledAfter">Scheduled balance at the end.</param>
    /// <param name="months">Months between the two; over several months the rate is the average one (SF-12).</param>
    public static Smm FromFactors(double factorBefore, double factorAfter, double scheduledBefore, double scheduledAfter, int months = 1)
    {
        if (!(factorBefore > 0 && scheduledBefore > 0 && scheduledAfter > 0 && months > 0))
            throw new InvalidInputException("BadFactors", "", "factors, scheduled balances and months must be above 0; the last month of a loan has no prepayment rate");
        return new Smm(1 - Math.Pow(factorAfter / (factorBefore * scheduledAfter / scheduledBefore), 1.0 / months));
    }
}

/// <summary>Constant prepayment rate: the annual form of <see cref="Smm"/>.</summary>
/// <param name="Ratio">0 to 1.</param>
public readonly record struct Cpr(double Ratio)
{
    /// <summary>SMM = 1 − (1 − CPR)^(1/12). Source: BMA Standard Formulas, chapter SF.</summary>
    public Smm ToSmm() => new(AnnualRate.ForPeriod(Ratio, 1.0 / 12));

    /// <summary>PSA = 100 · CPR / min(0.2 % · MONTH, 6 %). Source: BMA Standard Formulas, chapter SF.</summary>
    /// <param name="month">Loan age at the end of the month, from 1.</param>
    public PsaSpeed ToPsa(int month) => new(100 * Ratio / PsaSpeed.Benchmark(month));
}

/// <summary>How rates of a year and of a part of it correspond.</summary>
public static class AnnualRate
{
    /// <summary>
    /// 1 − (1 − r)^t: the rate of a part of a year. With t = 1/12 BMA's (chapter SF), with t = days/365 the Chinese one (SMDR, SMM type 1).
    /// </summary>
    public static double ForPeriod(double annual, double yearFraction) => annual switch
    {
        <= 0 => 0,
        >= 1 => 1,
        _ => 1 - Math.Pow(1 - annual, yearFraction),
    };

    /// <summary>1 − (1 − m)^12: the annual rate of a monthly one.</summary>
    public static double FromMonthly(double monthly) => 1 - Math.Pow(1 - monthly, 12);
}
