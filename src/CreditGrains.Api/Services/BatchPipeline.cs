using System.Buffers;
using System.Threading.Channels;
using CreditGrains.Api.Codec;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Transport.Server;

namespace CreditGrains.Api.Services;

/// <summary>Reads the bytes of a batch into an empty one.</summary>
internal delegate void BatchReading(ReadOnlySequence<byte> message, CommandBatch batch);

/// <summary>
/// A stream of batches: one loop reads and submits, the other answers in the order of submission, with at most
/// <see cref="InFlightMax"/> batches between them; a caller that does not read its replies is read from no further.
/// A batch that is no batch ends the call, after the replies to those before it.
/// </summary>
internal sealed class BatchPipeline
{
    /// <summary>Batches submitted and not answered yet, per stream.</summary>
    public const int InFlightMax = 8;

    private readonly EngineAccess access;
    private readonly BatchReading read;
    private readonly Channel<Submission> submitted = Channel.CreateBounded<Submission>(
        new BoundedChannelOptions(InFlightMax) { SingleReader = true, SingleWriter = true });
    private readonly Channel<CommandBatch> idle = Channel.CreateBounded<CommandBatch>(
        new BoundedChannelOptions(InFlightMax) { SingleReader = true, SingleWriter = true });

    public BatchPipeline(EngineAccess access, BatchReading read)
    {
        this.access = access;
        this.read = read;
        for (var i = 0; i < InFlightMax; i++) idle.Writer.TryWrite(new CommandBatch());
    }

    /// <summary>Runs one call, once.</summary>
    public async ValueTask RunAsync(IRawMessageReader requests, IRawMessageWriter responses, CallContext context)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var reading = ReadAllAsync(requests, access.For(context), context, stop.Token);
        try
        {
            await AnswerAllAsync(responses, stop.Token);
        }
        finally
        {
            await stop.CancelAsync();
            await reading;
        }
    }

    /// <summary>Ends without throwing: what stopped it is handed to the answering loop behind the batches before it.</summary>
    private async Task ReadAllAsync(IRawMessageReader requests, PrincipalEngine engine, CallContext context, CancellationToken stop)
    {
        Exception? failure = null;
        try
        {
            while (await requests.WaitToReadAsync(stop))
                while (requests.TryRead(out var message))
                    await SubmitAsync(message, engine, context, stop);
        }
#pragma warning disable CA1031 // Rethrown by the answering loop.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e;
        }

        submitted.Writer.Complete(failure);
    }

    private async ValueTask SubmitAsync(ReadOnlySequence<byte> message, PrincipalEngine engine, CallContext context, CancellationToken stop)
    {
        var batch = await idle.Reader.ReadAsync(stop);
        read(message, batch);
        context.Recheck();
        context.Charge(batch.Count);
        // There is room: no more batches exist than the channel holds.
        submitted.Writer.TryWrite(new Submission(batch, batch.ExecuteAsync(engine, context.DeadlineMicros)));
    }

    private async Task AnswerAllAsync(IRawMessageWriter responses, CancellationToken stop)
    {
        // Headers now: the caller learns that the stream stands before its first batch is durable.
        await responses.FlushAsync();
        var unsent = false;
        while (true)
        {
            if (!submitted.Reader.TryRead(out var submission))
            {
                if (unsent) await responses.FlushAsync();
                unsent = false;
                if (!await submitted.Reader.WaitToReadAsync(stop)) return;
                continue;
            }

            if (unsent && !submission.Executed.IsCompleted)
            {
                await responses.FlushAsync();
                unsent = false;
            }

            await submission.Executed.Guarded();
            BatchCodec.Write(submission.Batch, responses.Message);
            responses.EndMessage();
            unsent = true;
            submission.Batch.Clear();
            idle.Writer.TryWrite(submission.Batch);
        }
    }

    private readonly record struct Submission(CommandBatch Batch, ValueTask Executed);
}
