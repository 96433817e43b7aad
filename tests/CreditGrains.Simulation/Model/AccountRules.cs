using System.Numerics;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Queries;
using CreditGrains.Simulation.Model.Loans;

namespace CreditGrains.Simulation.Model;

/// <summary>docs/rules.md "Balances of a facility": what account commands do, but for Reverse.</summary>
internal sealed class AccountRules(World world, ModelFacility facility, Command command, long sequence, long now)
{
    private readonly BigInteger _amount = command.Amount;

    public Verdict Execute()
    {
        if (command.Currency.Numeric != 0 && command.Currency != facility.Currency) return Verdict.Declined(Reason.CurrencyMismatch);
        return command.Kind switch
        {
            CommandKind.Authorize or CommandKind.IncreaseHold or CommandKind.Drawdown => Request(),
            CommandKind.Capture => Capture(),
            CommandKind.ClearWithoutHold => ClearWithoutHold(),
            CommandKind.Repay => Repay(),
            CommandKind.ClearRepayment => ClearRepayment(),
            CommandKind.ReverseRepayment => ReverseRepayment(world, facility, command.Reference, now),
            CommandKind.Refund or CommandKind.Chargeback => Post(world, facility, now, _amount, purse => purse.GiveBack(Part.Principal, _amount)),
            CommandKind.PostInterest => Post(world, facility, now, _amount, purse => purse.Charge(Part.Interest, _amount)),
            CommandKind.PostFee => Post(world, facility, now, _amount, purse => purse.Charge(Part.Fees, _amount)),
            // The workload names no loan that is there; the engine's own tests hold write-offs of loans against the pure accounts.
            CommandKind.WriteOff or CommandKind.Recover when command.Reference != 0 && !facility.Loans.ContainsKey(command.Reference) => Verdict.Declined(Reason.UnknownLoan),
            CommandKind.WriteOff => Post(world, facility, now, _amount, purse => purse.WriteOff(_amount)),
            CommandKind.Recover => Post(world, facility, now, _amount, purse => purse.Recover(_amount)),
            CommandKind.Adjust => Post(world, facility, now, _amount, Adjust),
            CommandKind.ImportLoan => new LoanRules(world, facility).TakeOver((LoanTakeover)command.Control!, _amount, sequence, now),
            CommandKind.Void => Void(),
            CommandKind.ResolveReferral => ResolveReferral(),
            _ => throw new ModelMismatchException($"{command.Kind} is no account command"),
        };
    }

    /// <summary>A change of balances that posts unless a balance would leave its range; lists what it leaves in excess.</summary>
    /// <param name="world">The world.</param>
    /// <param name="facility">The facility.</param>
    /// <param name="now">Writer time.</param>
    /// <param name="amount">Of the outcome.</param>
    /// <param name="change">Of the balances that no loan owes.</param>
    /// <param name="loans">The loans after it, asked for when it was made; null when they stay.</param>
    public static Verdict Post(World world, ModelFacility facility, long now, BigInteger amount, Action<Purse> change, IEnumerable<ModelLoan>? loans = null)
    {
        Purse after = facility.Purse.Copy();
        LoanRules.Move(after, facility.Loans.Values, -1);
        change(after);
        if (after.AnyNegative) return Verdict.Declined(Reason.BalanceNegative);
        LoanRules.Move(after, loans ?? facility.Loans.Values, 1);
        if (after.AnyAboveMax) return Verdict.Declined(Reason.AmountOverflow);
        var before = new Exposures(world, facility, now);
        facility.Purse = after;
        return new Verdict { Kind = OutcomeKind.Posted, Amount = amount, Limits = before.Excess() };
    }

    /// <summary>Drops an open float, or takes back what a repayment allocated.</summary>
    public static Verdict ReverseRepayment(World world, ModelFacility facility, long reference, long now)
    {
        Entry? entry = world.Entries.GetValueOrDefault(reference);
        if (facility.Open(reference, OpenItemKind.Float) is { } item)
        {
            facility.Purse.Uncleared -= item.Remaining;
            facility.Items.Remove(reference);
            entry!.Undone = true;
            return Verdict.Posted(item.Remaining);
        }
        bool isRepayment = entry is not null && entry.Facility == facility && entry.Event.Outcome == OutcomeKind.Posted
            && entry.Event.Kind is CommandKind.Repay or CommandKind.ClearRepayment or CommandKind.ClearRepaymentDue;
        if (!isRepayment) return Verdict.Declined(Reason.NotARepayment);
        // A float that ended is no repayment of its own: its clearing is, or nothing when it was dropped.
        if (entry!.Allocation is not { } parts) return Verdict.Declined(Reason.NotARepayment);
        if (entry.Undone) return Verdict.Declined(Reason.AlreadyReversed);
        Verdict verdict = entry.Event.Loans.Count > 0 ? new LoanRules(world, facility).Bounce(entry, parts, now) : Post(world, facility, now, parts.Total, purse => purse.Disallocate(parts));
        entry.Undone = verdict.Kind == OutcomeKind.Posted;
        return verdict;
    }

    /// <summary>Allocates a float that is good now and ends it.</summary>
    public static Verdict AllocateFloat(World world, ModelFacility facility, ModelItem item, long now)
    {
        BigInteger amount = item.Remaining;
        Verdict verdict = PostAllocation(world, facility, now, amount, purse => purse.Uncleared -= amount);
        if (verdict.Kind == OutcomeKind.Posted) facility.Items.Remove(item.Reference);
        return verdict;
    }

    /// <summary>Takes money over loans and what no loan owes.</summary>
    private static Verdict PostAllocation(World world, ModelFacility facility, long now, BigInteger amount, Action<Purse> before)
    {
        Allocation parts = default;
        List<(ModelLoan Loan, BigInteger Charged)> paid = [];
        var rules = new LoanRules(world, facility);
        Verdict verdict = Post(
            world, facility, now, amount,
            purse =>
            {
                before(purse);
                parts = facility.Loans.Count == 0 ? purse.Allocate(amount) : rules.Allocate(purse, amount, paid);
            },
            Deferred());
        if (verdict.Kind != OutcomeKind.Posted) return verdict;
        foreach ((ModelLoan loan, _) in paid) rules.Keep(loan, facility.Loans[loan.Reference]);
        return new Verdict
        {
            Kind = OutcomeKind.Posted, Amount = amount, Allocation = parts, Limits = verdict.Limits, Loans = [.. paid.Select(each => each.Loan.Event("Paid", each.Charged))],
        };

        IEnumerable<ModelLoan> Deferred()
        {
            foreach (ModelLoan loan in facility.Loans.Values) yield return paid.Find(each => each.Loan.Reference == loan.Reference).Loan ?? loan;
        }
    }

    private Verdict Request()
    {
        ModelItem? hold = command.Kind == CommandKind.IncreaseHold ? facility.Open(command.Reference, OpenItemKind.Hold) : null;
        var terms = new RequestTerms(
            command.Kind, _amount, command.AmountMin, hold?.Channel ?? command.Channel, hold?.Category ?? command.MerchantCategory,
            command.Reference, IsAcceptedReferral: false);
        Verdict verdict = new RequestRules(world, facility, terms, now).Decide();
        if (verdict.Kind != OutcomeKind.Referred) return Approve(verdict, terms, command.LifetimeSeconds, command.Control as LoanOffer);
        var referral = new ModelItem
        {
            Reference = sequence,
            Kind = OpenItemKind.Referral,
            Amount = verdict.Amount,
            Remaining = verdict.Amount,
            End = Effects.EndOrDefault(now, command.LifetimeSeconds),
            Channel = terms.Channel,
            Category = terms.Category,
            ReferredKind = command.Kind,
            HoldReference = command.Reference,
            LifetimeSeconds = command.LifetimeSeconds,
        };
        facility.Items.Add(sequence, referral);
        return new Verdict { Kind = OutcomeKind.Referred, Amount = verdict.Amount, End = referral.End, Limits = verdict.Limits };
    }

    // Places what was approved; a decline passes through.
    private Verdict Approve(Verdict verdict, RequestTerms terms, int lifetimeSeconds, LoanOffer? offer)
    {
        if (verdict.Kind is not (OutcomeKind.Approved or OutcomeKind.ApprovedInPart)) return verdict;
        BigInteger approved = verdict.Amount;
        long end = 0;
        ModelLoan? made = null;
        if (offer is not null && new LoanRules(world, facility).Open(offer, approved, sequence, out made) is { } refused) return refused;
        switch (terms.Kind)
        {
            case CommandKind.Drawdown when made is not null:
                facility.Purse.Principal += approved;
                break;
            case CommandKind.Drawdown:
                facility.Purse.Charge(Part.Principal, approved);
                break;
            case CommandKind.IncreaseHold:
                ModelItem hold = facility.Open(terms.HoldReference, OpenItemKind.Hold)!;
                hold.Amount += approved;
                hold.Remaining += approved;
                if (lifetimeSeconds != 0) hold.End = Math.Max(hold.End, Effects.EndOf(now, lifetimeSeconds));
                facility.Purse.Held += approved;
                end = hold.End;
                break;
            default:
                end = Effects.EndOrDefault(now, lifetimeSeconds);
                facility.Purse.Held += approved;
                facility.Items.Add(sequence, new ModelItem
                {
                    Reference = sequence,
                    Kind = OpenItemKind.Hold,
                    Amount = approved,
                    Remaining = approved,
                    End = end,
                    Channel = terms.Channel,
                    Category = terms.Category,
                });
                break;
        }
        Effects.UseSubLimits(facility, terms.Channel, terms.Category, approved);
        Effects.CountVelocity(world, facility, approved, terms.Kind == CommandKind.IncreaseHold ? 0 : 1, now);
        return new Verdict { Kind = verdict.Kind, Amount = approved, End = end, AcceptedKind = terms.IsAcceptedReferral ? terms.Kind : CommandKind.None, Loans = made is null ? [] : [made.Event("Made", 0)] };
    }

    private Verdict Capture()
    {
        if (facility.Open(command.Reference, OpenItemKind.Hold) is not { } hold) return ClearWithoutHold();
        bool isFinal = command.Options.HasFlag(CommandOptions.Final);
        BigInteger captured = BigInteger.Min(_amount, hold.Remaining);
        BigInteger released = isFinal ? hold.Remaining - captured : 0;
        BigInteger above = _amount - captured;
        Verdict verdict = Post(world, facility, now, _amount, purse =>
        {
            purse.Held -= captured + released;
            purse.Charge(Part.Principal, _amount);
        });
        if (verdict.Kind != OutcomeKind.Posted) return verdict;
        Effects.Take(facility, hold, captured + released);
        foreach (ModelSubLimit limit in facility.SubLimits.Where(limit => limit.Covers(hold.Channel, hold.Category)))
        {
            limit.Used = BigInteger.Max(0, limit.Used - released) + above;
        }
        if (above.Sign > 0) Effects.CountVelocity(world, facility, above, 0, now);
        return verdict;
    }

    private Verdict ClearWithoutHold()
    {
        Verdict verdict = Post(world, facility, now, _amount, purse => purse.Charge(Part.Principal, _amount));
        if (verdict.Kind != OutcomeKind.Posted) return verdict;
        Effects.UseSubLimits(facility, command.Channel, command.MerchantCategory, _amount);
        Effects.CountVelocity(world, facility, _amount, 1, now);
        return verdict;
    }

    private Verdict Repay()
    {
        if (!command.Options.HasFlag(CommandOptions.Uncleared))
        {
            return PostAllocation(world, facility, now, _amount, _ => { });
        }
        if (facility.Items.Count >= ModelFacility.OpenItemsMax) return Verdict.Declined(Reason.TooManyOpenItems);
        Verdict verdict = Post(world, facility, now, _amount, purse => purse.Uncleared += _amount);
        if (verdict.Kind != OutcomeKind.Posted) return verdict;
        long end = command.LifetimeSeconds == 0 ? 0 : Effects.EndOf(now, command.LifetimeSeconds);
        facility.Items.Add(sequence, new ModelItem
        {
            Reference = sequence,
            Kind = OpenItemKind.Float,
            Amount = _amount,
            Remaining = _amount,
            End = end,
            Channel = command.Channel,
            Category = command.MerchantCategory,
        });
        return new Verdict { Kind = OutcomeKind.Posted, Amount = _amount, End = end };
    }

    private Verdict ClearRepayment() => facility.Open(command.Reference, OpenItemKind.Float) is { } item
        ? AllocateFloat(world, facility, item, now)
        : Verdict.Declined(Reason.ReferenceNotOpen);

    private void Adjust(Purse purse)
    {
        purse.Principal += _amount;
        purse.Interest += command.InterestDelta;
        purse.Fees += command.FeesDelta;
    }

    private Verdict Void()
    {
        if (facility.Open(command.Reference, OpenItemKind.Hold) is not { } hold) return Verdict.Declined(Reason.ReferenceNotOpen);
        BigInteger released = hold.Remaining;
        Effects.Release(facility, hold, released);
        return Verdict.Posted(released);
    }

    private Verdict ResolveReferral()
    {
        if (facility.Open(command.Reference, OpenItemKind.Referral) is not { } referral)
        {
            // Accepting is a request, so status comes before the reference; turning down is not.
            var none = new RequestTerms(CommandKind.Authorize, 0, 0, Channel.Unspecified, 0, 0, IsAcceptedReferral: true);
            Verdict? status = command.Options.HasFlag(CommandOptions.Accept) ? new RequestRules(world, facility, none, now).Status() : null;
            return status ?? Verdict.Declined(Reason.ReferenceNotOpen);
        }
        if (!command.Options.HasFlag(CommandOptions.Accept))
        {
            facility.Items.Remove(referral.Reference);
            return Verdict.Declined(Reason.ReferralTurnedDown);
        }
        var terms = new RequestTerms(
            referral.ReferredKind, referral.Amount, 0, referral.Channel, referral.Category, referral.HoldReference, IsAcceptedReferral: true);
        Verdict verdict = new RequestRules(world, facility, terms, now).Decide();
        facility.Items.Remove(referral.Reference);
        return Approve(verdict, terms, command.LifetimeSeconds, world.Entries[referral.Reference].Command.Control as LoanOffer);
    }
}
