using CreditGrains.Engine.Files;

namespace CreditGrains.Engine.Journal;

/// <summary>
/// The next segment file, zeroed ahead of need and a little at a time: zeroing a whole segment at once would hold up the journal's own
/// syncs on the same disk. Any thread prepares it, under a lock; the flusher takes it with one exchange.
/// </summary>
internal sealed class SpareSegment(IFileStore files, long segmentBytes) : IDisposable
{
    /// <summary>Bytes zeroed and synced at a time: about a millisecond of a disk.</summary>
    public const long StepBytes = 256 << 10;

    private readonly Lock _preparing = new();
    private Prepared? _ready;
    private Prepared? _growing;
    private long _zeroedBytes;
    private int _number;

    public bool IsReady => Volatile.Read(ref _ready) is not null;

    /// <summary>Whether less of the spare is zeroed than should be by now: it is to be ready when the current segment is half full.</summary>
    /// <param name="usedBytes">Bytes of the current segment in use.</param>
    public bool IsBehind(long usedBytes) => !IsReady && Volatile.Read(ref _zeroedBytes) < DueBytes(usedBytes);

    /// <summary>Makes sure a spare is ready. False when the disk is full; other failures are thrown.</summary>
    public bool TryPrepare(out JournalRefusal refusal) => TryPrepare(segmentBytes, out refusal);

    /// <summary>Zeroes as much of the spare as is due. False when the disk is full; other failures are thrown.</summary>
    /// <param name="usedBytes">Bytes of the current segment in use.</param>
    /// <param name="refusal">The cause when false.</param>
    public bool TryPrepareDue(long usedBytes, out JournalRefusal refusal) => TryPrepare(DueBytes(usedBytes), out refusal);

    /// <summary>Takes the spare, or null when none is ready; the caller then owns its handle.</summary>
    public Prepared? Take() => Interlocked.Exchange(ref _ready, null);

    public void Dispose()
    {
        Take()?.File.Dispose();
        lock (_preparing)
        {
            _growing?.File.Dispose();
            _growing = null;
        }
    }

    private long DueBytes(long usedBytes) => Math.Min(segmentBytes, 2 * usedBytes / StepBytes * StepBytes + StepBytes);

    private bool TryPrepare(long bytes, out JournalRefusal refusal)
    {
        refusal = default;
        if (IsReady) return true;
        lock (_preparing)
        {
            if (IsReady) return true;
            long missing = segmentBytes - _zeroedBytes;
            long free = files.FreeBytes;
            // Asked first, so that a full disk is not filled and emptied at every attempt.
            if (free >= missing && TryGrow(bytes)) return true;
            refusal = new JournalRefusal(JournalRefusalReason.DiskFull, missing, free);
            return false;
        }
    }

    // Under the lock. False when the disk is full; what was begun is then given back.
    private bool TryGrow(long bytes)
    {
        Prepared growing = _growing ??= Create();
        try
        {
            while (_zeroedBytes < bytes)
            {
                long zeroed = Math.Min(bytes, _zeroedBytes + StepBytes);
                growing.File.Preallocate(zeroed);
                Volatile.Write(ref _zeroedBytes, zeroed);
            }
        }
        catch (Exception cause)
        {
            growing.File.Dispose();
            _growing = null;
            Volatile.Write(ref _zeroedBytes, 0);
            if (cause is not StoreFullException) throw;
            files.Delete(growing.Name);
            return false;
        }
        if (_zeroedBytes < segmentBytes) return true;
        _growing = null;
        Volatile.Write(ref _ready, growing);
        Volatile.Write(ref _zeroedBytes, 0);
        return true;
    }

    private Prepared Create()
    {
        string name = SegmentName.OfSpare(_number++);
        return new Prepared(name, files.Open(name, create: true));
    }

    internal sealed record Prepared(string Name, IStoreFile File);
}
