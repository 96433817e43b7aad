using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using Google.Protobuf;

namespace CreditGrains.Cli.Connection;

/// <summary>The methods of creditgrains.v1 that commands call.</summary>
internal static class Calls
{
    public static readonly RpcMethod<AuthorizeRequest, Decision> Authorize = Limit<AuthorizeRequest, Decision>(nameof(Authorize));
    public static readonly RpcMethod<Command, Decision> Execute = Limit<Command, Decision>(nameof(Execute));
    public static readonly RpcMethod<ExecuteBatchRequest, ExecuteBatchReply> ExecuteBatch = Limit<ExecuteBatchRequest, ExecuteBatchReply>(nameof(ExecuteBatch));
    public static readonly RpcMethod<ImportRecord, ImportReply> Import = Control<ImportRecord, ImportReply>(nameof(Import));
    public static readonly RpcMethod<SnapshotRequest, SnapshotReply> Snapshot = Control<SnapshotRequest, SnapshotReply>(nameof(Snapshot));
    public static readonly RpcMethod<ConfirmClockRequest, ConfirmClockReply> ConfirmClock = Control<ConfirmClockRequest, ConfirmClockReply>(nameof(ConfirmClock));
    public static readonly RpcMethod<GetFacilityRequest, GetFacilityReply> GetFacility = Query<GetFacilityRequest, GetFacilityReply>(nameof(GetFacility));
    public static readonly RpcMethod<GetFacilityAsOfRequest, GetFacilityAsOfReply> GetFacilityAsOf = Query<GetFacilityAsOfRequest, GetFacilityAsOfReply>(nameof(GetFacilityAsOf));
    public static readonly RpcMethod<GetNodeRequest, GetNodeReply> GetNode = Query<GetNodeRequest, GetNodeReply>(nameof(GetNode));
    public static readonly RpcMethod<ListNodesRequest, ListNodesReply> ListNodes = Query<ListNodesRequest, ListNodesReply>(nameof(ListNodes));
    public static readonly RpcMethod<GetDecisionRequest, GetDecisionReply> GetDecision = Query<GetDecisionRequest, GetDecisionReply>(nameof(GetDecision));
    public static readonly RpcMethod<GetHistoryRequest, GetHistoryReply> GetHistory = Query<GetHistoryRequest, GetHistoryReply>(nameof(GetHistory));
    public static readonly RpcMethod<FeedRequest, FeedEvent> Feed = Query<FeedRequest, FeedEvent>(nameof(Feed));
    public static readonly RpcMethod<GetStatusRequest, GetStatusReply> GetStatus = Query<GetStatusRequest, GetStatusReply>(nameof(GetStatus));
    public static readonly RpcMethod<ListAlertsRequest, ListAlertsReply> ListAlerts = Query<ListAlertsRequest, ListAlertsReply>(nameof(ListAlerts));
    public static readonly RpcMethod<RegisterModelFileRequest, RegisterReply> RegisterModel = Risk<RegisterModelFileRequest, RegisterReply>(nameof(RegisterModel));
    public static readonly RpcMethod<RegisterPolicyFileRequest, RegisterReply> RegisterPolicy = Risk<RegisterPolicyFileRequest, RegisterReply>(nameof(RegisterPolicy));
    public static readonly RpcMethod<ActivateModelRequest, Decision> ActivateModel = Risk<ActivateModelRequest, Decision>(nameof(ActivateModel));
    public static readonly RpcMethod<ActivatePolicyRequest, Decision> ActivatePolicy = Risk<ActivatePolicyRequest, Decision>(nameof(ActivatePolicy));
    public static readonly RpcMethod<ListVersionsRequest, ListVersionsReply> ListVersions = Risk<ListVersionsRequest, ListVersionsReply>(nameof(ListVersions));
    public static readonly RpcMethod<ExplainRequest, ExplainReply> Explain = Risk<ExplainRequest, ExplainReply>(nameof(Explain));
    public static readonly RpcMethod<GetMonitoringRequest, GetMonitoringReply> GetMonitoring = Risk<GetMonitoringRequest, GetMonitoringReply>(nameof(GetMonitoring));
    public static readonly RpcMethod<RequestReviewRequest, Decision> RequestReview = Risk<RequestReviewRequest, Decision>(nameof(RequestReview));
    public static readonly RpcMethod<ListReferralsRequest, ListReferralsReply> ListReferrals = Risk<ListReferralsRequest, ListReferralsReply>(nameof(ListReferrals));
    public static readonly RpcMethod<ResolveReferralRequest, Decision> ResolveReferral = Limit<ResolveReferralRequest, Decision>(nameof(ResolveReferral));
    public static readonly RpcMethod<NoteOutcomesRequest, NoteOutcomesReply> NoteOutcomes = Risk<NoteOutcomesRequest, NoteOutcomesReply>(nameof(NoteOutcomes));
    public static readonly RpcMethod<StartBacktestRequest, Job> StartBacktest = Risk<StartBacktestRequest, Job>(nameof(StartBacktest));
    public static readonly RpcMethod<GetJobRequest, Job> GetJob = Risk<GetJobRequest, Job>(nameof(GetJob));
    public static readonly RpcMethod<CancelJobRequest, Job> CancelJob = Risk<CancelJobRequest, Job>(nameof(CancelJob));
    public static readonly RpcMethod<ListJobsRequest, ListJobsReply> ListJobs = Risk<ListJobsRequest, ListJobsReply>(nameof(ListJobs));

    public static readonly RpcMethod<ProposeRequest, Proposal> Propose = Approval<ProposeRequest, Proposal>(nameof(Propose));
    public static readonly RpcMethod<ApproveRequest, ApproveReply> Approve = Approval<ApproveRequest, ApproveReply>(nameof(Approve));
    public static readonly RpcMethod<RejectRequest, Proposal> Reject = Approval<RejectRequest, Proposal>(nameof(Reject));
    public static readonly RpcMethod<ListProposalsRequest, ListProposalsReply> ListProposals = Approval<ListProposalsRequest, ListProposalsReply>(nameof(ListProposals));

    private static RpcMethod<TRequest, TResponse> Approval<TRequest, TResponse>(string name)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => RpcMethod.Of<TRequest, TResponse>(ApprovalServiceReflection.Descriptor.Services[0], name);

    private static RpcMethod<TRequest, TResponse> Limit<TRequest, TResponse>(string name)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => RpcMethod.Of<TRequest, TResponse>(LimitServiceReflection.Descriptor.Services[0], name);

    private static RpcMethod<TRequest, TResponse> Control<TRequest, TResponse>(string name)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => RpcMethod.Of<TRequest, TResponse>(ControlServiceReflection.Descriptor.Services[0], name);

    private static RpcMethod<TRequest, TResponse> Query<TRequest, TResponse>(string name)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => RpcMethod.Of<TRequest, TResponse>(QueryServiceReflection.Descriptor.Services[0], name);

    private static RpcMethod<TRequest, TResponse> Risk<TRequest, TResponse>(string name)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => RpcMethod.Of<TRequest, TResponse>(RiskServiceReflection.Descriptor.Services[0], name);
}
