using System.Collections.Immutable;
using System.Globalization;

namespace CreditGrains.Securitisation.Cashflows;

/// <summary>How a loan's rate follows an index of the deal. Until the first reset the loan bears its own rate.</summary>
/// <param name="Index">Name of the index.</param>
/// <param name="Spread">Added to it; 0.01 is 1 %.</param>
/// <param name="ResetMonths">Months between resets, at least 1.</param>
/// <param name="FirstResetMonths">Months from now to the first reset; 0 is at once.</param>
/// <param name="Floor">Lowest rate; null is none. A rate never falls below 0.</param>
/// <param name="Cap">Highest rate; null is none.</param>
public sealed record FloatingRate(string Index, double Spread, int ResetMonths = 1, int FirstResetMonths = 0, double? Floor = null, double? Cap = null)
{
    /// <exception cref="InvalidInputException">A number is out of range.</exception>
    public void Check()
    {
        if (ResetMonths is < 1 or > LoanLine.MonthsMax) throw Bad("resetMonths", $"write 1 to {LoanLine.MonthsMax} months");
        if (FirstResetMonths is < 0 or > LoanLine.MonthsMax) throw Bad("firstResetMonths", $"write 0 to {LoanLine.MonthsMax} months");
        if (!(Math.Abs(Spread) < 1)) throw Bad("spread", string.Create(CultureInfo.InvariantCulture, $"{Spread} must be between -1 and 1; 1 % is 0.01"));
        if (!(Math.Abs(Floor ?? 0) < 1)) throw Bad("floor", string.Create(CultureInfo.InvariantCulture, $"{Floor} must be between -1 and 1; 1 % is 0.01"));
        if (!(Math.Abs(Cap ?? 0) < 1)) throw Bad("cap", string.Create(CultureInfo.InvariantCulture, $"{Cap} must be between -1 and 1; 1 % is 0.01"));
        if (Floor > Cap) throw Bad("floor", "the floor is above the cap; lower it");
    }

    /// <summary>The rates by instalment, for <see cref="LoanLine.RatePath"/>.</summary>
    /// <param name="line">Gives the term and the rate until the first reset.</param>
    /// <param name="indexOf">Rate of the index in a month of the projection, from 1.</param>
    /// <param name="monthsBefore">Months before that of the first instalment, of a line with a first payment of its own: resets are counted in months from now.</param>
    public ImmutableArray<double> Path(LoanLine line, Func<int, double> indexOf, int monthsBefore = 0) =>
    [
        .. Enumerable.Range(monthsBefore + 1, line.RemainingMonths).Select(month =>
        {
            if (month <= FirstResetMonths) return line.RateAnnual;
            var reset = FirstResetMonths + (month - 1 - FirstResetMonths) / ResetMonths * ResetMonths + 1;
            var rate = indexOf(reset) + Spread;
            if (Floor is { } floor) rate = Math.Max(rate, floor);
            if (Cap is { } cap) rate = Math.Min(rate, cap);
            // The servicing fee is a part of the rate, so it cannot be above it.
            return Math.Max(rate, line.ServicingFeeAnnual);
        }),
    ];

    private static InvalidInputException Bad(string path, string fault) => new("LineOutOfRange", $"floating.{path}", fault);
}
