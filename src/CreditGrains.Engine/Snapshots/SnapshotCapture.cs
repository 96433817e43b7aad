using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.RequestIds;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Snapshots;

/// <summary>
/// The writer's side of a snapshot: the state as of one sequence, handed out in chunks by small steps between batches, while
/// blocks about to be written are copied out first. The other side (<see cref="SnapshotFile"/>) writes chunks on another thread.
/// </summary>
internal sealed class SnapshotCapture : IBlockSink, IDisposable
{
    private const int PoolBytesPerStep = 16 << 10;
    private const int IdBytesCopiedMax = 64 << 10;
    private readonly RequestIdCapture ids;
    private readonly Action<SnapshotChunk> emit;
    private readonly SnapshotScratch scratch;
    private readonly BlockCapture[] captures;
    private readonly IRowTable[] tables;
    private readonly SessionMarks marks;
    private readonly PoolRecords pools;
    private SnapshotChunk chunk;
    private int table;

    /// <param name="state">The state, between two batches.</param>
    /// <param name="ids">Capture of the request ids at the same sequence; disposed here.</param>
    /// <param name="sequence">Newest event applied.</param>
    /// <param name="recordedAtMicros">Its writer time.</param>
    /// <param name="scratch">Gives the memory, chunks among it.</param>
    /// <param name="emit">Takes a full chunk; never blocks.</param>
    public SnapshotCapture(
        PartitionState state, RequestIdCapture ids, long sequence, long recordedAtMicros, SnapshotScratch scratch, Action<SnapshotChunk> emit)
    {
        // A catalogue may take the place of another meanwhile: these are the tables of the snapshot.
        tables = [.. state.Tables];
        this.ids = ids;
        this.emit = emit;
        this.scratch = scratch;
        Sequence = sequence;
        EmitWhole(SnapshotChunkKind.Header, SnapshotHeader.Of(state, ids.Catalog, sequence, recordedAtMicros).ToBytes());
        EmitWhole(SnapshotChunkKind.Small, SmallStateCodec.WriteWithoutMarks(state.Small));
        if (state.Catalogue is { } catalogue) EmitWhole(SnapshotChunkKind.Catalogue, catalogue.Content.ToArray());
        marks = new SessionMarks(state.Small);
        if (state.Pools.All.Count > 0) EmitWhole(SnapshotChunkKind.Pools, PoolRecords.Begin(state.Pools));
        pools = new PoolRecords(state.Pools);
        chunk = Rent(SnapshotChunkKind.Rows);
        captures = new BlockCapture[tables.Length];
        var bits = scratch.TakeBits([.. tables.Select(t => t.BlockCount)]);
        for (var i = 0; i < captures.Length; i++)
        {
            captures[i] = new BlockCapture(tables[i], this, bits[i]);
            tables[i].BeginCapture(captures[i]);
        }
    }

    /// <summary>The state captured is that after this event.</summary>
    public long Sequence { get; }

    /// <summary>The request ids' runs at that event.</summary>
    public RequestIdCatalog Ids => ids.Catalog;

    /// <summary>Whether every chunk is out.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Bytes handed out because they were about to be written, not by the steps.</summary>
    public long CopiedOnWriteBytes { get; private set; }

    /// <summary>Captures about as many bytes as asked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Step(int bytesMax)
    {
        for (var taken = 0; taken < bytesMax && !IsDone;)
        {
            var bytes = table < captures.Length ? captures[table].CaptureNext() : StepRest();
            taken += Math.Max(bytes, 1);
            CopiedOnWriteBytes -= bytes;
            if (bytes > 0 || table >= captures.Length) continue;
            table++;
            if (table == captures.Length) Flush();
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Take(IRowTable from, int block, ReadOnlySpan<byte> bytes)
    {
        CopiedOnWriteBytes += bytes.Length;
        var target = chunk.Free;
        BinaryPrimitives.WriteInt32LittleEndian(target, TableNumber(from));
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], block);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], bytes.Length);
        bytes.CopyTo(target[12..]);
        chunk.PayloadLength += 12 + bytes.Length;
        if (chunk.PayloadLength >= SnapshotChunk.PayloadBytes) Flush();
    }

    /// <summary>Ends the capture, complete or not.</summary>
    public void Dispose()
    {
        foreach (var captured in tables) captured.EndCapture();
        ids.Dispose();
    }

    private int StepRest()
    {
        var length = marks.TakeNext(chunk.Bytes.AsSpan(SnapshotFormat.HeadBytes, SnapshotChunk.PayloadBytes));
        if (length > 0)
        {
            chunk.Kind = SnapshotChunkKind.Marks;
            chunk.PayloadLength = length;
            Flush();
            return length;
        }
        if (pools.TakeNext(PoolBytesPerStep) is { Length: > 0 } months)
        {
            EmitWhole(SnapshotChunkKind.Pools, months);
            return months.Length;
        }
        chunk.EnsurePayload(RequestIdCapture.SliceBytesMax);
        if (ids.TryNext(chunk.Bytes.AsSpan(SnapshotFormat.HeadBytes, RequestIdCapture.SliceBytesMax), out var written))
        {
            // A quiet book has thousands of segments with a few ids each: a buffer of a mebibyte for each, waiting for the disk, would be gigabytes.
            if (written <= IdBytesCopiedMax)
            {
                EmitWhole(SnapshotChunkKind.Ids, chunk.Free[..written]);
                return written;
            }
            chunk.Kind = SnapshotChunkKind.Ids;
            chunk.PayloadLength = written;
            Flush();
            return written;
        }
        chunk.Kind = SnapshotChunkKind.End;
        emit(chunk);
        IsDone = true;
        return 0;
    }

    private int TableNumber(IRowTable from)
    {
        for (var i = 0; i < tables.Length; i++)
            if (ReferenceEquals(tables[i], from)) return i;
        throw new InvalidOperationException("The table is not of this state.");
    }

    private void Flush()
    {
        emit(chunk);
        chunk = Rent(SnapshotChunkKind.Rows);
    }

    private SnapshotChunk Rent(SnapshotChunkKind kind)
    {
        var rented = scratch.Rent();
        rented.Kind = kind;
        rented.PayloadLength = 0;
        return rented;
    }

    private void EmitWhole(SnapshotChunkKind kind, ReadOnlySpan<byte> payload) => emit(new SnapshotChunk(kind, payload));
}

/// <summary>What stands at the head of a snapshot.</summary>
internal sealed record SnapshotHeader(int LayoutVersion, long Sequence, long RecordedAtMicros, RequestIdCatalog Ids, (string Name, int RowBytes, int End, int Count, int Free)[] Tables)
{
    public static SnapshotHeader Of(PartitionState state, RequestIdCatalog ids, long sequence, long recordedAtMicros) => new(
        SnapshotFormat.LayoutVersion, sequence, recordedAtMicros, ids,
        [.. state.Tables.Select(t => (t.Name, t.RowLengthBytes, t.End, t.Count, t.FreeHead))]);

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var w = new BinaryWriter(stream);
        w.Write(LayoutVersion);
        w.Write(Sequence);
        w.Write(RecordedAtMicros);
        var catalog = Ids.ToBytes();
        w.Write(catalog.Length);
        w.Write(catalog);
        w.Write(Tables.Length);
        foreach (var (name, rowBytes, end, count, free) in Tables)
        {
            w.Write(name);
            w.Write(rowBytes);
            w.Write(end);
            w.Write(count);
            w.Write(free);
        }
        w.Flush();
        return stream.ToArray();
    }

    public static SnapshotHeader FromBytes(ReadOnlyMemory<byte> bytes)
    {
        using var r = new BinaryReader(new MemoryStream(bytes.ToArray()));
        var layout = r.ReadInt32();
        var sequence = r.ReadInt64();
        var recordedAt = r.ReadInt64();
        var catalog = RequestIdCatalog.FromBytes(r.ReadBytes(r.ReadInt32()));
        var tables = new (string, int, int, int, int)[r.ReadInt32()];
        for (var i = 0; i < tables.Length; i++) tables[i] = (r.ReadString(), r.ReadInt32(), r.ReadInt32(), r.ReadInt32(), r.ReadInt32());
        return new SnapshotHeader(layout, sequence, recordedAt, catalog, tables);
    }
}
