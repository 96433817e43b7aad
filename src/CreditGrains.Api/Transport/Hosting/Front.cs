using System.Buffers;
using CreditGrains.Api.Transport.Json;
using CreditGrains.Api.Transport.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace CreditGrains.Api.Transport.Hosting;

/// <summary>What a request is to the transport.</summary>
internal enum RouteKind
{
    /// <summary>Not a call: the ordinary pipeline answers.</summary>
    Elsewhere,
    Grpc,
    Json,

    /// <summary>A call in no form served: answered with <see cref="Route.HttpStatus"/> and what to do instead.</summary>
    Refused,
}

/// <summary>Where a request goes. <see cref="Method"/> is null when the path names a method not served.</summary>
internal readonly record struct Route(RouteKind Kind, MethodEntry? Method, int HttpStatus = 0);

/// <summary>Tells calls from other requests by path and content type, and runs them.</summary>
internal sealed class Front(ServiceTable services, GrpcTransportOptions options, ILogger logger, CancellationToken stopping)
{
    private const string GrpcType = "application/grpc";
    private const string JsonType = "application/json";
    private readonly CallTracing tracing = new(options.TraceRatio);
    private readonly GrpcDispatcher grpc = new(options, logger, stopping);
    private readonly JsonDispatcher json = new(services, options, logger, stopping);

    public Route Route(IFeatureCollection features)
    {
        var request = features.GetRequiredFeature<IHttpRequestFeature>();
        var contentType = request.Headers.ContentType.ToString();
        var method = services.Find(request.Path);
        if (IsType(contentType, GrpcType, '+'))
        {
            if (request.Method != "POST")
                return new(RouteKind.Refused, method, 405);
            // HTTP/1.1 has no place for the trailers every gRPC answer needs.
            return request.Protocol is "HTTP/2" or "HTTP/3" ? new(RouteKind.Grpc, method) : new(RouteKind.Refused, method, 426);
        }

        if (method is null && !services.OwnsService(request.Path))
            return default;
        if (request.Method != "POST")
            return new(RouteKind.Refused, method, 405);
        return IsType(contentType, JsonType, ';') ? new(RouteKind.Json, method) : new(RouteKind.Refused, method, 415);
    }

    public Task RunAsync(GrpcCall call, IFeatureCollection features, in Route route) =>
        CallTracing.IsListenedTo ? RunTracedAsync(call, features, route) : RunUntracedAsync(call, features, route);

    private async Task RunTracedAsync(GrpcCall call, IFeatureCollection features, Route route)
    {
        var activity = tracing.Start(features, route.Method);
        await RunUntracedAsync(call, features, route);
        if (activity is not null) CallTracing.End(activity, features);
    }

    private Task RunUntracedAsync(GrpcCall call, IFeatureCollection features, in Route route)
    {
        if (route.Kind == RouteKind.Grpc)
            return grpc.RunAsync(call, features, route.Method);
        if (route.Kind == RouteKind.Json)
            return json.RunAsync(call.Context, features, route.Method);

        var response = features.GetRequiredFeature<IHttpResponseFeature>();
        response.StatusCode = route.HttpStatus;
        if (route.HttpStatus == 405)
            response.Headers.Allow = "POST";
        if (route.HttpStatus == 426)
            response.Headers.Upgrade = "HTTP/2";
        response.Headers.ContentType = JsonType;
        features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.Write(JsonCodec.Error(new RpcException(StatusCode.InvalidArgument, Advice(features, route))));
        return Task.CompletedTask;
    }

    private static string Advice(IFeatureCollection features, in Route route)
    {
        var request = features.GetRequiredFeature<IHttpRequestFeature>();
        return route.HttpStatus switch
        {
            405 => $"{request.Path} is called with POST, not {request.Method}.",
            426 => $"gRPC needs HTTP/2, and this is {request.Protocol}; call the gRPC port, or send JSON.",
            _ => $"{request.Path} takes the content-type {JsonType}, or {GrpcType} over HTTP/2; it got '{request.Headers.ContentType}'.",
        };
    }

    /// <summary>The type itself or followed by parameters or, when <paramref name="suffix"/> is '+', by a sub-type.</summary>
    private static bool IsType(string contentType, string type, char suffix) =>
        contentType.StartsWith(type, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == type.Length || contentType[type.Length] is ';' or ' ' || contentType[type.Length] == suffix);
}
