using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using CreditGrains.Api.Transport.Wire;

namespace CreditGrains.Api.Transport.Server;

/// <summary>
/// The messages of a gRPC request body. Owns what it has read of the pipe until it asks for more, so the memory of a
/// message stays valid that long. Used again for the next call.
/// </summary>
internal sealed class GrpcRequestReader(CallContext context) : IRawMessageReader
{
    private readonly MessageBuffer inflated = new();
    private PipeReader pipe = null!;
    private int lengthMax;
    private bool gzip;
    private bool held;
    private bool ended;
    private ReadOnlySequence<byte> buffer;

    public void Begin(PipeReader body, int receiveLengthMax, bool gzipAllowed)
    {
        pipe = body;
        lengthMax = receiveLengthMax;
        gzip = gzipAllowed;
        ended = false;
        buffer = default;
    }

    /// <summary>Gives the memory back to the pipe; the messages taken lapse.</summary>
    public void End()
    {
        Release();
        inflated.Clear();
        pipe = null!;
    }

    /// <summary>The whole request of a unary call, if all of it has arrived.</summary>
    public bool TryReadOnly(out ReadOnlySequence<byte> message)
    {
        if (!held && (!pipe.TryRead(out var result) || !Hold(result)))
        {
            message = default;
            return false;
        }

        return TryTakeOnly(out message);
    }

    /// <summary>The whole request of a unary call. Its memory is valid until <see cref="End"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlySequence<byte>> ReadOnlyAsync()
    {
        while (true)
        {
            // Checked on every read, so an oversized prefix is refused before its body is buffered.
            if (held && TryTakeOnly(out var message))
                return message;
            Release();
            Hold(await pipe.ReadAsync(context.CancellationToken));
        }
    }

    public bool TryRead(out ReadOnlySequence<byte> message)
    {
        message = default;
        if (!held || !Framing.TryTake(ref buffer, lengthMax, out var compressed, out message))
            return false;
        if (compressed)
            message = Inflate(message);
        return true;
    }

    public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (held && HasMessage())
                return new(true);
            if (ended)
                return buffer.IsEmpty ? new(false) : throw Truncated();
            Release();
            if (!pipe.TryRead(out var result))
                return WaitAsync(cancellationToken);
            Hold(result);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        CancellationTokenSource? both = null;
        var token = context.CancellationToken;
        if (cancellationToken.CanBeCanceled && cancellationToken != token)
        {
            both = CancellationTokenSource.CreateLinkedTokenSource(token, cancellationToken);
            token = both.Token;
        }

        using (both)
        {
            while (true)
            {
                Hold(await pipe.ReadAsync(token));
                if (HasMessage())
                    return true;
                if (ended)
                    return buffer.IsEmpty ? false : throw Truncated();
                Release();
            }
        }
    }

    /// <summary>Takes the one message of a unary call; false while its body goes on.</summary>
    private bool TryTakeOnly(out ReadOnlySequence<byte> message)
    {
        var rest = buffer;
        if (!Framing.TryTake(ref rest, lengthMax, out var compressed, out message))
        {
            if (!ended)
                return false;
            throw buffer.IsEmpty ? Cardinality.None() : Truncated();
        }

        if (!rest.IsEmpty)
            throw Cardinality.More();
        if (!ended)
            return false;
        if (compressed)
            message = Inflate(message);
        return true;
    }

    private bool HasMessage()
    {
        var rest = buffer;
        return Framing.TryTake(ref rest, lengthMax, out _, out _);
    }

    private bool Hold(in ReadResult result)
    {
        if (result.IsCanceled)
            throw new OperationCanceledException();
        buffer = result.Buffer;
        ended = result.IsCompleted;
        held = true;
        return true;
    }

    private void Release()
    {
        if (!held)
            return;
        held = false;
        pipe.AdvanceTo(buffer.Start, buffer.End);
    }

    private ReadOnlySequence<byte> Inflate(ReadOnlySequence<byte> message)
    {
        if (!gzip)
            throw new RpcException(StatusCode.Internal, "A message is marked as compressed but the call names no grpc-encoding.");
        inflated.Clear();
        Gzip.Decompress(message, lengthMax, inflated);
        return new(inflated.Message);
    }

    private static RpcException Truncated() =>
        new(StatusCode.Internal, "The request ended inside a message.");
}
