using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Loans;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Execution;

/// <summary>
/// What falls due by time, as events of the engine's own: holds, floats and referrals end, dated limits begin or end, loans age, a change of the graph goes on. A bounded part at the start of a batch, and on a facility
/// before a command looks at it, so that nobody sees what is late.
/// </summary>
internal sealed partial class Executor
{
    // Due items ended for each command of the batch before; in any batch; in any while some are a second late.
    private const int SweepPerCommand = 2;
    private const int SweepMin = 256;
    private const int SweepMinLate = 1_024;
    private const int VeryLateSeconds = 10;
    private const int LoansPerCommand = 2;
    private const int LoanSlicesMax = 4;

    // While the disk is busy: looked at after so many loans whether somebody waits, and no more in a batch whose frame is longer already.
    private const int LoansMeanwhile = 128;
    private const int MeanwhileBytesMax = 1 << 20;

    private bool hasDueItems;
    private bool hasDueLimits;

    // Written over for each loan that is aged: clearing one takes longer than all that is written.
    private LedgerEvent ageing;

    /// <summary>Whether work of the engine's own waits: due items, due limits, slices.</summary>
    public bool HasOwnWork(long nowMicros) =>
        regraph.IsActive || hasDueLimits || loans.IsBehind || state.Due.NextDueItem(Math.Max(nowMicros, LastRecordedAtMicros) / 1_000_000) != 0 || state.Due.HasDueLimit(nowMicros);

    /// <summary>Does a little of the work that waits of the engine's own while the batch waits for the disk and nobody else waits for it: loans are aged.</summary>
    /// <returns>False when there is nothing to do, or enough in this batch.</returns>
    public bool WorkMeanwhile() => loans.IsBehind && SweepLoans(LoansMeanwhile, Math.Min(MeanwhileBytesMax, frameBytesFull));

    /// <summary>Ends what is due on a facility and its path before a command looks at it. Nothing is left to do here unless the sweep at the start of the batch hit its bound.</summary>
    private void BringCurrent(int row)
    {
        if (regraph.IsActive) graph.Recount(row);
        if (hasDueItems) EndDueItemsOf(row);
        if (hasDueLimits) BringLimitsCurrent(row);
    }

    private void BringLimitsCurrent(int row)
    {
        BringLimitCurrent(ChildRef.Facility(row));
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        foreach (var entry in state.PathOf(state.Facilities.Read(row), buffer)) BringLimitCurrent(ChildRef.Node(entry.Node));
    }

    /// <summary>Brings the loans of a command's facility to the business date. False: the frame is full before all are.</summary>
    private bool BringLoansCurrent(in Command c)
    {
        var key = c.Facility;
        if (c.Kind == CommandKind.Reverse && identities.TryFindOriginal(key.Tenant, c.Original, out var sequence, out _) && sequence != 0 && decisions.TryRead(sequence, out var original))
            key = original.Key;
        var row = key.IsFacility ? state.FindFacility(key) : 0;
        return row == 0 || BringLoansCurrent(row);
    }

    private bool BringLoansCurrent(int row)
    {
        while (loans.NextDueOf(state.Facilities.Read(row)) is var loan and not 0)
        {
            if (frame.Length > frameBytesFull) return false;
            AgeLoan(loan);
        }
        return frame.Length <= frameBytesFull;
    }

    /// <summary>
    /// Ages a slice of loans: about a millisecond's worth, and where batches are long, as when callers send thousands of commands together, in proportion to them, so that a month
    /// end does not wait for their syncs.
    /// </summary>
    private void SweepLoans(int commandsBefore) =>
        SweepLoans(Math.Clamp(LoansPerCommand * commandsBefore, rules.LoanSliceLength, LoanSlicesMax * rules.LoanSliceLength), frameBytesFull);

    private bool SweepLoans(int most, int bytesMax)
    {
        var count = 0;
        for (; count < most && frame.Length <= bytesMax && loans.NextDue() is var loan and not 0; count++) AgeLoan(loan);
        return count > 0;
    }

    private void AgeLoan(int loan)
    {
        var row = state.Loans.Read(loan).Facility;
        if (regraph.IsActive) graph.Recount(row);
        if (hasDueLimits) BringLimitsCurrent(row);
        ref readonly var facility = ref state.Facilities.Read(row);
        ref var e = ref ageing;
        e.Kind = CommandKind.AgeLoan;
        e.Key = facility.Key;
        NoteUnchanged(ref e, row);
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        loans.Age(loan, ref e);
        accounts.Finish(facility, state.PathOf(facility, buffer), ref e);
        Append(ref e);
        // What is not set anew for the next one.
        if (e.Limits is not null || e.Reason != Reason.None) e = default;
    }

    private void BringLimitCurrent(ChildRef owner)
    {
        if (schedule.IsDue(owner, LastRecordedAtMicros)) FallDue(owner);
    }

    private void EndDueItemsOf(int facility)
    {
        var nowSeconds = LastRecordedAtMicros / 1_000_000;
        for (var item = state.Facilities.Read(facility).FirstItem; item != 0;)
        {
            ref readonly var row = ref state.Items.Read(item);
            var next = row.NextOfFacility;
            if (row.ExpiresAtSeconds != 0 && row.ExpiresAtSeconds <= nowSeconds) EndItem(item);
            item = next;
        }
    }

    private void SweepItems()
    {
        var nowSeconds = LastRecordedAtMicros / 1_000_000;
        var most = SweepLength(nowSeconds);
        commandsExecuted = 0;
        lookAhead.Begin();
        for (var i = 0; i < most && frame.Length <= frameBytesFull && state.Due.NextDueItem(nowSeconds) is var item and not 0; i++)
        {
            lookAhead.At(item);
            if (loans.IsBehind && !BringLoansCurrent(state.Items.Read(item).Facility)) break;
            EndItem(item);
        }
        hasDueItems = state.Due.NextDueItem(nowSeconds) != 0;
    }

    /// <summary>
    /// Items to end in this batch. All that end within a second fall due at once: ending them a few times as fast as commands come spreads them over it,
    /// instead of holding up the second's first callers. Nobody sees the difference on a facility of theirs, which is brought current. A batch without
    /// commands ends no more than others: commands come while it is flushed. What is late goes faster.
    /// </summary>
    private int SweepLength(long nowSeconds)
    {
        if (state.Due.NextDueItem(nowSeconds - VeryLateSeconds) != 0) return rules.SweepMax;
        var least = state.Due.NextDueItem(nowSeconds - 1) != 0 ? SweepMinLate : SweepMin;
        return Math.Min(rules.SweepMax, Math.Max(least, SweepPerCommand * commandsExecuted));
    }

    private void SweepLimits()
    {
        var swept = 0;
        while (swept++ < rules.SweepMax && frame.Length <= frameBytesFull && state.Due.TryTakeDueLimit(LastRecordedAtMicros, out var owner)) BringLimitCurrent(owner);
        hasDueLimits = state.Due.HasDueLimit(LastRecordedAtMicros);
    }

    private void FallDue(ChildRef owner)
    {
        var e = default(LedgerEvent);
        e.Kind = CommandKind.LimitFellDue;
        e.Outcome = OutcomeKind.Posted;
        e.Key = owner.IsNode ? state.Nodes.Read(owner.Row).Key : state.Facilities.Read(owner.Row).Key;
        if (!owner.IsNode) NoteUnchanged(ref e, owner.Row);
        else e.RecordedAtMicros = LastRecordedAtMicros;
        Append(ref e);
    }

    private void EndItem(int itemRow)
    {
        ref readonly var item = ref state.Items.Read(itemRow);
        if (regraph.IsActive) graph.Recount(item.Facility);
        var e = default(LedgerEvent);
        e.Kind = item.Kind switch
        {
            OpenItemKind.Hold => CommandKind.ExpireHold,
            OpenItemKind.Float => CommandKind.ClearRepaymentDue,
            _ => CommandKind.ExpireReferral,
        };
        e.Reference = item.Reference;
        NoteUnchanged(ref e, item.Facility);
        ref readonly var facility = ref state.Facilities.Read(item.Facility);
        e.Key = facility.Key;
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        var owed = loans.LeaveOut(facility, ref e);
        facts.Decide(facility, ref e, default);
        if (owed != default || e.Loans is not null) LoanDecider.Conclude(facility, owed, ref e);
        accounts.Finish(facility, state.PathOf(facility, buffer), ref e);
        Append(ref e);
    }

    private void BringParentsCurrent(OpenFacility opening)
    {
        var known = opening.Parents.Select(p => (state.FindNode(p.Parent), p.SharePpm)).Where(p => p.Item1 != 0).ToArray();
        if (graph.ClosureOfParents(known, PathRow.PathMax) is not { } path) return;
        foreach (var entry in path.ToArray()) BringLimitCurrent(ChildRef.Node(entry.Node));
    }

    private void Slice()
    {
        var e = default(LedgerEvent);
        e.Kind = CommandKind.RegraphSlice;
        e.Outcome = OutcomeKind.Posted;
        e.Key = regraph.Root;
        e.Slice = regraph.Peek(rules.SliceLength);
        Append(ref e);
    }
}
