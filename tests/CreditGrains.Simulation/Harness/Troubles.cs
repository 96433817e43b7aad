namespace CreditGrains.Simulation.Harness;

/// <summary>What goes wrong in a simulated world. Each must come up over many seeds, or the simulator proves less than it says.</summary>
internal enum Trouble
{
    PowerLost,
    ProcessDied,

    /// <summary>Power was lost while an opening was under way.</summary>
    CrashInOpening,

    /// <summary>Power was lost in a disk operation of a snapshot: its file, its manifest, the deletion of an older one.</summary>
    CrashInSnapshot,

    /// <summary>Power was lost while request ids were moved to disk.</summary>
    CrashInSpill,

    /// <summary>Power was lost while a batch was flushed.</summary>
    CrashInFlush,

    /// <summary>A crash kept some sectors of a file and lost others: torn and reordered writes.</summary>
    MixedWrites,

    /// <summary>An opening cut an incomplete frame.</summary>
    FrameCut,

    /// <summary>The batch in flight did not outlive the crash.</summary>
    FrameLost,

    /// <summary>The batch in flight was never answered and is there all the same.</summary>
    FrameSurvived,

    /// <summary>An opening began from a snapshot.</summary>
    OpenedFromSnapshot,

    /// <summary>A snapshot was complete before its last event was durable, and had to wait.</summary>
    SnapshotWaited,

    SyncFailed,
    WriteFailed,

    /// <summary>Commands were refused for want of room.</summary>
    DiskFull,

    /// <summary>A snapshot was given up because the disk refused.</summary>
    SnapshotAbandoned,

    BitFlipped,

    /// <summary>A flipped bit was met, and the engine refused by name.</summary>
    FlipRefused,

    /// <summary>An opening beside a flipped bit went well: what was lost by it is kept twice, or never read.</summary>
    FlipOutlived,

    /// <summary>The disk took its time.</summary>
    SlowDisk,

    ClockWentBack,

    /// <summary>Requests were held back after a forward step of the clock.</summary>
    ClockStepHeld,

    /// <summary>A command sent again got its first answer.</summary>
    Repeated,

    /// <summary>A command came after its reversal.</summary>
    CameLate,

    /// <summary>A command came when its id was too old.</summary>
    CameTooLate,

    /// <summary>The ids of a batch were looked for on disk before its turn.</summary>
    LookedOnDisk,

    /// <summary>Ids moved to disk between that look and the turn.</summary>
    AnswersOutrun,

    // No troubles of the disk, but of borrowers.
    LoanMade,
    LoanAged,
    LoanPaid,
    LoanLate,
    LoanBounced,
    LoanEnded,
}

/// <summary>How often each came up.</summary>
internal sealed class Troubles
{
    private readonly long[] _counts = new long[Enum.GetValues<Trouble>().Length];

    public IEnumerable<(Trouble Trouble, long Count)> Counts => _counts.Select((count, i) => ((Trouble)i, count));

    public void Note(Trouble trouble, long count = 1) => _counts[(int)trouble] += count;

    public void Add(Troubles others)
    {
        foreach ((Trouble trouble, long count) in others.Counts) Note(trouble, count);
    }

    /// <summary>Runs a part of the work; a loss of power within it is noted.</summary>
    public void Within(Trouble crash, Action work)
    {
        try
        {
            work();
        }
        catch (Disk.SimulatedCrashException)
        {
            Note(crash);
            throw;
        }
    }

    public override string ToString() => string.Join(", ", Counts.Select(each => $"{each.Trouble} {each.Count}"));
}
