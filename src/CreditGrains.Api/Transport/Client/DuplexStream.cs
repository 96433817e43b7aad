namespace CreditGrains.Api.Transport.Client;

/// <summary>
/// A bidirectional call. Write from any thread and read from one, at the same time: many requests may be under way.
/// Dispose of it when done; that gives up a call still under way.
/// </summary>
public sealed class DuplexStream<TRequest, TResponse> : IDisposable
{
    private readonly ClientCall<TResponse> call;
    private readonly RequestStream<TRequest> requests;

    internal DuplexStream(ClientCall<TResponse> call, RequestStream<TRequest> requests)
    {
        this.call = call;
        this.requests = requests;
    }

    /// <summary>Sends a request; waits only when too much is unsent. Thread-safe.</summary>
    /// <exception cref="RpcException">The message is too large (ResourceExhausted) or the call is over (Cancelled).</exception>
    public ValueTask WriteAsync(TRequest request) => requests.WriteAsync(request);

    /// <summary>Ends the requests; the responses go on.</summary>
    public ValueTask CompleteAsync() => requests.CompleteAsync();

    /// <summary>The responses, until the server ends the call. Cancelling the token ends the call.</summary>
    /// <exception cref="RpcException">The call failed; thrown after the responses that came before.</exception>
    public IAsyncEnumerable<TResponse> ReadAllAsync(CancellationToken cancellationToken = default) => call.AllAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => call.Dispose();
}
