using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Features;
using CreditGrains.Engine.Loans;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Execution;

/// <summary>
/// Decides the commands on one facility's balances and open items (docs/rules.md). Reads the state, fills the event, changes
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

    /// <summary>Decides a fact, a void, or one of the engine's own endings of an item.</summary>
    public void DecideFact(in FacilityRow facility, ref LedgerEvent e, in Command c)
    {
        var before = e.Balances;
        switch (e.Kind)
        {
            case CommandKind.Capture:
                Capture(facility, ref e, before);
                break;
            case CommandKind.ClearWithoutHold:
                Post(ref e, Postings.ChargePrincipal(before, e.AmountAsked));
                break;
            case CommandKind.Repay when (e.Options & CommandOptions.Uncleared) != 0:
                if (facility.OpenItems >= OpenItems.OfFacilityMax)
                {
                    Decline(ref e, Reason.TooManyOpenItems);
                    return;
                }
                e.Effects |= EventEffects.NewItem;
                e.ExpiresAtSeconds = c.LifetimeSeconds == 0 ? 0 : EndOf(e.RecordedAtMicros, c.LifetimeSeconds);
                Post(ref e, before with { Uncleared = before.Uncleared + e.AmountAsked });
                break;
            case CommandKind.Repay:
                PostAllocation(facility, ref e, before, e.AmountAsked);
                break;
            case CommandKind.ClearRepayment or CommandKind.ClearRepaymentDue:
                if (!Take(ref e, OpenItemKind.Float, out var cleared)) return;
                PostAllocation(facility, ref e, before with { Uncleared = before.Uncleared - cleared }, cleared);
                break;
            case CommandKind.Refund or CommandKind.Chargeback:
                Post(ref e, Postings.ReducePrincipal(before, e.AmountAsked));
                break;
            case CommandKind.PostInterest:
                Post(ref e, Postings.ChargeInterest(before, e.AmountAsked));
                break;
            case CommandKind.PostFee:
                Post(ref e, Postings.ChargeFees(before, e.AmountAsked));
                break;
            case CommandKind.WriteOff when e.Reference != 0:
                loans.WriteOff(facility, ref e);
                break;
            case CommandKind.Recover when e.Reference != 0:
                loans.Recover(facility, ref e);
                break;
            case CommandKind.WriteOff:
                if (e.AmountAsked > before.Drawn)
                {
                    Decline(ref e, Reason.BalanceNegative);
                    return;
                }
                e.Parts = Postings.Allocate(before, e.AmountAsked);
                Post(ref e, Postings.WriteOff(before, e.Parts));
                break;
            case CommandKind.Recover:
                Post(ref e, Postings.Recover(before, e.AmountAsked));
                break;
            case CommandKind.Adjust:
                Adjust(ref e, before, c);
                break;
            case CommandKind.Void or CommandKind.ExpireHold:
                if (!Take(ref e, OpenItemKind.Hold, out var held)) return;
                e.ReleasedFromHold = held;
                Post(ref e, before with { Held = before.Held - held });
                break;
            case CommandKind.ExpireReferral:
                if (!Take(ref e, OpenItemKind.Referral, out _)) return;
                e.Amount = 0;
                e.Outcome = OutcomeKind.Posted;
                break;
            default:
                throw new InvalidOperationException($"{e.Kind} is no fact.");
        }
        if (e.Outcome != OutcomeKind.Declined) RefuseOverflow(ref e, before);
    }

    /// <summary>Decides ReverseRepayment of a repayment that is no longer waiting.</summary>
    /// <param name="facility">The facility.</param>
    /// <param name="e">The event.</param>
    /// <param name="allocated">The event at the reference, when it allocated a repayment of this facility; else null.</param>
    public void DecideBounce(in FacilityRow facility, ref LedgerEvent e, LedgerEvent? allocated)
    {
        if (items.Find(e.Row, e.Reference, OpenItemKind.Float) != 0)
        {
            if (!Take(ref e, OpenItemKind.Float, out var dropped)) return;
            // The repayment that opened the float is undone by this: a Reverse of it finds that.
            e.OriginalSequence = e.Reference;
            Post(ref e, e.Balances with { Uncleared = e.Balances.Uncleared - dropped }, dropped);
            return;
        }
        if (allocated is not { } original || (original.Effects & EventEffects.Allocated) == 0 || original.Key != e.Key)
        {
            Decline(ref e, Reason.NotARepayment);
            return;
        }
        if (state.Small.Reversed.Contains(e.Reference))
        {
            Decline(ref e, Reason.AlreadyReversed);
            return;
        }
        TakeBack(facility, ref e, original);
        if (e.Outcome != OutcomeKind.Declined) e.OriginalSequence = e.Reference;
    }

    /// <summary>Takes back what a repayment paid, of loans and of what no loan owes.</summary>
    private void TakeBack(in FacilityRow facility, ref LedgerEvent e, in LedgerEvent original)
    {
        var before = e.Balances;
        if (original.Loans is not null)
        {
            if (loans.Bounce(facility, original, ref e) is var refused and not Reason.None) Decline(ref e, refused);
            else Post(ref e, e.Balances, original.Parts.Total);
        }
        else
        {
            e.Parts = original.Parts;
            Post(ref e, Postings.Bounce(before, original.Parts), original.Parts.Total);
        }
        if (e.Outcome != OutcomeKind.Declined) RefuseOverflow(ref e, before);
    }

    /// <summary>Decides Reverse of a decision on this facility that had an effect and was not undone before.</summary>
    public void DecideUndo(in FacilityRow facility, ref LedgerEvent e, in LedgerEvent original)
    {
        var before = e.Balances;
        var kind = original.Kind == CommandKind.ResolveReferral ? original.RequestKind : original.Kind;
        e.RequestKind = original.Kind;
        e.OriginalSequence = original.Sequence;
        switch (kind)
        {
            case CommandKind.Authorize or CommandKind.RequestReview:
                UndoAuthorize(ref e, original);
                break;
            case CommandKind.IncreaseHold:
                UndoIncrease(ref e, original);
                break;
            case CommandKind.Drawdown when original.Outcome == OutcomeKind.Referred:
                UndoAuthorize(ref e, original);
                break;
            case CommandKind.Drawdown when original.Loans is not null:
                if (loans.Undo(facility, original, ref e) is var inUse and not Reason.None) Decline(ref e, inUse);
                else Post(ref e, before, original.Amount);
                break;
            case CommandKind.Drawdown or CommandKind.Capture or CommandKind.ClearWithoutHold:
                Post(ref e, Postings.ReducePrincipal(before, original.Amount), original.Amount);
                break;
            case CommandKind.PostInterest:
                Post(ref e, Postings.ReduceInterest(before, original.Amount), original.Amount);
                break;
            case CommandKind.PostFee:
                Post(ref e, Postings.ReduceFees(before, original.Amount), original.Amount);
                break;
            case CommandKind.Refund or CommandKind.Chargeback:
                Post(ref e, Postings.ChargePrincipal(before, original.Amount), original.Amount);
                break;
            case CommandKind.Repay or CommandKind.RepayEarly when (original.Effects & EventEffects.Allocated) != 0:
                TakeBack(facility, ref e, original);
                break;
            case CommandKind.Repay:
                e.Reference = original.Sequence;
                if (items.Find(e.Row, e.Reference, OpenItemKind.Float) == 0) Decline(ref e, Reason.NothingToReverse);
                else if (Take(ref e, OpenItemKind.Float, out var dropped)) Post(ref e, before with { Uncleared = before.Uncleared - dropped }, dropped);
                break;
            default:
                Decline(ref e, Reason.NothingToReverse);
                break;
        }
        if (e.Outcome == OutcomeKind.Declined) e.OriginalSequence = 0;
        else RefuseOverflow(ref e, before);
        _ = facility;
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

    private void Capture(in FacilityRow facility, ref LedgerEvent e, in FacilityBalances before)
    {
        var row = items.Find(e.Row, e.Reference, OpenItemKind.Hold);
        if (row == 0)
        {
            e.Effects |= EventEffects.WithoutHold;
            e.Uncovered = e.AmountAsked;
            Post(ref e, Postings.ChargePrincipal(before, e.AmountAsked));
            return;
        }
        ref readonly var item = ref state.Items.Read(row);
        var covered = Math.Min(e.AmountAsked, item.Remaining);
        e.ItemRow = row;
        e.Channel = item.Channel;
        e.MerchantCategory = item.MerchantCategory;
        e.Uncovered = e.AmountAsked - covered;
        e.ReleasedFromHold = (e.Options & CommandOptions.Final) != 0 ? item.Remaining : covered;
        if (e.ReleasedFromHold == item.Remaining) e.Effects |= EventEffects.ItemEnds;
        Post(ref e, Postings.ChargePrincipal(before with { Held = facility.Held - e.ReleasedFromHold }, e.AmountAsked));
    }

    private static void Adjust(ref LedgerEvent e, in FacilityBalances before, in Command c)
    {
        var after = before with
        {
            Principal = before.Principal + c.Amount,
            Interest = before.Interest + c.InterestDelta,
            Fees = before.Fees + c.FeesDelta,
        };
        if (after.Principal < 0 || after.Interest < 0 || after.Fees < 0) Decline(ref e, Reason.BalanceNegative);
        else Post(ref e, after);
    }

    private void UndoAuthorize(ref LedgerEvent e, in LedgerEvent original)
    {
        e.Reference = original.Sequence;
        var isReferral = original.Outcome == OutcomeKind.Referred;
        var row = items.Find(e.Row, e.Reference, isReferral ? OpenItemKind.Referral : OpenItemKind.Hold);
        if (row == 0)
        {
            Decline(ref e, Reason.NothingToReverse);
            return;
        }
        Take(ref e, isReferral ? OpenItemKind.Referral : OpenItemKind.Hold, out var remaining);
        if (!isReferral) e.ReleasedFromHold = remaining;
        Post(ref e, isReferral ? e.Balances : e.Balances with { Held = e.Balances.Held - remaining }, remaining);
    }

    private void UndoIncrease(ref LedgerEvent e, in LedgerEvent original)
    {
        e.Reference = original.Reference;
        var row = items.Find(e.Row, e.Reference, OpenItemKind.Hold);
        if (row == 0)
        {
            Decline(ref e, Reason.NothingToReverse);
            return;
        }
        ref readonly var item = ref state.Items.Read(row);
        e.ItemRow = row;
        e.Channel = item.Channel;
        e.MerchantCategory = item.MerchantCategory;
        e.ReleasedFromHold = Math.Min(item.Remaining, original.Amount);
        if (e.ReleasedFromHold == item.Remaining) e.Effects |= EventEffects.ItemEnds;
        Post(ref e, e.Balances with { Held = e.Balances.Held - e.ReleasedFromHold }, e.ReleasedFromHold);
    }

    /// <summary>Ends the open item of the reference.</summary>
    private bool Take(ref LedgerEvent e, OpenItemKind kind, out long remaining)
    {
        remaining = 0;
        var row = items.Find(e.Row, e.Reference, kind);
        if (row == 0)
        {
            Decline(ref e, Reason.ReferenceNotOpen);
            return false;
        }
        ref readonly var item = ref state.Items.Read(row);
        remaining = item.Remaining;
        e.ItemRow = row;
        e.Channel = item.Channel;
        e.MerchantCategory = item.MerchantCategory;
        e.Effects |= EventEffects.ItemEnds;
        e.Amount = remaining;
        return true;
    }

    private void PostAllocation(in FacilityRow facility, ref LedgerEvent e, in FacilityBalances before, long amount)
    {
        e.Effects |= EventEffects.Allocated;
        e.Balances = before;
        if (loans.HasLoans(facility))
        {
            loans.Repay(facility, amount, ref e);
            Post(ref e, e.Balances, amount);
            return;
        }
        e.Parts = Postings.Allocate(before, amount);
        Post(ref e, Postings.Repay(before, e.Parts), amount);
    }

    private static void Post(ref LedgerEvent e, in FacilityBalances after) => Post(ref e, after, e.AmountAsked != 0 ? e.AmountAsked : e.Amount);

    private static void Post(ref LedgerEvent e, in FacilityBalances after, long amount)
    {
        e.Outcome = OutcomeKind.Posted;
        e.Amount = amount;
        e.Balances = after;
    }

    private static void RefuseOverflow(ref LedgerEvent e, in FacilityBalances before)
    {
        if (Postings.IsInRange(e.Balances)) return;
        e.Balances = before;
        e.Effects = EventEffects.None;
        e.ReleasedFromHold = 0;
        e.Uncovered = 0;
        // A correction's parts are what was asked, not what was done: the record of a decline keeps them.
        if (e.Kind != CommandKind.Adjust) e.Parts = default;
        e.OriginalSequence = 0;
        e.ExpiresAtSeconds = 0;
        e.ItemRow = 0;
        e.Loans = null;
        Decline(ref e, Reason.AmountOverflow);
    }

    private static void Decline(ref LedgerEvent e, Reason reason)
    {
        e.Outcome = OutcomeKind.Declined;
        e.Reason = reason;
        e.Amount = 0;
    }

    private static long EndOf(long recordedAtMicros, int lifetimeSeconds) =>
        (recordedAtMicros + lifetimeSeconds * 1_000_000L + 999_999) / 1_000_000;
}

/// <summary>Settings of the rules that are the same for a whole partition.</summary>
/// <param name="HoldSeconds">Lifetime of a hold that names none.</param>
/// <param name="ReferralSeconds">Lifetime of a referral that names none.</param>
/// <param name="AtomicRegraphMax">Most facilities a change of the graph moves in one event; above, it goes in slices.</param>
/// <param name="SliceLength">Facilities of a slice.</param>
/// <param name="SweepMax">Most items ended by their time in one batch, beside those of the facilities in it.</param>
/// <param name="SessionGapsAllowed">Whether places of a session may be missing here.</param>
/// <param name="LoanSliceLength">Most loans brought to their business date in one batch, beside those of the facilities in it.</param>
/// <param name="PoolParts">Partitions that each keep a part of every pool.</param>
internal readonly record struct EngineRules(int HoldSeconds, int ReferralSeconds, int AtomicRegraphMax, int SliceLength, int SweepMax, bool SessionGapsAllowed = false, int LoanSliceLength = 1_000, int PoolParts = 1)
{
    /// <summary>As docs/rules.md states.</summary>
    public static readonly EngineRules Standard = new(7 * 86_400, 7 * 86_400, 10_000, 1_000, 4_096);
}
