using CreditGrains.Domain.Commands;

namespace CreditGrains.Api.Security.Access;

/// <summary>Which role a command needs, whatever call carries it. A kind without an entry needs a role nobody has.</summary>
public static class CommandRoles
{
    /// <summary>The roles of which a caller must have one; None when nobody may send the kind.</summary>
    public static Roles Of(CommandKind kind) => kind switch
    {
        CommandKind.Authorize or CommandKind.IncreaseHold or CommandKind.Drawdown => Roles.Decide,
        CommandKind.Capture or CommandKind.ClearWithoutHold or CommandKind.Repay or CommandKind.ClearRepayment or CommandKind.ReverseRepayment => Roles.Decide,
        CommandKind.Refund or CommandKind.Chargeback or CommandKind.PostInterest or CommandKind.PostFee or CommandKind.WriteOff or CommandKind.Recover => Roles.Decide,
        CommandKind.RepayEarly => Roles.Decide,
        CommandKind.GrantHoliday or CommandKind.ExtendLoan or CommandKind.RenewLoan => Roles.Risk | Roles.Operate,
        CommandKind.Void => Roles.Decide | Roles.Operate,
        CommandKind.Reverse => Roles.Decide,
        CommandKind.Adjust => Roles.Operate,
        CommandKind.ResolveReferral => Roles.Risk,
        CommandKind.OpenNode or CommandKind.OpenFacility or CommandKind.LinkNode or CommandKind.UnlinkNode or CommandKind.MoveFacility => Roles.Operate,
        CommandKind.SetLimit or CommandKind.SetSubLimit or CommandKind.SetVelocityLimit or CommandKind.SetReviewThreshold => Roles.Risk,
        CommandKind.Freeze or CommandKind.Unfreeze => Roles.Risk | Roles.Operate,
        CommandKind.Close or CommandKind.SetFxRate or CommandKind.AdvanceBusinessDate or CommandKind.TransferToPool => Roles.Operate,
        CommandKind.DefinePool or CommandKind.PutLoanInPool or CommandKind.TakeLoanFromPool => Roles.Operate,
        CommandKind.ReportLoan => Roles.Decide | Roles.Operate,
        CommandKind.ActivateFeatures or CommandKind.PutContent or CommandKind.RegisterModel or CommandKind.RegisterPolicy => Roles.Risk,
        CommandKind.ActivateModel or CommandKind.ActivatePolicy => Roles.Risk,
        _ => Roles.None,
    };

    /// <summary>Whether who sent it is kept in the audit log: everything but the requests and facts of transaction systems.</summary>
    public static bool IsPrivileged(CommandKind kind) => (Of(kind) & Roles.Decide) == 0;
}
