using System.Text;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Contract;
using CreditGrains.Dashboard.Browser;
using CreditGrains.Dashboard.Pools;
using CreditGrains.Dashboard.Tests.Pools;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Scoring;
using CreditGrains.Server;
using Microsoft.Playwright;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Dashboard.Tests.Pages;

/// <summary>A server with the demo book on free ports, and a browser to look at it.</summary>
public sealed class Site : IAsyncLifetime, IAsyncDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-dashboard-").FullName;
    private readonly StringWriter output = new();
    private Chromium? chromium;
    private RunningServer server = null!;
    private RpcChannel channel = null!;

    public Uri Address => server.HttpAddress;

    public async Task InitializeAsync()
    {
        server = await CreditGrainsServer.StartAsync(new ServerOptions
        {
            DataDirectory = Path.Combine(directory, "data"), Open = true, GrpcPort = 0, HttpPort = 0, Output = output, Demo = true, DemoTraffic = 1, AlertRules = await RulesAsync(),
            Dashboard = new DashboardOptions { Every = TimeSpan.FromMilliseconds(300), Pools = new FixedPools([SamplePool.Sight]) },
        });
        channel = new RpcChannel(server.GrpcAddress);
        await LivePool.SeedAsync(server.Engine);
        if (Chromium.Executable is not null) chromium = await Chromium.StartAsync();
        Tenants = await TwoTenants.StartAsync(chromium);
    }

    /// <summary>Another server, with keys and two tenants, looked at by the same browser.</summary>
    public TwoTenants Tenants { get; private set; } = null!;

    public async Task DisposeAsync()
    {
        if (chromium is not null) await chromium.DisposeAsync();
        channel.Dispose();
        await Tenants.DisposeAsync();
        await server.DisposeAsync();
        await output.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    /// <summary>A page, visited and interactive; whatever it complains of is noted.</summary>
    public async Task<SitePage> VisitAsync(string path, PageLook? look = null)
    {
        var page = await chromium!.OpenAsync(look ?? new PageLook());
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") complaints.Add(message.Text);
        };
        page.PageError += (_, error) => complaints.Add(error);
        await page.VisitAsync(Address, path);
        return new SitePage(page, complaints);
    }

    /// <summary>Reports a payment of a loan of the live pool.</summary>
    public Task PayAsync(long loan) => LivePool.PayAsync(server.Engine, loan);

    /// <summary>Lets the model and the policy of the demo decide a few requests.</summary>
    public async Task ScoredAsync()
    {
        for (var i = 0; i < 3; i++) await AuthorizeAsync(10_002, 1_00 + i);
    }

    /// <summary>A legal entity with thousands of requests, and a policy that takes thousands of steps for each: its backtest goes on until somebody cancels it.</summary>
    public async Task SlowPolicyAsync(ushort entity)
    {
        static RequestId NextId() => RequestId.FromGuid(Guid.CreateVersion7());
        var (eur, borrower, facility) = (Currency.Parse("EUR"), new NodeKey(1, 1, entity, NodeKind.Borrower), NodeKey.Facility(1, entity, 1));
        await server.Engine.ExecuteAsync(Command.Of(NextId(), new OpenNode(borrower, eur, 1_000_000, default, [])));
        await server.Engine.ExecuteAsync(Command.Of(NextId(), new OpenFacility(facility, eur, 1_000_000, default, false, 0, [new ParentShare(borrower)])));
        var outcomes = new Outcome[5_000];
        await server.Engine.ExecuteAsync(outcomes.Select(_ => new Command { Kind = CommandKind.Drawdown, Id = NextId(), Facility = facility, Amount = 1, Currency = eur }).ToArray(), outcomes);
        Assert.All(outcomes, outcome => Assert.Equal((OutcomeKind.Approved, Reason.None), (outcome.Kind, outcome.Reason)));
        Assert.Equal(1, (await new RiskRegistrar(server.Engine, NextId).RegisterPolicyAsync(new NodeKey(0, 1, entity, NodeKind.None), "slow", 0, Encoding.UTF8.GetBytes(SlowPolicy.Dmn), SlowPolicy.Decision)).Version);
    }

    /// <summary>Voids a hold by gRPC.</summary>
    public Task<V1.Decision> VoidAsync(long facility, long hold) => channel.UnaryAsync(
        RpcMethod.Of<V1.VoidRequest, V1.Decision>(V1.LimitServiceReflection.Descriptor.Services[0], "Void"),
        new V1.VoidRequest { RequestUuid = Guid.CreateVersion7().ToString(), Facility = new V1.FacilityKey { Tenant = 1, LegalEntity = 1, Id = facility }, HoldId = hold });

    private async Task<string> RulesAsync()
    {
        var path = Path.Combine(directory, "alerts.json");
        await File.WriteAllTextAsync(path, """
            { "name": "site", "rules": [
              { "name": "line-2001", "severity": "critical", "figure": "utilisation", "of": { "node": "Facility/1/1/2001" }, "raise": 0.5, "clear": 0.45,
                "text": { "en": "{subject} has used {figure} of its limit", "zh": "{subject}已使用限额的{figure}" } },
              { "name": "card-1004", "severity": "info", "figure": "utilisation", "of": { "node": "Facility/1/1/1004" }, "raise": 0.1,
                "text": { "en": "{subject} has used {figure} of its limit", "zh": "{subject}已使用限额的{figure}" } }
            ] }
            """);
        return path;
    }

    /// <summary>Asks for a decision by gRPC, as a transaction system would.</summary>
    public Task<V1.Decision> AuthorizeAsync(long facility, long amount) => channel.UnaryAsync(
        RpcMethod.Of<V1.AuthorizeRequest, V1.Decision>(V1.LimitServiceReflection.Descriptor.Services[0], "Authorize"),
        new V1.AuthorizeRequest { RequestUuid = Guid.CreateVersion7().ToString(), Facility = new V1.FacilityKey { Tenant = 1, LegalEntity = 1, Id = facility }, Amount = amount, Currency = "EUR" });
}

/// <summary>A visited page.</summary>
public sealed class SitePage(IPage page, List<string> complaints) : IAsyncDisposable
{
    public IPage Page => page;

    /// <summary>Errors and warnings of its console so far.</summary>
    public IReadOnlyList<string> Complaints => complaints;

    public async ValueTask DisposeAsync() => await page.Context.CloseAsync();
}

/// <summary>Tests on one site.</summary>
[CollectionDefinition(nameof(Site))]
public sealed class SiteCollection : ICollectionFixture<Site>;
