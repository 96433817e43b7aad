using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Tranches;

namespace CreditGrains.Securitisation.Measures;

/// <summary>
/// When a tranche has defaulted, as rating agencies and deal documents have it: principal is not repaid by the legal final (the end of the run without one), or was written down; or
/// interest is still owed then. With timely interest, any payment date on which interest stays owed counts too.
/// </summary>
/// <param name="IsInterestTimely">Whether interest must be paid on each payment date; otherwise by the legal final (ultimate).</param>
/// <param name="Allowance">
/// Minor units of principal and interest together that do not count; null is the most that rounding can cost: half a unit for each tranche, fee and swap on each payment date. Pool and
/// tranches round apart, so a deal whose pool and tranches bear the same rate may end some units short without any default.
/// </param>
public sealed record LossRule(bool IsInterestTimely = false, long? Allowance = null)
{
    /// <summary>Units that do not count in a run.</summary>
    public long AllowanceOf(DealRun run) => Allowance ?? (run.Periods.Count * (run.Terms.Tranches.Length + run.Terms.Fees.Length + run.Terms.Swaps.Length) + 1L) / 2;
}

/// <summary>What a run left a tranche short of, in minor units.</summary>
/// <param name="Balance">When the run began.</param>
/// <param name="PrincipalUnpaid">At the legal final or the end, with what was written down up to then.</param>
/// <param name="InterestUnpaid">At the same date.</param>
/// <param name="InterestLateMost">Most that was owed after any payment date.</param>
/// <param name="Allowance">Units that do not count.</param>
/// <param name="IsLoss">By the rule.</param>
public readonly record struct TrancheShortfall(long Balance, long PrincipalUnpaid, long InterestUnpaid, long InterestLateMost, long Allowance, bool IsLoss)
{
    /// <summary>Principal unpaid ÷ balance; 0 without balance.</summary>
    public double LossRatio => Balance == 0 ? 0 : (double)PrincipalUnpaid / Balance;

    /// <summary>Looks at a tranche of a run. Interest that an accrual tranche added to its balance is principal.</summary>
    public static TrancheShortfall Of(DealRun run, TrancheTerms tranche, LossRule rule)
    {
        var last = tranche.LegalFinalPeriod is { } final ? Math.Clamp(final - run.Terms.PeriodsBefore, 1, run.Periods.Count) : run.Periods.Count;
        long writtenDown = 0, late = 0;
        TranchePeriod at = default;
        foreach (var period in run.Of(tranche.Name).Take(last))
        {
            at = period;
            writtenDown += period.WrittenDown;
            late = Math.Max(late, period.InterestUnpaid);
        }

        // Equity takes what is left: unpaid is what its principal did not bring.
        var principal = at.Closing + writtenDown;
        var allowance = rule.AllowanceOf(run);
        return new TrancheShortfall(tranche.Balance, principal, at.InterestUnpaid, late, allowance, principal + (rule.IsInterestTimely ? late : at.InterestUnpaid) > allowance);
    }
}
