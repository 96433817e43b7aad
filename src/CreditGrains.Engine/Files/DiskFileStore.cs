namespace CreditGrains.Engine.Files;

/// <summary>
/// A store in one directory of the local disk. Opening checks the directory and nothing more: <see cref="Lock"/> before writing.
/// By default every file must carry an extension that begins with ".cg"; anything else means a wrong path and is refused.
/// </summary>
public sealed class DiskFileStore : IFileStore
{
    private readonly string _directory;
    private readonly FileAccess _access;

    private DiskFileStore(string directory, FileAccess access) => (_directory, _access) = (directory, access);

    /// <summary>The absolute path of the directory.</summary>
    public string Directory => _directory;

    /// <inheritdoc/>
    public long FreeBytes
    {
        get
        {
            try
            {
                return new DriveInfo(_directory).AvailableFreeSpace;
            }
            catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
            {
                throw DiskFailure.Name(DiskAction.Read, _directory, cause);
            }
        }
    }

    /// <summary>Opens a directory as a store.</summary>
    /// <param name="directory">The path; must exist unless <paramref name="createDirectory"/>.</param>
    /// <param name="createDirectory">Whether to create a missing directory and its parents.</param>
    /// <param name="ownsName">Which file names are ours; by default those with an extension that begins with ".cg".</param>
    /// <exception cref="StoreDirectoryException">Missing, not a directory, or holds a file that is not ours.</exception>
    /// <exception cref="StoreReadOnlyException">The missing directory cannot be created, or this one cannot be listed.</exception>
    public static DiskFileStore Open(string directory, bool createDirectory = false, Func<string, bool>? ownsName = null) =>
        Open(directory, createDirectory, ownsName, FileAccess.ReadWrite);

    /// <summary>Opens a directory to look at: files are opened for reading only, and every change fails.</summary>
    /// <inheritdoc cref="Open(string, bool, Func{string, bool}?)"/>
    public static DiskFileStore OpenForReading(string directory, Func<string, bool>? ownsName = null) =>
        Open(directory, createDirectory: false, ownsName, FileAccess.Read);

    private static DiskFileStore Open(string directory, bool createDirectory, Func<string, bool>? ownsName, FileAccess access)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        string path = Path.GetFullPath(directory);
        if (File.Exists(path))
        {
            throw new StoreDirectoryException(StoreErrorCode.NotADirectory,
                $"'{path}' is a file. Configure a directory that only this partition uses.");
        }
        var store = new DiskFileStore(path, access);
        try
        {
            if (createDirectory) System.IO.Directory.CreateDirectory(path);
            if (!System.IO.Directory.Exists(path)) throw DiskFailure.DirectoryMissing(Path.Combine(path, DiskLock.FileName));
            store.RefuseForeign(ownsName ?? HasOwnExtension);
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StoreDirectoryException(StoreErrorCode.DirectoryMissing, $"'{path}' cannot be made. Configure a directory that exists, or may be made.", cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Name(DiskAction.Write, path, cause);
        }
        return store;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List()
    {
        var names = new List<string>();
        foreach (string path in System.IO.Directory.EnumerateFiles(_directory))
        {
            string name = Path.GetFileName(path);
            if (name != DiskLock.FileName) names.Add(name);
        }
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <inheritdoc/>
    public bool Exists(string name) => File.Exists(PathOf(name));

    /// <inheritdoc/>
    public IStoreFile Open(string name, bool create)
    {
        string path = PathOf(name);
        if (create) RefuseChange();
        if (create && File.Exists(path)) throw DiskFailure.FileExists(path);
        FileMode mode = create ? FileMode.CreateNew : FileMode.Open;
        try
        {
            return new DiskStoreFile(
                File.OpenHandle(path, mode, _access, FileShare.ReadWrite | FileShare.Delete, FileOptions.None), path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Name(create ? DiskAction.Write : DiskAction.Read, path, cause);
        }
    }

    /// <inheritdoc/>
    public void Rename(string from, string to) => Act(to, () => File.Move(PathOf(from), PathOf(to), overwrite: true));

    /// <inheritdoc/>
    public void Delete(string name)
    {
        string path = PathOf(name);
        if (!File.Exists(path)) throw DiskFailure.FileMissing(path);
        Act(name, () => File.Delete(path));
    }

    /// <inheritdoc/>
    public void SyncDirectory()
    {
        // Windows has no such call: NTFS journals its directories.
        if (OperatingSystem.IsWindows()) return;
        int error = DiskNative.SyncDirectory(_directory);
        if (error != 0) throw DiskFailure.Name(DiskAction.Sync, _directory, error);
    }

    /// <inheritdoc/>
    public IDisposable Lock()
    {
        RefuseChange();
        return DiskLock.Take(_directory);
    }

    private static bool HasOwnExtension(string name) => Path.GetExtension(name).StartsWith(".cg", StringComparison.Ordinal);

    private void RefuseForeign(Func<string, bool> ownsName)
    {
        foreach (string name in List())
        {
            if (ownsName(name)) continue;
            throw new StoreDirectoryException(StoreErrorCode.ForeignContent,
                $"'{_directory}' holds '{name}', which is not ours. Configure a directory that only this partition uses, or move the file away.");
        }
    }

    private void RefuseChange()
    {
        if (_access == FileAccess.Read) throw new InvalidOperationException($"'{_directory}' was opened for reading only.");
    }

    private void Act(string name, Action change)
    {
        RefuseChange();
        try
        {
            change();
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Name(DiskAction.Write, PathOf(name), cause);
        }
    }

    private string PathOf(string name)
    {
        if (name.Length == 0 || name != Path.GetFileName(name) || name == DiskLock.FileName)
            throw new ArgumentException($"'{name}' is not a plain file name.", nameof(name));
        return Path.Combine(_directory, name);
    }
}
