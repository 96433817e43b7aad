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

    /// <summary>Makes every write so far durable.</summary>
    /// <exception cref="StoreSyncFailedException">Nothing written since the last sync is certain; syncing again proves nothing.</exception>
    void Sync();
}
