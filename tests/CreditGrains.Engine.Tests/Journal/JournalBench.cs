using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Simulation.Disk;

namespace CreditGrains.Engine.Tests.Journal;

/// <summary>Small journals on a fake disk, and what every test of them needs.</summary>
internal static class JournalBench
{
    public static readonly Guid Partition = new("0f0e0d0c-0b0a-0908-0706-050403020100");

    public static readonly JournalOptions Small = new()
    {
        PartitionId = Partition,
        SegmentBytes = 16 << 10,
        PayloadBytesMax = 2048,
    };

    public static PartitionJournal Open(IFileStore disk, FrameVisitor? visitor = null, long fromSequence = 1) =>
        PartitionJournal.Open(disk, Small, recordedAt: 1_000, fromSequence, visitor);

    /// <summary>A payload that only this sequence has, without zero bytes.</summary>
    public static byte[] Payload(long firstSequence, int length)
    {
        byte[] payload = new byte[length];
        new SeededChance((ulong)firstSequence).FillNonZero(payload);
        return payload;
    }

    /// <summary>Appends one frame of as many events and bytes as asked and returns its payload.</summary>
    public static byte[] Append(JournalWriter writer, int length, int eventCount = 1)
    {
        byte[] payload = Payload(writer.NextSequence, length);
        writer.Append(payload, eventCount, writer.NextSequence, writer.LastRecordedAt + 1);
        return payload;
    }

    /// <summary>All frames with events, as first sequence and payload, by a full verification.</summary>
    public static List<(long Sequence, byte[] Payload)> ReadAll(IFileStore disk)
    {
        List<(long, byte[])> frames = [];
        PartitionJournal.Verify(disk, Small, visitor: frame =>
        {
            if (!frame.Header.IsOpening) frames.Add((frame.Header.FirstSequence, frame.Payload.ToArray()));
        });
        return frames;
    }

    public static byte[] ReadFile(IFileStore disk, string name)
    {
        using IStoreFile file = disk.Open(name, create: false);
        byte[] bytes = new byte[file.Length];
        Assert.Equal(bytes.Length, file.Read(0, bytes));
        return bytes;
    }

    public static void Overwrite(IFileStore disk, string name, long offset, ReadOnlySpan<byte> bytes)
    {
        using IStoreFile file = disk.Open(name, create: false);
        file.Write(offset, bytes);
        file.Sync();
    }

    public static string[] Segments(IFileStore disk) =>
        [.. disk.List().Where(name => name.StartsWith("journal-", StringComparison.Ordinal))];
}
