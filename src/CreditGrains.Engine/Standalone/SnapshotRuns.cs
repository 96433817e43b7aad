using System.Threading.Channels;
using CreditGrains.Engine.Files;
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
    private const long DeletedBytesPerPause = 16 << 20;
    private static readonly TimeSpan PauseLength = TimeSpan.FromMilliseconds(1);
    private readonly SnapshotScratch scratch = new(PooledChunksMax);
    private readonly List<TaskCompletionSource<long>> waiters = [];
    private readonly List<(long Sequence, RequestIdCatalog Ids)> taken = [];
    private SnapshotCapture? capture;
    private Channel<SnapshotChunk>? chunks;
    private RequestIdCatalog? catalog;
    private long journalBytesAtStart;
    private long bufferedBytes;
    private volatile bool isPreparing;
    private volatile bool isPrepared;
    private bool isWriting;
    private Task writing = Task.CompletedTask;

    /// <summary>Whether the next step can go on now.</summary>
    public bool WantsTurn => capture is not null ? Interlocked.Read(ref bufferedBytes) < options.SnapshotBufferBytesMax : !isWriting && !isPreparing && IsDue;

    private bool IsDue => waiters.Count > 0
        || (options.SnapshotEveryBytes > 0 && partition.Journal.Writer.AppendedBytes - journalBytesAtStart >= options.SnapshotEveryBytes);

    /// <summary>Asks for a snapshot; on the writer.</summary>
    public void Request(TaskCompletionSource<long> waiter) => waiters.Add(waiter);

    /// <summary>Does a bounded part; on the writer, between two batches.</summary>
    public void Step()
    {
        if (capture is null && !isWriting && !isPreparing && IsDue && !IsTaken())
        {
            if (isPrepared) Begin();
            else Prepare();
        }
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

    // Nothing happened since: those who asked have it.
    private bool IsTaken()
    {
        if (!partition.IsSnapshotNewest) return false;
        foreach (var waiter in waiters) waiter.TrySetResult(partition.SnapshotSequence);
        waiters.Clear();
        journalBytesAtStart = partition.Journal.Writer.AppendedBytes;
        return true;
    }

    // The memory it takes is fetched off the writer's turn.
    private void Prepare()
    {
        isPreparing = true;
        int[] blockCounts = [.. partition.State.Tables.Select(table => table.BlockCount)];
        _ = Task.Run(() =>
        {
            scratch.Prepare(blockCounts, options.SnapshotBufferBytesMax / SnapshotChunk.PayloadBytes);
            isPrepared = true;
            isPreparing = false;
            writer.Wake();
        });
    }

    private void Begin()
    {
        var channel = Channel.CreateUnbounded<SnapshotChunk>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var begun = partition.BeginSnapshot(scratch, chunk =>
        {
            Interlocked.Add(ref bufferedBytes, chunk.Whole.Length);
            channel.Writer.TryWrite(chunk);
        });
        if (begun is null) return;
        isPrepared = false;
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

    private async Task WriteAsync(ChannelReader<SnapshotChunk> reader, long sequence, TaskCompletionSource<long>[] served)
    {
        using var activity = EngineActivities.Source.StartActivity("snapshot");
        activity?.SetTag("creditgrains.sequence", sequence);
        try
        {
            using var file = new SnapshotFile(partition.Files, partition.State, sequence);
            List<SnapshotEntry> inForce;
            var isComplete = false;
            var handled = 0;
            try
            {
                await foreach (var chunk in reader.ReadAllAsync())
                {
                    var bytes = chunk.Whole.Length;
                    var isLast = file.Write(chunk);
                    Interlocked.Add(ref bufferedBytes, -bytes);
                    scratch.Return(chunk);
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
                inForce = await PutInForceAsync(file);
            }
            catch
            {
                file.Abandon();
                throw;
            }
            await DeleteReplacedAsync(inForce);
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
    private async Task<List<SnapshotEntry>> PutInForceAsync(SnapshotFile file)
    {
        while (true)
        {
            var next = writer.Durable.Next;
            if (partition.Journal.Reader.DurableSequence >= file.Sequence) break;
            if (writer.Fault is not null) throw new EngineFaultException("The journal failed before the snapshot counted.", writer.Fault);
            await Task.WhenAny(next, writer.Stopped);
        }
        var inForce = SnapshotCatalog.Add(partition.Files, new SnapshotEntry(file.Sequence, file.LengthBytes, file.Digest));
        var (digest, sequence) = (file.Digest, file.Sequence);
        writer.Submit(new WriterCall<bool>(p =>
        {
            p.SnapshotSequence = sequence;
            return p.NoteDigest(digest, sequence);
        }));
        return inForce;
    }

    private async Task DeleteReplacedAsync(List<SnapshotEntry> inForce)
    {
        try
        {
            while (SnapshotCatalog.TryDeleteNext(partition.Files, inForce, DeletedBytesPerPause)) await PauseAsync();
        }
        catch (StoreException failure)
        {
            partition.Warn($"A replaced snapshot could not be deleted; the next snapshot tries again. {failure.Message}");
        }
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
