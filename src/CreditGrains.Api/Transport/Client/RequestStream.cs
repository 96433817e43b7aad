using System.Buffers;
using System.IO.Pipelines;
using System.Net;

namespace CreditGrains.Api.Transport.Client;

/// <summary>
/// The requests of a streaming call. Messages written while the connection is busy leave together in one write; past
/// <see cref="PauseLength"/> unsent bytes a writer waits. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // A semaphore without a wait handle holds nothing to dispose of.
internal sealed class RequestStream<TRequest>
#pragma warning restore CA1001
{
    private const int PauseLength = 1024 * 1024;
    private readonly Pipe pipe = new(new PipeOptions(pauseWriterThreshold: PauseLength, resumeWriterThreshold: PauseLength / 2, useSynchronizationContext: false));
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly RequestFramer<TRequest> framer;
    private readonly CancellationToken token;
    private bool completed;

    public RequestStream(Action<TRequest, IBufferWriter<byte>> write, int lengthMax, bool compress, CancellationToken token)
    {
        framer = new RequestFramer<TRequest>(write, lengthMax, compress);
        this.token = token;
        Content = new Body(pipe.Reader);
    }

    public HttpContent Content { get; }

    public async ValueTask WriteAsync(TRequest request)
    {
        try
        {
            await gate.WaitAsync(token);
            try
            {
                if (completed)
                    throw new InvalidOperationException("The request stream is completed.");
                pipe.Writer.Write(framer.Frame(request).Span);
                var result = await pipe.Writer.FlushAsync(token);
                if (result.IsCompleted)
                    throw Ended(null);
            }
            finally
            {
                gate.Release();
            }
        }
        catch (OperationCanceledException e)
        {
            throw Ended(e);
        }
    }

    /// <summary>Tells the server that no more requests follow; again does nothing.</summary>
    public async ValueTask CompleteAsync()
    {
        await gate.WaitAsync(CancellationToken.None);
        if (!completed)
        {
            completed = true;
            await pipe.Writer.CompleteAsync();
        }

        gate.Release();
    }

    private static RpcException Ended(Exception? e) =>
        new(StatusCode.Cancelled, "The call is over; its responses tell how it ended.", e);

    private sealed class Body(PipeReader reader) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            try
            {
                // Sends the headers, so that a server that speaks first can.
                await stream.FlushAsync(cancellationToken);
                while (true)
                {
                    var result = await reader.ReadAsync(cancellationToken);
                    foreach (var segment in result.Buffer)
                        await stream.WriteAsync(segment, cancellationToken);
                    reader.AdvanceTo(result.Buffer.End);
                    if (result.IsCompleted)
                        return;
                    await stream.FlushAsync(cancellationToken);
                }
            }
            finally
            {
                await reader.CompleteAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
