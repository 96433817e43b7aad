using System.Numerics;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Simulation.Model;

/// <summary>Control commands that set limits, states, rates and dates. The graph's are in <see cref="GraphRules"/>.</summary>
internal sealed class ControlRules(World world, long now)
{
    public Verdict Execute(ControlCommand control) => control switch
    {
        SetFxRate rate => SetRate(rate),
        AdvanceBusinessDate date => Advance(date),
        ActivateFeatures activation => Activate(activation),
        _ when world.Node(control.Key) is { } node => OnNode(control, node),
        _ => GraphRules.Unknown(control.Key),
    };

    private Verdict OnNode(ControlCommand control, ModelNode node) => control switch
    {
        SetLimit limit => SetLimit(limit, node),
        SetSubLimit limit => SetSubLimit(limit, (ModelFacility)node),
        SetVelocityLimit limit => SetVelocity(limit, node),
        SetReviewThreshold review => SetReview(review, node),
        ReportBankDebt debt => SetDebt(debt),
        Domain.Commands.Freeze => Stop(node),
        Domain.Commands.Unfreeze => Resume(node),
        Domain.Commands.Close => End(node),
        _ => throw new ModelMismatchException($"{control.Kind} is no known control command"),
    };

    private Verdict SetDebt(ReportBankDebt debt)
    {
        (BigInteger Total, BigInteger Over90Days) told = (debt.Total, debt.Over90Days);
        if (world.BankDebts.GetValueOrDefault(debt.Key) == told) return Verdict.Declined(Reason.NoChange);
        world.BankDebts[debt.Key] = told;
        return Verdict.Posted();
    }

    private Verdict SetRate(SetFxRate rate)
    {
        world.Rates[(rate.Key.Tenant, rate.Key.LegalEntity, rate.From, rate.To)] = new ModelRate(rate.RateNano, rate.ValidUntilMicros);
        return Verdict.Posted();
    }

    private Verdict Activate(ActivateFeatures activation)
    {
        if (world.Catalogue.AsSpan().SequenceEqual(activation.Catalogue)) return Verdict.Declined(Reason.NoChange);
        world.Catalogue = activation.Catalogue;
        return Verdict.Posted();
    }

    private Verdict Advance(AdvanceBusinessDate date)
    {
        (ushort Tenant, ushort LegalEntity) entity = (date.Key.Tenant, date.Key.LegalEntity);
        if (world.BusinessDays.TryGetValue(entity, out int day) && date.Day <= day) return Verdict.Declined(Reason.DateNotLater);
        world.BusinessDays[entity] = date.Day;
        return Verdict.Posted();
    }

    private Verdict SetLimit(SetLimit limit, ModelNode node)
    {
        if (limit.UntilMicros != 0 && limit.UntilMicros <= now) return Verdict.Declined(Reason.NoChange);
        if (!node.Ceiling.CanAdd(limit.FromMicros, limit.UntilMicros, now)) return Verdict.Declined(Reason.TooManyRules);
        bool isRaisedNow = limit.FromMicros <= now && limit.Limit > node.Ceiling.InForceAt(now);
        Verdict refused = isRaisedNow && node is ModelFacility facility ? Raise(facility, limit.Limit) : Verdict.Posted();
        if (refused.Kind == OutcomeKind.Posted) node.Ceiling.Set(limit.Limit, limit.FromMicros, limit.UntilMicros, now);
        return refused;
    }

    // A facility's limit set above the one in force is tried as if in force; a node that counts it may refuse, others list their excess.
    private Verdict Raise(ModelFacility facility, BigInteger limit)
    {
        Ceiling ceiling = facility.Ceiling;
        var before = new Exposures(world, facility, now);
        facility.Ceiling = new Ceiling(limit, now);
        Verdict verdict = CommittedAbove(world, facility, before, now) ?? Verdict.Posted();
        facility.Ceiling = ceiling;
        return verdict;
    }

    /// <summary>The nodes above a facility that count limits and would go above their own by a change of it; null when none.</summary>
    public static Verdict? CommittedAbove(World world, ModelFacility facility, Exposures before, long now)
    {
        List<FailingLimit> failing = [];
        foreach ((ModelNode node, BigInteger? earlier, BigInteger? after) in before.Risen())
        {
            if (node == facility || node.Basis.Measure is not (ExposureMeasure.Committed or ExposureMeasure.DrawnPlusUndrawnFactor)) continue;
            (bool isMissing, bool isStale) = new Book(world, facility.Key.Tenant, now).RateGaps(node, facility.Currency);
            if (isMissing) return Verdict.Blocked(Reason.FxRateMissing, node.Key);
            if (isStale) return Verdict.Blocked(Reason.FxRateStale, node.Key);
            BigInteger limit = node.Ceiling.InForceAt(now);
            if (after > limit) failing.Add(new FailingLimit(node.Key, LimitKind.Node, Exact.ToLong(limit), Exact.Headroom(limit, earlier ?? 0), 0));
        }
        return failing.Count == 0 ? null : Verdict.Declined(Reason.LimitExceeded, failing);
    }

    private static Verdict SetSubLimit(SetSubLimit limit, ModelFacility facility)
    {
        ModelSubLimit? known = facility.SubLimits.Find(each => each.IsSame(limit.Channel, limit.CategoryFrom, limit.CategoryTo));
        if (limit.Limit < 0)
        {
            return known is not null && facility.SubLimits.Remove(known) ? Verdict.Posted() : Verdict.Declined(Reason.NoChange);
        }
        if (known is null)
        {
            if (facility.SubLimits.Count >= ModelFacility.SubLimitsMax) return Verdict.Declined(Reason.TooManyRules);
            known = new ModelSubLimit(limit.Channel, limit.CategoryFrom, limit.CategoryTo);
            foreach (ModelItem hold in facility.Items.Values.Where(item => item.Kind == OpenItemKind.Hold))
            {
                if (known.Covers(hold.Channel, hold.Category)) known.Used += hold.Remaining;
            }
            facility.SubLimits.Add(known);
        }
        known.Limit = limit.Limit;
        return Verdict.Posted();
    }

    private static Verdict SetVelocity(SetVelocityLimit limit, ModelNode node)
    {
        ModelVelocity? known = node.Velocity.Find(each => each.WindowSeconds == limit.WindowSeconds);
        if (limit is { AmountMax: < 0, CountMax: < 0 })
        {
            return known is not null && node.Velocity.Remove(known) ? Verdict.Posted() : Verdict.Declined(Reason.NoChange);
        }
        if (known is null)
        {
            if (node.Velocity.Count >= ModelNode.VelocityLimitsMax) return Verdict.Declined(Reason.TooManyRules);
            known = new ModelVelocity(limit.WindowSeconds);
            node.Velocity.Add(known);
        }
        known.AmountMax = limit.AmountMax;
        known.CountMax = limit.CountMax;
        return Verdict.Posted();
    }

    private static Verdict SetReview(SetReviewThreshold review, ModelNode node)
    {
        node.Review = review.Amount < 0 ? null : review.Amount;
        return Verdict.Posted();
    }

    private static Verdict Stop(ModelNode node)
    {
        if (node.Status == NodeStatus.Frozen) return Verdict.Declined(Reason.NoChange);
        if (node.Status != NodeStatus.Active) return Ended(node);
        node.Status = NodeStatus.Frozen;
        return Verdict.Posted();
    }

    private static Verdict Resume(ModelNode node)
    {
        if (node.Status == NodeStatus.Active) return Verdict.Declined(Reason.NoChange);
        if (node.Status != NodeStatus.Frozen) return Ended(node);
        node.Status = NodeStatus.Active;
        return Verdict.Posted();
    }

    private static Verdict Ended(ModelNode node) => Verdict.Declined(node is ModelFacility ? Reason.FacilityClosed : Reason.InvalidParent);

    private Verdict End(ModelNode node)
    {
        if (node.Status is NodeStatus.Closing or NodeStatus.Closed) return Verdict.Declined(Reason.NoChange);
        if (node is not ModelFacility)
        {
            if (world.HasChildren(node.Key)) return Verdict.Declined(Reason.NodeNotEmpty);
            node.Status = NodeStatus.Closed;
            return Verdict.Posted();
        }
        // Closed at once by Effects.Finish when nothing remains.
        node.Status = NodeStatus.Closing;
        return Verdict.Posted();
    }
}
