using System.Buffers.Binary;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;

namespace CreditGrains.Engine.Tests.Replay;

/// <summary>Changes an event as a damaged program or a forger would: with checksums made good, and with or without the chain.</summary>
internal static class JournalForgery
{
    internal delegate bool EventEdit(ref LedgerEvent e);

    /// <summary>Edits one byte of a frame's payload and makes its checksums good; the chain hash stays as it was.</summary>
    public static void EditBytes(IFileStore files, string segment, int frameNumber)
    {
        using var file = files.Open(segment, create: false);
        var offset = (long)SegmentHeader.ReservedBytes;
        for (var number = 0; number < frameNumber; number++) offset += ReadFrame(file, offset).Length;
        var frame = ReadFrame(file, offset);
        var header = FrameHeader.Read(frame);
        Assert.True(header.PayloadLength > 60);
        frame[FrameLayout.HeaderBytes + 40] ^= 1;
        (header with { PayloadCrc = Checksum.Of(frame.AsSpan(FrameLayout.HeaderBytes, header.PayloadLength)) }).Write(frame);
        file.Write(offset, frame);
    }

    /// <summary>Writes the journal anew into another store, one event edited, so that frames, checksums and chain are all sound.</summary>
    public static void Rewrite(IFileStore from, IFileStore to, PartitionOptions options, EventEdit edit)
    {
        using var target = PartitionJournal.Open(to, options.JournalOptions, recordedAt: 0);
        var isEdited = false;
        var buffer = new byte[EventCodec.LengthMax];
        PartitionJournal.Verify(from, options.JournalOptions, visitor: frame =>
        {
            if (frame.Header.IsOpening) return;
            var payload = frame.Payload;
            var written = new List<byte>();
            for (var sequence = frame.Header.FirstSequence; !payload.IsEmpty; sequence++)
            {
                var length = EventCodec.LengthOf(payload);
                EventCodec.Read(payload[..length], sequence, frame.Header.RecordedAt, out var e);
                isEdited |= !isEdited && edit(ref e);
                written.AddRange(buffer.AsSpan(0, EventCodec.Write(e, buffer)));
                payload = payload[length..];
            }
            target.Writer.Append(written.ToArray(), frame.Header.EventCount, frame.Header.FirstSequence, frame.Header.RecordedAt);
        });
        Assert.True(isEdited);
    }

    private static byte[] ReadFrame(IStoreFile file, long offset)
    {
        var head = new byte[FrameLayout.HeaderBytes];
        Assert.Equal(head.Length, file.Read(offset, head));
        Assert.True(FrameHeader.IsIntact(head), $"no frame at {offset}");
        var frame = new byte[FrameLayout.FrameBytes(BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(4)))];
        file.Read(offset, frame);
        return frame;
    }
}
