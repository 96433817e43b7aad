using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Tranches;

namespace CreditGrains.Securitisation.Waterfall;

/// <summary>Whether a step speaks of things the deal has.</summary>
internal static class StepCheck
{
    public static void Check(Step step, DealTerms deal, Names names, string path)
    {
        if (step is not Step.Release && step.From.IsEmpty) throw DealCheck.Bad($"{path}.from", "name at least one account");
        var takesMoved = step is Step.PayResidual or Step.Purchase or Step.RepayFacility;
        Names.Need(takesMoved || step is Step.Move ? names.Accounts : names.Sources, step.From, $"{path}.from", "account");
        if (step.When is { } when) Names.Need(names.Triggers, [when.Trigger], $"{path}.when.trigger", "trigger");
        switch (step)
        {
            case Step.PayFees fees: Names.Need(names.Fees, fees.Fees, $"{path}.fees", "fee"); break;
            case Step.PaySwaps swaps: Names.Need(names.Swaps, swaps.Swaps, $"{path}.swaps", "swap"); break;
            case Step.PayInterest interest: Names.Need(names.Tranches, interest.To, $"{path}.to", "tranche"); break;
            case Step.PayPrincipal principal: Principal(principal, deal, names, path); break;
            case Step.PayResidual residual: Names.Need(names.Tranches, [residual.To], $"{path}.to", "tranche"); break;
            case Step.RepayFacility repay: Names.Need(names.Facilities, [repay.Facility], $"{path}.to", "facility"); break;
            case Step.Fill fill: Names.Need(names.Reserves, [fill.Reserve], $"{path}.to", "reserve"); break;
            case Step.Release release:
                Names.Need(names.Reserves, [release.Reserve], $"{path}.from", "reserve");
                Names.Need(names.Accounts, [release.To], $"{path}.to", "account");
                break;
            case Step.Restore restore:
                Names.Need(names.Tranches, restore.Tranches, $"{path}.to", "tranche");
                if (restore.From.Any(name => names.PrincipalAccounts.Contains(name))) throw DealCheck.Bad($"{path}.from", "principal cannot make good what principal lacks; take it from income or a reserve");
                break;
            case Step.Move move: Names.Need(names.Accounts, [move.To], $"{path}.to", "account"); break;
            case Step.Purchase when deal.Purchase is null: throw DealCheck.Bad("purchase", $"{path} buys loans; say which");
        }
    }

    private static void Principal(Step.PayPrincipal step, DealTerms deal, Names names, string path)
    {
        Names.Need(names.Tranches, step.To, $"{path}.to", "tranche");
        foreach (var tranche in deal.Tranches.Where(tranche => step.To.Contains(tranche.Name)))
        {
            if (tranche.Kind == TrancheKind.InterestOnly) throw DealCheck.Bad($"{path}.to", $"{tranche.Name} is interest-only; take it out");
            if (step.ToSchedule && tranche.Kind != TrancheKind.PlannedAmortisation) throw DealCheck.Bad($"{path}.to", $"{tranche.Name} has no schedule; make it plannedAmortisation or leave upTo out");
        }
    }
}
