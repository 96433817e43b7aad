using CreditGrains.Api.Transport.Wire;
using Microsoft.AspNetCore.Http.Features;

namespace CreditGrains.Api.Transport.Server;

/// <summary>The state of one gRPC call. Kept by the HTTP/2 stream that carried it and used for its next call.</summary>
internal sealed class GrpcCall
{
    /// <summary>Above this request bound the server's own body limit (30,000,000 bytes) could be met first.</summary>
    private const int BodyLimitSafe = 29_000_000;

    public GrpcCall()
    {
        Reader = new GrpcRequestReader(Context);
        Writer = new GrpcResponseWriter(Context);
    }

    public CallContext Context { get; } = new();

    public GrpcRequestReader Reader { get; }

    public GrpcResponseWriter Writer { get; }

    /// <summary>Reads the call's headers.</summary>
    /// <exception cref="RpcException">A header is wrong; the writer can already carry the answer.</exception>
    public void Begin(IFeatureCollection features, MethodEntry? method, GrpcTransportOptions options, CancellationToken stopping)
    {
        var request = features.GetRequiredFeature<IHttpRequestFeature>();
        var headers = request.Headers;
        Context.Begin(features, request.Path, method?.Compress ?? false, options.TimeProvider, method?.Stream is null ? default : stopping);
        Writer.Begin(features, options.SendLengthMax);
        if (method is null)
            throw new RpcException(StatusCode.Unimplemented, $"No method {request.Path} is served here.");

        var timeout = headers.GrpcTimeout;
        if (timeout.Count > 0)
            Context.SetTimeout(ParseTimeout(timeout.ToString()));
        if (Gzip.IsAccepted(headers.GrpcAcceptEncoding))
            Writer.AllowGzip();

        Reader.Begin(
            features.GetRequiredFeature<IRequestBodyPipeFeature>().Reader,
            options.ReceiveLengthMax,
            IsGzip(features, headers.GrpcEncoding));
        if (method.Stream is not null || options.ReceiveLengthMax > BodyLimitSafe)
            LiftBodyLimits(features, method);
    }

    public void End()
    {
        Reader.End();
        Writer.End();
        Context.End();
    }

    private static TimeSpan ParseTimeout(string text) =>
        TimeoutHeader.TryParse(text, out var timeout)
            ? timeout
            : throw new RpcException(StatusCode.InvalidArgument, $"grpc-timeout '{text}' is not one to eight digits and a unit of H, M, S, m, u or n.");

    private static bool IsGzip(IFeatureCollection features, string? encoding)
    {
        if (string.IsNullOrEmpty(encoding) || encoding == Gzip.Identity)
            return false;
        if (encoding == Gzip.Name)
            return true;
        features.GetRequiredFeature<IHttpResponseFeature>().Headers.GrpcAcceptEncoding = Gzip.Accepted;
        throw new RpcException(StatusCode.Unimplemented, $"grpc-encoding '{encoding}' is not supported; use {Gzip.Accepted}.");
    }

    /// <summary>A stream has no size and no rate: its messages are bounded one by one and it may idle.</summary>
    private static void LiftBodyLimits(IFeatureCollection features, MethodEntry method)
    {
        if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (method.Descriptor.IsClientStreaming
            && features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }
}
