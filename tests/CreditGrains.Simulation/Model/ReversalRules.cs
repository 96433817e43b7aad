using System.Numerics;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Queries;
using CreditGrains.Simulation.Model.Loans;

namespace CreditGrains.Simulation.Model;

/// <summary>docs/rules.md "Reverse(original id)", for an original that was seen.</summary>
internal sealed class ReversalRules(World world, Entry original, long now)
{
    private readonly ModelFacility _facility = original.Facility!;
    private readonly BigInteger _amount = original.Event.Amount;

    public Verdict Execute()
    {
        if (original.Undone) return Verdict.Declined(Reason.AlreadyReversed);
        if (original.Event.Outcome == OutcomeKind.Declined) return Nothing();
        Verdict verdict = KindUndone() switch
        {
            CommandKind.Authorize or CommandKind.IncreaseHold or CommandKind.Drawdown when original.Event.Outcome == OutcomeKind.Referred => Referral(),
            CommandKind.Authorize => ReleaseOf(original.Event.Sequence, wholeOnly: true),
            CommandKind.IncreaseHold => ReleaseOf(original.Event.Reference, wholeOnly: false),
            CommandKind.Drawdown when original.Event.Loans.Count > 0 => new LoanRules(world, _facility).Undo(original),
            CommandKind.Drawdown or CommandKind.Capture or CommandKind.ClearWithoutHold => Post(purse => purse.GiveBack(Part.Principal, _amount)),
            CommandKind.PostInterest => Post(purse => purse.GiveBack(Part.Interest, _amount)),
            CommandKind.PostFee => Post(purse => purse.GiveBack(Part.Fees, _amount)),
            CommandKind.Refund or CommandKind.Chargeback => Post(purse => purse.Charge(Part.Principal, _amount)),
            CommandKind.Repay => Repayment(),
            _ => Nothing(),
        };
        if (verdict.Kind == OutcomeKind.Posted) original.Undone = true;
        return verdict;
    }

    // What was accepted is undone as the request it was.
    private CommandKind KindUndone() => original.AcceptedKind == CommandKind.None ? original.Event.Kind : original.AcceptedKind;

    private static Verdict Nothing() => Verdict.Declined(Reason.NothingToReverse);

    private Verdict Post(Action<Purse> change) => AccountRules.Post(world, _facility, now, _amount, change);

    private Verdict Referral()
    {
        if (_facility.Open(original.Event.Sequence, OpenItemKind.Referral) is not { } referral) return Nothing();
        _facility.Items.Remove(referral.Reference);
        return Verdict.Posted(referral.Remaining);
    }

    private Verdict ReleaseOf(long reference, bool wholeOnly)
    {
        if (_facility.Open(reference, OpenItemKind.Hold) is not { } hold) return Nothing();
        BigInteger released = wholeOnly ? hold.Remaining : BigInteger.Min(hold.Remaining, _amount);
        Effects.Release(_facility, hold, released);
        return Verdict.Posted(released);
    }

    // A float that cleared since is undone by reversing the clearing event.
    private Verdict Repayment()
    {
        bool isOpenFloat = _facility.Open(original.Event.Sequence, OpenItemKind.Float) is not null;
        return isOpenFloat || original.Allocation is not null
            ? AccountRules.ReverseRepayment(world, _facility, original.Event.Sequence, now)
            : Nothing();
    }
}
