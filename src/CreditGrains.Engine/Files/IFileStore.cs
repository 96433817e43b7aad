namespace CreditGrains.Engine.Files;

/// <summary>
/// One flat directory of files, the only way the engine reaches a disk. Every failure is a <see cref="StoreException"/>
/// that says how to fix it. Members may be called from several threads at once.
/// </summary>
public interface IFileStore
{
    /// <summary>Bytes still free for this store; an upper bound, as others may share the disk.</summary>
    long FreeBytes { get; }

    /// <summary>Names of all files, sorted ordinally, without the lock file.</summary>
    IReadOnlyList<string> List();

    /// <summary>Whether a file of this name exists.</summary>
    bool Exists(string name);

    /// <summary>
    /// Opens a file for reading and writing; several handles to one file may be open. With <paramref name="create"/> the file
    /// must not exist yet, without it the file must exist. The caller disposes the handle.
    /// </summary>
    /// <exception cref="StoreFileException">The file is missing, or exists already.</exception>
    IStoreFile Open(string name, bool create);

    /// <summary>Renames a file, replacing a file of the new name. Lasting only after <see cref="SyncDirectory"/>.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file. Lasting only after <see cref="SyncDirectory"/>.</summary>
    /// <exception cref="StoreFileException">The file is missing.</exception>
    void Delete(string name);

    /// <summary>Makes every creation, renaming and deletion so far last through a power cut.</summary>
    /// <exception cref="StoreSyncFailedException">The directory could not be synced.</exception>
    void SyncDirectory();

    /// <summary>Takes the store for this process until the result is disposed or the process ends.</summary>
    /// <exception cref="StoreLockedException">Another holder, in this process or another, has it.</exception>
    IDisposable Lock();
}
