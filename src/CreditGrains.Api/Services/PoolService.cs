using CreditGrains.Api.Mapping;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Pools;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Api.Services;

/// <summary>creditgrains.v1.PoolService: terms, live state and jobs. The calls are described in its proto.</summary>
internal sealed class PoolService(EngineAccess access)
{
    private const int PageSizeUsual = 100;
    private const int PageSizeMax = 1_000;
    private const int RollMonthsUsual = 6;
    private readonly CommandCalls calls = new(access);
    private readonly PoolJobs jobs = new(access);

    public void Bind(ServiceTable table)
    {
        var binder = table.Bind(V1.PoolServiceReflection.Descriptor.Services[0]);
        calls.Bind<V1.DefinePoolRequest>(binder, CommandKind.DefinePool);
        calls.Bind<V1.PutLoanInPoolRequest>(binder, CommandKind.PutLoanInPool);
        calls.Bind<V1.TakeLoanFromPoolRequest>(binder, CommandKind.TakeLoanFromPool);
        calls.Bind<V1.ReportLoanRequest>(binder, CommandKind.ReportLoan);
        binder
            .Unary<V1.GetPoolRequest, V1.PoolView>("GetPool", async (request, context) => PoolMapping.Write(await ReadAsync(request.Pool, context), request.WithTerms), compress: true)
            .Unary<V1.ListPoolsRequest, V1.ListPoolsReply>("ListPools", ListAsync)
            .Unary<V1.GetPoolHistoryRequest, V1.GetPoolHistoryReply>("GetPoolHistory", HistoryAsync, compress: true)
            .Unary<V1.GetRollMatrixRequest, V1.GetRollMatrixReply>("GetRollMatrix", RollsAsync)
            .Unary<V1.GetVintagesRequest, V1.GetVintagesReply>("GetVintages", async (request, context) => PoolMapping.WriteVintages((await ReadAsync(request.Pool, context)).Ledger), compress: true)
            .ServerStreaming<V1.ProjectRequest, V1.ProjectReply>("Project", jobs.ProjectAsync, compress: true)
            .ServerStreaming<V1.RunDealRequest, V1.RunDealReply>("RunDeal", jobs.RunDealAsync, compress: true)
            .ServerStreaming<V1.MeasuresRequest, V1.MeasuresReply>("Measures", jobs.MeasuresAsync)
            .ServerStreaming<V1.ScenarioGridRequest, V1.ScenarioGridReply>("ScenarioGrid", jobs.GridAsync, compress: true)
            .ServerStreaming<V1.MonteCarloRequest, V1.MonteCarloReply>("MonteCarlo", jobs.MonteCarloAsync);
    }

    /// <summary>The key of a pool from a request.</summary>
    /// <exception cref="RpcException">InvalidArgument: it is none.</exception>
    internal static NodeKey KeyOf(V1.NodeKey? message)
    {
        var fields = new Fields();
        var key = fields.Node("pool", message);
        if (!fields.Fault.IsNone) throw Invalid(fields.Fault.Message!);
        return key.Kind == NodeKind.Pool ? key : throw Invalid($"pool names a {key.Kind}; name a node of kind pool");
    }

    /// <summary>There is no such pool.</summary>
    internal static RpcException Unknown(NodeKey key) => new(StatusCode.NotFound, $"{key} has no terms of a pool; define it first.");

    private async ValueTask<PoolState> ReadAsync(V1.NodeKey? message, CallContext context)
    {
        var key = KeyOf(message);
        return await access.PoolsFor(context).GetPoolAsync(key).Guarded() ?? throw Unknown(key);
    }

    private async ValueTask<V1.ListPoolsReply> ListAsync(V1.ListPoolsRequest request, CallContext context)
    {
        var fields = new Fields();
        var tenant = fields.Tenant(request.Tenant);
        if (!fields.Fault.IsNone) throw Invalid(fields.Fault.Message!);
        var after = request.PageToken.Length == 0 ? default : OpaqueToken.ToKey("page_token", request.PageToken);
        if (after != default && after.Tenant != tenant) throw Invalid("page_token is of another tenant");
        var take = PageSize(request.PageSize);
        var found = await access.PoolsFor(context).ListPoolsAsync(tenant, after, take).Guarded();
        return new V1.ListPoolsReply { Pools = { found.Select(Keys.ToNode) }, NextPageToken = found.Count < take ? "" : OpaqueToken.OfKey(found[^1]) };
    }

    private async ValueTask<V1.GetPoolHistoryReply> HistoryAsync(V1.GetPoolHistoryRequest request, CallContext context)
    {
        var pool = (await ReadAsync(request.Pool, context)).Ledger;
        var end = request.PageToken.Length == 0 ? pool.History.Count : (int)Math.Min(pool.History.Count, OpaqueToken.ToSequence("page_token", OpaqueToken.Use.History, request.PageToken));
        var take = PageSize(request.PageSize);
        var cumulative = pool.CumulativeDefaults().Select(point => point.Ratio).ToArray();
        var reply = new V1.GetPoolHistoryReply();
        for (var i = end - 1; i >= Math.Max(0, end - take); i--) reply.Months.Add(PoolMapping.Write(pool.History[i], cumulative[i]));
        if (end > take) reply.NextPageToken = OpaqueToken.OfSequence(OpaqueToken.Use.History, end - take);
        return reply;
    }

    private async ValueTask<V1.GetRollMatrixReply> RollsAsync(V1.GetRollMatrixRequest request, CallContext context)
    {
        if (request.Months is < 0 or > PoolLedger.PeriodsMax) throw Invalid($"months is {request.Months}; use 1 to {PoolLedger.PeriodsMax}, or 0 for {RollMonthsUsual}");
        return PoolMapping.Write((await ReadAsync(request.Pool, context)).Ledger, request.Months == 0 ? RollMonthsUsual : request.Months, request.ByNumber);
    }

    private static int PageSize(int asked) => asked switch
    {
        0 => PageSizeUsual,
        >= 1 and <= PageSizeMax => asked,
        _ => throw Invalid($"page_size is {asked}; use 1 to {PageSizeMax}, or 0 for {PageSizeUsual}"),
    };

    private static RpcException Invalid(string message) => new(StatusCode.InvalidArgument, message);
}
