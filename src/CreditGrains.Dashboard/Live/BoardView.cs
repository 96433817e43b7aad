using CreditGrains.Api.Metering;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Dashboard.Live;

/// <summary>All that the page of now shows, at one moment; the same for every viewer.</summary>
public sealed record BoardView
{
    /// <summary>Rises by one each time.</summary>
    public required long Tick { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The last minutes, oldest first.</summary>
    public required IReadOnlyList<BoardSecond> Seconds { get; init; }

    /// <summary>Counts since the process started.</summary>
    public required MeterReading Total { get; init; }

    /// <summary>Counts of the last minute.</summary>
    public required MeterReading Minute { get; init; }

    /// <summary>The engine; null until it was first asked.</summary>
    public EngineStatus? Status { get; init; }

    /// <summary>Journal bytes a second since the status before.</summary>
    public double JournalBytesPerSecond { get; init; }

    /// <summary>Syncs of the journal a second since the status before.</summary>
    public double FlushesPerSecond { get; init; }

    /// <summary>Nodes with the largest exposure.</summary>
    public IReadOnlyList<NodeView> Nodes { get; init; } = [];

    /// <summary>Whether the engine was read yet.</summary>
    public bool IsRead { get; init; }

    /// <summary>Whether all nodes have been looked through once, so that the largest are known.</summary>
    public bool IsSweepComplete { get; init; }

    /// <summary>The newest decisions, newest first.</summary>
    public IReadOnlyList<EventRecord> Latest { get; init; } = [];

    /// <summary>Why the engine could not be read; null when it could.</summary>
    public string? Fault { get; init; }
}
