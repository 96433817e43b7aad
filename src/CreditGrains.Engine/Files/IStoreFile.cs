namespace CreditGrains.Engine.Files;

/// <summary>
/// One open file. Offsets and lengths are bytes. Reads and writes name their offset, so a handle has no position and may be
/// shared between threads; writes to one extent are ordered by the caller.
/// </summary>
public interface IStoreFile : IDisposable
{
    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads until <paramref name="destination"/> is full or the file ends; returns the bytes read.</summary>
    /// <exception cref="StoreReadFailedException">The disk could not return the bytes.</exception>
    int Read(long offset, Span<byte> destination);

    /// <summary>Writes all of <paramref name="source"/>, extending the file if needed. Durable only after <see cref="Sync"/>.</summary>
    /// <exception cref="StoreFullException">No space for the extension; a part may have been written.</exception>
    /// <exception cref="StoreWriteFailedException">The disk refused; a part may have been written.</exception>
    void Write(long offset, ReadOnlySpan<byte> source);

    /// <summary>
    /// Grows the file to <paramref name="length"/> by writing real zeros, then syncs, so that later writes inside it need no new
    /// blocks. Does nothing when the file is that long already.
    /// </summary>
    /// <exception cref="StoreFullException">The disk is full; the file may have grown in part.</exception>
    void Preallocate(long length);

    /// <summary>Cuts or extends the file; an extension reads as zeros.</summary>
    void SetLength(long length);

    /// <summary>
    /// A hint that what is transferred from here on will not be needed again soon, so that the system need not keep a copy: large files
    /// then do not push out what is. While it is on, offsets, lengths and the memory itself are multiples of
    /// <see cref="UncachedAlignmentBytes"/>. Stores that cannot do it do nothing.
    /// </summary>
    void SetUncached(bool isUncached)
    {
    }

    /// <summary>What uncached transfers must be aligned to.</summary>
    public const int UncachedAlignmentBytes = 4096;

    /// <summary>Makes every write so far durable.</summary>
    /// <exception cref="StoreSyncFailedException">Nothing written since the last sync is certain; syncing again proves nothing.</exception>
    void Sync();
}
