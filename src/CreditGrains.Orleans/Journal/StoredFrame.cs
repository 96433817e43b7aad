using System.Buffers.Binary;
using CreditGrains.Engine.Journal;

namespace CreditGrains.Orleans.Journal;

/// <summary>Judges the bytes of a journal row.</summary>
internal static class StoredFrame
{
    /// <summary>The frame of a row.</summary>
    /// <exception cref="JournalException">It is not what was written.</exception>
    public static Frame Check(byte[] raw, int partition, long sequence)
    {
        if (raw.Length < FrameLayout.HeaderBytes || !FrameHeader.IsIntact(raw)) throw Damaged(partition, sequence, "its header is not what was written");
        if (FrameHeader.VersionOf(raw) != FrameHeader.FormatVersion)
            throw new JournalException(JournalErrorCode.UnknownVersion, $"Partition {partition} at sequence {sequence}: format version {FrameHeader.VersionOf(raw)}. Use the program that wrote it, or a later one.");
        var header = FrameHeader.Read(raw);
        if (!header.IsPlausible || raw.Length != header.FrameBytes) throw Damaged(partition, sequence, "its length is not the header's");
        var payload = raw.AsSpan(FrameLayout.HeaderBytes, header.PayloadLength);
        var trailer = BinaryPrimitives.ReadUInt64LittleEndian(raw.AsSpan(FrameLayout.HeaderBytes + header.PayloadLength));
        if (trailer != FrameLayout.Trailer || Checksum.Of(payload) != header.PayloadCrc) throw Damaged(partition, sequence, "its checksum does not fit");
        return new Frame(header, raw);
    }

    /// <summary>A row is not what was written.</summary>
    public static JournalException Damaged(int partition, long sequence, string cause) => new(JournalErrorCode.Damaged,
        $"Partition {partition}: the journal row at sequence {sequence} is damaged, {cause}. Nothing was changed. Restore the database from a backup or a standby.");
}
