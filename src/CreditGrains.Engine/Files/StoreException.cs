namespace CreditGrains.Engine.Files;

/// <summary>A file store refused. The message names the path, the cause and the fix.</summary>
/// <param name="code">The stable reason.</param>
/// <param name="message">Path, cause and fix, for the operator.</param>
/// <param name="inner">What the platform reported, if anything.</param>
public abstract class StoreException(StoreErrorCode code, string message, Exception? inner) : IOException(message, inner)
{
    /// <summary>The stable reason.</summary>
    public StoreErrorCode Code { get; } = code;
}

/// <summary>The directory is missing, is not a directory, or holds foreign files.</summary>
public sealed class StoreDirectoryException(StoreErrorCode code, string message, Exception? inner = null)
    : StoreException(code, message, inner);

/// <summary>The directory or a file in it cannot be written by this user.</summary>
public sealed class StoreReadOnlyException(string path, Exception? inner = null)
    : StoreException(StoreErrorCode.ReadOnly,
        $"'{path}' cannot be written. Mount it read-write and give this user write permission on it and its files.", inner);

/// <summary>The disk or the quota is full. Nothing acknowledged is lost; work goes on when space returns.</summary>
public sealed class StoreFullException(string path, Exception? inner = null)
    : StoreException(StoreErrorCode.Full,
        $"No space left for '{path}'. Free space on its disk or raise its quota; acknowledged work is safe.", inner);

/// <summary>Somebody else holds the store.</summary>
public sealed class StoreLockedException(string path, string holder)
    : StoreException(StoreErrorCode.Locked,
        $"'{path}' is in use by {holder}. Stop that process, or point this one at another directory.", null)
{
    /// <summary>Who holds it, as they wrote it: process id and machine.</summary>
    public string Holder { get; } = holder;
}

/// <summary>The file system offers no file locks, so a second writer could not be refused.</summary>
public sealed class StoreLockUnsupportedException(string path, int errno)
    : StoreException(StoreErrorCode.LockUnsupported,
        $"'{path}' cannot be locked (errno {errno}). Use a local file system, or a network one mounted with locks.", null);

/// <summary>A file is missing that should be there, or there that should not.</summary>
public sealed class StoreFileException(StoreErrorCode code, string message, Exception? inner = null)
    : StoreException(code, message, inner);

/// <summary>A read failed: the bytes exist but the disk does not return them.</summary>
public sealed class StoreReadFailedException(string path, Exception? inner = null)
    : StoreException(StoreErrorCode.ReadFailed, $"Reading '{path}' failed. Check the disk; restore from backup or a standby.", inner);

/// <summary>A write failed for another cause than space. What was written is uncertain.</summary>
public sealed class StoreWriteFailedException(string path, Exception? inner = null)
    : StoreException(StoreErrorCode.WriteFailed, $"Writing '{path}' failed. Check the disk, then restart to recover.", inner);

/// <summary>A sync failed. What was written since the last one is uncertain, and a second sync would prove nothing.</summary>
public sealed class StoreSyncFailedException(string path, Exception? inner = null)
    : StoreException(StoreErrorCode.SyncFailed, $"Syncing '{path}' failed. Check the disk, then restart to recover.", inner);
