using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Requests;
using Case = CreditGrains.Api.V1.Command.CommandOneofCase;

namespace CreditGrains.Api.Mapping;

/// <summary>The border between messages and commands: everything that comes in or goes out as protobuf passes here.</summary>
internal static class CommandMapping
{
    /// <summary>Reads a message of its own; the field number in <see cref="V1.Command"/> is the kind.</summary>
    /// <returns>None, or why no command can hold the message; the command is then of kind None.</returns>
    public static Refusal TryRead(IIdentified message, CommandKind kind, out Command command)
    {
        var fields = new Fields();
        command = new Command { Kind = kind };
        command.Id = fields.RequestId("request", message.Forms());
        return Finish(message, ref command, ref fields);
    }

    /// <summary>Reads one of a oneof.</summary>
    public static Refusal TryRead(V1.Command message, out Command command)
    {
        if (Body(message) is { } body) return TryRead(body, (CommandKind)message.CommandCase, out command);
        command = default;
        return Missing;
    }

    /// <summary>Reads a row, which has no id of its own, under the id of its place.</summary>
    public static Refusal TryReadRow(V1.Command message, RequestId id, out Command command)
    {
        command = default;
        if (Body(message) is not { } body) return Missing;
        var fields = new Fields();
        command.Kind = (CommandKind)message.CommandCase;
        command.Id = id;
        if (body.Forms().Form != IdentityForm.None)
            fields.Fail(Reason.InvalidRequestId, "a row of an import has no request id of its own; leave it out");
        return Finish(body, ref command, ref fields);
    }

    /// <summary>The message of a command, with its id unless that is default.</summary>
    public static V1.Command Write(in Command command)
    {
        var message = new V1.Command();
        var body = command.Control is { } control && !command.Kind.IsAccount() ? ControlWriting.Write(control) : Account(command);
        if (command.Id != default) body.SetId(command.Id);
        SetBody(message, body);
        return message;
    }

    /// <summary>The message of a control command, without id.</summary>
    public static V1.Command Write(ControlCommand control)
    {
        var message = new V1.Command();
        SetBody(message, ControlWriting.Write(control));
        return message;
    }

    private static readonly Refusal Missing = new(Reason.InvalidKind, "the command is missing; set exactly one of its fields");

    private static Refusal Finish(IIdentified message, ref Command command, ref Fields fields)
    {
        if (message is IAccountMessage account) AccountMapping.Read(account, ref command, ref fields);
        else command = Command.Of(command.Id, ControlReading.Read((IControlMessage)message, ref fields));
        return fields.Conclude(ref command);
    }

    private static IIdentified Account(in Command command)
    {
        var message = Empty(command.Kind);
        AccountMapping.Write(command, message);
        return message;
    }

    private static IAccountMessage Empty(CommandKind kind) => kind switch
    {
        CommandKind.Authorize => new V1.AuthorizeRequest(),
        CommandKind.IncreaseHold => new V1.IncreaseHoldRequest(),
        CommandKind.Drawdown => new V1.DrawdownRequest(),
        CommandKind.Capture => new V1.CaptureRequest(),
        CommandKind.ClearWithoutHold => new V1.ClearWithoutHoldRequest(),
        CommandKind.Repay => new V1.RepayRequest(),
        CommandKind.ClearRepayment => new V1.ClearRepaymentRequest(),
        CommandKind.ReverseRepayment => new V1.ReverseRepaymentRequest(),
        CommandKind.Refund => new V1.RefundRequest(),
        CommandKind.Chargeback => new V1.ChargebackRequest(),
        CommandKind.PostInterest => new V1.PostInterestRequest(),
        CommandKind.PostFee => new V1.PostFeeRequest(),
        CommandKind.WriteOff => new V1.WriteOffRequest(),
        CommandKind.Recover => new V1.RecoverRequest(),
        CommandKind.Adjust => new V1.AdjustRequest(),
        CommandKind.RepayEarly => new V1.RepayEarlyRequest(),
        CommandKind.GrantHoliday => new V1.GrantHolidayRequest(),
        CommandKind.ExtendLoan => new V1.ExtendLoanRequest(),
        CommandKind.RenewLoan => new V1.RenewLoanRequest(),
        CommandKind.ImportLoan => new V1.ImportLoanRequest(),
        CommandKind.Void => new V1.VoidRequest(),
        CommandKind.Reverse => new V1.ReverseRequest(),
        CommandKind.ResolveReferral => new V1.ResolveReferralRequest(),
        CommandKind.RequestReview => new V1.RequestReviewRequest(),
        _ => throw new NotSupportedException($"{kind} is not sent by callers."),
    };

    private static IIdentified? Body(V1.Command message) => message.CommandCase switch
    {
        Case.Authorize => message.Authorize,
        Case.IncreaseHold => message.IncreaseHold,
        Case.Drawdown => message.Drawdown,
        Case.Capture => message.Capture,
        Case.ClearWithoutHold => message.ClearWithoutHold,
        Case.Repay => message.Repay,
        Case.ClearRepayment => message.ClearRepayment,
        Case.ReverseRepayment => message.ReverseRepayment,
        Case.Refund => message.Refund,
        Case.Chargeback => message.Chargeback,
        Case.PostInterest => message.PostInterest,
        Case.PostFee => message.PostFee,
        Case.WriteOff => message.WriteOff,
        Case.Recover => message.Recover,
        Case.Adjust => message.Adjust,
        Case.RepayEarly => message.RepayEarly,
        Case.GrantHoliday => message.GrantHoliday,
        Case.ExtendLoan => message.ExtendLoan,
        Case.RenewLoan => message.RenewLoan,
        Case.ImportLoan => message.ImportLoan,
        Case.Void => message.Void,
        Case.Reverse => message.Reverse,
        Case.ResolveReferral => message.ResolveReferral,
        Case.RequestReview => message.RequestReview,
        Case.OpenNode => message.OpenNode,
        Case.OpenFacility => message.OpenFacility,
        Case.LinkNode => message.LinkNode,
        Case.UnlinkNode => message.UnlinkNode,
        Case.MoveFacility => message.MoveFacility,
        Case.SetLimit => message.SetLimit,
        Case.SetSubLimit => message.SetSubLimit,
        Case.SetVelocityLimit => message.SetVelocityLimit,
        Case.SetReviewThreshold => message.SetReviewThreshold,
        Case.Freeze => message.Freeze,
        Case.Unfreeze => message.Unfreeze,
        Case.Close => message.Close,
        Case.SetFxRate => message.SetFxRate,
        Case.AdvanceBusinessDate => message.AdvanceBusinessDate,
        Case.ReportBankDebt => message.ReportBankDebt,
        Case.TransferToPool => message.TransferToPool,
        Case.DefinePool => message.DefinePool,
        Case.PutLoanInPool => message.PutLoanInPool,
        Case.TakeLoanFromPool => message.TakeLoanFromPool,
        Case.ReportLoan => message.ReportLoan,
        Case.ActivateFeatures => message.ActivateFeatures,
        Case.PutContent => message.PutContent,
        Case.RegisterModel => message.RegisterModel,
        Case.RegisterPolicy => message.RegisterPolicy,
        Case.ActivateModel => message.ActivateModel,
        Case.ActivatePolicy => message.ActivatePolicy,
        _ => null,
    };

    private static void SetBody(V1.Command message, IIdentified body)
    {
        switch (body)
        {
            case V1.AuthorizeRequest m: message.Authorize = m; break;
            case V1.IncreaseHoldRequest m: message.IncreaseHold = m; break;
            case V1.DrawdownRequest m: message.Drawdown = m; break;
            case V1.CaptureRequest m: message.Capture = m; break;
            case V1.ClearWithoutHoldRequest m: message.ClearWithoutHold = m; break;
            case V1.RepayRequest m: message.Repay = m; break;
            case V1.ClearRepaymentRequest m: message.ClearRepayment = m; break;
            case V1.ReverseRepaymentRequest m: message.ReverseRepayment = m; break;
            case V1.RefundRequest m: message.Refund = m; break;
            case V1.ChargebackRequest m: message.Chargeback = m; break;
            case V1.PostInterestRequest m: message.PostInterest = m; break;
            case V1.PostFeeRequest m: message.PostFee = m; break;
            case V1.WriteOffRequest m: message.WriteOff = m; break;
            case V1.RecoverRequest m: message.Recover = m; break;
            case V1.AdjustRequest m: message.Adjust = m; break;
            case V1.RepayEarlyRequest m: message.RepayEarly = m; break;
            case V1.GrantHolidayRequest m: message.GrantHoliday = m; break;
            case V1.ExtendLoanRequest m: message.ExtendLoan = m; break;
            case V1.RenewLoanRequest m: message.RenewLoan = m; break;
            case V1.ImportLoanRequest m: message.ImportLoan = m; break;
            case V1.VoidRequest m: message.Void = m; break;
            case V1.ReverseRequest m: message.Reverse = m; break;
            case V1.ResolveReferralRequest m: message.ResolveReferral = m; break;
            case V1.RequestReviewRequest m: message.RequestReview = m; break;
            case V1.OpenNodeRequest m: message.OpenNode = m; break;
            case V1.OpenFacilityRequest m: message.OpenFacility = m; break;
            case V1.LinkNodeRequest m: message.LinkNode = m; break;
            case V1.UnlinkNodeRequest m: message.UnlinkNode = m; break;
            case V1.MoveFacilityRequest m: message.MoveFacility = m; break;
            case V1.SetLimitRequest m: message.SetLimit = m; break;
            case V1.SetSubLimitRequest m: message.SetSubLimit = m; break;
            case V1.SetVelocityLimitRequest m: message.SetVelocityLimit = m; break;
            case V1.SetReviewThresholdRequest m: message.SetReviewThreshold = m; break;
            case V1.FreezeRequest m: message.Freeze = m; break;
            case V1.UnfreezeRequest m: message.Unfreeze = m; break;
            case V1.CloseRequest m: message.Close = m; break;
            case V1.SetFxRateRequest m: message.SetFxRate = m; break;
            case V1.AdvanceBusinessDateRequest m: message.AdvanceBusinessDate = m; break;
            case V1.ReportBankDebtRequest m: message.ReportBankDebt = m; break;
            case V1.TransferToPoolRequest m: message.TransferToPool = m; break;
            case V1.DefinePoolRequest m: message.DefinePool = m; break;
            case V1.PutLoanInPoolRequest m: message.PutLoanInPool = m; break;
            case V1.TakeLoanFromPoolRequest m: message.TakeLoanFromPool = m; break;
            case V1.ReportLoanRequest m: message.ReportLoan = m; break;
            case V1.ActivateFeaturesRequest m: message.ActivateFeatures = m; break;
            case V1.PutContentRequest m: message.PutContent = m; break;
            case V1.RegisterModelRequest m: message.RegisterModel = m; break;
            case V1.RegisterPolicyRequest m: message.RegisterPolicy = m; break;
            case V1.ActivateModelRequest m: message.ActivateModel = m; break;
            case V1.ActivatePolicyRequest m: message.ActivatePolicy = m; break;
            default: throw new NotSupportedException($"No field for {body.GetType().Name}.");
        }
    }
}
