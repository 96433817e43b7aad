using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Training;

/// <summary>Calibration by a line on the log-odds (Platt, 1999): slope · x + shift.</summary>
/// <param name="Slope">Above 1 spreads probabilities, below 1 draws them together.</param>
/// <param name="Shift">Added to the log-odds.</param>
public readonly record struct PlattScale(double Slope, double Shift)
{
    /// <summary>Fits it to log-odds and outcomes by Newton's method.</summary>
    /// <exception cref="ModelFault">Only goods, only bads, or no line is best.</exception>
    public static PlattScale Fit(ReadOnlySpan<double> logOdds, ReadOnlySpan<bool> bads)
    {
        var columns = new[] { logOdds.ToArray() };
        var fit = RidgeRegression.Fit(columns, bads.ToArray(), 1e-6);
        return new PlattScale(fit.Coefficients[0], fit.Intercept);
    }

    /// <summary>The calibrated log-odds.</summary>
    public double Of(double logOdds) => Slope * logOdds + Shift;
}
