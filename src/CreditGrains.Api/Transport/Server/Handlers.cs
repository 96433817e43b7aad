using System.Buffers;

namespace CreditGrains.Api.Transport.Server;

/// <summary>One request, one response.</summary>
/// <remarks>Fails by throwing <see cref="RpcException"/>; any other exception is logged and answered as Unknown.</remarks>
public delegate ValueTask<TResponse> UnaryHandler<in TRequest, TResponse>(TRequest request, CallContext context);

/// <summary>One request, many responses; the call ends when the task does.</summary>
public delegate ValueTask ServerStreamingHandler<in TRequest, TResponse>(
    TRequest request, IMessageWriter<TResponse> responses, CallContext context);

/// <summary>Many requests, one response. Requests may be left unread.</summary>
public delegate ValueTask<TResponse> ClientStreamingHandler<in TRequest, TResponse>(
    IAsyncEnumerable<TRequest> requests, CallContext context);

/// <summary>Many requests and many responses, in any interleaving.</summary>
public delegate ValueTask DuplexHandler<in TRequest, TResponse>(
    IAsyncEnumerable<TRequest> requests, IMessageWriter<TResponse> responses, CallContext context);

/// <summary>
/// One request, one response, as bytes: for hot calls that need no message objects. The request's memory is lent until
/// the task completes; the response is what was written to <paramref name="response"/> by then.
/// </summary>
public delegate ValueTask RawUnaryHandler(ReadOnlySequence<byte> request, IBufferWriter<byte> response, CallContext context);

/// <summary>Many requests and many responses, as bytes.</summary>
public delegate ValueTask RawDuplexHandler(IRawMessageReader requests, IRawMessageWriter responses, CallContext context);

/// <summary>The response side of a stream. Not thread-safe: one writer at a time.</summary>
public interface IMessageWriter<in T>
{
    /// <summary>Adds a message and waits until the peer's flow control lets it out.</summary>
    /// <exception cref="RpcException">The message passes the send limit (ResourceExhausted).</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    ValueTask WriteAsync(T message);

    /// <summary>Adds a message to the batch that the next flush or the end of the call sends.</summary>
    /// <exception cref="RpcException">The message passes the send limit (ResourceExhausted).</exception>
    void Write(T message);

    /// <summary>Sends what was added and waits for flow control. With nothing added it sends the response headers.</summary>
    ValueTask FlushAsync();
}

/// <summary>The request side of a stream, as bytes. Not thread-safe: one reader at a time.</summary>
public interface IRawMessageReader
{
    /// <summary>Takes the next message if it has arrived whole. Its memory is valid until the next call on this reader.</summary>
    /// <exception cref="RpcException">The framing is broken, the message too large, or its compression unknown.</exception>
    bool TryRead(out ReadOnlySequence<byte> message);

    /// <summary>Waits until <see cref="TryRead"/> has a message; false once the peer has ended its stream.</summary>
    /// <exception cref="RpcException">The stream ended inside a message (Internal), or as for <see cref="TryRead"/>.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled or the token was.</exception>
    ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default);
}

/// <summary>The response side of a stream, as bytes. Not thread-safe: one writer at a time.</summary>
public interface IRawMessageWriter
{
    /// <summary>The message under construction: write its bytes here, then call <see cref="EndMessage"/>.</summary>
    IBufferWriter<byte> Message { get; }

    /// <summary>Ends the message and adds it to the batch that the next flush or the end of the call sends.</summary>
    /// <exception cref="RpcException">The message passes the send limit (ResourceExhausted).</exception>
    void EndMessage();

    /// <summary>Sends what was ended and waits for flow control. With nothing ended it sends the response headers.</summary>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    ValueTask FlushAsync();
}
