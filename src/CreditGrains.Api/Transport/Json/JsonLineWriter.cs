using System.Buffers;
using System.IO.Pipelines;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Api.Transport.Wire;
using Google.Protobuf.Reflection;

namespace CreditGrains.Api.Transport.Json;

/// <summary>A response stream as newline-delimited JSON.</summary>
internal sealed class JsonLineWriter(JsonCodec codec, MessageDescriptor type, CallContext context, int lengthMax, Func<PipeWriter> start)
    : IRawMessageWriter
{
    private readonly MessageBuffer message = new();
    private PipeWriter? output;

    public IBufferWriter<byte> Message => message;

    /// <summary>Ends the stream well; one without messages is an empty body.</summary>
    public void End()
    {
        Start();
        message.Free();
    }

    public void EndMessage()
    {
        var length = message.Length;
        if (length > lengthMax)
        {
            message.Clear();
            throw new RpcException(StatusCode.ResourceExhausted, $"A response of {length} bytes passes the send limit of {lengthMax} bytes.");
        }

        var line = codec.Format(type, message.Message.Span);
        message.Clear();
        Start().Write(line);
        output!.Write("\n"u8);
    }

    public async ValueTask FlushAsync()
    {
        var token = context.CancellationToken;
        var body = Start();
        // Not with the token: a flush cancelled by it drops the connection, and the caller would never see the error line.
        var pending = body.FlushAsync(CancellationToken.None);
        await using var giveUp = token.UnsafeRegister(static body => ((PipeWriter)body!).CancelPendingFlush(), body);
        var result = await pending;
        token.ThrowIfCancellationRequested();
        if (result.IsCanceled || result.IsCompleted)
            throw new OperationCanceledException("The caller no longer reads the responses.");
    }

    /// <summary>Fixes the response headers; from here on a failure is a line.</summary>
    private PipeWriter Start() => output ??= start();
}
