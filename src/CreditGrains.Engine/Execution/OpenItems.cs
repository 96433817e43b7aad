using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Execution;

/// <summary>Holds, uncleared repayments and referrals: found for deciders; made, moved and ended as events say.</summary>
internal sealed class OpenItems(PartitionState state)
{
    /// <summary>Most open items of a facility.</summary>
    public const int OfFacilityMax = 1_000;

    /// <summary>Row of the open item of a reference on a facility and of a kind, 0 when there is none.</summary>
    public int Find(int facility, long reference, OpenItemKind kind)
    {
        var row = state.FindItem(reference);
        if (row == 0) return 0;
        ref readonly var item = ref state.Items.Read(row);
        return item.Facility == facility && item.Kind == kind ? row : 0;
    }

    /// <summary>Decides that the open item of the reference ends; declines when there is none.</summary>
    /// <param name="e">The event.</param>
    /// <param name="kind">What it must be.</param>
    /// <param name="remaining">What was left of it.</param>
    public bool Take(ref LedgerEvent e, OpenItemKind kind, out long remaining)
    {
        remaining = 0;
        var row = Find(e.Row, e.Reference, kind);
        if (row == 0)
        {
            Verdicts.Decline(ref e, Reason.ReferenceNotOpen);
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

    /// <summary>Carries out what an event does to items.</summary>
    public void Apply(int facility, in LedgerEvent e)
    {
        if (e.Reference != 0 && (e.ReleasedFromHold != 0 || (e.Effects & EventEffects.ItemEnds) != 0 || e.Kind == CommandKind.IncreaseHold))
            Change(e);
        if ((e.Effects & EventEffects.NewItem) != 0) Add(facility, e);
        if (e.Kind == CommandKind.ClearRepaymentDue && e.Outcome == OutcomeKind.Declined) DropEnd(e.Reference);
    }

    /// <summary>A float whose allocation would pass 2^60 waits until told: tried again by its time it would fail for ever.</summary>
    private void DropEnd(long reference)
    {
        var row = state.FindItem(reference);
        state.Due.Remove(row);
        state.Items.Write(row).ExpiresAtSeconds = 0;
    }

    private void Change(in LedgerEvent e)
    {
        var row = e.ItemRow != 0 ? e.ItemRow : state.FindItem(e.Reference);
        if (row == 0) return;
        if ((e.Effects & EventEffects.ItemEnds) != 0)
        {
            Remove(row);
            return;
        }
        ref var item = ref state.Items.Write(row);
        item.Remaining -= e.ReleasedFromHold;
        if (e.Kind != CommandKind.IncreaseHold || !e.IsApproval) return;
        item.Remaining += e.Amount;
        item.Amount += e.Amount;
        if (e.ExpiresAtSeconds == item.ExpiresAtSeconds) return;
        state.Due.Remove(row);
        state.Items.Write(row).ExpiresAtSeconds = e.ExpiresAtSeconds;
        state.Due.Add(row);
    }

    private void Add(int facility, in LedgerEvent e)
    {
        var row = state.Items.Add();
        ref var owner = ref state.Facilities.Write(facility);
        ref var item = ref state.Items.Write(row);
        item.Facility = facility;
        item.Kind = e.Kind == CommandKind.Repay ? OpenItemKind.Float
            : e.Outcome == Domain.Decisions.OutcomeKind.Referred ? OpenItemKind.Referral : OpenItemKind.Hold;
        item.Channel = e.Channel;
        item.MerchantCategory = e.MerchantCategory;
        item.Scenario = e.Scenario;
        item.RequestKind = e.RequestKind != CommandKind.None ? e.RequestKind : e.Kind;
        item.Reference = e.Sequence;
        item.Amount = e.Amount;
        item.Remaining = e.Amount;
        item.ExpiresAtSeconds = e.ExpiresAtSeconds;
        item.NextOfFacility = owner.FirstItem;
        if (owner.FirstItem != 0) state.Items.Write(owner.FirstItem).PreviousOfFacility = row;
        owner.FirstItem = row;
        owner.OpenItems++;
        state.ItemIndex.Add(e.Sequence, row);
        state.Due.Add(row);
    }

    private void Remove(int row)
    {
        var item = state.Items.Read(row);
        ref var owner = ref state.Facilities.Write(item.Facility);
        if (item.NextOfFacility != 0) state.Items.Write(item.NextOfFacility).PreviousOfFacility = item.PreviousOfFacility;
        if (item.PreviousOfFacility != 0) state.Items.Write(item.PreviousOfFacility).NextOfFacility = item.NextOfFacility;
        else owner.FirstItem = item.NextOfFacility;
        owner.OpenItems--;
        state.Due.Remove(row);
        state.ItemIndex.Remove(item.Reference);
        state.Items.Free(row);
    }
}
