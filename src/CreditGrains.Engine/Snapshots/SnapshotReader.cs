using System.Buffers.Binary;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;

namespace CreditGrains.Engine.Snapshots;

/// <summary>Reads a snapshot's chunks in order and checks each, one at a time, so that the caller sets the pace. One thread.</summary>
internal sealed class SnapshotReader(IStoreFile file, long sequence) : IDisposable
{
    private readonly SequentialReader reader = new(file);
    private readonly byte[] head = new byte[SnapshotFormat.HeadBytes];
    private byte[] buffer = [];
    private long offset;
    private bool isAtEnd;

    /// <summary>Reads the next chunk.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="payload">Its payload, valid until the next call.</param>
    /// <returns>False after the last.</returns>
    /// <exception cref="SnapshotDamagedException">A chunk is cut short, has another checksum or another snapshot's sequence, or the last one is missing.</exception>
    public bool TryNext(out SnapshotChunkKind kind, out ReadOnlyMemory<byte> payload)
    {
        (kind, payload) = (default, default);
        if (isAtEnd) return false;
        if (!reader.TryRead(head) || BinaryPrimitives.ReadUInt32LittleEndian(head) != SnapshotFormat.Magic
            || BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(SnapshotFormat.SequenceOffset)) != sequence)
            throw Damaged();
        var length = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(8));
        if (length < 0 || length > reader.Remaining) throw Damaged();
        if (buffer.Length < length) buffer = new byte[Math.Max(length, SnapshotChunk.PayloadBytes + SnapshotChunk.RecordBytesMax)];
        var read = buffer.AsMemory(0, length);
        if (!reader.TryRead(read.Span)
            || BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(SnapshotFormat.CrcOffset)) != Checksum.Of(head.AsSpan(0, SnapshotFormat.CrcOffset), read.Span))
            throw Damaged();
        (kind, payload) = ((SnapshotChunkKind)BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4)), read);
        offset += SnapshotFormat.HeadBytes + length;
        isAtEnd = kind == SnapshotChunkKind.End;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => reader.Dispose();

    private SnapshotDamagedException Damaged() => new(SnapshotFormat.NameOf(sequence), offset);
}
