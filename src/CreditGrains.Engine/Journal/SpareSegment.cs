using CreditGrains.Engine.Files;

namespace CreditGrains.Engine.Journal;

/// <summary>
/// The next segment file, zeroed ahead of need. Any thread prepares it, under a lock; the flusher takes it with one exchange.
/// </summary>
internal sealed class SpareSegment(IFileStore files, long segmentBytes) : IDisposable
{
    private readonly Lock _preparing = new();
    private Prepared? _ready;
    private int _number;

    public bool IsReady => Volatile.Read(ref _ready) is not null;

    /// <summary>Makes sure a spare is ready. False when the disk is full; other failures are thrown.</summary>
    public bool TryPrepare(out JournalRefusal refusal)
    {
        refusal = default;
        if (IsReady) return true;
        lock (_preparing)
        {
            if (IsReady) return true;
            long free = files.FreeBytes;
            // Asked first, so that a full disk is not filled and emptied at every attempt.
            Prepared? prepared = free >= segmentBytes ? Create() : null;
            if (prepared is null)
            {
                refusal = new JournalRefusal(JournalRefusalReason.DiskFull, segmentBytes, free);
                return false;
            }
            Volatile.Write(ref _ready, prepared);
            return true;
        }
    }

    /// <summary>Takes the spare, or null when none is ready; the caller then owns its handle.</summary>
    public Prepared? Take() => Interlocked.Exchange(ref _ready, null);

    public void Dispose() => Take()?.File.Dispose();

    private Prepared? Create()
    {
        string name = SegmentName.OfSpare(_number++);
        IStoreFile file = files.Open(name, create: true);
        try
        {
            file.Preallocate(segmentBytes);
            return new Prepared(name, file);
        }
        catch (StoreFullException)
        {
            file.Dispose();
            files.Delete(name);
            return null;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    internal sealed record Prepared(string Name, IStoreFile File);
}
