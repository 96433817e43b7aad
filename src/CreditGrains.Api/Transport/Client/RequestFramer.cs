using System.Buffers;
using CreditGrains.Api.Transport.Wire;

namespace CreditGrains.Api.Transport.Client;

/// <summary>Frames request messages one at a time. Not thread-safe.</summary>
internal sealed class RequestFramer<TRequest>(Action<TRequest, IBufferWriter<byte>> write, int lengthMax, bool compress)
{
    private readonly MessageBuffer message = new();
    private readonly MessageBuffer packed = new();

    /// <summary>The framed message; valid until the next.</summary>
    /// <exception cref="RpcException">The message passes the send limit (ResourceExhausted).</exception>
    public ReadOnlyMemory<byte> Frame(TRequest request)
    {
        message.Clear();
        write(request, message);
        if (message.Length > lengthMax)
            throw new RpcException(StatusCode.ResourceExhausted, $"A request of {message.Length} bytes passes the send limit of {lengthMax} bytes.");
        if (!compress)
            return message.Frame(compressed: false);
        packed.Clear();
        Gzip.Compress(message.Message.Span, packed);
        return packed.Frame(compressed: true);
    }
}
