using System.Runtime.InteropServices;

namespace CreditGrains.Engine.Standalone;

/// <summary>
/// Lets a thread of the engine give way: what runs beside decisions has the processors they leave, and a decision that comes is not kept waiting for it. The runtime's own thread priorities do
/// nothing on Linux. A system that refuses costs speed only.
/// </summary>
internal static partial class LowPriority
{
    private const int OfThread = 0;
    private const int Caller = 0;

    // A tenth of the share of an ordinary thread where both want the same processor.
    private const int Niceness = 10;

    /// <summary>Lowers the priority of the calling thread for good: only for threads that end with their work.</summary>
    public static void Take()
    {
        if (OperatingSystem.IsLinux()) _ = SetPriority(OfThread, Caller, Niceness);
        else Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPriority(int which, int who, int priority);
}
