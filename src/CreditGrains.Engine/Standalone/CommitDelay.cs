using System.Runtime.InteropServices;

namespace CreditGrains.Engine.Standalone;

/// <summary>
/// Lets commands that arrive close together share a flush, as commit_delay and commit_siblings of PostgreSQL do: under many callers a
/// flush for every few commands wakes threads and writes to sockets so often that the processor, not the disk, is the limit. Nobody waits
/// who is nearly alone, and the wait ends as soon as nothing more arrives, so callers who wait for their answers are not held up.
/// </summary>
/// <param name="delay">Shortest time between two hand-overs of small batches; zero hands over at once.</param>
/// <param name="clock">The host's clock.</param>
internal sealed partial class CommitDelay(TimeSpan delay, TimeProvider clock)
{
    /// <summary>Commands that must share the batch already; fewer are flushed at once.</summary>
    private const int SiblingsMin = 4;

    /// <summary>A batch of so many gains nothing by waiting.</summary>
    private const int CommandsEnough = 256;

    /// <summary>One look at the queue after each: longer than answers need to become the next requests.</summary>
    private const long PauseNanos = 150_000;

    private readonly long delayTicks = OperatingSystem.IsLinux() ? (long)(delay.TotalSeconds * clock.TimestampFrequency) : 0;
    private long handedOverAt;

    /// <summary>Notes that a batch was handed over.</summary>
    public void HandedOver() => handedOverAt = clock.GetTimestamp();

    /// <summary>Pauses for a moment if the batch had better wait for more.</summary>
    /// <param name="commands">Commands in the batch.</param>
    /// <param name="arrived">Those of them that came since the last look.</param>
    /// <returns>False when it is to be handed over now.</returns>
    public bool TryPause(int commands, int arrived)
    {
        if (arrived == 0 || commands is < SiblingsMin or >= CommandsEnough) return false;
        if (clock.GetTimestamp() - handedOverAt >= delayTicks) return false;
        var pause = new TimeSpec(0, (nint)PauseNanos);
        // Ended early by a signal, it was a shorter pause: nothing rests on its length.
        _ = NanoSleep(pause, 0);
        return true;
    }

    // Thread.Sleep knows whole milliseconds only.
    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(in TimeSpec time, nint remaining);

    private readonly record struct TimeSpec(nint Seconds, nint Nanos);
}
