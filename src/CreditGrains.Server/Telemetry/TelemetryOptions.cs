namespace CreditGrains.Server.Telemetry;

/// <summary>Where a server sends its metrics, traces and logs, by the OpenTelemetry protocol.</summary>
/// <param name="Collector">The collector: http://host:4317 for gRPC, http://host:4318 for HTTP.</param>
public sealed record TelemetryOptions(Uri Collector)
{
    private const int HttpPortUsual = 4318;

    /// <summary>Whether the collector is spoken to by HTTP with protobuf; default by its port: 4318 is HTTP, any other gRPC.</summary>
    public bool UsesHttp { get; init; } = Collector.Port == HttpPortUsual;

    /// <summary>Share of calls that are traced, 0 to 1, where the caller brings no decision of its own; default 0.001.</summary>
    public double TraceRatio { get; init; } = 0.001;

    /// <summary>service.name of everything sent; default creditgrains.</summary>
    public string ServiceName { get; init; } = "creditgrains";

    /// <summary>How often metrics are sent; default 10 seconds.</summary>
    public TimeSpan MetricsEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What is wrong with them; null when nothing is.</summary>
    public string? Fault() => this switch
    {
        { Collector.Scheme: not ("http" or "https") } => $"the collector must be an http or https address, such as http://127.0.0.1:4317, not '{Collector}'",
        { TraceRatio: not (>= 0 and <= 1) } => "the share of traced calls must be 0 to 1",
        _ => null,
    };
}
