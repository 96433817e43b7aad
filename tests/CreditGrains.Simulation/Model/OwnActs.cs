using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Queries;
using CreditGrains.Simulation.Model.Loans;

namespace CreditGrains.Simulation.Model;

/// <summary>Acts of the engine's own: legal only when they are due.</summary>
internal sealed class OwnActs(World world, long now)
{
    public static bool IsEngineMade(CommandKind kind) => kind is CommandKind.ExpireHold or CommandKind.ClearRepaymentDue
        or CommandKind.ExpireReferral or CommandKind.AgeLoan or CommandKind.LimitFellDue or CommandKind.RegraphSlice or CommandKind.StateDigest;

    public Verdict Execute(CommandKind kind, NodeKey key, long reference)
    {
        if (kind == CommandKind.LimitFellDue) return LimitFellDue(key);
        ModelFacility facility = world.Facility(key) ?? throw new ModelMismatchException($"{kind} names {key}, which is no facility");
        if (kind == CommandKind.AgeLoan) return new LoanRules(world, facility).Age(reference, now);
        OpenItemKind wanted = kind switch
        {
            CommandKind.ExpireHold => OpenItemKind.Hold,
            CommandKind.ClearRepaymentDue => OpenItemKind.Float,
            CommandKind.ExpireReferral => OpenItemKind.Referral,
            _ => throw new ModelMismatchException($"{kind} is no act of the engine's own"),
        };
        ModelItem item = facility.Open(reference, wanted) ?? throw new ModelMismatchException($"{kind} of {reference} on {key}: no such open item");
        if (!item.IsDue(now)) throw new ModelMismatchException($"{kind} of {reference} on {key} at {now}: its end is {item.End}");
        switch (wanted)
        {
            case OpenItemKind.Float:
                Verdict allocated = AccountRules.AllocateFloat(world, facility, item, now);
                // What cannot be allocated waits until told: nothing is lost, and it is not due again.
                if (allocated.Kind == OutcomeKind.Declined) item.End = 0;
                return allocated;
            case OpenItemKind.Hold:
                Verdict released = Verdict.Posted(item.Remaining);
                Effects.Release(facility, item, item.Remaining);
                return released;
            default:
                facility.Items.Remove(reference);
                return Verdict.Posted();
        }
    }

    /// <summary>The acts due before a command on a facility, in the order of their ends.</summary>
    public IEnumerable<(CommandKind Kind, NodeKey Key, long Reference)> Due(ModelFacility facility)
    {
        if (LoanRules.Today(world, facility) is { } today)
        {
            foreach (ModelLoan loan in facility.Loans.Values.Where(loan => loan.IsBehind(today)).ToList()) yield return (CommandKind.AgeLoan, facility.Key, loan.Reference);
        }
        if (facility.Ceiling.IsDue(now)) yield return (CommandKind.LimitFellDue, facility.Key, 0);
        foreach (ModelItem item in facility.Items.Values.Where(item => item.IsDue(now)).OrderBy(item => (item.End, item.Reference)).ToList())
        {
            CommandKind kind = item.Kind switch
            {
                OpenItemKind.Hold => CommandKind.ExpireHold,
                OpenItemKind.Float => CommandKind.ClearRepaymentDue,
                _ => CommandKind.ExpireReferral,
            };
            yield return (kind, facility.Key, item.Reference);
        }
    }

    private Verdict LimitFellDue(NodeKey key)
    {
        ModelNode node = world.Node(key) ?? throw new ModelMismatchException($"LimitFellDue names {key}, which is unknown");
        if (!node.Ceiling.IsDue(now)) throw new ModelMismatchException($"LimitFellDue on {key} at {now}: no dated limit started or ended");
        node.Ceiling.Settle(now);
        return Verdict.Posted();
    }
}
