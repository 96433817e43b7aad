using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Simulation.Disk;

namespace CreditGrains.Engine.Tests.Journal;

/// <summary>Each row is a rule: what lies at the end of the journal, and whether recovery cuts it or refuses.</summary>
public sealed class JournalRecoveryRulesTest
{
    // One segment: an opening of 128 bytes at 4096, then three frames of 1000 bytes of payload, 1088 bytes each.
    private const string Name = "journal-00000000000000000001.cgj";
    private const int FrameBytes = 1088;
    private const long First = 4096 + 128;
    private const long Second = First + FrameBytes;
    private const long Third = Second + FrameBytes;
    private const long End = Third + FrameBytes;
    private static readonly byte[] Zeros = new byte[FrameBytes];

    public static TheoryData<string, int, JournalErrorCode?> Rules => new()
    {
        { "clean end", 3, null },
        { "third: all lost", 2, null },
        { "third: header lost, rest there", 2, null },
        { "third: one sector lost", 2, null },
        { "third: trailer lost", 2, null },
        { "third: file ends in payload", 2, null },
        { "third: file ends in header", 2, null },
        { "third: file ends in padding", 3, null },
        { "file ends at the end of frames", 3, null },
        { "third: payload bit flipped", 0, JournalErrorCode.Damaged },
        { "third: header bit flipped", 0, JournalErrorCode.Damaged },
        { "third: trailer bit flipped", 0, JournalErrorCode.Damaged },
        { "third: header half zero", 0, JournalErrorCode.Damaged },
        { "third: length beyond the segment", 0, JournalErrorCode.Damaged },
        { "second: header lost, third sound", 0, JournalErrorCode.Damaged },
        { "second: sector lost, third sound", 0, JournalErrorCode.Damaged },
        { "second: payload bit flipped", 0, JournalErrorCode.Damaged },
        { "second and third: sector lost", 0, JournalErrorCode.Damaged },
        { "second left out", 0, JournalErrorCode.SequenceGap },
        { "second repeated", 0, JournalErrorCode.SequenceGap },
        { "third: sound but of another chain", 0, JournalErrorCode.BrokenChain },
        { "third: sound but of an earlier epoch", 0, JournalErrorCode.EpochOutOfOrder },
        { "third: sound but of a later epoch without opening", 0, JournalErrorCode.EpochOutOfOrder },
        { "third: sound but of an unknown version", 0, JournalErrorCode.UnknownVersion },
        { "padding changed", 3, null },
        { "a stray byte just behind the end", 0, JournalErrorCode.Damaged },
        { "a stray byte further behind the end", 3, null },
        { "segment header lost", 0, JournalErrorCode.Damaged },
        { "segment header bit flipped", 0, JournalErrorCode.Damaged },
        { "segment of unknown version", 0, JournalErrorCode.UnknownVersion },
        { "segment of another partition", 0, JournalErrorCode.ForeignPartition },
        { "segment renamed", 0, JournalErrorCode.MisnamedSegment },
        { "segment with a short name", 0, JournalErrorCode.MisnamedSegment },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Recovery_OfWhatLiesAtTheEnd_CutsOrRefuses(string rule, int framesLeft, JournalErrorCode? refusal)
    {
        FakeDisk disk = ThreeFrames();
        Arrange(disk, rule);
        byte[][] before = [.. disk.List().Select(name => JournalBench.ReadFile(disk, name))];
        if (refusal is { } code)
        {
            JournalException refused = Assert.ThrowsAny<JournalException>(() => JournalBench.Open(disk));
            Assert.Equal(code, refused.Code);
            Assert.Equal(before, disk.List().Select(name => JournalBench.ReadFile(disk, name)));
            return;
        }
        using (PartitionJournal journal = JournalBench.Open(disk))
        {
            Assert.Equal(framesLeft + 1, journal.Writer.NextSequence);
            Assert.Equal(2u, journal.Writer.Epoch);
            JournalBench.Append(journal.Writer, 500);
        }
        List<(long Sequence, byte[] Payload)> frames = JournalBench.ReadAll(disk);
        Assert.Equal(framesLeft + 1, frames.Count);
        Assert.Equal(JournalBench.Small.SegmentBytes, JournalBench.ReadFile(disk, Name).Length);
        for (int i = 0; i < framesLeft; i++) Assert.Equal(JournalBench.Payload(i + 1, 1000), frames[i].Payload);
    }

    [Fact]
    public void Refusal_OfDamage_NamesSegmentOffsetSequenceAndFix()
    {
        FakeDisk disk = ThreeFrames();
        Arrange(disk, "second: sector lost, third sound");

        var refused = Assert.Throws<JournalDamagedException>(() => JournalBench.Open(disk));

        Assert.Equal((Name, Second, 2L), (refused.Segment, refused.Offset, refused.Sequence));
        Assert.Contains("backup or a standby", refused.Message, StringComparison.Ordinal);
        Assert.Contains("sound one of sequence 3", refused.Message, StringComparison.Ordinal);
    }

    private static FakeDisk ThreeFrames()
    {
        var disk = new FakeDisk(seed: 1);
        using PartitionJournal journal = JournalBench.Open(disk);
        for (int i = 0; i < 3; i++) JournalBench.Append(journal.Writer, 1000);
        return disk;
    }

    private static void Arrange(FakeDisk disk, string rule)
    {
        switch (rule)
        {
            case "clean end": break;
            case "third: all lost": Put(disk, Third, Zeros); break;
            case "third: header lost, rest there": Put(disk, Third, Zeros.AsSpan(0, 512 - (int)(Third % 512))); break;
            case "third: one sector lost": Put(disk, NextSector(Third), Zeros.AsSpan(0, 512)); break;
            case "third: trailer lost": Put(disk, Third + 64 + 1000, Zeros.AsSpan(0, 8)); break;
            case "third: file ends in payload": Cut(disk, Third + 300); break;
            case "third: file ends in header": Cut(disk, Third + 20); break;
            case "third: file ends in padding": Cut(disk, End); break;
            case "file ends at the end of frames": Cut(disk, End); break;
            case "third: payload bit flipped": disk.FlipBit(Name, Third + 400, 3); break;
            case "third: header bit flipped": disk.FlipBit(Name, Third + 17, 0); break;
            case "third: trailer bit flipped": disk.FlipBit(Name, Third + 64 + 1000 + 2, 7); break;
            case "third: header half zero": Put(disk, Third, Zeros.AsSpan(0, 32)); break;
            case "third: length beyond the segment": Rewrite(disk, header => header with { PayloadLength = 1 << 20 }); break;
            case "second: header lost, third sound": Put(disk, Second, Zeros.AsSpan(0, 64)); break;
            case "second: sector lost, third sound": Put(disk, NextSector(Second), Zeros.AsSpan(0, 512)); break;
            case "second: payload bit flipped": disk.FlipBit(Name, Second + 400, 3); break;
            case "second and third: sector lost":
                Put(disk, NextSector(Second), Zeros.AsSpan(0, 512));
                Put(disk, NextSector(Third), Zeros.AsSpan(0, 512));
                break;
            case "second left out":
                Put(disk, Second, Get(disk, Third));
                Put(disk, Third, Zeros);
                break;
            case "second repeated": Put(disk, Third, Get(disk, Second)); break;
            case "third: sound but of another chain": Rewrite(disk, header => header with { Chain = default }); break;
            case "third: sound but of an earlier epoch": WithLaterEpoch(disk); break;
            case "third: sound but of a later epoch without opening": Rewrite(disk, header => header with { Epoch = 2 }); break;
            case "third: sound but of an unknown version": WithVersion(disk, Third, 3, 60, 64); break;
            case "padding changed": disk.FlipBit(Name, End - 1, 1); break;
            case "a stray byte just behind the end": disk.FlipBit(Name, End + 10, 1); break;
            case "a stray byte further behind the end": disk.FlipBit(Name, End + 1000, 1); break;
            case "segment header lost": Put(disk, 0, Zeros.AsSpan(0, 512)); break;
            case "segment header bit flipped": disk.FlipBit(Name, 40, 1); break;
            case "segment of unknown version": WithVersion(disk, 0, 4, 124, 128); break;
            case "segment of another partition":
                byte[] stored = new byte[SegmentHeader.StoredBytes];
                new SegmentHeader(Guid.Parse("00000000-0000-0000-0000-000000000009"), 1, default, 1, 16 << 10, 0).Write(stored);
                Put(disk, 0, stored);
                break;
            case "segment renamed": disk.Rename(Name, "journal-00000000000000000007.cgj"); break;
            case "segment with a short name": disk.Rename(Name, "journal-1.cgj"); break;
            default: throw new ArgumentException(rule);
        }
    }

    private static long NextSector(long offset) => (offset + 511) / 512 * 512;

    private static void Put(FakeDisk disk, long offset, ReadOnlySpan<byte> bytes) => JournalBench.Overwrite(disk, Name, offset, bytes);

    private static byte[] Get(FakeDisk disk, long offset) => JournalBench.ReadFile(disk, Name)[(int)offset..(int)(offset + FrameBytes)];

    private static void Cut(FakeDisk disk, long length)
    {
        using IStoreFile file = disk.Open(Name, create: false);
        file.SetLength(length);
        file.Sync();
    }

    // A sound third frame with other fields; the chain hash stays what the change makes it.
    private static void Rewrite(FakeDisk disk, Func<FrameHeader, FrameHeader> change)
    {
        byte[] frame = Get(disk, Third);
        change(FrameHeader.Read(frame)).Write(frame);
        Put(disk, Third, frame);
    }

    private static void WithLaterEpoch(FakeDisk disk)
    {
        using (PartitionJournal journal = JournalBench.Open(disk)) JournalBench.Append(journal.Writer, 1000);
        byte[] frame = JournalBench.ReadFile(disk, Name)[(int)(End + 128)..(int)(End + 128 + FrameBytes)];
        (FrameHeader.Read(frame) with { Epoch = 1 }).Write(frame);
        Put(disk, End + 128, frame);
    }

    private static void WithVersion(FakeDisk disk, long offset, int versionAt, int crcAt, int length)
    {
        byte[] header = JournalBench.ReadFile(disk, Name)[(int)offset..(int)(offset + length)];
        header[versionAt] = 99;
        BitConverter.TryWriteBytes(header.AsSpan(crcAt), Checksum.Of(header.AsSpan(0, crcAt)));
        Put(disk, offset, header);
    }
}
