using System.Runtime.InteropServices;

namespace CreditGrains.Engine.RequestIds;

/// <summary>Asks Linux for 2 MiB pages under slabs of slots: random lookups then seldom miss the address cache. Elsewhere nothing.</summary>
internal static unsafe partial class HugePages
{
    /// <summary>Alignment and unit of the advice.</summary>
    public const int Bytes = 2 << 20;

    private const int AdviseHuge = 14;

    /// <summary>Advises for memory aligned to <see cref="Bytes"/>. A refusal costs speed only, so its result is not used.</summary>
    public static void Advise(void* start, nuint length)
    {
        if (OperatingSystem.IsLinux()) _ = MemoryAdvise(start, length, AdviseHuge);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MemoryAdvise(void* start, nuint length, int advice);
}
