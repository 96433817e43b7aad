using CreditGrains.Api.Mapping;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Scoring;

namespace CreditGrains.Api.Services;

/// <summary>creditgrains.v1.RiskService: models, policies, reasons, jobs and monitoring. The calls are described in its proto.</summary>
internal sealed class RiskService(EngineAccess access, TimeProvider clock)
{
    private const int RowsMax = 1_000;
    private readonly CommandCalls calls = new(access);
    private readonly RiskFiles files = new();

    public void Bind(ServiceTable table)
    {
        var binder = table.Bind(V1.RiskServiceReflection.Descriptor.Services[0]);
        calls.Bind<V1.ActivateModelRequest>(binder, CommandKind.ActivateModel);
        calls.Bind<V1.ActivatePolicyRequest>(binder, CommandKind.ActivatePolicy);
        calls.Bind<V1.RequestReviewRequest>(binder, CommandKind.RequestReview);
        binder
            .Unary<V1.RegisterModelFileRequest, V1.RegisterReply>("RegisterModel", async (m, context) => Reply(CommandKind.RegisterModel, await Registrar(context).RegisterModelAsync(
                Entity(m.Tenant, m.LegalEntity), m.Name, m.Version, m.File.Memory, m.Reasons.Memory, m.Metadata)))
            .Unary<V1.RegisterPolicyFileRequest, V1.RegisterReply>("RegisterPolicy", async (m, context) => Reply(CommandKind.RegisterPolicy, await Registrar(context).RegisterPolicyAsync(
                Entity(m.Tenant, m.LegalEntity), m.Name, m.Version, m.File.Memory, m.Decision)))
            .Unary<V1.ListVersionsRequest, V1.ListVersionsReply>("ListVersions", ListAsync, compress: true)
            .Unary<V1.ListReferralsRequest, V1.ListReferralsReply>("ListReferrals", ReferralsAsync)
            .Unary<V1.ScoreRequest, V1.ScoreReply>("Score", ScoreAsync)
            .Unary<V1.ExplainRequest, V1.ExplainReply>("Explain", ExplainAsync)
            .Unary<V1.GetMonitoringRequest, V1.GetMonitoringReply>("GetMonitoring", MonitoringAsync)
            .Unary<V1.NoteOutcomesRequest, V1.NoteOutcomesReply>("NoteOutcomes", NoteAsync)
            .Unary<V1.StartBacktestRequest, V1.Job>("StartBacktest", StartAsync)
            .Unary<V1.GetJobRequest, V1.Job>("GetJob", (m, context) => new(Job(m.Id, access.DeskFor(context).Find(m.Id))))
            .Unary<V1.CancelJobRequest, V1.Job>("CancelJob", (m, context) => new(Job(m.Id, access.DeskFor(context).Cancel(m.Id))))
            .Unary<V1.ListJobsRequest, V1.ListJobsReply>("ListJobs", (_, context) => new(new V1.ListJobsReply { Jobs = { access.DeskFor(context).Jobs().Select(Job) } }));
    }

    private RiskRegistrar Registrar(CallContext context) => new(access.For(context), () => RequestId.FromGuid(Guid.CreateVersion7(clock.GetUtcNow())));

    private async ValueTask<V1.ListVersionsReply> ListAsync(V1.ListVersionsRequest request, CallContext context)
    {
        var entity = Entity(request.Tenant, request.LegalEntity);
        var view = await access.For(context).GetRiskAsync(entity.Tenant, entity.LegalEntity).Guarded();
        return new V1.ListVersionsReply
        {
            Versions = { view.Versions.Select(one => new V1.Version
            {
                IsPolicy = one.IsPolicy, Name = one.Name.Name, Version_ = one.Name.Version, Sha256 = one.Content.ToString(), ReasonsSha256 = one.Reasons == default ? "" : one.Reasons.ToString(),
                Detail = one.Detail, RegisteredAtMicros = one.RegisteredAtMicros,
            }) },
            Activations = { view.Activations.Select(one => new V1.Activation
            {
                IsPolicy = one.IsPolicy, Scope = Keys.ToNode(one.Scope), Name = one.Name.Name, Version = one.Name.Version, Role = (V1.VersionRole)one.Role, SharePpm = one.SharePpm,
                FromMicros = one.FromMicros, Maker = one.Maker, Checker = one.Checker, DecisionId = one.Sequence,
            }) },
        };
    }

    private async ValueTask<V1.ListReferralsReply> ReferralsAsync(V1.ListReferralsRequest request, CallContext context)
    {
        var entity = Entity(request.Tenant, request.LegalEntity);
        if (request.Cursor < 0 || request.Limit is < 0 or > RowsMax) throw Invalid($"cursor must be 0 or one of a reply, limit 0 to {RowsMax}");
        var page = await access.For(context).ListReferralsAsync(entity.Tenant, entity.LegalEntity, request.Cursor, request.Limit == 0 ? 100 : request.Limit).Guarded()
            ?? throw new RpcException(StatusCode.Unimplemented, "this host keeps no list of referrals: look at the facility, or follow the feed");
        return new V1.ListReferralsReply
        {
            NextCursor = page.NextCursor,
            Referrals = { page.Referrals.Select(one => new V1.Referral
            {
                Facility = Keys.ToFacility(one.Facility), ReferralId = one.Reference, Request = (V1.CommandKind)one.Request, Amount = one.Amount, Currency = Keys.ToCode(one.Currency), ExpiresAtMicros = one.ExpiresAtMicros,
            }) },
        };
    }

    private async ValueTask<V1.ScoreReply> ScoreAsync(V1.ScoreRequest request, CallContext context)
    {
        var entity = Entity(request.Tenant, request.LegalEntity);
        if (request.Rows.Count is < 1 or > RowsMax) throw Invalid($"rows has {request.Rows.Count}; give 1 to {RowsMax}");
        var explainer = await files.ExplainerAsync(access.For(context), entity, new(request.Model, request.Version)) ?? throw new RpcException(StatusCode.NotFound, $"there is no model {request.Model}@{request.Version}");
        var reply = new V1.ScoreReply();
        foreach (var row in request.Rows)
        {
            if (row.Inputs.Keys.FirstOrDefault(name => !explainer.Inputs.Contains(name)) is { } unknown) throw Invalid($"'{unknown}' is no input of {request.Model}@{request.Version}; it has {string.Join(", ", explainer.Inputs)}");
            var explained = explainer.Explain([.. explainer.Inputs.Select(name => row.Inputs.TryGetValue(name, out var value) ? value : double.NaN)]);
            reply.Rows.Add(new V1.RowScore { Score = explained.Score, Probability = explained.Probability, Factors = { explained.Factors.Select(Write) } });
        }
        return reply;
    }

    private async ValueTask<V1.ExplainReply> ExplainAsync(V1.ExplainRequest request, CallContext context)
    {
        if (request.DecisionId <= 0) throw Invalid("decision_id must be 1 or more");
        var record = await access.For(context).GetDecisionAsync(request.DecisionId).Guarded() ?? throw new RpcException(StatusCode.NotFound, $"there is no decision {request.DecisionId}");
        var reply = new V1.ExplainReply { Decision = DecisionMapping.Write(record.Kind, record.Reference, OutcomeOf(record)) };
        // The journal is read for an approval's inputs where this host can, and left alone else.
        var desk = context.Principal is { } caller ? access.DeskFor(caller) : null;
        if (await files.ExplainAsync(access.For(context), record, desk, context.CancellationToken) is not { } explained) return reply;
        reply.Factors.AddRange(explained.Factors.Select(Write));
        foreach (var (name, value) in explained.Inputs) reply.Inputs.Add(name, value);
        reply.Background = explained.Background;
        reply.Unit = explained.Unit.ToString();
        reply.Probability = explained.Probability;
        return reply;
    }

    private async ValueTask<V1.GetMonitoringReply> MonitoringAsync(V1.GetMonitoringRequest request, CallContext context)
    {
        var entity = Entity(request.Tenant, request.LegalEntity);
        var monitors = await access.DeskFor(context).MonitorsAsync(entity).Guarded();
        return new V1.GetMonitoringReply { Models = { monitors.Where(one => request.Model.Length == 0 || one.Name.Name == request.Model).Select(RiskMonitorMapping.Write) } };
    }

    private async ValueTask<V1.NoteOutcomesReply> NoteAsync(V1.NoteOutcomesRequest request, CallContext context)
    {
        if (request.Outcomes.Count is < 1 or > ICreditEngine.BatchLengthMax) throw Invalid($"outcomes has {request.Outcomes.Count}; give 1 to {ICreditEngine.BatchLengthMax}");
        var fields = new Fields();
        var outcomes = request.Outcomes.Select(one => (fields.Facility(one.Facility), one.IsBad)).ToArray();
        if (!fields.Fault.IsNone) throw Invalid(fields.Fault.Message!);
        return new V1.NoteOutcomesReply { Taken = await access.DeskFor(context).NoteOutcomesAsync(outcomes).Guarded() };
    }

    private async ValueTask<V1.Job> StartAsync(V1.StartBacktestRequest request, CallContext context)
    {
        var entity = Entity(request.Tenant, request.LegalEntity);
        var view = await access.For(context).GetRiskAsync(entity.Tenant, entity.LegalEntity).Guarded();
        var policy = new Domain.Decisions.VersionName(request.Policy, request.Version);
        if (!view.Versions.Any(one => one.IsPolicy && one.Name == policy)) throw new RpcException(StatusCode.NotFound, $"there is no policy {policy}");
        var model = request.Model.Length == 0 ? null : new Domain.Decisions.VersionName(request.Model, request.ModelVersion);
        if (model is not null && !view.Versions.Any(one => !one.IsPolicy && one.Name == model)) throw new RpcException(StatusCode.NotFound, $"there is no model {model}");
        try
        {
            return Job(access.DeskFor(context).StartBacktest(entity, policy, model, request.FromMicros));
        }
        catch (TooManyJobsException full)
        {
            throw new RpcException(StatusCode.ResourceExhausted, full.Message);
        }
    }

    private static V1.RegisterReply Reply(CommandKind kind, in Registration registration)
    {
        Statuses.ThrowIfUnavailable(registration.Outcome);
        return new V1.RegisterReply { Decision = DecisionMapping.Write(kind, 0, registration.Outcome), Version = registration.Version, Sha256 = registration.Content.ToString() };
    }

    private static V1.Job Job(string id, RiskJob? job) => Job(job ?? throw new RpcException(StatusCode.NotFound, $"there is no job {id} in this process: it was started at another server, or ended too long ago to be remembered"));

    private static V1.Job Job(RiskJob job) => new()
    {
        Id = job.Id, Title = job.Title, State = job.State, ProgressPermille = job.ProgressPermille, Report = job.Report ?? "", Fault = job.Fault ?? "",
    };

    private static V1.Factor Write(ScoreFactor factor) => new() { Reason = DecisionMapping.Write(factor.Reason), Weight = factor.Weight };

    private static Domain.Decisions.Outcome OutcomeOf(EventRecord record) => new()
    {
        Kind = record.Outcome, Reason = record.Reason, Sequence = record.Sequence, RecordedAtMicros = record.RecordedAtMicros, Amount = record.Amount, ExpiresAtMicros = record.ExpiresAtMicros,
        Balances = record.Balances, Headroom = record.Headroom, Limits = record.Limits.Count == 0 ? null : [.. record.Limits], Risk = record.Risk,
    };

    private static NodeKey Entity(uint tenant, uint legalEntity)
    {
        var fields = new Fields();
        var entity = fields.Entity(tenant, legalEntity);
        return fields.Fault.IsNone ? entity : throw Invalid(fields.Fault.Message!);
    }

    private static RpcException Invalid(string message) => new(StatusCode.InvalidArgument, message);
}
