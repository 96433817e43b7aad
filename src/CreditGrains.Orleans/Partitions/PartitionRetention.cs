using CreditGrains.Domain.Clocks;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Orleans.Hosting;
using CreditGrains.Orleans.Journal;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// Has a partition's oldest journal rows deleted from time to time, when the silo is told to keep only so much: those that both snapshots in force cover, so that the partition opens from either.
/// Beside the turns; one partition of a silo at a time.
/// </summary>
internal sealed class PartitionRetention(SiloServices silo, int number, long epoch, PartitionLoop loop)
{
    private readonly ClusterOptions options = silo.Options;
    private Task running = Task.CompletedTask;
    private long ranAt = silo.Options.Clock.GetTimestamp();

    /// <summary>Begins a run when it is time.</summary>
    public void Tick()
    {
        if (options.JournalKept is not { } kept || !running.IsCompleted || options.Clock.GetElapsedTime(ranAt) < options.JournalCleanedEvery) return;
        ranAt = options.Clock.GetTimestamp();
        running = silo.Workers.Run(() => RunAsync(kept));
    }

    private async Task RunAsync(TimeSpan kept)
    {
        await silo.Cleanings.WaitAsync();
        try
        {
            var partition = loop.Partition;
            var inForce = SnapshotCatalog.Read(partition.Files);
            if (inForce.Count < 2 || !loop.IsAlive) return;
            var cutoff = (options.Clock.GetUtcNow() - kept).UnixMicros();
            var journal = (TableJournal)partition.EventJournal;
            var count = await silo.Store.Journal.DeleteOldAsync(number, epoch, inForce.Min(s => s.Sequence), cutoff, journal.NoteOldest);
            if (count > 0) options.Warn($"Partition {number}: {count} journal rows older than {kept.TotalDays:0.#} days were deleted; the oldest event kept is {journal.OldestSequence}.");
        }
        catch (Exception failure)
        {
            // Nothing rests on it; the next run goes on where this one ended.
            options.Warn($"Partition {number}: old journal rows could not be deleted now. {failure.Message}");
        }
        finally
        {
            silo.Cleanings.Release();
        }
    }
}
