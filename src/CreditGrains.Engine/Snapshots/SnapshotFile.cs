using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Snapshots;

/// <summary>
/// The other side of a snapshot: writes chunks in the order they come, digests the rows, syncs, and reads it back to be verified.
/// One thread at a time; the writer's turn is never waited for.
/// </summary>
internal sealed class SnapshotFile : IDisposable
{
    private const long SyncEveryBytes = 64 << 20;
    private readonly IFileStore files;
    private readonly IStoreFile file;
    private readonly SequentialWriter writer;
    private readonly PartitionState state;
    private readonly StateDigest digest;
    private readonly SmallState small = new();
    private long syncedBytes;

    /// <param name="files">Where.</param>
    /// <param name="state">The live state, whose keys the digest needs.</param>
    /// <param name="sequence">The snapshot's.</param>
    public SnapshotFile(IFileStore files, PartitionState state, long sequence)
    {
        this.files = files;
        this.state = state;
        Sequence = sequence;
        Name = SnapshotFormat.NameOf(sequence);
        file = SnapshotCatalog.OpenForWriting(files, Name);
        writer = new SequentialWriter(file);
        digest = new StateDigest(state);
    }

    /// <summary>The snapshot's sequence.</summary>
    public long Sequence { get; }

    /// <summary>File name.</summary>
    public string Name { get; }

    /// <summary>Bytes written.</summary>
    public long LengthBytes => writer.Length;

    /// <summary>Digest of the state, complete after the last chunk.</summary>
    public UInt128 Digest => digest.Value;

    /// <summary>Writes a chunk. The End chunk gets the digest and makes the file durable; it counts only after <see cref="ReadBack"/> found it sound.</summary>
    /// <returns>Whether this was the last.</returns>
    /// <exception cref="StoreException">The disk refused; the snapshot is abandoned, the one before it stays.</exception>
    public bool Write(SnapshotChunk chunk)
    {
        switch (chunk.Kind)
        {
            case SnapshotChunkKind.Header:
                digest.SetRowLengths(SnapshotHeader.FromBytes(chunk.Payload.ToArray()).Tables.Select(table => table.RowBytes));
                break;
            case SnapshotChunkKind.Catalogue:
                digest.AddCatalogue(chunk.Payload);
                break;
            case SnapshotChunkKind.Rows:
                DigestRows(chunk.Payload);
                break;
            case SnapshotChunkKind.Small:
                SmallStateCodec.Read(chunk.Payload.ToArray(), small);
                break;
            case SnapshotChunkKind.Marks:
                if (!SessionMarks.TryLoad(chunk.Payload, small)) throw new InvalidOperationException("The marks of a session came out of order.");
                break;
            case SnapshotChunkKind.End:
                WriteEnd(chunk);
                break;
        }
        SnapshotFormat.WriteHead(chunk.Bytes, chunk.Kind, chunk.PayloadLength, Sequence);
        writer.Append(chunk.Whole);
        if (chunk.Kind != SnapshotChunkKind.End)
        {
            // Paced: gigabytes left to one sync at the end would hold up the journal's own syncs on the same disk.
            if (writer.Length - syncedBytes < SyncEveryBytes) return false;
            writer.SyncWhole();
            syncedBytes = writer.Length;
            return false;
        }
        writer.Finish();
        files.SyncDirectory();
        return true;
    }

    /// <summary>Reads what was written, from the disk and not from a cached copy.</summary>
    public SnapshotReader ReadBack() => new(file, Sequence);

    /// <summary>Reads all of it back at once.</summary>
    /// <exception cref="SnapshotDamagedException">It does not hold what was written.</exception>
    public void Verify()
    {
        using var readBack = ReadBack();
        while (readBack.TryNext(out _, out _))
        {
        }
    }

    /// <summary>Deletes what was written of an abandoned snapshot.</summary>
    public void Abandon()
    {
        file.Dispose();
        if (files.Exists(Name)) files.Delete(Name);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        writer.Dispose();
        file.Dispose();
    }

    private void WriteEnd(SnapshotChunk chunk)
    {
        digest.AddSmall(SmallStateCodec.Write(small));
        BinaryPrimitives.WriteUInt128LittleEndian(chunk.Bytes.AsSpan(SnapshotFormat.HeadBytes), digest.Value);
        chunk.PayloadLength = Unsafe.SizeOf<UInt128>();
    }

    private void DigestRows(ReadOnlySpan<byte> payload)
    {
        while (!payload.IsEmpty)
        {
            var table = BinaryPrimitives.ReadInt32LittleEndian(payload);
            var block = BinaryPrimitives.ReadInt32LittleEndian(payload[4..]);
            var length = BinaryPrimitives.ReadInt32LittleEndian(payload[8..]);
            digest.Add(table, block, payload.Slice(12, length));
            payload = payload[(12 + length)..];
        }
    }
}
