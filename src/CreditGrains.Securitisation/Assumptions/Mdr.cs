namespace CreditGrains.Securitisation.Assumptions;

/// <summary>Monthly default rate, conditional: the part of a month's performing balance that defaults (单期条件违约率, SMDR).</summary>
/// <param name="Ratio">0 to 1.</param>
public readonly record struct Mdr(double Ratio)
{
    /// <summary>CDR = 1 − (1 − MDR)^12. Source: BMA Standard Formulas, chapter SF.</summary>
    public Cdr ToCdr() => new(AnnualRate.FromMonthly(Ratio));
}

/// <summary>Conditional default rate, annual (年化违约率, YCDR). Never the Chinese "CDR", which is <see cref="CumulativeDefaultRate"/>.</summary>
/// <param name="Ratio">0 to 1.</param>
public readonly record struct Cdr(double Ratio)
{
    /// <summary>MDR = 1 − (1 − CDR)^(1/12). Source: BMA Standard Formulas, chapter SF.</summary>
    public Mdr ToMdr() => new(AnnualRate.ForPeriod(Ratio, 1.0 / 12));
}

/// <summary>
/// Cumulative default rate (累计违约率): defaulted principal over the life ÷ principal at the start. Not annual, and not conditional. Source:
/// definitions of Chinese rating practice.
/// </summary>
/// <param name="Ratio">0 to 1.</param>
public readonly record struct CumulativeDefaultRate(double Ratio)
{
    /// <summary>
    /// What is left of it when a part has come true: max(CDR − realised, 0). The rest is spread over the periods left by their weights. Source:
    /// Chinese rating practice, remaining CDR.
    /// </summary>
    public CumulativeDefaultRate Less(double realised) => new(Math.Max(Ratio - realised, 0));
}

/// <summary>A speed on the standard default curve for mortgages.</summary>
/// <param name="Percent">Percent of the curve, at least 0.</param>
public readonly record struct SdaSpeed(double Percent)
{
    private const double Peak = 0.006;
    private const double Tail = 0.0003;
    private const double PerMonthUp = 0.0002;
    private const double PerMonthDown = 0.000095;

    /// <summary>
    /// CDR of 100 % SDA: 0.02 % a month of age up to 0.60 % at month 30, flat to 60, then down 0.0095 % a month to 0.03 % at 120, flat. Source: BMA
    /// Standard Formulas, chapter SF. That the last months to liquidation have none is a convention of the projection.
    /// </summary>
    /// <param name="month">Loan age at the end of the month; below 1 counts as 1.</param>
    public static double Benchmark(int month) => month switch
    {
        <= 1 => PerMonthUp,
        <= 30 => PerMonthUp * month,
        <= 60 => Peak,
        < 120 => Peak - PerMonthDown * (month - 60),
        _ => Tail,
    };

    /// <summary>The annual rate in a month, at most 1.</summary>
    public Cdr ToCdr(int month) => new(Math.Min(Percent / 100 * Benchmark(month), 1));
}
