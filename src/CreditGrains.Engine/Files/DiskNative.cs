using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CreditGrains.Engine.Files;

/// <summary>The few calls to the C library that .NET does not offer: a data sync, a directory sync, an unconditional file lock, transfers past the cache.</summary>
internal static partial class DiskNative
{
    private const int LockExclusive = 2;
    private const int LockNoWait = 4;
    private const int OpenReadOnly = 0;
    private const int GetFlags = 3;
    private const int SetFlags = 4;

    /// <summary>Syncs data and the size, not the times. Returns 0, or the errno.</summary>
    public static int SyncData(SafeFileHandle handle) => FDataSync(handle) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Takes the exclusive lock of an open file without waiting. Returns 0, or the errno.</summary>
    public static int TryLock(SafeFileHandle handle) =>
        FLock(handle, LockExclusive | LockNoWait) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Opens, syncs and closes a directory. Returns 0, or the errno.</summary>
    public static int SyncDirectory(string path)
    {
        int descriptor = Open(path, OpenReadOnly);
        if (descriptor < 0) return Marshal.GetLastPInvokeError();
        int error = FSync(descriptor) == 0 ? 0 : Marshal.GetLastPInvokeError();
        int closeError = Close(descriptor) == 0 ? 0 : Marshal.GetLastPInvokeError();
        return error != 0 ? error : closeError;
    }

    /// <summary>Opens a file for reading past the locks that .NET would respect; null when it cannot be opened.</summary>
    public static SafeFileHandle? OpenForReading(string path)
    {
        int descriptor = Open(path, OpenReadOnly);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Turns transfers past the system's cache on or off. File systems that have none refuse, and nothing changes.</summary>
    public static void SetDirect(SafeFileHandle handle, bool isDirect)
    {
        var direct = !OperatingSystem.IsLinux() ? 0 : RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 0x4000,
            Architecture.Arm64 => 0x10000,
            _ => 0,
        };
        if (direct == 0) return;
        int flags = FControl(handle, GetFlags, 0);
        if (flags >= 0) _ = FControl(handle, SetFlags, isDirect ? flags | direct : flags & ~direct);
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FControl(SafeFileHandle handle, int command, int argument);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(SafeFileHandle handle, int operation);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
