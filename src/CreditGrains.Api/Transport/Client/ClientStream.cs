namespace CreditGrains.Api.Transport.Client;

/// <summary>A client-streaming call. Dispose of it when done; that gives up a call still under way.</summary>
public sealed class ClientStream<TRequest, TResponse> : IDisposable
{
    private readonly ClientCall<TResponse> call;
    private readonly RequestStream<TRequest> requests;

    internal ClientStream(ClientCall<TResponse> call, RequestStream<TRequest> requests)
    {
        this.call = call;
        this.requests = requests;
    }

    /// <summary>Sends a request; waits only when too much is unsent. Thread-safe.</summary>
    /// <exception cref="RpcException">The message is too large (ResourceExhausted) or the call is over (Cancelled).</exception>
    public ValueTask WriteAsync(TRequest request) => requests.WriteAsync(request);

    /// <summary>Ends the requests and waits for the response.</summary>
    /// <exception cref="RpcException">The call failed.</exception>
    public async Task<TResponse> CompleteAsync()
    {
        await requests.CompleteAsync();
        return await call.OnlyAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => call.Dispose();
}
