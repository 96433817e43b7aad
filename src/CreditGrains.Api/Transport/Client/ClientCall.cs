using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using CreditGrains.Api.Transport.Wire;

namespace CreditGrains.Api.Transport.Client;

/// <summary>One call under way: its deadline, its response and how it ended. One reader at a time.</summary>
internal sealed class ClientCall<TResponse> : IDisposable
{
    private static readonly TimeSpan TimerMax = TimeSpan.FromDays(40);
    private readonly RpcChannelOptions bounds;
    private readonly Func<ReadOnlySequence<byte>, TResponse> read;
    private readonly CancellationTokenSource source;
    private readonly CancellationToken token;
    private readonly CancellationTokenSource deadline = new();
    private Task<HttpResponseMessage> sent = null!;
    private HttpResponseMessage? response;
    private PipeReader? pipe;
    private bool gzip;
    private bool ended;
    private bool disposed;
    private ReadOnlySequence<byte> buffer;
    private bool held;

    public ClientCall(RpcChannelOptions bounds, CallOptions options, Func<ReadOnlySequence<byte>, TResponse> read)
    {
        this.bounds = bounds;
        this.read = read;
        Options = options;
        source = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken, deadline.Token);
        token = source.Token;
        if (options.Timeout is { } timeout && timeout < TimerMax)
            deadline.CancelAfter(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero);
    }

    public CallOptions Options { get; }

    /// <summary>Cancelled when the call is over for whatever reason.</summary>
    public CancellationToken Token => token;

    public HttpContent Frame<TRequest>(TRequest request, Action<TRequest, IBufferWriter<byte>> write)
    {
        var framer = new RequestFramer<TRequest>(write, bounds.SendLengthMax, Options.Compress);
        return new ByteArrayContent(framer.Frame(request).ToArray());
    }

    public void Send(HttpMessageInvoker invoker, HttpRequestMessage request) =>
        sent = invoker.SendAsync(request, token);

    /// <summary>The response of a call that has one.</summary>
    public async Task<TResponse> OnlyAsync()
    {
        var (any, only) = await NextAsync(default);
        if (!any)
            throw new RpcException(StatusCode.Internal, "The server sent OK and no response message.");
        var (more, _) = await NextAsync(default);
        return more ? throw new RpcException(StatusCode.Internal, "The server sent more than one response message.") : only!;
    }

    public async IAsyncEnumerable<TResponse> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var (any, next) = await NextAsync(cancellationToken);
            if (!any)
                yield break;
            yield return next!;
        }
    }

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        // Resets the stream if it is still open.
        source.Cancel();
        response?.Dispose();
        if (response is null && sent is not null)
            _ = sent.ContinueWith(static late => Drop(late), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        source.Dispose();
        deadline.Dispose();
    }

    private static void Drop(Task<HttpResponseMessage> late)
    {
        if (late.IsCompletedSuccessfully)
            late.Result.Dispose();
        else
            _ = late.Exception;
    }

    private ValueTask<(bool Any, TResponse? Next)> NextAsync(CancellationToken cancellationToken) =>
        held && TryTake(out var next) ? new((true, next)) : ReceiveAsync(cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(bool Any, TResponse? Next)> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var registration = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), source);
            if (response is null)
                await StartAsync();
            while (true)
            {
                if (held && TryTake(out var next))
                    return (true, next);
                if (ended)
                {
                    if (!buffer.IsEmpty)
                        throw new RpcException(StatusCode.Internal, "The response ended inside a message.");
                    Finish();
                    return (false, default);
                }

                if (held)
                    pipe!.AdvanceTo(buffer.Start, buffer.End);
                held = false;
                var result = await pipe!.ReadAsync(token);
                buffer = result.Buffer;
                ended = result.IsCompleted;
                held = true;
            }
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw ClientFailure.From(e, IsTimedOut(cancellationToken), token.IsCancellationRequested);
        }
    }

    private bool TryTake(out TResponse? next)
    {
        next = default;
        if (!Framing.TryTake(ref buffer, bounds.ReceiveLengthMax, out var compressed, out var message))
            return false;
        if (compressed)
        {
            if (!gzip)
                throw new RpcException(StatusCode.Internal, "A response is marked as compressed but names no grpc-encoding.");
            var inflated = new MessageBuffer();
            Gzip.Decompress(message, bounds.ReceiveLengthMax, inflated);
            message = new(inflated.Message);
        }

        try
        {
            next = read(message);
            return true;
        }
        catch (Google.Protobuf.InvalidProtocolBufferException e)
        {
            throw new RpcException(StatusCode.Internal, $"The response is not a {typeof(TResponse).Name}: {e.Message}", e);
        }
    }

    private async Task StartAsync()
    {
        response = await sent;
        ClientFailure.ThrowIfNotGrpc(response);
        gzip = RequestHeaders.Find(response.Headers, "grpc-encoding") == Gzip.Name;
        if (response.Headers.NonValidated.Contains("grpc-status"))
            ClientFailure.ThrowIfFailed(response.Headers);
        Options.OnHeaders?.Invoke(RequestHeaders.ReadMetadata(response.Headers));
        pipe = PipeReader.Create(await response.Content.ReadAsStreamAsync(token), new StreamPipeReaderOptions(bufferSize: 32 * 1024));
    }

    private void Finish()
    {
        var trailers = response!.TrailingHeaders;
        if (!trailers.NonValidated.Contains("grpc-status") && response.Headers.NonValidated.Contains("grpc-status"))
            return;
        ClientFailure.ThrowIfFailed(trailers);
        Options.OnTrailers?.Invoke(RequestHeaders.ReadMetadata(trailers));
    }

    private bool IsTimedOut(CancellationToken cancellationToken) =>
        deadline.IsCancellationRequested
        && !Options.CancellationToken.IsCancellationRequested
        && !cancellationToken.IsCancellationRequested;
}
