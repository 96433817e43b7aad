using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Files;

namespace CreditGrains.Engine.RequestIds;

/// <summary>
/// Which UUIDv7 ids of a tenant have taken effect, for a window of their own time. Time segments: the newest in memory, older ones
/// in sorted runs on disk. One writer calls everything here; other threads use <see cref="DiskLookup"/> and <see cref="SpillWork.Write"/>.
/// An id once added is found, or reported as perhaps on disk, until its segment is forgotten.
/// </summary>
public sealed unsafe partial class RequestIdIndex : IDisposable
{
    private static readonly RequestIdSegment NoSegment = new(-1, long.MinValue);
    private readonly IFileStore _store;
    private readonly RequestIdOptions _options;
    private readonly RequestIdHash _hash;
    private readonly SlotPages _pages = new();
    private readonly RequestIdSegment?[] _ring;
    private readonly long _segmentMillis;
    private RequestIdSegment _recent = NoSegment;
    private long _firstSegment;
    private long _entriesInMemory;

    private RequestIdIndex(IFileStore store, RequestIdOptions options, UInt128 seed, long segmentMillis, long firstSegment)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Runs and slices are stored as in memory, little endian.");
        _store = store;
        _options = options;
        _seed = seed;
        _hash = new RequestIdHash(seed);
        _segmentMillis = segmentMillis;
        _firstSegment = firstSegment;
        // The window touches one segment more than it spans, and forgetting may lag by another.
        long segments = (options.WindowMillis / segmentMillis) + 3;
        _ring = new RequestIdSegment?[System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)segments)];
        _pages.Reserve(options.ReservedEntries * SlotPages.BytesPerEntry);
        DiskLookup = new RequestIdDiskLookup(_hash, segmentMillis, new RunSet(0, new RunFile[]?[_ring.Length], segmentMillis));
    }

    /// <summary>The part for other threads.</summary>
    public RequestIdDiskLookup DiskLookup { get; }

    /// <summary>Entries in memory, those being spilled included.</summary>
    public long EntriesInMemory => _entriesInMemory;

    /// <summary>
    /// Memory holds half as much again as <see cref="RequestIdOptions.MemoryEntriesMax"/>, so the disk does not keep up or refuses.
    /// The host refuses new ids as overloaded until it falls.
    /// </summary>
    public bool IsFull => _entriesInMemory >= _options.MemoryEntriesMax + (_options.MemoryEntriesMax / 2);

    /// <summary>Ids before this are forgotten: milliseconds, the start of a segment.</summary>
    public long FirstMillis => _firstSegment * _segmentMillis;

    /// <summary>Ids from this on have no room until older ones are forgotten.</summary>
    public long EndMillis => (_firstSegment + _ring.Length) * _segmentMillis;

    /// <summary>Starts fetching what <see cref="Find(ushort, in RequestId, in DiskAnswer, out RequestIdEntry)"/> will read. Any id, also one to be refused.</summary>
    public void Prefetch(ushort tenant, in RequestId id)
    {
        if (!Sse.IsSupported || !TryGetSegment(id.UnixMillis, out RequestIdSegment? segment) || segment is null) return;
        ulong hash = _hash.Of(tenant, id);
        if (segment.Active is not null) PrefetchSlots(segment.Active.HomeOf(hash));
        if (segment.Sealed is not null) PrefetchSlots(segment.Sealed.HomeOf(hash));
        foreach (RunFile run in segment.Runs) run.Prefetch(hash);
    }

    /// <summary>As the other overload without an answer from disk.</summary>
    public LookupResult Find(ushort tenant, in RequestId id, out RequestIdEntry entry) => Find(tenant, id, default, out entry);

    /// <summary>
    /// Looks an id up in memory, helped by an earlier look on disk. NotFound is certain: no table and no run holds the id.
    /// OnDisk: a run the answer does not cover may hold it; look on disk again off the writer and retry.
    /// </summary>
    /// <param name="tenant">Its tenant.</param>
    /// <param name="id">A UUIDv7 from <see cref="FirstMillis"/> to before <see cref="EndMillis"/>: the caller has checked the window.</param>
    /// <param name="answer">What <see cref="DiskLookup"/> gave for this tenant and id; default if none.</param>
    /// <param name="entry">The newest entry when found.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id's time is outside; it may have been forgotten, so no answer is safe.</exception>
    public LookupResult Find(ushort tenant, in RequestId id, in DiskAnswer answer, out RequestIdEntry entry)
    {
        Debug.Assert(id.IsTimeOrdered);
        entry = default;
        RequestIdSegment? segment = SegmentOf(id);
        if (segment is null) return LookupResult.NotFound;
        ulong hash = _hash.Of(tenant, id);
        RequestIdSlot* slot = FindInMemory(segment, hash, tenant, id);
        if (slot != null)
        {
            entry = slot->Entry;
            return LookupResult.Found;
        }
        return segment.Runs.Length == 0 ? LookupResult.NotFound : FindInRuns(segment.Runs, hash, answer, out entry);
    }

    /// <summary>Adds an id that <see cref="Find(ushort, in RequestId, in DiskAnswer, out RequestIdEntry)"/> did not find.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id's time is outside <see cref="FirstMillis"/> to <see cref="EndMillis"/>.</exception>
    public void Add(ushort tenant, in RequestId id, in RequestIdEntry entry)
    {
        Debug.Assert(id.IsTimeOrdered && entry.Sequence is >= 0 and <= RequestIdEntry.SequenceMax);
        RequestIdSegment segment = SegmentOf(id) ?? AddSegment(id.UnixMillis / _segmentMillis);
        segment.Active ??= new RequestIdTable(_pages, _hash, segment.Number);
        segment.Active.Add(_hash.Of(tenant, id), new RequestIdSlot(tenant, id, entry));
        _entriesInMemory++;
    }

    /// <summary>
    /// Replay's addition: adds the entry unless it is here. An id already forgotten is left out. Ids of listed runs need no check, as
    /// replay begins after their sequences.
    /// </summary>
    /// <returns>Whether it was added.</returns>
    /// <exception cref="InvalidOperationException">The id is here with another entry: journal and snapshot disagree.</exception>
    public bool AddIfAbsent(ushort tenant, in RequestId id, in RequestIdEntry entry)
    {
        if (id.UnixMillis < FirstMillis) return false;
        RequestIdSegment? segment = SegmentOf(id);
        RequestIdSlot* slot = segment is null ? null : FindInMemory(segment, _hash.Of(tenant, id), tenant, id);
        if (slot == null)
        {
            Add(tenant, id, entry);
            return true;
        }
        if (slot->Entry == entry) return false;
        throw new InvalidOperationException($"Replay gives request id {id} of tenant {tenant} sequence {entry.Sequence}, the snapshot {slot->Sequence}.");
    }

    /// <summary>
    /// Gives a found id a newer entry, as when the late original of a tombstone is declined. Also for replay: the same entry twice is harmless.
    /// </summary>
    /// <param name="tenant">Its tenant.</param>
    /// <param name="id">Its id; when it is on disk or sealed the new entry stands before the old one.</param>
    /// <param name="entry">Has a higher sequence than the entry found.</param>
    public void Replace(ushort tenant, in RequestId id, in RequestIdEntry entry)
    {
        if (id.UnixMillis < FirstMillis) return;
        RequestIdTable? active = SegmentOf(id)?.Active;
        RequestIdSlot* slot = active is null ? null : active.Find(_hash.Of(tenant, id), tenant, id);
        if (slot == null)
        {
            Add(tenant, id, entry);
            return;
        }
        Debug.Assert(slot->Sequence <= entry.Sequence);
        _capture?.KeepReplaced(*slot);
        slot->Entry = entry;
    }

    /// <summary>Drops whole segments that end before a time, which only moves forward. Their run files are kept until <see cref="TakeRetired"/>.</summary>
    /// <param name="unixMillis">Writer time less the window.</param>
    public void ForgetBefore(long unixMillis)
    {
        long first = unixMillis / _segmentMillis;
        if (first <= _firstSegment) return;
        bool hadRuns = false;
        foreach (ref RequestIdSegment? segment in _ring.AsSpan())
        {
            if (segment is null || segment.Number >= first) continue;
            hadRuns |= segment.Runs.Length > 0;
            _forgotten.Add(segment);
            segment = null;
        }
        _firstSegment = first;
        _recent = NoSegment;
        if (hadRuns) PublishRuns();
        foreach (RequestIdSegment segment in _forgotten) Drop(segment);
        _forgotten.Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static RequestIdSlot* FindInMemory(RequestIdSegment segment, ulong hash, ushort tenant, in RequestId id)
    {
        RequestIdSlot* slot = null;
        if (segment.Active is not null) slot = segment.Active.Find(hash, tenant, id);
        if (slot == null && segment.Sealed is not null) slot = segment.Sealed.Find(hash, tenant, id);
        return slot;
    }

    private static LookupResult FindInRuns(RunFile[] runs, ulong hash, in DiskAnswer answer, out RequestIdEntry entry)
    {
        entry = answer.Entry;
        foreach (RunFile run in runs)
        {
            if (run.Generation <= answer.Generation) break;
            if (run.MayHold(hash)) return LookupResult.OnDisk;
        }
        return answer.IsFound ? LookupResult.Found : LookupResult.NotFound;
    }

    // Two lines hold the slots in which most searches end; a third would cost every search what it saves few.
    private static void PrefetchSlots(RequestIdSlot* home)
    {
        Sse.Prefetch0(home);
        Sse.Prefetch0((byte*)home + 64);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private RequestIdSegment? SegmentOf(in RequestId id)
    {
        if (TryGetSegment(id.UnixMillis, out RequestIdSegment? segment)) return segment;
        throw new ArgumentOutOfRangeException(nameof(id), id, "The time of the request id is outside the window kept.");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryGetSegment(long millis, out RequestIdSegment? segment)
    {
        segment = _recent;
        if (unchecked((ulong)(millis - segment.StartMillis)) < (ulong)_segmentMillis) return true;
        long number = millis / _segmentMillis;
        if (number < _firstSegment || number - _firstSegment >= _ring.Length)
        {
            segment = null;
            return false;
        }
        segment = _ring[number & (_ring.Length - 1)];
        if (segment is not null) _recent = segment;
        return true;
    }

    private RequestIdSegment AddSegment(long number) =>
        _ring[number & (_ring.Length - 1)] = _recent = new RequestIdSegment(number, number * _segmentMillis);
}
