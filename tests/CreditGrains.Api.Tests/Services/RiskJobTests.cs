using System.Net;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Transport;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Scoring;

namespace CreditGrains.Api.Tests.Services;

/// <summary>Jobs over both transports, and who may cancel whose.</summary>
public sealed class RiskJobTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly FakeDesk desk = new();
    private readonly ApiHost host;

    public RiskJobTests() => host = new ApiHost(TimeProvider.System, desk);

    public Task InitializeAsync() => host.InitializeAsync();

    public Task DisposeAsync() => host.DisposeAsync();

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    [Fact]
    public async Task CancelJob_OfOneThatRuns_IsPassedOn_AndSaysHowItIs()
    {
        var job = desk.Add(tenant: 1);
        Assert.Equal((job.Id, "Running"), await CancelAsync(job.Id));
        Assert.Equal((job.Id, "Cancelled"), await CancelAsync(job.Id));
        var (status, body) = await host.PostAsync("/creditgrains.v1.RiskService/CancelJob", $$"""{"id":"{{job.Id}}"}""");
        Assert.Equal((HttpStatusCode.OK, "Cancelled"), (status, (string)body["state"]!));
        Assert.Equal("Cancelled", Assert.Single((await host.CallAsync<V1.ListJobsRequest, V1.ListJobsReply>("RiskService", "ListJobs", new())).Jobs).State);
    }

    [Fact]
    public async Task CancelJob_Unknown_IsNotFound()
    {
        var fault = await Assert.ThrowsAsync<RpcException>(() => CancelAsync("77"));
        Assert.Equal((StatusCode.NotFound, true), (fault.Code, fault.Message.Contains("77", StringComparison.Ordinal)));
    }

    [Fact]
    public void Cancel_ByAPrincipalOfAnotherTenant_IsAsUnknownAsNone()
    {
        var job = desk.Add(tenant: 1);
        Assert.Null(new PrincipalDesk(desk, new Principal("other", Roles.Risk, tenant: 2), watch: null).Cancel(job.Id));
        Assert.True(desk.Find(job.Id)!.IsRunning && desk.Cancels == 0);
        Assert.NotNull(new PrincipalDesk(desk, new Principal("own", Roles.Risk, tenant: 1), watch: null).Cancel(job.Id));
        Assert.Equal(1, desk.Cancels);
    }

    [Fact]
    public void Cancel_WithoutTheRole_IsDenied()
    {
        var job = desk.Add(tenant: 1);
        var denied = Assert.Throws<RpcException>(() => new PrincipalDesk(desk, new Principal("reader", Roles.Read, tenant: 1), watch: null).Cancel(job.Id));
        Assert.Equal((StatusCode.PermissionDenied, 0), (denied.Code, desk.Cancels));
    }

    [Fact]
    public async Task StartBacktest_WhileTooManyRun_IsResourceExhaustedByName()
    {
        desk.IsFull = true;
        host.Engine.Risk = new([new Engine.Queries.VersionView(true, new VersionName("p", 1), default, default, "Request", 0)], []);
        var fault = await Assert.ThrowsAsync<RpcException>(() => host.CallAsync<V1.StartBacktestRequest, V1.Job>("RiskService", "StartBacktest", new() { Tenant = 1, LegalEntity = 1, Policy = "p", Version = 1 }));
        Assert.Equal(StatusCode.ResourceExhausted, fault.Code);
        Assert.StartsWith("TooManyJobs: ", fault.Message, StringComparison.Ordinal);
    }

    private async Task<(string Id, string State)> CancelAsync(string id)
    {
        var job = await host.CallAsync<V1.CancelJobRequest, V1.Job>("RiskService", "CancelJob", new() { Id = id });
        return (job.Id, job.State);
    }

    /// <summary>Jobs that run until they are cancelled, and end when they are looked at next.</summary>
    private sealed class FakeDesk : IRiskDesk
    {
        private readonly List<RiskJob> jobs = [];

        public bool IsFull { get; set; }

        public int Cancels { get; private set; }

        public RiskJob Add(ushort tenant)
        {
            jobs.Add(new RiskJob($"{jobs.Count + 1}", new NodeKey(0, tenant, 1, NodeKind.None), "t", RiskJob.Running, 0, null, null));
            return jobs[^1];
        }

        public RiskJob? Find(string id) => jobs.Find(job => job.Id == id);

        public RiskJob? Cancel(string id)
        {
            Cancels++;
            if (Find(id) is not { } found) return null;
            jobs[jobs.IndexOf(found)] = found with { State = RiskJob.Cancelled };
            return found;
        }

        public IReadOnlyList<RiskJob> Jobs() => jobs;

        public RiskJob StartBacktest(NodeKey entity, VersionName policy, VersionName? model, long fromMicros) => IsFull ? throw new TooManyJobsException("wait.") : Add(entity.Tenant);

        public ValueTask<IReadOnlyList<ModelMonitorView>> MonitorsAsync(NodeKey entity) => new([]);

        public ValueTask<long> NoteOutcomesAsync(IReadOnlyList<(NodeKey Facility, bool IsBad)> outcomes) => new(0);
    }
}
