using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CreditGrains.Engine.Files;

/// <summary>
/// The exclusive hold on a store directory: an operating system lock on a small file that names its holder. The lock ends with
/// the process, so a file left by a crash locks nobody out. The file itself stays.
/// </summary>
internal sealed class DiskLock : IDisposable
{
    public const string FileName = "LOCK";
    private const int HolderBytesMax = 256;
    private const int MacWouldBlock = 35;
    private const string Unnamed = "an unnamed process";
    private readonly SafeFileHandle _handle;

    private DiskLock(SafeFileHandle handle) => _handle = handle;

    /// <summary>Takes the lock or says who has it.</summary>
    public static DiskLock Take(string directory)
    {
        string path = Path.Combine(directory, FileName);
        SafeFileHandle handle = OpenHandle(directory, path);
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                int error = DiskNative.TryLock(handle);
                if (error is DiskFailure.WouldBlock or MacWouldBlock) throw new StoreLockedException(directory, ReadHolder(handle));
                if (error != 0) throw new StoreLockUnsupportedException(directory, error);
            }
            WriteHolder(handle, path);
            return new DiskLock(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public void Dispose() => _handle.Dispose();

    private static SafeFileHandle OpenHandle(string directory, string path)
    {
        // Windows locks by sharing mode at opening; elsewhere the lock is a separate call on a shareable handle.
        FileShare share = OperatingSystem.IsWindows() ? FileShare.Read : FileShare.ReadWrite | FileShare.Delete;
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share);
        }
        catch (IOException) when (OperatingSystem.IsWindows() && File.Exists(path))
        {
            using SafeFileHandle reader = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            throw new StoreLockedException(directory, ReadHolder(reader));
        }
        catch (IOException cause) when (cause.HResult is DiskFailure.WouldBlock or MacWouldBlock)
        {
            // .NET takes a shared lock at opening, which the holder's exclusive one already refuses.
            using SafeFileHandle? reader = DiskNative.OpenForReading(path);
            throw new StoreLockedException(directory, reader is null ? Unnamed : ReadHolder(reader));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Name(DiskAction.Write, path, cause);
        }
    }

    private static void WriteHolder(SafeFileHandle handle, string path)
    {
        string holder = string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName}");
        byte[] bytes = Encoding.UTF8.GetBytes(holder);
        try
        {
            RandomAccess.SetLength(handle, 0);
            RandomAccess.Write(handle, bytes.AsSpan(0, Math.Min(bytes.Length, HolderBytesMax)), 0);
        }
        catch (IOException cause)
        {
            throw DiskFailure.Name(DiskAction.Write, path, cause);
        }
    }

    private static string ReadHolder(SafeFileHandle handle)
    {
        Span<byte> bytes = stackalloc byte[HolderBytesMax];
        int read = RandomAccess.Read(handle, bytes, 0);
        return read == 0 ? Unnamed : Encoding.UTF8.GetString(bytes[..read]);
    }
}
