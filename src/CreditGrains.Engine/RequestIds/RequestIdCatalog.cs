using System.Buffers.Binary;
using CreditGrains.Engine.Journal;

namespace CreditGrains.Engine.RequestIds;

/// <summary>A live run file as a snapshot's manifest lists it.</summary>
/// <param name="Number">Never used twice.</param>
/// <param name="Segment">Its time segment: id milliseconds divided by the segment's length.</param>
/// <param name="Entries">Entries in it.</param>
/// <param name="LengthBytes">Length of the file.</param>
/// <param name="FooterCrc">Checksum of its footer, which covers the rest.</param>
public readonly record struct RequestIdRun(long Number, long Segment, long Entries, long LengthBytes, uint FooterCrc)
{
    /// <summary>Name in the store.</summary>
    public string FileName => RunFormat.FileName(Number);
}

/// <summary>
/// What a snapshot's manifest must hold of the index besides the slices. A run not listed in the manifest in force does not exist:
/// it is deleted at open, and replay adds its ids again.
/// </summary>
/// <param name="Number">Captures begun so far, this one included; later snapshots have higher numbers.</param>
/// <param name="Seed">Key of the hash.</param>
/// <param name="SegmentMillis">Length of a segment, milliseconds.</param>
/// <param name="FirstSegment">Oldest segment kept.</param>
/// <param name="NextRunNumber">Above every run number used.</param>
/// <param name="Runs">Live runs by segment, in each the oldest first.</param>
public sealed record RequestIdCatalog(
    long Number,
    UInt128 Seed,
    long SegmentMillis,
    long FirstSegment,
    long NextRunNumber,
    IReadOnlyList<RequestIdRun> Runs)
{
    private const uint Magic = 0x3143_4943; // "CIC1"
    private const int HeaderBytes = 56;
    private const int RunBytes = 40;
    private const int CrcBytes = 4;

    /// <summary>The catalogue as bytes: little endian, with a version and a checksum.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[HeaderBytes + (Runs.Count * RunBytes) + CrcBytes];
        Span<byte> rest = bytes;
        BinaryPrimitives.WriteUInt32LittleEndian(rest, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(rest[4..], Runs.Count);
        BinaryPrimitives.WriteUInt128LittleEndian(rest[8..], Seed);
        BinaryPrimitives.WriteInt64LittleEndian(rest[24..], SegmentMillis);
        BinaryPrimitives.WriteInt64LittleEndian(rest[32..], FirstSegment);
        BinaryPrimitives.WriteInt64LittleEndian(rest[40..], NextRunNumber);
        BinaryPrimitives.WriteInt64LittleEndian(rest[48..], Number);
        rest = rest[HeaderBytes..];
        foreach (RequestIdRun run in Runs)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, run.Number);
            BinaryPrimitives.WriteInt64LittleEndian(rest[8..], run.Segment);
            BinaryPrimitives.WriteInt64LittleEndian(rest[16..], run.Entries);
            BinaryPrimitives.WriteInt64LittleEndian(rest[24..], run.LengthBytes);
            BinaryPrimitives.WriteUInt32LittleEndian(rest[32..], run.FooterCrc);
            rest = rest[RunBytes..];
        }
        BinaryPrimitives.WriteUInt32LittleEndian(rest, Checksum.Of(bytes.AsSpan(0, bytes.Length - CrcBytes)));
        return bytes;
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="RunDamagedException">Something else.</exception>
    public static RequestIdCatalog FromBytes(ReadOnlySpan<byte> bytes)
    {
        bool isIntact = bytes.Length >= HeaderBytes + CrcBytes
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Magic
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[^CrcBytes..]) == Checksum.Of(bytes[..^CrcBytes])
            && bytes.Length == HeaderBytes + ((long)BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]) * RunBytes) + CrcBytes;
        if (!isIntact) throw new RunDamagedException("the catalogue of request ids");

        var runs = new RequestIdRun[BinaryPrimitives.ReadInt32LittleEndian(bytes[4..])];
        for (int run = 0; run < runs.Length; run++)
        {
            ReadOnlySpan<byte> line = bytes.Slice(HeaderBytes + (run * RunBytes), RunBytes);
            runs[run] = new RequestIdRun(
                BinaryPrimitives.ReadInt64LittleEndian(line),
                BinaryPrimitives.ReadInt64LittleEndian(line[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(line[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(line[24..]),
                BinaryPrimitives.ReadUInt32LittleEndian(line[32..]));
        }
        return new RequestIdCatalog(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[48..]),
            BinaryPrimitives.ReadUInt128LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            runs);
    }
}
