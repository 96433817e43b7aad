using System.Runtime.InteropServices;

namespace CreditGrains.Engine.Memory;

/// <summary>
/// Zeroed memory straight from the system. On Linux it is mapped, which costs nothing until it is touched; elsewhere it is allocated
/// and cleared. Failures to advise cost speed only, so their results are not used.
/// </summary>
internal static unsafe partial class SystemMemory
{
    /// <summary>Size of a large page, and the alignment of what <see cref="Map"/> returns.</summary>
    public const int LargePageBytes = 2 << 20;

    private const int ProtectReadWrite = 1 | 2;
    private const int PrivateAnonymous = 0x02 | 0x20;
    private const int AdviseDiscard = 4;
    private const int AdviseLargePages = 14;
    private const int AdvisePopulateWrite = 23;

    /// <summary>Takes zeroed memory, aligned to a large page.</summary>
    /// <param name="bytes">A multiple of <see cref="LargePageBytes"/>.</param>
    /// <exception cref="InsufficientMemoryException">The system has none left for this process.</exception>
    public static byte* Map(nuint bytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            var allocated = NativeMemory.AlignedAlloc(bytes, LargePageBytes);
            NativeMemory.Clear(allocated, bytes);
            return (byte*)allocated;
        }
        // A large page more than asked, so that an aligned stretch lies within; what is around it goes back.
        var mapped = MemoryMap(0, bytes + LargePageBytes, ProtectReadWrite, PrivateAnonymous, -1, 0);
        if (mapped == -1) throw new InsufficientMemoryException($"The system refused {bytes >> 20} MiB. Give the process more memory, or the partition fewer accounts.");
        var start = (mapped + LargePageBytes - 1) & ~(nint)(LargePageBytes - 1);
        var before = (nuint)(start - mapped);
        if (before > 0) _ = MemoryUnmap(mapped, before);
        if (before < LargePageBytes) _ = MemoryUnmap(start + (nint)bytes, LargePageBytes - before);
        return (byte*)start;
    }

    /// <summary>Gives back what <see cref="Map"/> took.</summary>
    public static void Unmap(byte* memory, nuint bytes)
    {
        if (OperatingSystem.IsLinux()) _ = MemoryUnmap((nint)memory, bytes);
        else NativeMemory.AlignedFree(memory);
    }

    /// <summary>Asks for large pages under the memory: random access then misses the address cache far less.</summary>
    public static void AdviseLarge(byte* memory, nuint bytes)
    {
        if (OperatingSystem.IsLinux()) _ = MemoryAdvise((nint)memory, bytes, AdviseLargePages);
    }

    /// <summary>Has the system back the memory now, so that the first write to it does not wait.</summary>
    public static void Populate(byte* memory, nuint bytes)
    {
        if (OperatingSystem.IsLinux() && MemoryAdvise((nint)memory, bytes, AdvisePopulateWrite) == 0) return;
        // Kernels before 5.14: one write to each page does the same.
        for (nuint at = 0; at < bytes; at += 4096) Volatile.Write(ref memory[at], 0);
    }

    /// <summary>Gives what is in the memory back to the system; it reads as zeros from then on, and is taken again where it is touched.</summary>
    /// <param name="memory">Aligned to a page of the system, 4 KiB or as it has them.</param>
    /// <param name="bytes">A multiple of that.</param>
    public static void Discard(byte* memory, nuint bytes)
    {
        if (OperatingSystem.IsLinux() && MemoryAdvise((nint)memory, bytes, AdviseDiscard) == 0) return;
        NativeMemory.Clear(memory, bytes);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint MemoryMap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MemoryUnmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MemoryAdvise(nint address, nuint length, int advice);
}
