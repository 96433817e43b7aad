using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CreditGrains.Engine.Tests.RequestIds;

/// <summary>Processor time of the calling thread on Linux, else time passed.</summary>
internal static partial class ThreadClock
{
    private const int ThreadProcessorTime = 3;

    public static long Nanos()
    {
        if (!OperatingSystem.IsLinux()) return Stopwatch.GetElapsedTime(0).Ticks * 100;
        _ = GetTime(ThreadProcessorTime, out TimeSpec time);
        return (time.Seconds * 1_000_000_000) + time.Nanos;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanos;
    }
}
