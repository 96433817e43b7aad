using CreditGrains.Engine.RequestIds;

namespace CreditGrains.Engine.Standalone;

/// <summary>
/// Moves the oldest request ids to disk beside the traffic. One part at a time; what the disk refuses stays in memory and is tried again
/// a little later. All of it but the writing itself is on the writer.
/// </summary>
internal sealed class SpillRuns(Partition partition, TimeProvider clock, WriterThread writer)
{
    /// <summary>Between two tries on a disk that refused.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    private Task<bool> latest = Task.FromResult(true);
    private bool isWriting;
    private long? refusedAt;

    /// <summary>The end of the spill begun last: whether its ids are on disk. Any thread.</summary>
    public Task<bool> Latest => Volatile.Read(ref latest);

    /// <summary>Starts a spill when memory is above its bound.</summary>
    public void Step()
    {
        if (isWriting || (refusedAt is { } at && clock.GetElapsedTime(at) < RetryInterval) || partition.Ids.TakeSpillWork() is not { } work) return;
        isWriting = true;
        var ended = Task.Run(work.Write).ContinueWith(
            done =>
            {
                var end = new WriterCall<bool>(_ => End(work, done.Exception?.InnerException));
                writer.Submit(end);
                return end.Task;
            },
            TaskScheduler.Default);
        Volatile.Write(ref latest, ended.Unwrap());
    }

    private bool End(SpillWork work, Exception? failure)
    {
        isWriting = false;
        refusedAt = null;
        if (failure is null)
        {
            partition.Ids.CompleteSpill(work);
            return true;
        }
        partition.Ids.ReturnSpill(work);
        refusedAt = clock.GetTimestamp();
        partition.Warn($"Moving request ids to disk failed and is tried again; they are still in memory. {failure.Message}");
        return false;
    }
}
