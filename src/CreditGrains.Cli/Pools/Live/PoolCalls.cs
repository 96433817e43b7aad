using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using Google.Protobuf;

namespace CreditGrains.Cli.Pools.Live;

/// <summary>The methods of creditgrains.v1.PoolService that commands call.</summary>
internal static class PoolCalls
{
    public static readonly RpcMethod<GetPoolRequest, Api.V1.PoolView> GetPool = Of<GetPoolRequest, Api.V1.PoolView>(nameof(GetPool));
    public static readonly RpcMethod<ListPoolsRequest, ListPoolsReply> ListPools = Of<ListPoolsRequest, ListPoolsReply>(nameof(ListPools));
    public static readonly RpcMethod<GetPoolHistoryRequest, GetPoolHistoryReply> GetPoolHistory = Of<GetPoolHistoryRequest, GetPoolHistoryReply>(nameof(GetPoolHistory));
    public static readonly RpcMethod<GetRollMatrixRequest, GetRollMatrixReply> GetRollMatrix = Of<GetRollMatrixRequest, GetRollMatrixReply>(nameof(GetRollMatrix));
    public static readonly RpcMethod<GetVintagesRequest, GetVintagesReply> GetVintages = Of<GetVintagesRequest, GetVintagesReply>(nameof(GetVintages));
    public static readonly RpcMethod<ProjectRequest, ProjectReply> Project = Of<ProjectRequest, ProjectReply>(nameof(Project));
    public static readonly RpcMethod<RunDealRequest, RunDealReply> RunDeal = Of<RunDealRequest, RunDealReply>(nameof(RunDeal));
    public static readonly RpcMethod<MeasuresRequest, MeasuresReply> Measures = Of<MeasuresRequest, MeasuresReply>(nameof(Measures));
    public static readonly RpcMethod<ScenarioGridRequest, ScenarioGridReply> ScenarioGrid = Of<ScenarioGridRequest, ScenarioGridReply>(nameof(ScenarioGrid));
    public static readonly RpcMethod<MonteCarloRequest, MonteCarloReply> MonteCarlo = Of<MonteCarloRequest, MonteCarloReply>(nameof(MonteCarlo));

    private static RpcMethod<TRequest, TResponse> Of<TRequest, TResponse>(string name)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => RpcMethod.Of<TRequest, TResponse>(PoolServiceReflection.Descriptor.Services[0], name);
}
