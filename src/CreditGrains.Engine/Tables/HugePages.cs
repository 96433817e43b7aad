using System.Runtime.InteropServices;

namespace CreditGrains.Engine.Tables;

/// <summary>Asks Linux to back table pages with large pages: random row access then misses the address cache far less.</summary>
internal static unsafe partial class HugePages
{
    private const int MadvHugePage = 14;

    /// <summary>A hint; where it is not supported nothing changes.</summary>
    public static void Advise(void* memory, nuint lengthBytes)
    {
        if (OperatingSystem.IsLinux()) _ = MAdvise(memory, lengthBytes, MadvHugePage);
    }

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MAdvise(void* address, nuint length, int advice);
}
