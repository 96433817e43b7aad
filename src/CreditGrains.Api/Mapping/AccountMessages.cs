using CreditGrains.Api.Mapping;
using CreditGrains.Domain.Commands;
using Google.Protobuf;

namespace CreditGrains.Api.Mapping
{
    /// <summary>A message of an account command.</summary>
    internal interface IAccountMessage : IIdentified
    {
        long OccurredAtMicros { get; set; }

        ByteString Attributes { get; set; }
    }

    /// <summary>It names a facility (all but Reverse).</summary>
    internal interface IFacilityMessage : IAccountMessage
    {
        V1.FacilityKey? Facility { get; set; }
    }

    /// <summary>It has an amount.</summary>
    internal interface IAmountMessage : IFacilityMessage
    {
        long Amount { get; set; }

        string Currency { get; set; }
    }

    /// <summary>It says where and for what money was spent.</summary>
    internal interface ISpendMessage : IAmountMessage
    {
        V1.Channel Channel { get; set; }

        uint MerchantCategory { get; set; }

        uint Scenario { get; set; }
    }

    /// <summary>It may be approved in part.</summary>
    internal interface IPartialMessage
    {
        long AmountMin { get; set; }
    }

    /// <summary>It sets the life of an item.</summary>
    internal interface ILifetimeMessage
    {
        int LifetimeSeconds { get; set; }
    }

    /// <summary>It refers to a hold, repayment or referral.</summary>
    internal interface IReferringMessage
    {
        long Reference { get; set; }
    }

    /// <summary>It has a yes/no part.</summary>
    internal interface IOptionMessage
    {
        CommandOptions Options { get; set; }
    }
}

// The generated messages, and under which names they carry the fields of a command.
namespace CreditGrains.Api.V1
{
    public partial class AuthorizeRequest : ISpendMessage, IPartialMessage, ILifetimeMessage
    {
        int ILifetimeMessage.LifetimeSeconds { get => HoldSeconds; set => HoldSeconds = value; }
    }

    public partial class IncreaseHoldRequest : IAmountMessage, ILifetimeMessage, IReferringMessage
    {
        int ILifetimeMessage.LifetimeSeconds { get => HoldSeconds; set => HoldSeconds = value; }

        long IReferringMessage.Reference { get => HoldId; set => HoldId = value; }
    }

    public partial class DrawdownRequest : ISpendMessage, IPartialMessage, ILifetimeMessage
    {
        int ILifetimeMessage.LifetimeSeconds { get => ReferralSeconds; set => ReferralSeconds = value; }
    }

    public partial class CaptureRequest : ISpendMessage, IReferringMessage, IOptionMessage
    {
        long IReferringMessage.Reference { get => HoldId; set => HoldId = value; }

        CommandOptions IOptionMessage.Options
        {
            get => Final ? CommandOptions.Final : CommandOptions.None;
            set => Final = value.HasFlag(CommandOptions.Final);
        }
    }

    public partial class ClearWithoutHoldRequest : ISpendMessage;

    public partial class RepayRequest : IAmountMessage, ILifetimeMessage, IOptionMessage
    {
        int ILifetimeMessage.LifetimeSeconds { get => ClearsInSeconds; set => ClearsInSeconds = value; }

        CommandOptions IOptionMessage.Options
        {
            get => Uncleared ? CommandOptions.Uncleared : CommandOptions.None;
            set => Uncleared = value.HasFlag(CommandOptions.Uncleared);
        }
    }

    public partial class ClearRepaymentRequest : IFacilityMessage, IReferringMessage
    {
        long IReferringMessage.Reference { get => RepaymentId; set => RepaymentId = value; }
    }

    public partial class ReverseRepaymentRequest : IFacilityMessage, IReferringMessage
    {
        long IReferringMessage.Reference { get => RepaymentId; set => RepaymentId = value; }
    }

    public partial class RefundRequest : ISpendMessage;

    public partial class ChargebackRequest : ISpendMessage;

    public partial class PostInterestRequest : IAmountMessage;

    public partial class PostFeeRequest : IAmountMessage;

    public partial class WriteOffRequest : IAmountMessage, IReferringMessage
    {
        long IReferringMessage.Reference { get => LoanId; set => LoanId = value; }
    }

    public partial class RecoverRequest : IAmountMessage, IReferringMessage
    {
        long IReferringMessage.Reference { get => LoanId; set => LoanId = value; }
    }

    public partial class RepayEarlyRequest : IAmountMessage, IReferringMessage, IOptionMessage
    {
        long IReferringMessage.Reference { get => LoanId; set => LoanId = value; }

        CommandOptions IOptionMessage.Options
        {
            get => ShrinksTerm ? CommandOptions.ShrinksTerm : CommandOptions.None;
            set => ShrinksTerm = value.HasFlag(CommandOptions.ShrinksTerm);
        }
    }

    public partial class GrantHolidayRequest : IFacilityMessage, IReferringMessage
    {
        long IReferringMessage.Reference { get => LoanId; set => LoanId = value; }
    }

    public partial class ExtendLoanRequest : IFacilityMessage, IReferringMessage
    {
        long IReferringMessage.Reference { get => LoanId; set => LoanId = value; }
    }

    public partial class RenewLoanRequest : IFacilityMessage, IReferringMessage, IOptionMessage
    {
        long IReferringMessage.Reference { get => LoanId; set => LoanId = value; }

        CommandOptions IOptionMessage.Options
        {
            get => Eligible ? CommandOptions.Eligible : CommandOptions.None;
            set => Eligible = value.HasFlag(CommandOptions.Eligible);
        }
    }

    public partial class ImportLoanRequest : IAmountMessage;

    public partial class AdjustRequest : IAmountMessage
    {
        long IAmountMessage.Amount { get => PrincipalDelta; set => PrincipalDelta = value; }
    }

    public partial class VoidRequest : IFacilityMessage, IReferringMessage
    {
        long IReferringMessage.Reference { get => HoldId; set => HoldId = value; }
    }

    public partial class ReverseRequest : IAccountMessage;

    public partial class RequestReviewRequest : IFacilityMessage, IReferringMessage
    {
        long IReferringMessage.Reference { get => DeclinedId; set => DeclinedId = value; }
    }

    public partial class ResolveReferralRequest : IFacilityMessage, IReferringMessage, IOptionMessage
    {
        long IReferringMessage.Reference { get => ReferralId; set => ReferralId = value; }

        CommandOptions IOptionMessage.Options
        {
            get => Accept ? CommandOptions.Accept : CommandOptions.None;
            set => Accept = value.HasFlag(CommandOptions.Accept);
        }
    }
}
