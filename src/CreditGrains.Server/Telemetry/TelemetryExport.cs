using CreditGrains.Api.Transport.Hosting;
using CreditGrains.Engine;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CreditGrains.Server.Telemetry;

/// <summary>Sends metrics, traces and logs of a server to a collector. Without a collector nothing of this is loaded.</summary>
internal static class TelemetryExport
{
    /// <summary>Name of the category under which everything that is printed for an operator is logged.</summary>
    public const string OperatorCategory = "CreditGrains";

    private static readonly string[] Meters =
        [EngineMetrics.MeterName, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel"];

    /// <summary>Adds the exporters to a host that is being built.</summary>
    public static void Add(IHostApplicationBuilder builder, TelemetryOptions options)
    {
        var version = typeof(TelemetryExport).Assembly.GetName().Version?.ToString(3) ?? "";
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(options.ServiceName, serviceVersion: version))
            .WithMetrics(metrics => metrics.AddMeter(Meters)
                .AddOtlpExporter((otlp, reader) =>
                {
                    Aim(otlp, options, "v1/metrics");
                    reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.MetricsEvery.TotalMilliseconds;
                }))
            .WithTracing(traces => traces.AddSource(CallTracing.SourceName, EngineActivities.SourceName)
                // Which calls are traced is decided before a span is made.
                .SetSampler(new AlwaysOnSampler())
                .AddOtlpExporter(otlp => Aim(otlp, options, "v1/traces")));
        builder.Logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeFormattedMessage = true;
            logs.SetResourceBuilder(ResourceBuilder.CreateDefault().AddService(options.ServiceName, serviceVersion: version));
            logs.AddOtlpExporter(otlp => Aim(otlp, options, "v1/logs"));
        });
        builder.Logging.AddFilter<OpenTelemetryLoggerProvider>(OperatorCategory, LogLevel.Information);
    }

    private static void Aim(OtlpExporterOptions otlp, TelemetryOptions options, string path)
    {
        otlp.Protocol = options.UsesHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        // By gRPC the path is the service's; by HTTP it belongs to the address.
        otlp.Endpoint = options.UsesHttp ? new Uri(options.Collector, path) : options.Collector;
    }
}
