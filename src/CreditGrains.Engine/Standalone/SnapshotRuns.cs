using System.Collections.Concurrent;
using System.Threading.Channels;
using CreditGrains.Engine.RequestIds;
using CreditGrains.Engine.Snapshots;

namespace CreditGrains.Engine.Standalone;

/// <summary>
/// Takes snapshots beside the traffic: the writer captures in small steps, a task writes and verifies, the manifest follows once the
/// snapshot's sequence is durable, and its digest is journaled. One at a time.
/// </summary>
internal sealed class SnapshotRuns(Partition partition, EngineOptions options, WriterThread writer)
{
    private const int PooledChunksMax = 256;
    private const int ChunksPerPause = 4;
    private static readonly TimeSpan PauseLength = TimeSpan.FromMilliseconds(1);
    private readonly ConcurrentQueue<SnapshotChunk> pool = new();
    private readonly List<TaskCompletionSource<long>> waiters = [];
    private readonly List<(long Sequence, RequestIdCatalog Ids)> taken = [];
    private SnapshotCapture? capture;
    private Channel<SnapshotChunk>? chunks;
    private RequestIdCatalog? catalog;
    private long journalBytesAtStart;
    private long bufferedBytes;
    private bool isWriting;
    private Task writing = Task.CompletedTask;

    /// <summary>Whether the next step can go on now.</summary>
    public bool WantsTurn => capture is not null ? Interlocked.Read(ref bufferedBytes) < options.SnapshotBufferBytesMax : !isWriting && IsDue;

    private bool IsDue => waiters.Count > 0
        || (options.SnapshotEveryBytes > 0 && partition.Journal.Writer.AppendedBytes - journalBytesAtStart >= options.SnapshotEveryBytes);

    /// <summary>Asks for a snapshot; on the writer.</summary>
    public void Request(TaskCompletionSource<long> waiter) => waiters.Add(waiter);

    /// <summary>Does a bounded part; on the writer, between two batches.</summary>
    public void Step()
    {
        if (capture is null && !isWriting && IsDue) Begin();
        if (capture is null || !WantsTurn) return;
        capture.Step(options.SnapshotStepBytes);
        if (capture.IsDone) EndCapture();
    }

    /// <summary>Abandons a capture; on the writer, as it ends.</summary>
    public void Abandon()
    {
        if (capture is not null) EndCapture();
        foreach (var waiter in waiters) waiter.TrySetException(new EngineFaultException("The engine stopped before the snapshot was taken.", null));
    }

    /// <summary>Waits for the file to be let go; after the writer has ended.</summary>
    public Task DrainAsync() => writing;

    private void Begin()
    {
        var channel = Channel.CreateUnbounded<SnapshotChunk>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var begun = partition.BeginSnapshot(Rent, chunk =>
        {
            Interlocked.Add(ref bufferedBytes, chunk.Whole.Length);
            channel.Writer.TryWrite(chunk);
        });
        if (begun is null) return;
        capture = begun;
        chunks = channel;
        catalog = begun.Ids;
        journalBytesAtStart = partition.Journal.Writer.AppendedBytes;
        isWriting = true;
        var served = waiters.ToArray();
        waiters.Clear();
        writing = Task.Run(() => WriteAsync(channel.Reader, begun.Sequence, served));
    }

    private void EndCapture()
    {
        capture!.Dispose();
        capture = null;
        chunks!.Writer.Complete();
    }

    private SnapshotChunk Rent()
    {
        if (!pool.TryDequeue(out var chunk)) chunk = new SnapshotChunk();
        return chunk;
    }

    private async Task WriteAsync(ChannelReader<SnapshotChunk> reader, long sequence, TaskCompletionSource<long>[] served)
    {
        try
        {
            using var file = new SnapshotFile(partition.Files, partition.State, sequence);
            var isComplete = false;
            var handled = 0;
            try
            {
                await foreach (var chunk in reader.ReadAllAsync())
                {
                    var bytes = chunk.Whole.Length;
                    var isLast = file.Write(chunk);
                    Interlocked.Add(ref bufferedBytes, -bytes);
                    if (pool.Count < PooledChunksMax) pool.Enqueue(chunk);
                    if (!isLast) writer.Wake();
                    // Copies made on write must not pile up.
                    if (++handled % ChunksPerPause == 0 && Interlocked.Read(ref bufferedBytes) <= options.SnapshotBufferBytesMax) await PauseAsync();
                    isComplete |= isLast;
                }
                if (!isComplete) throw new EngineFaultException("The engine stopped before the snapshot was complete.", writer.Fault);
                using (var readBack = file.ReadBack())
                {
                    while (readBack.TryNext(out _, out _))
                        if (++handled % ChunksPerPause == 0) await PauseAsync();
                }
                await PutInForceAsync(file);
            }
            catch
            {
                file.Abandon();
                throw;
            }
            writer.Submit(new WriterCall<bool>(_ => End()));
            foreach (var waiter in served) waiter.TrySetResult(sequence);
        }
        catch (Exception failure)
        {
            // Whatever went wrong is told to the operator and to those who asked; the engine itself is not touched by it.
            partition.Warn($"A snapshot failed and was abandoned; the one before it stays in force. {failure.Message}");
            // The capture must run dry, or its copies on write would pile up.
            await foreach (var chunk in reader.ReadAllAsync()) Interlocked.Add(ref bufferedBytes, -chunk.Whole.Length);
            writer.Submit(new WriterCall<bool>(_ => End()));
            foreach (var waiter in served) waiter.TrySetException(failure);
        }
    }

    // A snapshot has time, the callers it shares the processor with have not.
    private Task PauseAsync() => Task.Delay(PauseLength, options.Clock);

    /// <summary>Waits until the snapshot's sequence is durable, then makes it count.</summary>
    private async Task PutInForceAsync(SnapshotFile file)
    {
        while (true)
        {
            var next = writer.Durable.Next;
            if (partition.Journal.Reader.DurableSequence >= file.Sequence) break;
            if (writer.Fault is not null) throw new EngineFaultException("The journal failed before the snapshot counted.", writer.Fault);
            await Task.WhenAny(next, writer.Stopped);
        }
        SnapshotCatalog.Add(partition.Files, new SnapshotEntry(file.Sequence, file.LengthBytes, file.Digest));
        var (digest, sequence) = (file.Digest, file.Sequence);
        writer.Submit(new WriterCall<bool>(p =>
        {
            p.SnapshotSequence = sequence;
            return p.NoteDigest(digest, sequence);
        }));
    }

    private bool End()
    {
        isWriting = false;
        if (catalog is null) return true;
        taken.Add((partition.SnapshotSequence, catalog));
        if (taken.Count > 2) taken.RemoveAt(0);
        catalog = null;
        // Until two snapshots were taken by this process, an older one may still need any run.
        if (taken.Count < 2) return true;
        foreach (var name in partition.Ids.TakeRetired(taken[0].Ids)) partition.Files.Delete(name);
        return true;
    }
}

/// <summary>Moves the oldest request ids to disk beside the traffic. One part at a time.</summary>
internal sealed class SpillRuns(Partition partition, WriterThread writer)
{
    private bool isWriting;

    /// <summary>Starts a spill when memory is above its bound; on the writer.</summary>
    public void Step()
    {
        if (isWriting || partition.Ids.TakeSpillWork() is not { } work) return;
        isWriting = true;
        _ = Task.Run(work.Write).ContinueWith(
            done => writer.Submit(new WriterCall<bool>(p =>
            {
                isWriting = false;
                if (done.Exception is null) p.Ids.CompleteSpill(work);
                else p.Ids.ReturnSpill(work);
                return done.Exception is null;
            })),
            TaskScheduler.Default);
    }
}
