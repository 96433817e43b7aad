using System.Net.Http.Headers;
using System.Net.Security;
using System.Runtime.CompilerServices;

namespace CreditGrains.Api.Transport.Client;

/// <summary>
/// Calls one server by gRPC over HTTP/2, with TLS for https and by prior knowledge for http. Thread-safe; keep one for the
/// life of the process. Every call fails with <see cref="RpcException"/> and nothing else, save for misuse.
/// </summary>
public sealed class RpcChannel : IDisposable
{
    private const int StreamWindow = 1024 * 1024;
    private readonly HttpMessageInvoker invoker;
    private readonly RpcChannelOptions options;

    /// <summary>Makes a channel; connects on the first call.</summary>
    /// <param name="address">http or https, host and port.</param>
    /// <param name="options">Bounds; null for the defaults.</param>
    public RpcChannel(Uri address, RpcChannelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        Address = address;
        this.options = options ?? new RpcChannelOptions();
#pragma warning disable CA2000 // The invoker owns the handler made here.
        invoker = this.options.Handler is { } handler
            ? new HttpMessageInvoker(handler, disposeHandler: false)
            : new HttpMessageInvoker(MakeHandler(this.options.Tls), disposeHandler: true);
#pragma warning restore CA2000
    }

    /// <summary>The server.</summary>
    public Uri Address { get; }

    /// <summary>One request, one response.</summary>
    public async Task<TResponse> UnaryAsync<TRequest, TResponse>(RpcMethod<TRequest, TResponse> method, TRequest request, CallOptions? callOptions = null)
    {
        ArgumentNullException.ThrowIfNull(method);
        using var call = new ClientCall<TResponse>(options, callOptions ?? CallOptions.None, method.Read);
        call.Send(invoker, Request(method.Path, call.Options, call.Frame(request, method.Write)));
        return await call.OnlyAsync();
    }

    /// <summary>One request, many responses. The call starts when enumeration does and ends early if it stops.</summary>
    public async IAsyncEnumerable<TResponse> ServerStreamingAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        CallOptions? callOptions = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(method);
        using var call = new ClientCall<TResponse>(options, callOptions ?? CallOptions.None, method.Read);
        call.Send(invoker, Request(method.Path, call.Options, call.Frame(request, method.Write)));
        await foreach (var response in call.AllAsync(cancellationToken))
            yield return response;
    }

    /// <summary>Many requests, one response.</summary>
    public ClientStream<TRequest, TResponse> ClientStreaming<TRequest, TResponse>(RpcMethod<TRequest, TResponse> method, CallOptions? callOptions = null)
    {
        var (call, body) = Open(method, callOptions);
        return new ClientStream<TRequest, TResponse>(call, body);
    }

    /// <summary>Many requests and many responses.</summary>
    public DuplexStream<TRequest, TResponse> Duplex<TRequest, TResponse>(RpcMethod<TRequest, TResponse> method, CallOptions? callOptions = null)
    {
        var (call, body) = Open(method, callOptions);
        return new DuplexStream<TRequest, TResponse>(call, body);
    }

    /// <summary>Closes the connections; calls under way fail.</summary>
    public void Dispose() => invoker.Dispose();

    private (ClientCall<TResponse> Call, RequestStream<TRequest> Body) Open<TRequest, TResponse>(RpcMethod<TRequest, TResponse> method, CallOptions? callOptions)
    {
        ArgumentNullException.ThrowIfNull(method);
        var call = new ClientCall<TResponse>(options, callOptions ?? CallOptions.None, method.Read);
        var body = new RequestStream<TRequest>(method.Write, options.SendLengthMax, call.Options.Compress, call.Token);
        call.Send(invoker, Request(method.Path, call.Options, body.Content));
        return (call, body);
    }

    private HttpRequestMessage Request(string path, CallOptions callOptions, HttpContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, path))
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        if (options.Authorization is { } authorization) request.Headers.TryAddWithoutValidation("authorization", authorization);
        RequestHeaders.Write(request.Headers, callOptions);
        return request;
    }

    private static SocketsHttpHandler MakeHandler(SslClientAuthenticationOptions? tls) => new()
    {
        SslOptions = tls ?? new SslClientAuthenticationOptions(),
        EnableMultipleHttp2Connections = true,
        InitialHttp2StreamWindowSize = StreamWindow,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        KeepAlivePingDelay = TimeSpan.FromSeconds(60),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(30),
        AllowAutoRedirect = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
    };
}
