using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Files;

namespace CreditGrains.Engine.RequestIds;

/// <summary>
/// Looks for ids in the runs on disk. For any thread but the writer: <see cref="DiskAnswers"/> asks for every command before it enters the
/// writer. Mostly it costs one comparison or a few filter checks; a read of 4 KiB when a filter says maybe.
/// </summary>
public sealed class RequestIdDiskLookup
{
    private readonly RequestIdHash _hash;
    private readonly long _segmentMillis;
    private RunSet _runs;

    internal RequestIdDiskLookup(RequestIdHash hash, long segmentMillis, RunSet runs)
    {
        _hash = hash;
        _segmentMillis = segmentMillis;
        _runs = runs;
    }

    /// <summary>Whether a run installed at this moment may hold the id; never reads the disk. Any id, also one to be refused.</summary>
    public bool MayHold(ushort tenant, in RequestId id)
    {
        RunSet runs = Volatile.Read(ref _runs);
        // Nearly every id is newer than what has left memory.
        if (!id.IsTimeOrdered || id.UnixMillis >= runs.EndMillis) return false;
        RunFile[] ofSegment = runs.Of(id.UnixMillis / _segmentMillis);
        if (ofSegment.Length == 0) return false;
        ulong hash = _hash.Of(tenant, id);
        foreach (RunFile run in ofSegment)
        {
            if (run.MayHold(hash)) return true;
        }
        return false;
    }

    /// <summary>
    /// Searches the runs installed at this moment. An id spilled later is still in memory when the writer looks, or the writer
    /// says <see cref="LookupResult.OnDisk"/> again because the answer does not cover the new run.
    /// </summary>
    /// <returns>Whether the id was found; <paramref name="answer"/> is to be attached either way.</returns>
    /// <exception cref="StoreException">The disk failed or a page is damaged; refuse the command, its id may have taken effect.</exception>
    public bool TryFindOnDisk(ushort tenant, in RequestId id, out DiskAnswer answer)
    {
        ulong hash = _hash.Of(tenant, id);
        long segment = id.UnixMillis / _segmentMillis;
        while (true)
        {
            RunSet runs = Volatile.Read(ref _runs);
            if (TrySearch(runs, segment, hash, tenant, id, out answer)) return answer.IsFound;
        }
    }

    /// <summary>Writer only. A run is in no set before it is retired, so a reader that meets a closed run finds a newer set.</summary>
    internal void Publish(RunSet runs) => Volatile.Write(ref _runs, runs);

    private static bool TrySearch(RunSet runs, long segment, ulong hash, ushort tenant, in RequestId id, out DiskAnswer answer)
    {
        answer = new DiskAnswer(runs.Generation, false, default);
        foreach (RunFile run in runs.Of(segment))
        {
            if (!run.MayHold(hash)) continue;
            if (!run.TryEnter()) return false;
            try
            {
                if (!run.TryFind(hash, tenant, id, out RequestIdEntry entry)) continue;
                answer = new DiskAnswer(runs.Generation, true, entry);
                return true;
            }
            finally
            {
                run.Exit();
            }
        }
        return true;
    }
}

/// <summary>All installed runs at one moment, newest first in each segment. Immutable.</summary>
/// <param name="generation">Runs installed so far.</param>
/// <param name="bySegment">At the segment modulo the length, a power of two; a null place has no runs.</param>
/// <param name="segmentMillis">Length of a segment, milliseconds.</param>
internal sealed class RunSet(long generation, RunFile[]?[] bySegment, long segmentMillis)
{
    public long Generation { get; } = generation;

    /// <summary>No run holds an id of this time or later, milliseconds.</summary>
    public long EndMillis { get; } = bySegment.Max(runs => runs is null ? 0 : (runs[0].Segment + 1) * segmentMillis);

    public RunFile[] Of(long segment)
    {
        RunFile[]? runs = bySegment[segment & (bySegment.Length - 1)];
        return runs is null || runs[0].Segment != segment ? [] : runs;
    }
}
