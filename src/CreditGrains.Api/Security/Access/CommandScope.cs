using CreditGrains.Api.Transport;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Api.Security.Access;

/// <summary>Holds every key of a command against the tenant and legal entities of a principal.</summary>
internal static class CommandScope
{
    /// <exception cref="RpcException">PermissionDenied: a key lies outside.</exception>
    public static void Demand(Principal principal, in Command command)
    {
        if (!principal.Covers(command.Facility.Tenant)) throw Denials.Scope(principal, command.Facility.Tenant, command.Facility.LegalEntity);
        if (command.Kind == CommandKind.Reverse)
        {
            // A Reverse names a request of the tenant, whose facility is not known before the engine has looked.
            if (!principal.HasWholeTenant) throw Denials.WholeTenant(principal, nameof(CommandKind.Reverse));
            return;
        }

        Demand(principal, command.Facility);
        if (command.Control is { } control) Demand(principal, control);
    }

    private static void Demand(Principal principal, ControlCommand control)
    {
        Demand(principal, control.Key);
        switch (control)
        {
            case OpenNode open:
                foreach (var parent in open.Parents) Demand(principal, parent.Parent);
                break;
            case OpenFacility open:
                foreach (var parent in open.Parents) Demand(principal, parent.Parent);
                break;
            case LinkNode link:
                Demand(principal, link.Parent.Parent);
                break;
            case UnlinkNode unlink:
                Demand(principal, unlink.Parent);
                break;
            case MoveFacility move:
                Demand(principal, move.From);
                Demand(principal, move.To.Parent);
                break;
            case TransferToPool transfer when transfer.Pool != default:
                Demand(principal, transfer.Pool);
                break;
            case TransferToPool or SetLimit or SetSubLimit or SetVelocityLimit or SetReviewThreshold or Freeze or Unfreeze or Close or SetFxRate or AdvanceBusinessDate:
            case PoolCommand or LoanOffer or LoanHoliday or LoanExtension or PutContent or RegisterModel or RegisterPolicy or ActivateModel or ActivatePolicy:
                break;
            default:
                throw Denials.Unlisted(principal, control.Kind.ToString());
        }
    }

    private static void Demand(Principal principal, NodeKey key)
    {
        if (!principal.Covers(key)) throw Denials.Scope(principal, key.Tenant, key.LegalEntity);
    }
}
