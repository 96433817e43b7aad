using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Measures;

/// <summary>How much a tranche bears.</summary>
/// <param name="CdrBearable">Highest flat annual CDR, to 0.0001 %, at which it is paid; 1 when none costs it anything.</param>
/// <param name="CumulativeDefaultAtLoss">Cumulative default over original pool just above. Null when no CDR costs it anything.</param>
public sealed record BreakEvenResult(double CdrBearable, double? CumulativeDefaultAtLoss);

/// <summary>Break-even of a tranche over flat CDRs in short; <see cref="LossSearch"/> tells all places and the cumulative measures.</summary>
public static class BreakEven
{
    /// <summary>The first place.</summary>
    /// <exception cref="InvalidInputException">No such tranche, or it loses without any default.</exception>
    public static BreakEvenResult Of(DealTerms deal, string tranche, LossRule? rule = null)
    {
        var threshold = new LossSearch(deal, rule ?? new LossRule()).BreakEvenCdr(tranche);
        if (!threshold.IsPaidWithoutDefaults) throw new InvalidInputException("LosesAnyway", "tranche", $"'{tranche}' is not paid in full even without defaults; look at its interest and principal steps");
        return threshold.First is { } first ? new BreakEvenResult(first.Bearable, first.CumulativeDefaultAtLoss) : new BreakEvenResult(1, null);
    }
}
