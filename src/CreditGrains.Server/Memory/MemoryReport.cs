namespace CreditGrains.Server.Memory;

/// <summary>GET /memory?since=UNIX_MICROSECONDS: how large the process is and how long the collector held it up since then; without since, as far back as is kept.</summary>
/// <param name="NowMicros">Time of the report, microseconds since the Unix epoch: the next since.</param>
/// <param name="ResidentBytes">Resident memory of the process.</param>
/// <param name="HeapBytes">Of it the collector's heap, as committed at the last collection. Tables are outside it.</param>
/// <param name="Collections">Collections of each generation since the start.</param>
/// <param name="Pauses">How often, and how long, all threads stood still.</param>
internal sealed record MemoryReport(long NowMicros, long ResidentBytes, long HeapBytes, int[] Collections, PauseSum Pauses)
{
    /// <summary>Reads it.</summary>
    public static MemoryReport Read(CollectionPauses pauses, long sinceMicros, TimeProvider clock) => new(
        (clock.GetUtcNow().Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond,
        Environment.WorkingSet,
        GC.GetGCMemoryInfo().TotalCommittedBytes,
        [.. Enumerable.Range(0, GC.MaxGeneration + 1).Select(GC.CollectionCount)],
        pauses.Since(DateTime.UnixEpoch.AddMicroseconds(Math.Clamp(sinceMicros, 0, long.MaxValue / 100))));
}
