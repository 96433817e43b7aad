using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using CreditGrains.Api.Tests.Services;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Domain.Decisions;
using CreditGrains.Server;
using CreditGrains.Server.Telemetry;

namespace CreditGrains.Api.Tests.Telemetry;

/// <summary>What a server sends to a collector, and what it says of its health.</summary>
public sealed partial class TelemetryTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-telemetry-").FullName;
    private readonly FakeEngine engine = new();
    private readonly StringWriter printed = new();

    [Fact]
    public async Task Server_WithACollector_SendsMetricsTracesAndLogs()
    {
        await using var collector = await FakeCollector.StartAsync();
        await using var output = new LoggedOutput(printed);
        await output.WriteLineAsync("EngineWarning: printed before there was a log");
        await using (var server = await CreditGrainsServer.StartAsync(Options(collector, output)))
        {
            using var channel = new RpcChannel(server.GrpcAddress);
            await channel.UnaryAsync(ApiHost.Method<V1.GetStatusRequest, V1.GetStatusReply>("QueryService", "GetStatus"), new V1.GetStatusRequest());
            await collector.AwaitAsync("metrics", "creditgrains.journal.events", "creditgrains.serving", "kestrel.active_connections", "dotnet.gc.collections", "bank-7");
        }
        await collector.AwaitAsync("traces", "/creditgrains.v1.QueryService/GetStatus");
        await collector.AwaitAsync("logs", "EngineWarning: printed before there was a log");
        Assert.Contains("printed before there was a log", printed.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_WhoseCollectorIsAway_ServesAllTheSame()
    {
        var away = new TelemetryOptions(new Uri("http://127.0.0.1:1/")) { UsesHttp = true, MetricsEvery = TimeSpan.FromMilliseconds(50) };
        await using var server = await CreditGrainsServer.StartAsync(Options() with { Telemetry = away });
        using var channel = new RpcChannel(server.GrpcAddress);
        var status = await channel.UnaryAsync(ApiHost.Method<V1.GetStatusRequest, V1.GetStatusReply>("QueryService", "GetStatus"), new V1.GetStatusRequest());
        Assert.Equal(0, status.LastDecisionId);
    }

    [Fact]
    public async Task Readiness_WhileTheClockIsUnconfirmed_SaysWhyAndStaysLive()
    {
        engine.Refuse = Reason.ClockStepUnconfirmed;
        await using var server = await CreditGrainsServer.StartAsync(Options());
        using var http = new HttpClient();
        string[] reasons = [];
        for (var left = 100; left > 0 && !(reasons is [var only] && only.StartsWith("ClockStepUnconfirmed: ", StringComparison.Ordinal)); left--)
        {
            using var response = await http.GetAsync(new Uri(server.HttpAddress, "/readyz"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            reasons = [.. JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()!)];
        }
        Assert.StartsWith("ClockStepUnconfirmed: ", Assert.Single(reasons), StringComparison.Ordinal);
        Assert.Equal("live", await http.GetStringAsync(new Uri(server.HttpAddress, "/livez")));
    }

    [Fact]
    public void Documentation_ListsExactlyTheMetricsThereAre()
    {
        List<string> made = [];
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => { if (instrument.Meter.Name == EngineMetrics.MeterName) made.Add(instrument.Name); } };
        using var metrics = new EngineMetrics(() => null);
        listener.Start();
        var documented = MetricName().Matches(File.ReadAllText(Path.Combine(Root(), "docs", "telemetry.md"))).Select(match => match.Groups[1].Value);
        Assert.Equal(made.Distinct().Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("deploy/grafana/creditgrains.json")]
    [InlineData("deploy/prometheus/alerts.yaml")]
    public void Deployment_AsksOnlyForMetricsThereAre(string file)
    {
        var documented = MetricName().Matches(File.ReadAllText(Path.Combine(Root(), "docs", "telemetry.md"))).Select(match => match.Groups[1].Value.Replace('.', '_')).ToHashSet();
        var asked = AskedName().Matches(File.ReadAllText(Path.Combine(Root(), file))).Select(match => match.Value).Distinct().ToList();
        Assert.NotEmpty(asked);
        Assert.All(asked, name => Assert.True(documented.Any(known => name == known || (name.StartsWith(known + "_", StringComparison.Ordinal) && Suffix().IsMatch(name[known.Length..]))), $"{name} is not in docs/telemetry.md"));
    }

    [Theory]
    [InlineData("ftp://host", 0.1, "http or https")]
    [InlineData("http://host:4317", 1.5, "0 to 1")]
    [InlineData("http://host:4317", double.NaN, "0 to 1")]
    public void Options_OutOfRange_SayWhatTheyMustBe(string collector, double ratio, string expected) =>
        Assert.Contains(expected, new TelemetryOptions(new Uri(collector)) { TraceRatio = ratio }.Fault(), StringComparison.Ordinal);

    public void Dispose()
    {
        printed.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    private static string Root()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "CreditGrains.sln"))) root = root.Parent!;
        return root.FullName;
    }

    private ServerOptions Options() => new()
    {
        DataDirectory = Path.Combine(directory, "data"), OpenEngine = (_, _) => Task.FromResult<Engine.ICreditEngine>(engine), Open = true, GrpcPort = 0, HttpPort = 0, Output = printed,
        HealthEvery = TimeSpan.FromMilliseconds(20),
    };

    private ServerOptions Options(FakeCollector collector, LoggedOutput output) => Options() with
    {
        Output = output,
        Telemetry = new TelemetryOptions(collector.Address) { UsesHttp = true, TraceRatio = 1, ServiceName = "bank-7", MetricsEvery = TimeSpan.FromMilliseconds(100) },
    };

    [GeneratedRegex(@"^\| `(creditgrains\.[a-z_.0-9]+)`", RegexOptions.Multiline)]
    private static partial Regex MetricName();

    [GeneratedRegex("creditgrains_[a-z_0-9]+")]
    private static partial Regex AskedName();

    // What a collector appends for Prometheus: the unit, and total for a counter.
    [GeneratedRegex("^(_bytes|_microseconds|_ratio)?(_total)?$")]
    private static partial Regex Suffix();
}
