using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Measures;

/// <summary>How much a tranche bears.</summary>
/// <param name="CdrBearable">Highest flat annual CDR, in whole basis points, at which it loses nothing.</param>
/// <param name="CumulativeDefaultAtLoss">Cumulative default, over original pool, one basis point above: the first loss. Null when no CDR costs it anything.</param>
public sealed record BreakEvenResult(double CdrBearable, double? CumulativeDefaultAtLoss);

/// <summary>Break-even of a tranche over flat CDRs, other assumptions as the deal has them. Loss is principal or interest still owed at the end, or written down.</summary>
public static class BreakEven
{
    private const int BasisPoints = 10_000;

    /// <summary>Searches by halving, which takes loss to grow with the CDR: fourteen runs.</summary>
    /// <exception cref="InvalidInputException">No such tranche, or it loses without any default.</exception>
    public static BreakEvenResult Of(DealTerms deal, string tranche)
    {
        if (!deal.Tranches.Any(one => one.Name == tranche))
            throw new InvalidInputException("TrancheUnknown", "tranche", $"there is no tranche '{tranche}'; there are {string.Join(", ", deal.Tranches.Select(one => one.Name))}");
        if (Loses(Run(deal, 0), tranche)) throw new InvalidInputException("LosesAnyway", "tranche", $"'{tranche}' is not paid in full even without defaults; look at its interest and principal steps");
        var worst = Run(deal, BasisPoints);
        if (!Loses(worst, tranche)) return new BreakEvenResult(1, null);
        var (safe, bad, atLoss) = (0, BasisPoints, worst);
        while (bad - safe > 1)
        {
            var middle = (safe + bad) / 2;
            var run = Run(deal, middle);
            if (Loses(run, tranche)) (bad, atLoss) = (middle, run);
            else safe = middle;
        }

        return new BreakEvenResult((double)safe / BasisPoints, atLoss.Periods[^1].CumulativeDefault);
    }

    private static DealRun Run(DealTerms deal, int basisPoints) => DealRunner.Run(deal with
    {
        Scenarios = [.. deal.Scenarios.Select(scenario => scenario with { LoanDefault = new LoanDefaultCurve.FlatCdr(new Cdr((double)basisPoints / BasisPoints)) })],
    });

    private static bool Loses(DealRun run, string tranche)
    {
        var periods = run.Of(tranche).ToArray();
        return periods[^1].Closing > 0 || periods[^1].InterestUnpaid > 0 || periods.Any(period => period.WrittenDown > 0);
    }
}
