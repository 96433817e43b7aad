using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Features;
using CreditGrains.Engine.Graph;
using CreditGrains.Engine.Loans;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Execution;

/// <summary>
/// Carries out events: live right after they were decided, and again on replay. Decides nothing and cannot fail on an event that
/// this engine wrote, so state is a function of the journal alone.
/// </summary>
internal sealed class EventApplier(
    PartitionState state, ExposureBook exposures, LimitGraph graph, LimitSchedule schedule, OpenItems items, LoanApplier loans, PooledLoans pooled, Regraph regraph,
    FeatureBook features, RiskDecider risk, EngineRules rules)
{
    private readonly PoolApplier pools = new(state);

    /// <summary>Applies one event.</summary>
    public void Apply(in LedgerEvent e)
    {
        if (e.Kind.IsAccount()) ApplyAccount(e);
        else ApplyControl(e);
    }

    private void ApplyAccount(in LedgerEvent e)
    {
        var row = e.Row != 0 ? e.Row : e.Key.IsFacility ? state.FindFacility(e.Key) : 0;
        if (row == 0) return;
        if (regraph.IsActive) graph.Recount(row);
        ref var facility = ref state.Facilities.Write(row);
        if (e.OriginalSequence != 0) state.Small.Reversed.Add(e.OriginalSequence);
        var before = facility.Balances;
        if (before != e.Balances)
        {
            Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
            exposures.Move(state.PathOf(facility, buffer), facility.Currency, before, facility.Limit, e.Balances, facility.Limit);
            facility.SetBalances(e.Balances);
        }
        items.Apply(row, e);
        loans.Apply(row, e);
        Count(row, e);
        facility.Status = e.StatusAfter;
        facility.LastSequence = e.Sequence;
        if (features.IsActive) features.Observe(row, e);
    }

    /// <summary>Moves sub-limits and velocity windows.</summary>
    private void Count(int row, in LedgerEvent e)
    {
        ref readonly var facility = ref state.Facilities.Read(row);
        var (amount, approvals) = VelocityOf(e);
        var nowSeconds = e.RecordedAtMicros / 1_000_000;
        if (facility.HasRules)
        {
            MoveSubLimits(facility, e);
            if (amount != 0 || approvals != 0)
                AddTo(state.FacilityRules.Read(facility.Rules).FirstVelocity, nowSeconds, amount, approvals);
        }
        if (amount == 0 && approvals == 0) return;
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        foreach (var entry in state.PathOf(facility, buffer))
        {
            ref readonly var node = ref state.Nodes.Read(entry.Node);
            if (node.FirstVelocity == 0) continue;
            exposures.Convert(node, facility.Currency, (Int128)amount * entry.SharePpm, e.RecordedAtMicros, out var converted);
            AddTo(node.FirstVelocity, nowSeconds, converted, approvals);
        }
    }

    private void AddTo(int velocity, long nowSeconds, long amount, int approvals)
    {
        for (var row = velocity; row != 0; row = state.Velocities.Read(row).Next)
            state.Velocities.Write(row).Window.Add(nowSeconds, amount, approvals);
    }

    private static (long Amount, int Approvals) VelocityOf(in LedgerEvent e)
    {
        if (e.IsApproval) return (e.Amount, e.Kind == CommandKind.IncreaseHold ? 0 : 1);
        if (e.Outcome != OutcomeKind.Posted) return default;
        return e.Kind switch
        {
            CommandKind.Capture => (e.Uncovered, (e.Effects & EventEffects.WithoutHold) != 0 ? 1 : 0),
            CommandKind.ClearWithoutHold => (e.Amount, 1),
            _ => default,
        };
    }

    private void MoveSubLimits(in FacilityRow facility, in LedgerEvent e)
    {
        var moved = SubLimitMoveOf(e);
        for (var row = state.FacilityRules.Read(facility.Rules).FirstSubLimit; row != 0; row = state.SubLimits.Read(row).Next)
        {
            ref readonly var sub = ref state.SubLimits.Read(row);
            var used = LimitCheck.Covers(sub, e.Channel, e.MerchantCategory) ? Math.Max(0, sub.Used + moved) : sub.Used;
            used = Math.Min(used, facility.Balances.Drawn + facility.Held);
            if (used != sub.Used) state.SubLimits.Write(row).Used = used;
        }
    }

    private static long SubLimitMoveOf(in LedgerEvent e)
    {
        if (e.IsApproval) return e.Amount;
        if (e.Outcome != OutcomeKind.Posted) return 0;
        return e.Kind switch
        {
            // What a capture covers stays in use; what it releases beyond that goes, what no hold covered comes.
            CommandKind.Capture => e.Uncovered - (e.ReleasedFromHold - (e.Amount - e.Uncovered)),
            CommandKind.ClearWithoutHold => e.Amount,
            _ => -e.ReleasedFromHold,
        };
    }

    private void ApplyControl(in LedgerEvent e)
    {
        if (e.Kind == CommandKind.RegraphSlice)
        {
            regraph.Apply(e.Slice!.Length);
            return;
        }
        // As live: a command on a facility in line moves it first.
        if (regraph.IsActive && e.Key.IsFacility && state.FindFacility(e.Key) is var waiting and not 0) graph.Recount(waiting);
        if (e.Kind == CommandKind.LimitFellDue)
        {
            schedule.Refresh(OwnerOf(e.Key), e.RecordedAtMicros);
            NoteFacility(e);
            return;
        }
        if (e.Outcome == OutcomeKind.Posted && e.Control is not null) ApplyPosted(e, e.Control);
        if (e.Key.IsFacility) NoteFacility(e);
    }

    private void ApplyPosted(in LedgerEvent e, ControlCommand control)
    {
        switch (control)
        {
            case OpenNode c: OpenNode(c); break;
            case OpenFacility c: OpenFacility(c); break;
            case LinkNode c: Link(OwnerOf(c.Key), c.Parent); break;
            case UnlinkNode c: Unlink(OwnerOf(c.Key), c.Parent); break;
            case MoveFacility c: Move(OwnerOf(c.Key), c.From, c.To); break;
            case TransferToPool c: TransferToPool(c, e.Reference); break;
            case SetLimit c: schedule.Set(OwnerOf(c.Key), c.Limit, c.FromMicros, c.UntilMicros, e.RecordedAtMicros); break;
            case SetSubLimit c: SetSubLimit(c); break;
            case SetVelocityLimit c: SetVelocityLimit(c); break;
            case SetReviewThreshold c: SetReviewThreshold(c); break;
            case Freeze c: SetStatus(c.Key, NodeStatus.Frozen); break;
            case Unfreeze c: SetStatus(c.Key, NodeStatus.Active); break;
            case Close c: SetStatus(c.Key, e.StatusAfter); break;
            case SetFxRate c:
                state.Small.Rates[new FxKey(c.Key.Tenant, c.Key.LegalEntity, c.From.Numeric, c.To.Numeric)] = new FxRate(c.RateNano, c.ValidUntilMicros);
                break;
            case AdvanceBusinessDate c:
                state.Small.BusinessDates[(c.Key.Tenant, c.Key.LegalEntity)] = c.Day;
                pools.Advance(c);
                state.LoanCalendar.DateMoved(c.Key.Tenant, c.Key.LegalEntity);
                break;
            case ReportBankDebt { Total: 0 } c: state.Small.BankDebts.Remove(SmallState.KeyOf(c.Key)); break;
            case ReportBankDebt c: state.Small.BankDebts[SmallState.KeyOf(c.Key)] = (c.Total, c.Over90Days); break;
            case PoolCommand c: pools.Apply(c); break;
            case ActivateFeatures c: features.Activate(c.Catalogue); break;
            case PutContent or RegisterModel or RegisterPolicy or ActivateModel or ActivatePolicy: risk.Apply(control, e.RecordedAtMicros, e.Sequence); break;
        }
    }

    private void NoteFacility(in LedgerEvent e)
    {
        var row = e.Key.IsFacility ? state.FindFacility(e.Key) : 0;
        if (row != 0) state.Facilities.Write(row).LastSequence = e.Sequence;
    }

    private ChildRef OwnerOf(NodeKey key) =>
        key.IsFacility ? ChildRef.Facility(state.FindFacility(key)) : ChildRef.Node(state.FindNode(key));

    private void OpenNode(OpenNode c)
    {
        var row = state.Nodes.Add();
        ref var node = ref state.Nodes.Write(row);
        node.Id = c.Key.Id;
        node.Tenant = c.Key.Tenant;
        node.LegalEntity = c.Key.LegalEntity;
        node.Kind = c.Key.Kind;
        node.Currency = c.Currency;
        node.Limit = c.Limit;
        node.Measure = c.Basis.Measure;
        node.KeepsRepaid = c.Basis.KeepsRepaid;
        node.UndrawnFactorPpm = c.Basis.UndrawnFactorPpm;
        node.ReviewThreshold = -1;
        state.NodeIndex.Add(PartitionState.HashOf(c.Key), row);
        foreach (var parent in c.Parents) graph.Link(ChildRef.Node(row), state.FindNode(parent.Parent), parent.SharePpm);
    }

    private void OpenFacility(OpenFacility c)
    {
        var row = state.Facilities.Add();
        ref var facility = ref state.Facilities.Write(row);
        facility.Id = c.Key.Id;
        facility.Tenant = c.Key.Tenant;
        facility.LegalEntity = c.Key.LegalEntity;
        facility.Currency = c.Currency;
        facility.Limit = c.Limit;
        facility.Principal = c.OpeningPrincipal;
        facility.Flags = (FacilityFlags)c.Basis.Measure | (c.Basis.KeepsRepaid ? FacilityFlags.KeepsRepaid : 0)
            | (c.CreditAddsHeadroom ? FacilityFlags.CreditAddsHeadroom : 0);
        if (c.Basis.UndrawnFactorPpm != 0 || c.Basis.Measure == ExposureMeasure.DrawnPlusUndrawnFactor)
            state.FacilityRules.Write(FacilityRulesOf.Ensure(state, row)).UndrawnFactorPpm = c.Basis.UndrawnFactorPpm;
        state.FacilityIndex.Add(PartitionState.HashOf(c.Key), row);
        foreach (var parent in c.Parents) graph.Link(ChildRef.Facility(row), state.FindNode(parent.Parent), parent.SharePpm);
        graph.Recount(row);
    }

    private void Link(ChildRef child, ParentShare parent)
    {
        graph.Link(child, state.FindNode(parent.Parent), parent.SharePpm);
        RecountBelow(child);
        if (!child.IsNode) pooled.Follow(child.Row);
    }

    private void Unlink(ChildRef child, NodeKey parent)
    {
        graph.Unlink(graph.FindLink(child, state.FindNode(parent)));
        RecountBelow(child);
        if (!child.IsNode) pooled.Follow(child.Row);
    }

    private void Move(ChildRef child, NodeKey from, ParentShare to)
    {
        graph.Unlink(graph.FindLink(child, state.FindNode(from)));
        graph.Link(child, state.FindNode(to.Parent), to.SharePpm);
        RecountBelow(child);
        if (!child.IsNode) pooled.Follow(child.Row);
    }

    private void TransferToPool(TransferToPool c, long loan)
    {
        var facility = state.FindFacility(c.Key);
        var pool = graph.FindPoolLink(facility);
        if (loan != 0)
        {
            pooled.EnterOne(facility, loan, state.Pools.Find(c.Pool)!);
            return;
        }

        if (pool != 0) graph.Unlink(pool);
        if (c.Pool != default) graph.Link(ChildRef.Facility(facility), state.FindNode(c.Pool), Share.WholePpm);
        graph.Recount(facility);
        pooled.Move(facility, c.Pool == default ? null : state.Pools.Find(c.Pool));
    }

    private void RecountBelow(ChildRef child)
    {
        if (graph.FacilitiesBelow(child) > rules.AtomicRegraphMax) regraph.Start(child);
        else regraph.RunAtOnce(child);
    }

    private void SetSubLimit(SetSubLimit c)
    {
        var facility = state.FindFacility(c.Key);
        var rulesRow = FacilityRulesOf.Ensure(state, facility);
        var found = FindSubLimit(rulesRow, c, out var before);
        if (c.Limit < 0)
        {
            var next = state.SubLimits.Read(found).Next;
            if (before == 0) state.FacilityRules.Write(rulesRow).FirstSubLimit = next;
            else state.SubLimits.Write(before).Next = next;
            state.SubLimits.Free(found);
            return;
        }
        if (found != 0)
        {
            state.SubLimits.Write(found).Limit = c.Limit;
            return;
        }
        var added = state.SubLimits.Add();
        ref var sub = ref state.SubLimits.Write(added);
        sub.Owner = facility;
        sub.Channel = c.Channel;
        sub.CategoryFrom = c.CategoryFrom;
        sub.CategoryTo = c.CategoryTo;
        sub.Limit = c.Limit;
        for (var item = state.Facilities.Read(facility).FirstItem; item != 0; item = state.Items.Read(item).NextOfFacility)
        {
            ref readonly var hold = ref state.Items.Read(item);
            if (hold.Kind == OpenItemKind.Hold && LimitCheck.Covers(sub, hold.Channel, hold.MerchantCategory)) sub.Used += hold.Remaining;
        }
        AppendSubLimit(rulesRow, added);
    }

    /// <summary>Row of the sub-limit with the same channel and categories, 0 when there is none.</summary>
    public int FindSubLimit(int rulesRow, SetSubLimit c, out int before)
    {
        before = 0;
        for (var row = state.FacilityRules.Read(rulesRow).FirstSubLimit; row != 0; before = row, row = state.SubLimits.Read(row).Next)
        {
            ref readonly var sub = ref state.SubLimits.Read(row);
            if (sub.Channel == c.Channel && sub.CategoryFrom == c.CategoryFrom && sub.CategoryTo == c.CategoryTo) return row;
        }
        return 0;
    }

    private void AppendSubLimit(int rulesRow, int added)
    {
        var last = state.FacilityRules.Read(rulesRow).FirstSubLimit;
        if (last == 0)
        {
            state.FacilityRules.Write(rulesRow).FirstSubLimit = added;
            return;
        }
        while (state.SubLimits.Read(last).Next != 0) last = state.SubLimits.Read(last).Next;
        state.SubLimits.Write(last).Next = added;
    }

    private void SetVelocityLimit(SetVelocityLimit c)
    {
        var owner = OwnerOf(c.Key);
        var first = FirstVelocityOf(owner);
        int found = first, before = 0;
        while (found != 0 && state.Velocities.Read(found).Window.WindowSeconds != c.WindowSeconds)
        {
            before = found;
            found = state.Velocities.Read(found).Next;
        }
        if (c is { AmountMax: < 0, CountMax: < 0 })
        {
            var next = state.Velocities.Read(found).Next;
            if (before == 0) SetFirstVelocity(owner, next);
            else state.Velocities.Write(before).Next = next;
            state.Velocities.Free(found);
            return;
        }
        if (found == 0)
        {
            found = state.Velocities.Add();
            ref var added = ref state.Velocities.Write(found);
            added.Owner = owner;
            added.Window = VelocityWindow.Start(c.WindowSeconds);
            if (before == 0) SetFirstVelocity(owner, found);
            else state.Velocities.Write(before).Next = found;
        }
        ref var velocity = ref state.Velocities.Write(found);
        velocity.AmountMax = c.AmountMax;
        velocity.CountMax = c.CountMax;
    }

    /// <summary>First velocity row of an owner, 0 for none.</summary>
    public int FirstVelocityOf(ChildRef owner) => owner.IsNode
        ? state.Nodes.Read(owner.Row).FirstVelocity
        : state.Facilities.Read(owner.Row).Rules is var rulesRow and not 0 ? state.FacilityRules.Read(rulesRow).FirstVelocity : 0;

    private void SetFirstVelocity(ChildRef owner, int row)
    {
        if (owner.IsNode) state.Nodes.Write(owner.Row).FirstVelocity = row;
        else state.FacilityRules.Write(FacilityRulesOf.Ensure(state, owner.Row)).FirstVelocity = row;
    }

    private void SetReviewThreshold(SetReviewThreshold c)
    {
        var owner = OwnerOf(c.Key);
        if (owner.IsNode) state.Nodes.Write(owner.Row).ReviewThreshold = c.Amount;
        else state.FacilityRules.Write(FacilityRulesOf.Ensure(state, owner.Row)).ReviewThreshold = c.Amount;
    }

    private void SetStatus(NodeKey key, NodeStatus status)
    {
        var owner = OwnerOf(key);
        if (owner.IsNode) state.Nodes.Write(owner.Row).Status = status;
        else state.Facilities.Write(owner.Row).Status = status;
    }
}
