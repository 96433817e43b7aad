using System.Threading.Channels;
using CreditGrains.Engine;
using CreditGrains.Engine.Snapshots;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// Snapshots of a partition: captured in small steps between batches, written to the database beside the turns, in force when their sequence
/// is durable. One at a time, and few in a silo. Members belong to the grain's scheduler, but for the writing.
/// </summary>
internal sealed class PartitionSnapshots(Partition partition, long everyBytes, SemaphoreSlim turns, Action wake, Func<Task> durable, Action<string> warn, TaskScheduler workers)
{
    private const int StepBytes = 512 << 10;
    private const int BufferedBytesMax = 4 << 20;
    private const int KeptChunksMax = 16;
    private readonly SnapshotScratch scratch = new(KeptChunksMax);
    private readonly List<TaskCompletionSource<long>> waiters = [];
    private SnapshotCapture? capture;
    private Channel<SnapshotChunk>? chunks;
    private long journalBytesAtStart;
    private long bufferedBytes;
    private bool isWriting;

    /// <summary>Whether a step can be made now.</summary>
    public bool WantsTurn => capture is not null ? Interlocked.Read(ref bufferedBytes) < BufferedBytesMax : !isWriting && IsDue && turns.CurrentCount > 0;

    private bool IsDue => waiters.Count > 0 || (everyBytes > 0 && partition.EventJournal.AppendedBytes - journalBytesAtStart >= everyBytes);

    /// <summary>Asks for one; completes when it is in force.</summary>
    public Task<long> RequestAsync()
    {
        var waiter = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiters.Add(waiter);
        return waiter.Task;
    }

    /// <summary>Does a bounded part; between two batches.</summary>
    public void Step()
    {
        if (capture is null && !isWriting && IsDue && !IsTaken() && turns.Wait(0)) Begin();
        if (capture is null || !WantsTurn) return;
        capture.Step(StepBytes);
        if (capture.IsDone) EndCapture();
    }

    /// <summary>Gives one under way up.</summary>
    public void Abandon()
    {
        if (capture is not null) EndCapture();
        foreach (var waiter in waiters) waiter.TrySetException(new PartitionUnavailableException("The partition moved before the snapshot was taken."));
        waiters.Clear();
    }

    // Nothing happened since: those who asked have it.
    private bool IsTaken()
    {
        if (!partition.IsSnapshotNewest) return false;
        foreach (var waiter in waiters) waiter.TrySetResult(partition.SnapshotSequence);
        waiters.Clear();
        journalBytesAtStart = partition.EventJournal.AppendedBytes;
        return true;
    }

    private void Begin()
    {
        var channel = Channel.CreateUnbounded<SnapshotChunk>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        capture = partition.BeginSnapshot(scratch, chunk =>
        {
            Interlocked.Add(ref bufferedBytes, chunk.Whole.Length);
            channel.Writer.TryWrite(chunk);
        });
        if (capture is null)
        {
            turns.Release();
            return;
        }
        chunks = channel;
        journalBytesAtStart = partition.EventJournal.AppendedBytes;
        isWriting = true;
        var served = waiters.ToArray();
        waiters.Clear();
        _ = FollowAsync(channel.Reader, capture.Sequence, served);
    }

    private void EndCapture()
    {
        capture!.Dispose();
        capture = null;
        chunks!.Writer.Complete();
    }

    /// <summary>Runs on the grain's scheduler; the writing itself beside it.</summary>
    private async Task FollowAsync(ChannelReader<SnapshotChunk> reader, long sequence, TaskCompletionSource<long>[] served)
    {
        try
        {
            // Asked for now, when every event of the snapshot is decided.
            var isDurable = durable();
            var digest = await workers.Run(() => WriteAsync(reader, sequence, isDurable));
            partition.SnapshotSequence = sequence;
            warn($"A snapshot at sequence {sequence} is in force, digest {digest:x32}.");
            foreach (var waiter in served) waiter.TrySetResult(sequence);
        }
        catch (Exception failure)
        {
            // The partition itself is not touched by it; the snapshot before stays.
            warn($"A snapshot failed and was abandoned; the one before it stays in force. {failure.Message}");
            foreach (var waiter in served) waiter.TrySetException(failure);
        }
        isWriting = false;
        turns.Release();
    }

    private async Task<UInt128> WriteAsync(ChannelReader<SnapshotChunk> reader, long sequence, Task isDurable)
    {
        try
        {
            using var file = new SnapshotFile(partition.Files, partition.State, sequence);
            var isComplete = false;
            // Not as an asynchronous stream: that would leave the workers it was started on.
            while (await reader.WaitToReadAsync())
            {
                while (reader.TryRead(out var chunk))
                {
                    isComplete |= file.Write(chunk);
                    Interlocked.Add(ref bufferedBytes, -chunk.Whole.Length);
                    scratch.Return(chunk);
                    wake();
                }
            }
            if (!isComplete)
            {
                file.Abandon();
                throw new PartitionUnavailableException("The partition moved before the snapshot was complete.");
            }
            file.Verify();
            await isDurable;
            var inForce = SnapshotCatalog.Add(partition.Files, new SnapshotEntry(file.Sequence, file.LengthBytes, file.Digest));
            // Whole files: rows of a table are given back without holding anything up.
            while (SnapshotCatalog.TryDeleteNext(partition.Files, inForce, long.MaxValue))
            {
            }
            return file.Digest;
        }
        finally
        {
            // The capture must run dry, or its copies would pile up.
            while (await reader.WaitToReadAsync())
                while (reader.TryRead(out var chunk)) Interlocked.Add(ref bufferedBytes, -chunk.Whole.Length);
        }
    }
}
