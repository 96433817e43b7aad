namespace CreditGrains.Engine.Files;

/// <summary>Why a file store refused, stable for callers and logs.</summary>
public enum StoreErrorCode
{
    /// <summary>The directory does not exist.</summary>
    DirectoryMissing = 1,

    /// <summary>The path names a file, not a directory.</summary>
    NotADirectory = 2,

    /// <summary>The file system is read-only, or this user may not write.</summary>
    ReadOnly = 3,

    /// <summary>No space, or no quota, left.</summary>
    Full = 4,

    /// <summary>Another process, or another store in this one, holds the lock.</summary>
    Locked = 5,

    /// <summary>The file system cannot lock files.</summary>
    LockUnsupported = 6,

    /// <summary>The directory holds files that are not ours.</summary>
    ForeignContent = 7,

    /// <summary>A named file is missing.</summary>
    FileMissing = 8,

    /// <summary>A file to be created exists already.</summary>
    FileExists = 9,

    /// <summary>A read failed.</summary>
    ReadFailed = 10,

    /// <summary>A write failed.</summary>
    WriteFailed = 11,

    /// <summary>A sync failed.</summary>
    SyncFailed = 12,
}
