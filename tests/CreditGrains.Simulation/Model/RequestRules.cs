using System.Numerics;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Simulation.Model;

/// <summary>What is asked: by a request itself, or again when its referral is accepted.</summary>
internal sealed record RequestTerms(
    CommandKind Kind, BigInteger Amount, BigInteger AmountMin, Channel Channel, ushort Category, long HoldReference, bool IsAcceptedReferral);

/// <summary>docs/rules.md "A request": the seven steps, in order. Changes nothing.</summary>
internal sealed class RequestRules(World world, ModelFacility facility, RequestTerms terms, long now)
{
    private readonly Book _book = new(world, facility.Key.Tenant, now);

    public Verdict Decide() =>
        Status() ?? References() ?? Rates() ?? Balances() ?? Limits();

    /// <summary>Step 1, without existence and currency.</summary>
    public Verdict? Status()
    {
        if (facility.Status is NodeStatus.Closing or NodeStatus.Closed) return Verdict.Declined(Reason.FacilityClosed);
        if (facility.Status == NodeStatus.Frozen) return Verdict.Declined(Reason.FacilityFrozen);
        foreach ((ModelNode node, _) in _book.NodesOf(facility))
        {
            if (node.Status == NodeStatus.Frozen) return Verdict.Blocked(Reason.NodeFrozen, node.Key);
        }
        return null;
    }

    // Step 2.
    private Verdict? References()
    {
        if (terms.Kind == CommandKind.IncreaseHold && facility.Open(terms.HoldReference, OpenItemKind.Hold) is null)
        {
            return Verdict.Declined(Reason.ReferenceNotOpen);
        }
        int others = facility.Items.Count - (terms.IsAcceptedReferral ? 1 : 0);
        return others < ModelFacility.OpenItemsMax ? null : Verdict.Declined(Reason.TooManyOpenItems);
    }

    // Step 3: missing anywhere comes before stale anywhere, as the reasons are listed.
    private Verdict? Rates()
    {
        NodeKey? stale = null;
        foreach ((ModelNode node, _) in _book.NodesOf(facility))
        {
            (bool isMissing, bool isStale) = _book.RateGaps(node, facility.Currency);
            if (isMissing) return Verdict.Blocked(Reason.FxRateMissing, node.Key);
            if (isStale) stale ??= node.Key;
        }
        return stale is { } key ? Verdict.Blocked(Reason.FxRateStale, key) : null;
    }

    // Step 4.
    private Verdict? Balances()
    {
        Purse after = facility.Purse.Copy();
        after.Held += terms.Amount;
        return after.AnyAboveMax ? Verdict.Declined(Reason.AmountOverflow) : null;
    }

    // Steps 5 to 7.
    private Verdict Limits()
    {
        BigInteger approved = terms.Amount;
        List<FailingLimit> failing = Failing(terms.Amount);
        if (failing.Count > 0)
        {
            if (terms.AmountMin.IsZero || Failing(terms.AmountMin).Count > 0) return Verdict.Declined(ReasonOf(failing), failing);
            approved = LargestPassing();
        }
        List<FailingLimit> review = terms.IsAcceptedReferral ? [] : Review(approved);
        if (review.Count > 0 && terms.Kind == CommandKind.IncreaseHold) return Verdict.Declined(Reason.ReviewNeeded, review);
        if (review.Count > 0) return new Verdict { Kind = OutcomeKind.Referred, Amount = approved, Limits = review };
        OutcomeKind kind = approved == terms.Amount ? OutcomeKind.Approved : OutcomeKind.ApprovedInPart;
        return new Verdict { Kind = kind, Amount = approved };
    }

    private static Reason ReasonOf(List<FailingLimit> failing)
    {
        if (failing.Exists(limit => limit.Kind == LimitKind.Node)) return Reason.LimitExceeded;
        return failing.Exists(limit => limit.Kind == LimitKind.SubLimit) ? Reason.SubLimitExceeded : Reason.VelocityExceeded;
    }

    // What passes at an amount passes at any smaller one, so halving finds the largest.
    private BigInteger LargestPassing()
    {
        BigInteger passes = terms.AmountMin;
        BigInteger fails = terms.Amount;
        while (fails - passes > 1)
        {
            BigInteger middle = (passes + fails) / 2;
            if (Failing(middle).Count == 0) passes = middle;
            else fails = middle;
        }
        return passes;
    }

    private List<FailingLimit> Failing(BigInteger amount)
    {
        List<FailingLimit> failing = [];
        AddCeiling(failing, facility, Book.Own(facility, 0), Book.Own(facility, amount));
        foreach (ModelSubLimit limit in facility.SubLimits)
        {
            if (!limit.Covers(terms.Channel, terms.Category) || limit.Used + amount <= limit.Limit) continue;
            int detail = (int)limit.Channel * 65_536 + limit.CategoryFrom;
            failing.Add(new FailingLimit(facility.Key, LimitKind.SubLimit, Exact.ToLong(limit.Limit), Exact.ToLong(limit.Limit - limit.Used), detail));
        }
        AddVelocity(failing, facility, amount);
        foreach ((ModelNode node, BigInteger share) in _book.NodesOf(facility))
        {
            AddCeiling(failing, node, _book.Exposure(node)!.Value, _book.Exposure(node, facility, amount)!.Value);
            AddVelocity(failing, node, _book.Convert(node, facility.Currency, amount * share)!.Value);
        }
        return failing;
    }

    private void AddCeiling(List<FailingLimit> failing, ModelNode node, BigInteger before, BigInteger after)
    {
        BigInteger limit = node.Ceiling.InForceAt(now);
        if (after > limit) failing.Add(new FailingLimit(node.Key, LimitKind.Node, Exact.ToLong(limit), Exact.Headroom(limit, before), 0));
    }

    private void AddVelocity(List<FailingLimit> failing, ModelNode node, BigInteger converted)
    {
        int count = terms.Kind == CommandKind.IncreaseHold ? 0 : 1;
        foreach (ModelVelocity velocity in node.Velocity)
        {
            BigInteger used = velocity.AmountAt(now);
            bool isMarked = velocity.IsMarkedAt(now);
            if (velocity.AmountMax.Sign >= 0 && (isMarked || used + converted > velocity.AmountMax))
            {
                BigInteger headroom = isMarked ? 0 : velocity.AmountMax - Exact.ToLong(used);
                failing.Add(new FailingLimit(node.Key, LimitKind.VelocityAmount, Exact.ToLong(velocity.AmountMax), Exact.ToLong(headroom), velocity.WindowSeconds));
            }
            int counted = velocity.CountAt(now);
            if (velocity.CountMax >= 0 && counted + count > velocity.CountMax)
            {
                failing.Add(new FailingLimit(node.Key, LimitKind.VelocityCount, velocity.CountMax, velocity.CountMax - counted, velocity.WindowSeconds));
            }
        }
    }

    // Step 7: the first threshold passed is named.
    private List<FailingLimit> Review(BigInteger amount)
    {
        List<FailingLimit> above = [];
        AddReview(above, facility, amount);
        foreach ((ModelNode node, BigInteger share) in _book.NodesOf(facility))
        {
            AddReview(above, node, _book.Convert(node, facility.Currency, amount * share)!.Value);
        }
        return [.. above.Take(1)];
    }

    private static void AddReview(List<FailingLimit> above, ModelNode node, BigInteger converted)
    {
        if (node.Review is not { } threshold || converted <= threshold) return;
        above.Add(new FailingLimit(node.Key, LimitKind.Review, Exact.ToLong(threshold), Exact.ToLong(threshold - converted), 0));
    }
}
