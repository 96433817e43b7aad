using System.Buffers.Binary;

namespace CreditGrains.Engine.Journal.Standby;

/// <summary>Judges a frame from a writer as recovery would judge it on disk.</summary>
internal static class ReceivedFrame
{
    /// <exception cref="JournalException">The frame is not sound, or does not follow from the position.</exception>
    public static FrameHeader Judge(Span<byte> raw, StandbyPosition position, uint frameEpoch)
    {
        if (raw.Length < FrameLayout.HeaderBytes || !FrameHeader.IsIntact(raw)) throw StandbyMessages.Violation("a damaged frame header");
        uint version = FrameHeader.VersionOf(raw);
        if (version != FrameHeader.FormatVersion)
            throw Refuse(JournalErrorCode.UnknownVersion, $"a frame of format version {version}, unknown to this standby");
        FrameHeader header = FrameHeader.Read(raw);
        if (!header.IsPlausible || raw.Length != header.FrameBytes) throw StandbyMessages.Violation("a frame of another length");
        int payloadEnd = FrameLayout.HeaderBytes + header.PayloadLength;
        if (BinaryPrimitives.ReadUInt64LittleEndian(raw[payloadEnd..]) != FrameLayout.Trailer
            || Checksum.Of(raw[FrameLayout.HeaderBytes..payloadEnd]) != header.PayloadCrc)
            throw StandbyMessages.Violation("a damaged payload");
        if (header.Epoch < position.Epoch)
            throw Refuse(JournalErrorCode.EpochOutOfOrder, $"a frame of epoch {header.Epoch}, but epoch {position.Epoch} has been seen: another writer took over");
        // An opening of the same epoch comes again when a crash here left its segment begun but empty; the chain still decides.
        if (header.IsOpening ? header.Epoch < frameEpoch : header.Epoch != frameEpoch)
            throw Refuse(JournalErrorCode.EpochOutOfOrder, $"a frame of epoch {header.Epoch} after one of epoch {frameEpoch}");
        if (header.FirstSequence != position.NextSequence)
            throw Refuse(JournalErrorCode.SequenceGap, $"a frame of sequence {header.FirstSequence}, where {position.NextSequence} is due");
        if (ChainHash.Extend(position.Chain, raw, header.PayloadLength) != header.Chain)
            throw Refuse(JournalErrorCode.BrokenChain, $"a frame at sequence {header.FirstSequence} that does not follow from this standby's last");
        return header;
    }

    private static JournalException Refuse(JournalErrorCode code, string what) => new(code, $"The standby was sent {what}.");
}
