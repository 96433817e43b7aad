using System.Diagnostics;
using System.Globalization;
using CreditGrains.Api.Transport.Server;
using Microsoft.AspNetCore.Http.Features;

namespace CreditGrains.Api.Transport.Hosting;

/// <summary>
/// Spans of calls: those whose caller traces them already (traceparent with the flag "sampled"), and a share of the others. It is decided before anything is made, so a call that
/// is not traced costs a look at one header, and nothing at all while nobody listens.
/// </summary>
public sealed class CallTracing
{
    /// <summary>Name of the source.</summary>
    public const string SourceName = "CreditGrains.Api";

    private const int SampledFlagAt = 54;
    private static readonly ActivitySource Source = new(SourceName);
    private readonly long every;
    private long calls;

    /// <param name="ratio">Share of the calls to trace that bring no decision, 0 to 1: every so-manieth.</param>
    internal CallTracing(double ratio) => every = ratio <= 0 ? 0 : Math.Max(1, (long)Math.Round(1 / ratio));

    /// <summary>Whether anybody wants spans.</summary>
    internal static bool IsListenedTo => Source.HasListeners();

    /// <summary>Begins a span, when this call is to have one. Call in an async method, out of which it does not leak.</summary>
    internal Activity? Start(IFeatureCollection features, MethodEntry? method)
    {
        var request = features.GetRequiredFeature<IHttpRequestFeature>();
        var parent = request.Headers.TraceParent.ToString();
        var isWanted = parent.Length > SampledFlagAt ? (parent[SampledFlagAt] & 1) == 1 : every > 0 && Interlocked.Increment(ref calls) % every == 0;
        if (!isWanted) return null;
        var context = ActivityContext.TryParse(parent, request.Headers.TraceState.ToString(), isRemote: true, out var read) ? read : default;
        var activity = Source.StartActivity(request.Path, ActivityKind.Server, context);
        if (activity is null || method is null) return activity;
        activity.SetTag("rpc.system", "grpc");
        activity.SetTag("rpc.service", method.Descriptor.Service.FullName);
        activity.SetTag("rpc.method", method.Descriptor.Name);
        return activity;
    }

    /// <summary>Ends a span with the status that was sent.</summary>
    internal static void End(Activity activity, IFeatureCollection features)
    {
        var response = features.GetRequiredFeature<IHttpResponseFeature>();
        var sent = features.Get<IHttpResponseTrailersFeature>()?.Trailers.GrpcStatus.ToString();
        if (string.IsNullOrEmpty(sent)) sent = response.Headers.GrpcStatus.ToString();
        activity.SetTag("http.response.status_code", response.StatusCode);
        if (int.TryParse(sent, NumberStyles.None, CultureInfo.InvariantCulture, out var status)) activity.SetTag("rpc.grpc.status_code", status);
        if (status != 0 || response.StatusCode >= 400) activity.SetStatus(ActivityStatusCode.Error);
        activity.Dispose();
    }
}
