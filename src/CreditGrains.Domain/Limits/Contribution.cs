using CreditGrains.Domain.Facilities;

namespace CreditGrains.Domain.Limits;

/// <summary>What one facility adds to a node, before its share, by the node's basis. Never negative: credit never offsets siblings.</summary>
public static class Contribution
{
    /// <summary>The facility's whole contribution, minor units of the facility's currency.</summary>
    /// <param name="basis">The node's basis.</param>
    /// <param name="balances">The facility's balances.</param>
    /// <param name="facilityLimit">The facility's limit in force.</param>
    /// <exception cref="OverflowException">The parts add to more than a 64-bit number.</exception>
    public static long Of(ExposureBasis basis, in FacilityBalances balances, long facilityLimit)
    {
        var kept = basis.KeepsRepaid ? balances.Released : 0;
        var used = balances.Principal + balances.Held + kept;
        if (basis.Measure == ExposureMeasure.PrincipalAndHeld) return used;
        used += balances.Interest + balances.Fees;
        return basis.Measure switch
        {
            ExposureMeasure.DrawnAndHeld => used,
            ExposureMeasure.Committed => Math.Max(facilityLimit, used),
            _ => used + UndrawnPart(Math.Max(0, facilityLimit - used), basis.UndrawnFactorPpm),
        };
    }

    private static long UndrawnPart(long undrawn, int factorPpm) =>
        (long)(((Int128)undrawn * factorPpm + (Share.WholePpm - 1)) / Share.WholePpm);
}
