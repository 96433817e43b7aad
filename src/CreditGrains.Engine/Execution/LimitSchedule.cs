using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Execution;

/// <summary>
/// Dated and temporary limits of facilities and nodes (docs/rules.md, "Limits"). A node without any has none of these rows; one
/// with any has a base row to return to.
/// </summary>
internal sealed class LimitSchedule(PartitionState state, ExposureBook exposures)
{
    /// <summary>Most dated limits that wait or are temporary on one facility or node.</summary>
    public const int DatedMax = 8;

    /// <summary>First dated-limit row of an owner.</summary>
    public int FirstOf(ChildRef owner) => owner.IsNode
        ? state.Nodes.Read(owner.Row).FirstDatedLimit
        : state.Facilities.Read(owner.Row).Rules is var rules and not 0 ? state.FacilityRules.Read(rules).FirstDatedLimit : 0;

    /// <summary>Whether one more dated limit fits; one with the same times replaces.</summary>
    public bool HasRoomFor(ChildRef owner, long fromMicros, long untilMicros)
    {
        var count = 0;
        for (var row = FirstOf(owner); row != 0; row = state.DatedLimits.Read(row).Next)
        {
            ref readonly var dated = ref state.DatedLimits.Read(row);
            if (dated.IsBase) continue;
            if (dated.FromMicros == fromMicros && dated.UntilMicros == untilMicros) return true;
            count++;
        }
        return count < DatedMax;
    }

    /// <summary>Sets a limit and brings the one in force up to date.</summary>
    public void Set(ChildRef owner, long limit, long fromMicros, long untilMicros, long nowMicros)
    {
        if (untilMicros == 0 && fromMicros <= nowMicros) SetBase(owner, limit);
        else SetDated(owner, limit, fromMicros == 0 ? nowMicros : fromMicros, untilMicros);
        Refresh(owner, nowMicros);
    }

    /// <summary>Whether a start or end of an owner's limits has come.</summary>
    public bool IsDue(ChildRef owner, long nowMicros)
    {
        var next = owner.IsNode
            ? state.Nodes.Read(owner.Row).NextLimitDueMicros
            : state.Facilities.Read(owner.Row).Rules is var rules and not 0 ? state.FacilityRules.Read(rules).NextLimitDueMicros : 0;
        return next != 0 && next <= nowMicros;
    }

    /// <summary>Drops what has passed and puts the limit in force.</summary>
    public void Refresh(ChildRef owner, long nowMicros)
    {
        if (FirstOf(owner) == 0) return;
        var baseRow = 0;
        var baseFrom = long.MinValue;
        var temporary = 0;
        for (var row = FirstOf(owner); row != 0; row = state.DatedLimits.Read(row).Next)
        {
            ref readonly var dated = ref state.DatedLimits.Read(row);
            if (dated.IsBase) baseRow = row;
            else if (dated.UntilMicros == 0 && dated.FromMicros <= nowMicros) baseFrom = Math.Max(baseFrom, dated.FromMicros);
            else if (dated.FromMicros <= nowMicros && dated.UntilMicros > nowMicros
                && (temporary == 0 || dated.FromMicros > state.DatedLimits.Read(temporary).FromMicros)) temporary = row;
        }
        for (var row = FirstOf(owner); row != 0; row = state.DatedLimits.Read(row).Next)
        {
            var dated = state.DatedLimits.Read(row);
            if (!dated.IsBase && dated.UntilMicros == 0 && dated.FromMicros == baseFrom) state.DatedLimits.Write(baseRow).Limit = dated.Limit;
        }
        var inForce = state.DatedLimits.Read(temporary != 0 ? temporary : baseRow).Limit;
        var next = DropPassed(owner, nowMicros);
        PutInForce(owner, inForce, next);
    }

    private void SetBase(ChildRef owner, long limit)
    {
        for (var row = FirstOf(owner); row != 0; row = state.DatedLimits.Read(row).Next)
        {
            if (!state.DatedLimits.Read(row).IsBase) continue;
            state.DatedLimits.Write(row).Limit = limit;
            return;
        }
        PutInForce(owner, limit, 0);
    }

    private void SetDated(ChildRef owner, long limit, long fromMicros, long untilMicros)
    {
        if (FirstOf(owner) == 0)
        {
            var current = owner.IsNode ? state.Nodes.Read(owner.Row).Limit : state.Facilities.Read(owner.Row).Limit;
            AddRow(owner, new DatedLimitRow { Limit = current, IsBase = true });
        }
        for (int row = FirstOf(owner), before = 0; row != 0; before = row, row = state.DatedLimits.Read(row).Next)
        {
            ref readonly var dated = ref state.DatedLimits.Read(row);
            if (dated.IsBase || dated.FromMicros != fromMicros || dated.UntilMicros != untilMicros) continue;
            // The list is in the order of setting, newest first: of equal starts the one set last is in force.
            RemoveRow(owner, row, before);
            AddRow(owner, new DatedLimitRow { Limit = limit, FromMicros = fromMicros, UntilMicros = untilMicros });
            return;
        }
        AddRow(owner, new DatedLimitRow { Limit = limit, FromMicros = fromMicros, UntilMicros = untilMicros });
        state.Due.AddLimit(owner, fromMicros);
        if (untilMicros != 0) state.Due.AddLimit(owner, untilMicros);
    }

    /// <summary>Removes rows whose time has passed; the base goes too when it is the last.</summary>
    /// <returns>The next start or end, 0 for none.</returns>
    private long DropPassed(ChildRef owner, long nowMicros)
    {
        var next = 0L;
        var kept = 0;
        for (int row = FirstOf(owner), before = 0; row != 0;)
        {
            var dated = state.DatedLimits.Read(row);
            var passed = !dated.IsBase && (dated.UntilMicros == 0 ? dated.FromMicros : dated.UntilMicros) <= nowMicros;
            if (passed)
            {
                RemoveRow(owner, row, before);
            }
            else
            {
                before = row;
                if (!dated.IsBase)
                {
                    kept++;
                    var due = dated.FromMicros > nowMicros ? dated.FromMicros : dated.UntilMicros;
                    next = next == 0 ? due : Math.Min(next, due);
                }
            }
            row = dated.Next;
        }
        if (kept == 0) RemoveRow(owner, FirstOf(owner), 0);
        return next;
    }

    private void AddRow(ChildRef owner, DatedLimitRow dated)
    {
        var row = state.DatedLimits.Add();
        dated.Owner = owner;
        dated.Next = FirstOf(owner);
        state.DatedLimits.Write(row) = dated;
        SetFirst(owner, row);
    }

    private void RemoveRow(ChildRef owner, int row, int before)
    {
        var next = state.DatedLimits.Read(row).Next;
        if (before == 0) SetFirst(owner, next);
        else state.DatedLimits.Write(before).Next = next;
        state.DatedLimits.Free(row);
    }

    private void SetFirst(ChildRef owner, int row)
    {
        if (owner.IsNode) state.Nodes.Write(owner.Row).FirstDatedLimit = row;
        else state.FacilityRules.Write(FacilityRulesOf.Ensure(state, owner.Row)).FirstDatedLimit = row;
    }

    private void PutInForce(ChildRef owner, long limit, long nextDueMicros)
    {
        if (owner.IsNode)
        {
            ref var node = ref state.Nodes.Write(owner.Row);
            node.Limit = limit;
            node.NextLimitDueMicros = nextDueMicros;
            return;
        }
        ref var facility = ref state.Facilities.Write(owner.Row);
        if (facility.HasRules) state.FacilityRules.Write(facility.Rules).NextLimitDueMicros = nextDueMicros;
        if (facility.Limit == limit) return;
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        var balances = facility.Balances;
        exposures.Move(state.PathOf(facility, buffer), facility.Currency, balances, facility.Limit, balances, limit);
        facility.Limit = limit;
    }
}
