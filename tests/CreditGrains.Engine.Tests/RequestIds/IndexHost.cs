using CreditGrains.Domain.Requests;
using CreditGrains.Engine.RequestIds;
using CreditGrains.Simulation.Disk;

namespace CreditGrains.Engine.Tests.RequestIds;

/// <summary>What a host does around the index, on one thread: look on disk first, snapshot, crash, restore, replay.</summary>
internal sealed class IndexHost : IDisposable
{
    public const long Start = 1_700_000_000_000;
    private const int RetriesMax = 4;
    private readonly RequestIdOptions _options;
    private readonly byte[] _buffer = new byte[RequestIdCapture.SliceBytesMax];
    private readonly List<Journaled> _journal = [];
    private readonly List<byte[]> _slices = [];
    private RequestIdCapture? _capture;
    private Snapshot? _inForce;

    public IndexHost(FakeDisk disk, RequestIdOptions options)
    {
        Disk = disk;
        _options = options;
        Index = RequestIdIndex.Create(disk, options, Start);
    }

    public FakeDisk Disk { get; }

    public RequestIdIndex Index { get; private set; }

    public long LastSequence => _journal.Count;

    public bool IsCapturing => _capture is not null;

    public SpillWork? Work { get; private set; }

    public static RequestId Id(long millis, ulong bits) => RequestId.ForTime(Start + millis, bits >> 62, bits);

    public RequestIdEntry Add(ushort tenant, RequestId id, uint fingerprint = 1, bool isTombstone = false)
    {
        var entry = new RequestIdEntry(LastSequence + 1, fingerprint, isTombstone);
        _journal.Add(new Journaled(Index.FirstMillis, tenant, id, entry, IsReplacement: false));
        Index.Add(tenant, id, entry);
        return entry;
    }

    public RequestIdEntry Replace(ushort tenant, RequestId id)
    {
        var entry = new RequestIdEntry(LastSequence + 1, 7, false);
        _journal.Add(new Journaled(Index.FirstMillis, tenant, id, entry, IsReplacement: true));
        Index.Replace(tenant, id, entry);
        return entry;
    }

    /// <summary>The whole way of a lookup, from an answer that may be stale.</summary>
    public RequestIdEntry? Find(ushort tenant, RequestId id, DiskAnswer answer = default)
    {
        Index.Prefetch(tenant, id);
        for (int attempt = 0; attempt < RetriesMax; attempt++)
        {
            LookupResult result = Index.Find(tenant, id, answer, out RequestIdEntry entry);
            if (result == LookupResult.Found) return entry;
            if (result == LookupResult.NotFound) return null;
            Index.DiskLookup.TryFindOnDisk(tenant, id, out answer);
        }
        throw new InvalidOperationException("No answer after looking on disk again and again.");
    }

    public bool TakeSpill() => (Work = Index.TakeSpillWork()) is not null;

    public void CompleteSpill()
    {
        Index.CompleteSpill(Work!);
        Work = null;
    }

    public void ReturnSpill()
    {
        Index.ReturnSpill(Work!);
        Work = null;
    }

    public void SpillAll()
    {
        while (TakeSpill())
        {
            Work!.Write();
            CompleteSpill();
        }
    }

    public void BeginCapture()
    {
        _slices.Clear();
        _capture = Index.BeginCapture(LastSequence);
    }

    /// <summary>One slice; false when the snapshot is complete and in force, and what it made needless is deleted.</summary>
    public bool CaptureNext()
    {
        if (_capture!.TryNext(_buffer, out int written))
        {
            _slices.Add(_buffer.AsSpan(0, written).ToArray());
            return true;
        }
        _inForce = new Snapshot(_capture.Sequence, _capture.Catalog.ToBytes(), [.. _slices]);
        RequestIdCatalog catalog = _capture.Catalog;
        EndCapture();
        foreach (string name in Index.TakeRetired(catalog)) Disk.Delete(name);
        return false;
    }

    public void TakeSnapshot()
    {
        BeginCapture();
        while (CaptureNext()) continue;
    }

    /// <summary>Power is lost; the journal holds up to a sequence, at least that of the snapshot in force.</summary>
    public void CrashAndRestore(long durableSequence)
    {
        durableSequence = Math.Max(durableSequence, _inForce?.Sequence ?? 0);
        long floor = Index.FirstMillis;
        Work = null;
        EndCapture();
        Index.Dispose();
        Disk.Crash();
        _journal.RemoveRange((int)durableSequence, _journal.Count - (int)durableSequence);
        Restore(floor);
    }

    public void Dispose()
    {
        EndCapture();
        Index.Dispose();
    }

    private void Restore(long floor)
    {
        Index = _inForce is null
            ? RequestIdIndex.Create(Disk, _options, Start)
            : RequestIdIndex.Open(Disk, _options, RequestIdCatalog.FromBytes(_inForce.Catalog));
        foreach (byte[] slice in _inForce?.Slices ?? []) Index.Load(slice);
        foreach (Journaled change in _journal.Skip((int)(_inForce?.Sequence ?? 0)))
        {
            Index.ForgetBefore(change.FirstMillis);
            if (change.IsReplacement)
            {
                Index.Replace(change.Tenant, change.Id, change.Entry);
            }
            else
            {
                Index.AddIfAbsent(change.Tenant, change.Id, change.Entry);
                Index.AddIfAbsent(change.Tenant, change.Id, change.Entry);
            }
        }
        Index.ForgetBefore(floor);
    }

    private void EndCapture()
    {
        _capture?.Dispose();
        _capture = null;
    }

    private sealed record Journaled(long FirstMillis, ushort Tenant, RequestId Id, RequestIdEntry Entry, bool IsReplacement);

    private sealed record Snapshot(long Sequence, byte[] Catalog, byte[][] Slices);
}
