namespace CreditGrains.Securitisation.Measures;

/// <summary>The large-pool limit of the one-factor Gaussian copula. Source: Vasicek 2002, "Loan portfolio value".</summary>
public static class Vasicek
{
    /// <summary>Default rate given the factor: Φ((Φ⁻¹(p) − √ρ · Z) / √(1 − ρ)).</summary>
    public static double Conditional(double probability, double correlation, double factor) =>
        Normal.Cumulative((Normal.Quantile(probability) - Math.Sqrt(correlation) * factor) / Math.Sqrt(1 - correlation));

    /// <summary>Probability that the default rate is at most x: Φ((√(1 − ρ) · Φ⁻¹(x) − Φ⁻¹(p)) / √ρ).</summary>
    public static double Cumulative(double x, double probability, double correlation) =>
        Normal.Cumulative((Math.Sqrt(1 - correlation) * Normal.Quantile(x) - Normal.Quantile(probability)) / Math.Sqrt(correlation));

    /// <summary>The default rate that is not exceeded with a confidence.</summary>
    public static double Quantile(double confidence, double probability, double correlation) => Conditional(probability, correlation, -Normal.Quantile(confidence));
}
