using CreditGrains.Engine;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.RequestIds;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Simulation.Workload;

namespace CreditGrains.Simulation.Harness;

/// <summary>
/// A snapshot taken beside the traffic as the standalone host takes it, its threads unrolled into steps: capture between batches,
/// write, verify, and put in force once its sequence is durable.
/// </summary>
internal sealed class SnapshotTask : IDisposable
{
    private const long DeletedBytesMax = 10_000;
    private readonly Partition _partition;
    private readonly SnapshotScratch _pool;
    private readonly Queue<SnapshotChunk> _chunks = [];
    private SnapshotCapture? _capture;
    private SnapshotFile? _file;
    private bool _isWritten;

    private SnapshotTask(Partition partition, SnapshotScratch pool) => (_partition, _pool) = (partition, pool);

    public RequestIdCatalog Ids { get; private set; } = null!;

    /// <summary>Digest of the state captured.</summary>
    public UInt128 Digest { get; private set; }

    public long Sequence { get; private set; }

    /// <summary>Whether it is written, verified, and waits for its sequence.</summary>
    public bool IsWaiting => _isWritten && !IsInForce;

    /// <summary>Whether it counts.</summary>
    public bool IsInForce { get; private set; }

    /// <summary>Starts a snapshot between two batches; null while a change of the graph is under way, or when nothing happened since the newest.</summary>
    public static SnapshotTask? Begin(Partition partition, SnapshotScratch pool)
    {
        if (partition.IsSnapshotNewest) return null;
        var task = new SnapshotTask(partition, pool);
        task._capture = partition.BeginSnapshot(pool, task._chunks.Enqueue);
        if (task._capture is null) return null;
        task.Ids = task._capture.Ids;
        task.Sequence = task._capture.Sequence;
        return task;
    }

    /// <summary>A bounded part of the writer's side.</summary>
    public void Capture(int bytesMax)
    {
        if (_capture is null) return;
        _capture.Step(bytesMax);
        if (!_capture.IsDone) return;
        _capture.Dispose();
        _capture = null;
    }

    /// <summary>Some chunks of the other side; false when the disk refused and the snapshot is abandoned.</summary>
    public bool Write(Dice dice)
    {
        try
        {
            _file ??= new SnapshotFile(_partition.Files, _partition.State, Sequence);
            for (int left = 1 + dice.Below(4); left > 0 && _chunks.TryDequeue(out SnapshotChunk? chunk); left--)
            {
                if (_file.Write(chunk))
                {
                    _file.Verify();
                    _isWritten = true;
                }
                _pool.Return(chunk);
            }
            return true;
        }
        catch (StoreException)
        {
            _file?.Abandon();
            return false;
        }
    }

    /// <summary>Makes it count when its sequence is durable, or at once when the fault is planted.</summary>
    public void TryPutInForce(bool isAhead)
    {
        if (!_isWritten || IsInForce || (!isAhead && _partition.Journal.Reader.DurableSequence < Sequence)) return;
        Digest = _file!.Digest;
        List<SnapshotEntry> inForce = SnapshotCatalog.Add(_partition.Files, new SnapshotEntry(Sequence, _file.LengthBytes, Digest));
        while (SnapshotCatalog.TryDeleteNext(_partition.Files, inForce, DeletedBytesMax))
        {
        }
        _partition.SnapshotSequence = Sequence;
        IsInForce = true;
    }

    public void Dispose()
    {
        _capture?.Dispose();
        _file?.Dispose();
        while (_chunks.TryDequeue(out SnapshotChunk? chunk)) _pool.Return(chunk);
    }
}
