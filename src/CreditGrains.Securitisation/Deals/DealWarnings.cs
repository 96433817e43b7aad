using CreditGrains.Securitisation.Tranches;
using CreditGrains.Securitisation.Waterfall;

namespace CreditGrains.Securitisation.Deals;

/// <summary>What a deal can be run with and was hardly meant: parts that no step of any state pays, so that their cash stays in the accounts, and triggers on what is not projected.</summary>
public static class DealWarnings
{
    private const string NameIt = "name it in the steps of waterfalls, or leave it out";

    /// <summary>One sentence a part with how to mend it, in the order of the file.</summary>
    public static IReadOnlyList<string> Of(DealTerms deal)
    {
        Step[] steps = [.. deal.Waterfalls.OrderBy(entry => entry.Key).SelectMany(entry => entry.Value)];
        var principal = steps.SelectMany(step => step switch { Step.PayPrincipal pay => pay.To, Step.PayResidual rest => [rest.To], _ => [] }).ToHashSet(StringComparer.Ordinal);
        var interest = steps.SelectMany(step => step switch { Step.PayInterest pay => pay.To, Step.PayResidual rest => [rest.To], _ => [] }).ToHashSet(StringComparer.Ordinal);
        var fees = steps.SelectMany(step => step is Step.PayFees pay ? pay.Fees : []).ToHashSet(StringComparer.Ordinal);
        var swaps = steps.SelectMany(step => step is Step.PaySwaps pay ? pay.Swaps : []).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. deal.Tranches.Where(tranche => tranche.Balance > 0 && !principal.Contains(tranche.Name)).Select(tranche => $"no step pays principal of tranche {tranche.Name}; {NameIt}"),
            .. deal.Tranches.Where(tranche => BearsInterest(tranche) && !interest.Contains(tranche.Name)).Select(tranche => $"no step pays interest of tranche {tranche.Name}; {NameIt}"),
            .. deal.Fees.Where(fee => !fees.Contains(fee.Name)).Select(fee => $"no step pays fee {fee.Name}; {NameIt}"),
            .. deal.Swaps.Where(swap => !swaps.Contains(swap.Name)).Select(swap => $"no step pays what is owed on swap {swap.Name}; {NameIt}"),
            .. deal.Triggers.Where(trigger => trigger.Kind == TriggerKind.Delinquency && deal.AllPools.Any(pool => (trigger.Pool ?? pool.Name) == pool.Name && !pool.ProjectsDelinquency))
                .Select(trigger => $"delinquency is not projected without roll rates: trigger {trigger.Name} stays as it is in months that are projected; write rollRates as the default of every segment, or leave the trigger out"),
        ];
    }

    private static bool BearsInterest(TrancheTerms tranche) => tranche.Coupon != new Coupon(null, 0) && (tranche.Balance > 0 || tranche.Kind == TrancheKind.InterestOnly);
}
