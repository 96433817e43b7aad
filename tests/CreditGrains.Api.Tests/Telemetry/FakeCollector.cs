using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CreditGrains.Api.Tests.Telemetry;

/// <summary>A collector of the OpenTelemetry protocol by HTTP that keeps what it is sent. Names in a message stand in it as they are.</summary>
internal sealed class FakeCollector : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, StringBuilder> received = new();
    private readonly SemaphoreSlim arrived = new(0);

    private FakeCollector(WebApplication app) => this.app = app;

    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<FakeCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var collector = new FakeCollector(app);
        app.MapPost("/v1/{signal}", collector.TakeAsync);
        await app.StartAsync();
        return collector;
    }

    /// <summary>Waits until a signal has brought all of these texts.</summary>
    public async Task AwaitAsync(string signal, params string[] texts)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (texts.Any(text => !Of(signal).Contains(text, StringComparison.Ordinal)))
        {
            try
            {
                await arrived.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"{signal} never brought {string.Join(", ", texts.Where(text => !Of(signal).Contains(text, StringComparison.Ordinal)))}");
            }
        }
    }

    public string Of(string signal)
    {
        if (!received.TryGetValue(signal, out var text)) return "";
        lock (text) return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        arrived.Dispose();
    }

    private async Task TakeAsync(HttpContext context, string signal)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var text = received.GetOrAdd(signal, _ => new StringBuilder());
        lock (text) text.Append(Encoding.Latin1.GetString(body.ToArray()));
        context.Response.ContentType = "application/x-protobuf";
        arrived.Release();
    }
}
