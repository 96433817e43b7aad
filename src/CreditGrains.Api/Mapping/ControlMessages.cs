using CreditGrains.Api.Mapping;

namespace CreditGrains.Api.Mapping
{
    /// <summary>A message of a control command.</summary>
    internal interface IControlMessage : IIdentified;
}

namespace CreditGrains.Api.V1
{
    public partial class OpenNodeRequest : IControlMessage;

    public partial class OpenFacilityRequest : IControlMessage;

    public partial class LinkNodeRequest : IControlMessage;

    public partial class UnlinkNodeRequest : IControlMessage;

    public partial class MoveFacilityRequest : IControlMessage;

    public partial class TransferToPoolRequest : IControlMessage;

    public partial class SetLimitRequest : IControlMessage;

    public partial class SetSubLimitRequest : IControlMessage;

    public partial class SetVelocityLimitRequest : IControlMessage;

    public partial class SetReviewThresholdRequest : IControlMessage;

    public partial class FreezeRequest : IControlMessage;

    public partial class UnfreezeRequest : IControlMessage;

    public partial class CloseRequest : IControlMessage;

    public partial class SetFxRateRequest : IControlMessage;

    public partial class AdvanceBusinessDateRequest : IControlMessage;

    public partial class ReportBankDebtRequest : IControlMessage;

    public partial class DefinePoolRequest : IControlMessage;

    public partial class PutLoanInPoolRequest : IControlMessage;

    public partial class TakeLoanFromPoolRequest : IControlMessage;

    public partial class ReportLoanRequest : IControlMessage;
    public partial class ActivateFeaturesRequest : IControlMessage;
    public partial class PutContentRequest : IControlMessage;

    public partial class RegisterModelRequest : IControlMessage;

    public partial class RegisterPolicyRequest : IControlMessage;

    public partial class ActivateModelRequest : IControlMessage;

    public partial class ActivatePolicyRequest : IControlMessage;
}
