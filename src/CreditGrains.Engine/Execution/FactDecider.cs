using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Loans;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Tables;
using static CreditGrains.Engine.Execution.Verdicts;

namespace CreditGrains.Engine.Execution;

/// <summary>
/// Decides facts on one facility's balances and open items: what has happened always posts, as far as balances can hold it (docs/rules.md). Reads the state, fills the event, changes nothing.
/// </summary>
internal sealed class FactDecider(PartitionState state, OpenItems items, LoanDecider loans)
{
    /// <summary>Decides a fact, a void, or one of the engine's own endings of an item.</summary>
    public void Decide(in FacilityRow facility, ref LedgerEvent e, in Command c)
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
                if (!items.Take(ref e, OpenItemKind.Float, out var cleared)) return;
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
                if (!items.Take(ref e, OpenItemKind.Hold, out var held)) return;
                e.ReleasedFromHold = held;
                Post(ref e, before with { Held = before.Held - held });
                break;
            case CommandKind.ExpireReferral:
                if (!items.Take(ref e, OpenItemKind.Referral, out _)) return;
                e.Amount = 0;
                e.Outcome = OutcomeKind.Posted;
                break;
            default:
                throw new InvalidOperationException($"{e.Kind} is no fact.");
        }
        if (e.Outcome != OutcomeKind.Declined) RefuseOverflow(ref e, before);
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
}
