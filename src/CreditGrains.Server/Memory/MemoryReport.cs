using CreditGrains.Domain.Clocks;

namespace CreditGrains.Server.Memory;

/// <summary>GET /memory?since=UNIX_MICROSECONDS: how large the process is and how long the collector held it up since then; without since, as far back as is kept.</summary>
/// <param name="NowMicros">Time of the report, microseconds since the Unix epoch: the next since.</param>
/// <param name="ResidentBytes">Resident memory of the process.</param>
/// <param name="HeapBytes">Of it the collector's heap, as committed at the last collection. Tables are outside it.</param>
/// <param name="Collections">Collections of each generation since the start.</param>
/// <param name="Pauses">How often, and how long, all threads stood still.</param>
/// <param name="Last">The newest collection.</param>
internal sealed record MemoryReport(long NowMicros, long ResidentBytes, long HeapBytes, int[] Collections, PauseSum Pauses, LastCollection Last)
{
    /// <summary>Reads it.</summary>
    public static MemoryReport Read(CollectionPauses pauses, long sinceMicros, TimeProvider clock) => new(
        clock.UnixMicros(),
        Environment.WorkingSet,
        GC.GetGCMemoryInfo().TotalCommittedBytes,
        [.. Enumerable.Range(0, GC.MaxGeneration + 1).Select(GC.CollectionCount)],
        pauses.Since(DateTime.UnixEpoch.AddMicroseconds(Math.Clamp(sinceMicros, 0, long.MaxValue / 100))),
        LastCollection.Of(GC.GetGCMemoryInfo(GCKind.Any)));
}

/// <summary>What one collection did: a pause is long because much outlived it, or because it was held up.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Generation">What was collected.</param>
/// <param name="PauseMillis">How long all threads stood still for it.</param>
/// <param name="PromotedBytes">What outlived it, and was copied or marked.</param>
/// <param name="PinnedObjects">Objects that could not be moved.</param>
internal sealed record LastCollection(long Number, int Generation, double PauseMillis, long PromotedBytes, long PinnedObjects)
{
    /// <summary>From the runtime.</summary>
    public static LastCollection Of(GCMemoryInfo seen) => new(
        seen.Index, seen.Generation, seen.PauseDurations.ToArray().Sum(p => p.TotalMilliseconds), seen.PromotedBytes, seen.PinnedObjectsCount);
}
