using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Features;
using CreditGrains.Engine.Loans;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Tables;
using static CreditGrains.Engine.Execution.Verdicts;

namespace CreditGrains.Engine.Execution;

/// <summary>
/// Decides requests and reviews on one facility (docs/rules.md); facts are <see cref="FactDecider"/>'s. Reads the state, fills the event, changes
/// nothing: everything that can fail is checked here, and after that <see cref="EventApplier"/> cannot fail.
/// </summary>
internal sealed class AccountDecider(PartitionState state, ExposureBook exposures, LimitCheck limits, OpenItems items, LoanDecider loans, FeatureBook features, EngineRules rules)
{
    private readonly RequestScoring scoring = new(state, limits, features);
    private readonly List<FailingLimit> excess = [];

    /// <summary>Decides a request: Authorize, IncreaseHold or Drawdown.</summary>
    public void DecideRequest(in FacilityRow facility, ReadOnlySpan<PathEntry> path, ref LedgerEvent e, int lifetimeSeconds)
    {
        if (e.Kind == CommandKind.IncreaseHold)
        {
            DecideIncrease(facility, path, ref e, lifetimeSeconds);
            return;
        }
        if (facility.OpenItems >= OpenItems.OfFacilityMax && e.Kind == CommandKind.Authorize)
        {
            var status = limits.StatusReason(facility, path, out e.Limits);
            Decline(ref e, status != Reason.None ? status : Reason.TooManyOpenItems);
            return;
        }
        var check = new CheckedAmount(e.AmountAsked, e.Channel, e.MerchantCategory, 1, e.RecordedAtMicros);
        if (!limits.Fits(facility, path, check))
        {
            var reason = limits.Explain(facility, path, check, out var failing);
            var part = e.AmountMin > 0 && reason >= Reason.LimitExceeded ? LargestFitting(facility, path, check, e.AmountMin) : 0;
            if (part == 0)
            {
                e.Limits = failing;
                Decline(ref e, reason);
                return;
            }
            check = check with { Amount = part };
        }
        if (!scoring.IsIdle && !IsAllowed(facility, path, ref e, ref check, lifetimeSeconds)) return;
        var review = limits.ReviewOf(facility, path, check.Amount, e.RecordedAtMicros);
        if (review is { } threshold)
        {
            Refer(facility, ref e, check.Amount, lifetimeSeconds, threshold);
            return;
        }
        Approve(facility, ref e, check.Amount, lifetimeSeconds);
    }

    /// <summary>Lets models and policies decide; false: they declined or referred it. They may allow less.</summary>
    private bool IsAllowed(in FacilityRow facility, ReadOnlySpan<PathEntry> path, ref LedgerEvent e, ref CheckedAmount check, int lifetimeSeconds)
    {
        var verdict = scoring.Judge(facility, path, ref e, check.Amount);
        if (verdict.Kind == OutcomeKind.Declined) Decline(ref e, verdict.Reason);
        else if (verdict.Kind == OutcomeKind.Referred) Refer(facility, ref e, verdict.Amount, lifetimeSeconds, null);
        else check = check with { Amount = verdict.Amount };
        return verdict.Kind is OutcomeKind.Approved or OutcomeKind.ApprovedInPart;
    }

    /// <summary>
    /// Decides RequestReview: a decline of a request by limits, model or policy becomes a referral of what was asked, once. It holds nothing; who accepts it has the limits
    /// checked again. A drawdown of a loan is asked for again instead, since its terms would have to be agreed anew.
    /// </summary>
    /// <param name="facility">The facility.</param>
    /// <param name="e">The review; its reference is the decline.</param>
    /// <param name="declined">That decision; null when it is not known.</param>
    public void DecideReview(in FacilityRow facility, ref LedgerEvent e, in LedgerEvent? declined)
    {
        if (declined is not { } asked || asked.Key != e.Key || asked.Kind is not (CommandKind.Authorize or CommandKind.Drawdown) || asked.Outcome != OutcomeKind.Declined
            || asked.Control is not null || state.Small.Reversed.Contains(e.Reference))
        {
            Decline(ref e, Reason.NotReviewable);
            return;
        }
        e.RequestKind = asked.Kind;
        e.Channel = asked.Channel;
        e.MerchantCategory = asked.MerchantCategory;
        e.Scenario = asked.Scenario;
        Refer(facility, ref e, asked.AmountAsked, 0, null);
        // Kept like a decision that was taken back: it cannot be sent to a person twice.
        if (e.Outcome == OutcomeKind.Referred) e.OriginalSequence = asked.Sequence;
    }

    /// <summary>Decides ResolveReferral.</summary>
    public void DecideResolve(in FacilityRow facility, ReadOnlySpan<PathEntry> path, ref LedgerEvent e)
    {
        var row = items.Find(e.Row, e.Reference, OpenItemKind.Referral);
        if (row == 0)
        {
            var status = (e.Options & CommandOptions.Accept) != 0 ? limits.StatusReason(facility, path, out e.Limits) : Reason.None;
            Decline(ref e, status != Reason.None ? status : Reason.ReferenceNotOpen);
            return;
        }
        ref readonly var item = ref state.Items.Read(row);
        e.ItemRow = row;
        e.Effects |= EventEffects.ItemEnds;
        e.RequestKind = item.RequestKind;
        e.Channel = item.Channel;
        e.MerchantCategory = item.MerchantCategory;
        e.Scenario = item.Scenario;
        e.AmountAsked = item.Amount;
        if ((e.Options & CommandOptions.Accept) == 0)
        {
            Decline(ref e, Reason.ReferralTurnedDown);
            return;
        }
        var check = new CheckedAmount(item.Amount, item.Channel, item.MerchantCategory, 1, e.RecordedAtMicros);
        if (!limits.Fits(facility, path, check)) Decline(ref e, limits.Explain(facility, path, check, out e.Limits));
        else Approve(facility, ref e, item.Amount, 0);
    }

    /// <summary>Lists the limits a posted fact left in excess, and sets headroom and status.</summary>
    public void Finish(in FacilityRow facility, ReadOnlySpan<PathEntry> path, ref LedgerEvent e)
    {
        var own = state.BasisOf(facility);
        var credit = (facility.Flags & FacilityFlags.CreditAddsHeadroom) != 0 ? e.Balances.Credit : 0;
        var counted = Domain.Limits.Contribution.Of(own, e.Balances, facility.Limit);
        e.Headroom = facility.Limit - counted + credit;
        if (e.Outcome == OutcomeKind.Posted) ListExcess(facility, path, ref e);
        e.StatusAfter = StatusAfter(facility, e);
    }

    private static NodeStatus StatusAfter(in FacilityRow facility, in LedgerEvent e)
    {
        if (facility.Status < NodeStatus.Closing) return facility.Status;
        var itemsAfter = facility.OpenItems + ((e.Effects & EventEffects.NewItem) != 0 ? 1 : 0) - ((e.Effects & EventEffects.ItemEnds) != 0 ? 1 : 0);
        return e.Balances.IsClear && itemsAfter == 0 ? NodeStatus.Closed : NodeStatus.Closing;
    }

    private void ListExcess(in FacilityRow facility, ReadOnlySpan<PathEntry> path, ref LedgerEvent e)
    {
        excess.Clear();
        var before = facility.Balances;
        if (e.Headroom < 0 && e.Headroom < facility.Limit - limits.OwnExposure(facility, 0))
            excess.Add(new FailingLimit(facility.Key, LimitKind.Node, facility.Limit, e.Headroom, 0));
        foreach (var entry in path)
        {
            ref readonly var node = ref state.Nodes.Read(entry.Node);
            var delta = Domain.Limits.Contribution.Of(node.Basis, e.Balances, facility.Limit) - Domain.Limits.Contribution.Of(node.Basis, before, facility.Limit);
            if (delta <= 0) continue;
            if (exposures.TryGet(node, facility.Currency, (Int128)delta * entry.SharePpm, e.RecordedAtMicros, out var exposure) != Reason.None) continue;
            if (exposure > node.Limit) excess.Add(new FailingLimit(node.Key, LimitKind.Node, node.Limit, node.Limit - exposure, 0));
        }
        if (excess.Count > 0) e.Limits = [.. excess];
    }

    private void DecideIncrease(in FacilityRow facility, ReadOnlySpan<PathEntry> path, ref LedgerEvent e, int lifetimeSeconds)
    {
        var status = limits.StatusReason(facility, path, out e.Limits);
        var row = status == Reason.None ? items.Find(e.Row, e.Reference, OpenItemKind.Hold) : 0;
        if (row == 0)
        {
            Decline(ref e, status != Reason.None ? status : Reason.ReferenceNotOpen);
            return;
        }
        ref readonly var item = ref state.Items.Read(row);
        e.ItemRow = row;
        e.Channel = item.Channel;
        e.MerchantCategory = item.MerchantCategory;
        e.Scenario = item.Scenario;
        var check = new CheckedAmount(e.AmountAsked, item.Channel, item.MerchantCategory, 0, e.RecordedAtMicros);
        if (!limits.Fits(facility, path, check))
        {
            Decline(ref e, limits.Explain(facility, path, check, out e.Limits));
            return;
        }
        if (limits.ReviewOf(facility, path, e.AmountAsked, e.RecordedAtMicros) is { } review)
        {
            // An increase cannot wait for a person: its hold may end meanwhile. The caller asks for a hold of its own.
            e.Limits = [review];
            Decline(ref e, Reason.ReviewNeeded);
            return;
        }
        e.ExpiresAtSeconds = lifetimeSeconds == 0 ? item.ExpiresAtSeconds : Math.Max(item.ExpiresAtSeconds, EndOf(e.RecordedAtMicros, lifetimeSeconds));
        e.Outcome = OutcomeKind.Approved;
        e.Amount = e.AmountAsked;
        e.Balances = e.Balances with { Held = e.Balances.Held + e.Amount };
    }

    private void Approve(in FacilityRow facility, ref LedgerEvent e, long amount, int lifetimeSeconds)
    {
        if (e.Control is LoanOffer offer && loans.Open(facility, amount, offer, ref e) is var refused and not Reason.None)
        {
            Decline(ref e, refused);
            return;
        }
        e.Outcome = amount == e.AmountAsked ? OutcomeKind.Approved : OutcomeKind.ApprovedInPart;
        e.Amount = amount;
        var kind = e.RequestKind != CommandKind.None ? e.RequestKind : e.Kind;
        // A loan's principal is its amount: credit waits for its instalments.
        if (kind == CommandKind.Drawdown && e.Loans is not null) return;
        if (kind == CommandKind.Drawdown)
        {
            e.Balances = Postings.ChargePrincipal(e.Balances, amount);
            return;
        }
        e.Balances = e.Balances with { Held = facility.Held + amount };
        e.Effects |= EventEffects.NewItem;
        e.ExpiresAtSeconds = EndOf(e.RecordedAtMicros, lifetimeSeconds == 0 ? rules.HoldSeconds : lifetimeSeconds);
    }

    private void Refer(in FacilityRow facility, ref LedgerEvent e, long amount, int lifetimeSeconds, FailingLimit? threshold)
    {
        if (facility.OpenItems >= OpenItems.OfFacilityMax)
        {
            Decline(ref e, Reason.TooManyOpenItems);
            return;
        }
        e.Outcome = OutcomeKind.Referred;
        e.Amount = amount;
        if (threshold is { } passed) e.Limits = [passed];
        e.Effects |= EventEffects.NewItem;
        e.ExpiresAtSeconds = EndOf(e.RecordedAtMicros, lifetimeSeconds == 0 ? rules.ReferralSeconds : lifetimeSeconds);
    }

    private long LargestFitting(in FacilityRow facility, ReadOnlySpan<PathEntry> path, in CheckedAmount asked, long least)
    {
        if (!limits.Fits(facility, path, asked with { Amount = least })) return 0;
        var fits = least;
        var fails = asked.Amount;
        while (fails - fits > 1)
        {
            var middle = fits + (fails - fits) / 2;
            if (limits.Fits(facility, path, asked with { Amount = middle })) fits = middle;
            else fails = middle;
        }
        return fits;
    }
}
