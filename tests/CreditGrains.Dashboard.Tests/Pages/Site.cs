using CreditGrains.Api.Transport.Client;
using CreditGrains.Dashboard.Browser;
using CreditGrains.Dashboard.Pools;
using CreditGrains.Dashboard.Tests.Pools;
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
            DataDirectory = directory, Open = true, GrpcPort = 0, HttpPort = 0, Output = output, Demo = true,
            Dashboard = new DashboardOptions { Every = TimeSpan.FromMilliseconds(300), Pools = new FixedPools([SamplePool.Sight]) },
        });
        channel = new RpcChannel(server.GrpcAddress);
        if (Chromium.Executable is not null) chromium = await Chromium.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (chromium is not null) await chromium.DisposeAsync();
        channel.Dispose();
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
