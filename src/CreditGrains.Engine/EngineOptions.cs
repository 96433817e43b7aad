namespace CreditGrains.Engine;

/// <summary>Settings of a standalone engine.</summary>
public sealed record EngineOptions
{
    /// <summary>Directory of journal, snapshots and ids; made when absent.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Settings of the partition.</summary>
    public PartitionOptions Partition { get; init; } = new();

    /// <summary>Commands that may wait to be decided, beyond which callers get Overloaded; default 131,072.</summary>
    public int QueuedCommandsMax { get; init; } = 131_072;

    /// <summary>Most commands of one frame; default 8,192.</summary>
    public int FrameCommandsMax { get; init; } = 8_192;

    /// <summary>
    /// Shortest time between two flushes of small batches while commands arrive close together, so that they share a flush and the
    /// wake-ups that follow it; default 1 ms, zero is none. One caller alone never waits for it.
    /// </summary>
    public TimeSpan CommitDelay { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>A snapshot is taken after this many journal bytes, so that a restart replays less; default 768 MiB, 0 is never.</summary>
    public long SnapshotEveryBytes { get; init; } = 768L << 20;

    /// <summary>State captured for a snapshot in one turn of the writer, bytes; default 512 KiB (well under a millisecond).</summary>
    public int SnapshotStepBytes { get; init; } = 512 << 10;

    /// <summary>Captured state that may wait for the disk before the steps pause, bytes; default 16 MiB.</summary>
    public int SnapshotBufferBytesMax { get; init; } = 16 << 20;

    /// <summary>The clock; default the system's, given by the host.</summary>
    public required TimeProvider Clock { get; init; }
}

/// <summary>The engine can no longer promise anything and must be restarted: its journal failed.</summary>
public sealed class EngineFaultException(string message, Exception? inner) : Exception(message, inner);
