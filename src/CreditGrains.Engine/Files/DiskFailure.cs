namespace CreditGrains.Engine.Files;

/// <summary>What the code was doing when the platform refused; decides the name of a failure that has no better one.</summary>
internal enum DiskAction
{
    Read,
    Write,
    Sync,
}

/// <summary>Names platform failures. Pure, so that causes a test cannot provoke (a read-only mount, a quota) are still tested.</summary>
internal static class DiskFailure
{
    public const int PermissionDenied = 13;
    public const int WouldBlock = 11;
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;
    public const int QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsWriteProtected = unchecked((int)0x80070013);

    /// <summary>The named exception for a platform exception.</summary>
    public static StoreException Name(DiskAction action, string path, Exception cause) => cause switch
    {
        StoreException named => named,
        UnauthorizedAccessException => new StoreReadOnlyException(path, cause),
        DirectoryNotFoundException => DirectoryMissing(path, cause),
        FileNotFoundException => FileMissing(path, cause),
        _ => Name(action, path, cause.HResult, cause),
    };

    /// <summary>The named exception for an errno or a Windows result code.</summary>
    public static StoreException Name(DiskAction action, string path, int error, Exception? cause = null) => error switch
    {
        // A failed sync is a failed sync whatever the cause: space that ran out there has lost data already.
        _ when action == DiskAction.Sync => new StoreSyncFailedException(path, cause ?? Reported(error)),
        NoSpace or QuotaExceeded or WindowsDiskFull or WindowsHandleDiskFull => new StoreFullException(path, cause ?? Reported(error)),
        ReadOnlyFileSystem or PermissionDenied or WindowsWriteProtected => new StoreReadOnlyException(path, cause ?? Reported(error)),
        _ when action == DiskAction.Read => new StoreReadFailedException(path, cause ?? Reported(error)),
        _ => new StoreWriteFailedException(path, cause ?? Reported(error)),
    };

    public static StoreDirectoryException DirectoryMissing(string path, Exception? cause = null) =>
        new(StoreErrorCode.DirectoryMissing, $"The directory of '{path}' does not exist. Create it, or correct the configured path.", cause);

    public static StoreFileException FileMissing(string path, Exception? cause = null) =>
        new(StoreErrorCode.FileMissing, $"'{path}' does not exist. Restore it from backup or a standby.", cause);

    public static StoreFileException FileExists(string path, Exception? cause = null) =>
        new(StoreErrorCode.FileExists, $"'{path}' exists already. Another writer may be at work; stop it.", cause);

    private static IOException Reported(int error) => new($"The system reported error {error}.");
}
