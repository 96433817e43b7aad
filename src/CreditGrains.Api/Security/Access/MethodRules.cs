using System.Collections.Frozen;

namespace CreditGrains.Api.Security.Access;

/// <summary>
/// Every method served and who may call it. Commands are checked again by their kind, keys by tenant and legal entity, once they are read. A method
/// without a row is refused to all, and a server that binds one does not start.
/// </summary>
internal static class MethodRules
{
    private const Roles Anybody = RoleNames.All;
    private const Roles Commands = Roles.Decide | Roles.Risk | Roles.Operate;
    private const string Limit = "/creditgrains.v1.LimitService/";
    private const string Control = "/creditgrains.v1.ControlService/";
    private const string Approval = "/creditgrains.v1.ApprovalService/";
    private const string Vault = "/creditgrains.v1.VaultService/";
    private const string Pool = "/creditgrains.v1.PoolService/";
    private const string Risk = "/creditgrains.v1.RiskService/";
    private const string Query = "/creditgrains.v1.QueryService/";

    /// <summary>The rows by path.</summary>
    public static FrozenDictionary<string, MethodRule> All { get; } = Rows().ToFrozenDictionary(row => row.Path, row => row.Rule, StringComparer.Ordinal);

    /// <summary>The rule of a method; null when it has none.</summary>
    public static MethodRule? Find(string path) => All.GetValueOrDefault(path);

    private static IEnumerable<(string Path, MethodRule Rule)> Rows() =>
    [
        .. Methods(Limit, Roles.Decide,
            "Authorize", "IncreaseHold", "Drawdown", "Capture", "ClearWithoutHold", "Repay", "ClearRepayment", "ReverseRepayment", "Refund", "Chargeback",
            "PostInterest", "PostFee", "WriteOff", "Recover", "Reverse", "RepayEarly", "AuthorizeBatch", "AuthorizeStream"),
        .. Methods(Limit, Roles.Risk | Roles.Operate, "GrantHoliday", "ExtendLoan", "RenewLoan"),
        .. Methods(Limit, Roles.Operate, "Adjust", "ImportLoan"),
        .. Methods(Limit, Roles.Decide | Roles.Operate, "Void"),
        .. Methods(Limit, Roles.Risk, "ResolveReferral"),
        .. Methods(Limit, Commands, "Execute", "ExecuteBatch", "ExecuteStream"),
        .. Methods(Control, Roles.Operate,
            "OpenNode", "OpenFacility", "LinkNode", "UnlinkNode", "MoveFacility", "Close", "SetFxRate", "AdvanceBusinessDate", "TransferToPool", "Import"),
        .. Methods(Control, Roles.Risk, "SetLimit", "SetSubLimit", "SetVelocityLimit", "SetReviewThreshold"),
        .. Methods(Control, Roles.Risk | Roles.Operate, "Freeze", "Unfreeze", "ReportBankDebt"),
        .. EngineWide(Control, Roles.Risk, "ActivateFeatures"),
        .. EngineWide(Control, Roles.Operate, "ConfirmClock", "Snapshot"),
        .. Methods(Query, Roles.Read, "GetFacility", "GetFacilityAsOf", "GetNode", "ListNodes", "GetDecision", "GetHistory", "Feed", "ListAlerts"),
        .. EngineWide(Query, Roles.Read | Roles.Operate, "GetStatus"),
        .. Methods(Pool, Roles.Operate, "DefinePool", "PutLoanInPool", "TakeLoanFromPool"),
        .. Methods(Pool, Roles.Decide | Roles.Operate, "ReportLoan"),
        .. Methods(Pool, Roles.Read,
            "GetPool", "ListPools", "GetPoolHistory", "GetRollMatrix", "GetVintages", "Project", "RunDeal", "Measures", "ScenarioGrid", "MonteCarlo"),
        .. Methods(Risk, Roles.Risk, "RegisterModel", "RegisterPolicy", "ActivateModel", "ActivatePolicy", "NoteOutcomes", "StartBacktest", "CancelJob"),
        .. Methods(Risk, Roles.Risk | Roles.Operate, "RequestReview"),
        .. Methods(Risk, Roles.Read | Roles.Risk, "ListVersions", "Score", "ListReferrals", "GetJob", "ListJobs"),
        .. Methods(Risk, Roles.Read, "Explain", "GetMonitoring"),
        .. Methods(Approval, Roles.Risk | Roles.Operate, "Propose", "Reject"),
        .. Methods(Approval, Roles.Risk, "Approve"),
        .. Methods(Approval, Roles.Risk | Roles.Operate | Roles.Read, "ListProposals"),
        .. Methods(Vault, Roles.Operate, "PutPersonalData"),
        .. Methods(Vault, Roles.Operate | Roles.Risk, "GetPersonalData"),
        .. Methods(Vault, Roles.Admin, "ForgetPersonalData"),
        .. Health("/grpc.health.v1.Health/", "Check", "Watch"),
        .. Methods("/grpc.reflection.v1.ServerReflection/", Anybody, "ServerReflectionInfo"),
        .. Methods("/grpc.reflection.v1alpha.ServerReflection/", Anybody, "ServerReflectionInfo"),
    ];

    private static IEnumerable<(string Path, MethodRule Rule)> Methods(string service, Roles roles, params string[] methods) =>
        methods.Select(method => (service + method, new MethodRule(roles)));

    private static IEnumerable<(string Path, MethodRule Rule)> EngineWide(string service, Roles roles, params string[] methods) =>
        methods.Select(method => (service + method, new MethodRule(roles, IsEngineWide: true)));

    private static IEnumerable<(string Path, MethodRule Rule)> Health(string service, params string[] methods) =>
        methods.Select(method => (service + method, new MethodRule(Anybody, IsHealth: true)));
}
