using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;

namespace CreditGrains.Engine.Backups;

/// <summary>What a backup or a restore left in the target.</summary>
/// <param name="FirstSequence">First event of the journal there.</param>
/// <param name="LastSequence">Last event there.</param>
/// <param name="RecordedAtMicros">Writer time of the last frame, microseconds since 1970; null without any.</param>
/// <param name="SnapshotSequence">The state of this event is there as a snapshot; 0 for none.</param>
/// <param name="Segments">Journal segments there.</param>
/// <param name="BytesCopied">Bytes copied by this run.</param>
/// <param name="ChainHead">Hash of the last frame, hexadecimal: what a signed chain head is compared with.</param>
public sealed record BackupReport(
    long FirstSequence, long LastSequence, long? RecordedAtMicros, long SnapshotSequence, int Segments, long BytesCopied, string ChainHead);

/// <summary>Where a restore ends: the last event that is kept. Frames are kept or dropped whole, since all events of one have one writer time.</summary>
/// <param name="LastMicros">Frames of a later writer time are dropped; null keeps all. Microseconds since 1970.</param>
/// <param name="LastSequence">Frames that reach beyond this event are dropped; null keeps all.</param>
public readonly record struct RestorePoint(long? LastMicros, long? LastSequence)
{
    /// <summary>Everything there is.</summary>
    public static readonly RestorePoint Newest;

    internal bool Keeps(in FrameHeader frame) =>
        (LastMicros is not { } micros || frame.RecordedAt <= micros) && (LastSequence is not { } sequence || frame.NextSequence - 1 <= sequence);
}

/// <summary>A backup or restore was refused, and the target is as it was. The message says why and what to do.</summary>
public sealed class BackupException(string name, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Stable name of the reason.</summary>
    public string Name { get; } = name;

    internal static BackupException Foreign(Guid found, Guid wanted) => new("ForeignBackup",
        $"The target holds a backup of partition {found}, not {wanted}. Give an empty directory, or the one with this partition's backups.");

    internal static BackupException NotEmpty(string file) => new("TargetNotEmpty",
        $"The target holds '{file}'. A restore needs an empty directory, so that nothing of another journal is mixed in.");

    internal static BackupException OutOfReach(long firstSequence) => new("PointOutOfReach",
        $"The journal at hand begins at event {firstSequence} and no snapshot is as old as the point asked for. Add the archive with older segments, or take an older backup or a later point.");

    internal static BackupException Moved(StoreException cause) => new("SourceChanged",
        "The engine took snapshots faster than they could be copied. Back up again when it is less busy.", cause);
}
