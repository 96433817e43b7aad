using CreditGrains.Api.Mapping;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Queries;
using By = CreditGrains.Api.V1.GetDecisionRequest.ByOneofCase;

namespace CreditGrains.Api.Services;

/// <summary>creditgrains.v1.QueryService: durable reads. The calls are described in its proto.</summary>
internal sealed class QueryService(EngineAccess access)
{
    private readonly RiskFiles files = new();
    private const int PageSizeUsual = 100;
    private const int PageSizeMax = 1_000;

    public void Bind(ServiceTable table) => table.Bind(V1.QueryServiceReflection.Descriptor.Services[0])
        .Unary<V1.GetFacilityRequest, V1.GetFacilityReply>("GetFacility", GetFacilityAsync)
        .Unary<V1.GetFacilityAsOfRequest, V1.GetFacilityAsOfReply>("GetFacilityAsOf", GetFacilityAsOfAsync)
        .Unary<V1.GetNodeRequest, V1.GetNodeReply>("GetNode", GetNodeAsync)
        .Unary<V1.ListNodesRequest, V1.ListNodesReply>("ListNodes", ListNodesAsync, compress: true)
        .Unary<V1.GetDecisionRequest, V1.GetDecisionReply>("GetDecision", GetDecisionAsync)
        .Unary<V1.GetHistoryRequest, V1.GetHistoryReply>("GetHistory", GetHistoryAsync, compress: true)
        .ServerStreaming<V1.FeedRequest, V1.FeedEvent>("Feed", new FeedCall(access).RunAsync)
        .Unary<V1.GetStatusRequest, V1.GetStatusReply>("GetStatus", async (_, context) => ViewMapping.Write(await access.For(context).GetStatusAsync().Guarded(), GC.GetTotalPauseDuration()));

    private async ValueTask<V1.GetFacilityReply> GetFacilityAsync(V1.GetFacilityRequest request, CallContext context)
    {
        var view = await access.For(context).GetFacilityAsync(Facility(request.Facility)).Guarded();
        return new V1.GetFacilityReply { Facility = view is null ? null : ViewMapping.Write(view) };
    }

    private async ValueTask<V1.GetFacilityAsOfReply> GetFacilityAsOfAsync(V1.GetFacilityAsOfRequest request, CallContext context)
    {
        var key = Facility(request.Facility);
        if (request.AsOfMicros <= 0) throw Invalid("as_of_micros must be 1 or more");
        return new V1.GetFacilityAsOfReply { LastEvent = Write(await access.For(context).GetFacilityAsOfAsync(key, request.AsOfMicros).Guarded()) };
    }

    private async ValueTask<V1.GetNodeReply> GetNodeAsync(V1.GetNodeRequest request, CallContext context)
    {
        var fields = new Fields();
        var key = fields.Node("node", request.Node);
        ThrowIfInvalid(fields);
        if (request.AsOfMicros < 0) throw Invalid("as_of_micros must be 0 or more");
        var view = request.AsOfMicros == 0
            ? await access.For(context).GetNodeAsync(key).Guarded()
            : await access.For(context).GetNodeAsOfAsync(key, request.AsOfMicros, context.CancellationToken).Guarded();
        return new V1.GetNodeReply { Node = view is null ? null : ViewMapping.Write(view), Exact = view is { IsExact: true } };
    }

    private async ValueTask<V1.ListNodesReply> ListNodesAsync(V1.ListNodesRequest request, CallContext context)
    {
        var fields = new Fields();
        var tenant = fields.Tenant(request.Tenant);
        ThrowIfInvalid(fields);
        if (request.Kind is < 0 or V1.NodeKind.Facility or > V1.NodeKind.Pool) throw Invalid("kind must be 0 or a kind of node other than facility");
        var after = request.PageToken.Length == 0 ? default : OpaqueToken.ToKey("page_token", request.PageToken);
        if (after != default && after.Tenant != tenant) throw Invalid("page_token is of another tenant");
        var take = PageSize(request.PageSize);
        var nodes = await access.For(context).ListNodesAsync(tenant, (NodeKind)(int)request.Kind, after, take).Guarded();
        return new V1.ListNodesReply
        {
            Nodes = { nodes.Select(ViewMapping.Write) },
            NextPageToken = nodes.Count < take ? "" : OpaqueToken.OfKey(nodes[^1].Key),
        };
    }

    private async ValueTask<V1.GetDecisionReply> GetDecisionAsync(V1.GetDecisionRequest request, CallContext context)
    {
        if (request.ByCase != By.DecisionId)
        {
            var (tenant, id) = RequestIdOf(request);
            return new V1.GetDecisionReply { Event = Write(await files.WithFactorsAsync(access.For(context), await access.For(context).GetDecisionAsync(tenant, id).Guarded())) };
        }

        if (request.DecisionId <= 0) throw Invalid("decision_id must be 1 or more");
        return new V1.GetDecisionReply { Event = Write(await files.WithFactorsAsync(access.For(context), await access.For(context).GetDecisionAsync(request.DecisionId).Guarded())) };
    }

    private async ValueTask<V1.GetHistoryReply> GetHistoryAsync(V1.GetHistoryRequest request, CallContext context)
    {
        var key = Facility(request.Facility);
        var before = request.PageToken.Length == 0 ? 0 : OpaqueToken.ToSequence("page_token", OpaqueToken.Use.History, request.PageToken);
        var page = await access.For(context).GetHistoryAsync(key, before, PageSize(request.PageSize)).Guarded();
        return new V1.GetHistoryReply
        {
            Events = { page.Events.Select(ViewMapping.Write) },
            NextPageToken = page.NextBefore == 0 ? "" : OpaqueToken.OfSequence(OpaqueToken.Use.History, page.NextBefore),
            ArchivedDecisionId = page.ArchivedSequence,
        };
    }

    private static (ushort Tenant, RequestId Id) RequestIdOf(V1.GetDecisionRequest request)
    {
        var fields = new Fields();
        var tenant = fields.Tenant(request.Tenant);
        var id = fields.RequestId("request", request.ByCase switch
        {
            By.RequestId => new(IdentityForm.Bytes, request.RequestId, null, null),
            By.RequestUuid => new(IdentityForm.Text, null, request.RequestUuid, null),
            By.SessionId => new(IdentityForm.Session, null, null, request.SessionId),
            _ => throw Invalid("give decision_id, request_id, request_uuid or session_id"),
        });
        ThrowIfInvalid(fields);
        return (tenant, id);
    }

    private static NodeKey Facility(V1.FacilityKey? message)
    {
        var fields = new Fields();
        var key = fields.Facility(message);
        ThrowIfInvalid(fields);
        return key;
    }

    private static int PageSize(int asked) => asked switch
    {
        0 => PageSizeUsual,
        >= 1 and <= PageSizeMax => asked,
        _ => throw Invalid($"page_size is {asked}; use 1 to {PageSizeMax}, or 0 for {PageSizeUsual}"),
    };

    private static V1.JournalEvent? Write(EventRecord? record) => record is null ? null : ViewMapping.Write(record);

    private static void ThrowIfInvalid(in Fields fields)
    {
        if (!fields.Fault.IsNone) throw Invalid(fields.Fault.Message!);
    }

    private static RpcException Invalid(string message) => new(StatusCode.InvalidArgument, message);
}
