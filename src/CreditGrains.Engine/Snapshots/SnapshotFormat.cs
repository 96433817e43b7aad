using System.Buffers.Binary;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;

namespace CreditGrains.Engine.Snapshots;

/// <summary>What a chunk of a snapshot holds. The numbers are part of the format.</summary>
internal enum SnapshotChunkKind : byte
{
    /// <summary>Sequence, writer time and the shape of the tables. First.</summary>
    Header = 1,

    /// <summary>The parts of the state that stay small.</summary>
    Small = 2,

    /// <summary>Blocks of rows.</summary>
    Rows = 3,

    /// <summary>A slice of the request ids in memory.</summary>
    Ids = 4,

    /// <summary>Journal sequences of places in sessions.</summary>
    Marks = 6,

    /// <summary>Records of pools (<see cref="Pools.PoolRecords"/>).</summary>
    Pools = 7,

    /// <summary>The catalogue of features, when there is one. After the small state.</summary>
    Catalogue = 8,

    /// <summary>Count of chunks and digest of the state. Last; without it the snapshot is incomplete.</summary>
    End = 5,
}

/// <summary>
/// The bytes of a snapshot file: chunks of 24 bytes head (magic, kind, payload length, the snapshot's sequence, CRC32C of those and the payload),
/// payload, in the order they were captured. The sequence tells a chunk from one of an older snapshot that was written over. Rows are the engine's own layout, so a snapshot is read by the layout version that wrote it; others
/// fall back to the journal.
/// </summary>
internal static class SnapshotFormat
{
    /// <summary>Rises with any change of a row's layout or of this format.</summary>
    public const int LayoutVersion = 7;

    /// <summary>The oldest layout that is still read: it has the first of the tables, with the same rows. Up to 6 the first loan of every facility stands in a rules row, which is still read so.</summary>
    public const int LayoutVersionOldest = 4;

    public const int HeadBytes = 24;
    public const int SequenceOffset = 12;
    public const int CrcOffset = 20;
    public const uint Magic = 0x4E53_4743; // "CGSN"

    /// <summary>Whether a file is a snapshot, in force or not, by its name.</summary>
    public static bool IsSnapshot(string name) => name.StartsWith("snapshot-", StringComparison.Ordinal);

    /// <summary>Name of the snapshot of a sequence.</summary>
    public static string NameOf(long sequence) => FormattableString.Invariant($"snapshot-{sequence:D20}.cgs");

    /// <summary>Fills a chunk's head in front of its payload.</summary>
    public static void WriteHead(Span<byte> chunk, SnapshotChunkKind kind, int payloadLength, long sequence)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(chunk, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk[4..], (uint)kind);
        BinaryPrimitives.WriteInt32LittleEndian(chunk[8..], payloadLength);
        BinaryPrimitives.WriteInt64LittleEndian(chunk[SequenceOffset..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk[CrcOffset..], Checksum.Of(chunk[..CrcOffset], chunk.Slice(HeadBytes, payloadLength)));
    }

    /// <summary>Reads a snapshot's chunks in order, checking each.</summary>
    /// <exception cref="SnapshotDamagedException">A chunk is cut short, has another checksum, or the last one is missing.</exception>
    public static void ReadChunks(IStoreFile file, long sequence, Action<SnapshotChunkKind, ReadOnlyMemory<byte>> visit)
    {
        using var reader = new SnapshotReader(file, sequence);
        while (reader.TryNext(out var kind, out var payload)) visit(kind, payload);
    }
}

/// <summary>A snapshot file, or the manifest that says which count, does not hold what was written.</summary>
public sealed class SnapshotDamagedException : Exception
{
    /// <summary>Of a snapshot: an opening passes it over.</summary>
    public SnapshotDamagedException(string name, long offset)
        : base($"Snapshot {name} is damaged or incomplete at byte {offset}; the one before it and the journal are used instead. Check the disk, then delete this file.") =>
        (Name, Offset) = (name, offset);

    private SnapshotDamagedException(string name, string message) : base(message) => Name = name;

    /// <summary>Of the manifest: an opening refuses.</summary>
    internal static SnapshotDamagedException OfManifest(string name) => new(name,
        $"'{name}' is damaged: which snapshots count is not known. Check the disk, then bring the file back from a backup or delete it: the whole journal is replayed then.");

    /// <summary>The file.</summary>
    public string Name { get; }

    /// <summary>Where reading stopped, bytes from the start.</summary>
    public long Offset { get; }
}

/// <summary>A buffer for one chunk, reused unless it was made for one payload.</summary>
internal sealed class SnapshotChunk
{
    private const int BytesUsual = SnapshotFormat.HeadBytes + PayloadBytes + RecordBytesMax;

    /// <summary>Target payload, bytes.</summary>
    public const int PayloadBytes = 256 << 10;

    /// <summary>Most one record adds, bytes.</summary>
    public const int RecordBytesMax = Tables.BlockCapture.RunBytesMax + 16;

    public SnapshotChunkKind Kind;
    public byte[] Bytes;
    public int PayloadLength;

    /// <summary>With room for rows.</summary>
    public SnapshotChunk() => Bytes = GC.AllocateUninitializedArray<byte>(BytesUsual);

    /// <summary>As long as one payload, which it copies.</summary>
    public SnapshotChunk(SnapshotChunkKind kind, ReadOnlySpan<byte> payload)
    {
        Bytes = GC.AllocateUninitializedArray<byte>(SnapshotFormat.HeadBytes + payload.Length);
        (Kind, PayloadLength) = (kind, payload.Length);
        payload.CopyTo(Bytes.AsSpan(SnapshotFormat.HeadBytes));
    }

    /// <summary>Whether it has the room that who rents one counts on.</summary>
    public bool IsReusable => Bytes.Length >= BytesUsual;

    /// <summary>Makes room for a payload; what it held is lost.</summary>
    public void EnsurePayload(int length)
    {
        if (Bytes.Length < SnapshotFormat.HeadBytes + length) Bytes = GC.AllocateUninitializedArray<byte>(SnapshotFormat.HeadBytes + length);
    }

    public Span<byte> Free => Bytes.AsSpan(SnapshotFormat.HeadBytes + PayloadLength);

    public ReadOnlySpan<byte> Payload => Bytes.AsSpan(SnapshotFormat.HeadBytes, PayloadLength);

    public ReadOnlySpan<byte> Whole => Bytes.AsSpan(0, SnapshotFormat.HeadBytes + PayloadLength);
}
