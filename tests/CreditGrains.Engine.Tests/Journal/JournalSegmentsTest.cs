using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Simulation.Disk;

namespace CreditGrains.Engine.Tests.Journal;

/// <summary>Rolling, spares, a full disk, retention, and what may be missing between segments.</summary>
public sealed class JournalSegmentsTest
{
    private const int SegmentBytes = 16 << 10;

    [Fact]
    public void Append_BeyondASegment_RollsAndKeepsTheChain()
    {
        FakeDisk disk = ManySegments(frames: 60);

        JournalReport report = PartitionJournal.Verify(disk, JournalBench.Small);

        Assert.True(JournalBench.Segments(disk).Length > 5);
        Assert.Equal((61L, 61L, 1u), (report.Frames, report.NextSequence, report.Epoch));
    }

    [Fact]
    public void Open_FromASnapshot_ShowsOnlyFramesFromItsSegmentOn()
    {
        FakeDisk disk = ManySegments(frames: 60);
        List<long> shown = [];

        using PartitionJournal journal = JournalBench.Open(disk, frame => shown.Add(frame.Header.FirstSequence), fromSequence: 50);

        Assert.InRange(shown[0], 40, 50);
        Assert.Equal(60, shown[^1]);
        using PooledFrame? old = journal.Reader.ReadFrameContaining(3);
        Assert.Equal(JournalBench.Payload(3, 1500), old!.Payload.ToArray());
    }

    [Theory]
    [InlineData(62, JournalErrorCode.EndsTooEarly)]
    [InlineData(5, JournalErrorCode.NotRetained)]
    public void Open_FromASequenceNotThere_IsRefused(long sequence, JournalErrorCode code)
    {
        FakeDisk disk = ManySegments(frames: 60);
        disk.Delete(JournalBench.Segments(disk)[0]);

        var refused = Assert.ThrowsAny<JournalException>(() => JournalBench.Open(disk, fromSequence: sequence));

        Assert.Equal(code, refused.Code);
    }

    [Fact]
    public void Open_WithAMissingMiddleSegment_IsRefused()
    {
        FakeDisk disk = ManySegments(frames: 60);
        disk.Delete(JournalBench.Segments(disk)[2]);

        var refused = Assert.Throws<JournalDamagedException>(() => JournalBench.Open(disk));

        Assert.Equal(JournalErrorCode.MissingSegment, refused.Code);
    }

    [Fact]
    public void Open_WithATornFrameInAnEarlierSegment_IsRefused()
    {
        FakeDisk disk = ManySegments(frames: 60);
        JournalBench.Overwrite(disk, JournalBench.Segments(disk)[1], 4096 + 1600 + 512, new byte[1024]);

        var refused = Assert.Throws<JournalDamagedException>(() => JournalBench.Open(disk));

        Assert.Equal(JournalErrorCode.Damaged, refused.Code);
    }

    [Fact]
    public void Open_WithSparesLeftOver_DeletesThem()
    {
        FakeDisk disk = ManySegments(frames: 3);
        using (PartitionJournal journal = JournalBench.Open(disk)) Assert.True(journal.Writer.PrepareSpare(out _));
        Assert.Contains("spare-0.cgj", disk.List());

        using PartitionJournal again = JournalBench.Open(disk);

        Assert.Equal(["spare-0.cgj"], again.Recovery.Leftovers);
        Assert.DoesNotContain("spare-0.cgj", disk.List());
    }

    [Fact]
    public void PrepareSpareAhead_AsTheSegmentFills_ZeroesTheSpareStepByStepAndHasItReadyAtHalf()
    {
        const long Segment = 2 << 20;
        var disk = new FakeDisk(seed: 5);
        using PartitionJournal journal = PartitionJournal.Open(disk, JournalBench.Small with { SegmentBytes = Segment, PayloadBytesMax = 64 << 10 }, recordedAt: 1_000, 1, null);
        JournalWriter writer = journal.Writer;
        Assert.True(writer.TryReserve(64 << 10, out _));
        JournalBench.Append(writer, 1000);
        var lengths = new List<long>();
        for (long filled = 0; filled < Segment / 2; filled += 60 << 10)
        {
            JournalBench.Append(writer, 60 << 10);
            Assert.True(writer.PrepareSpareAhead(out _));
            Assert.False(writer.WantsSpare);
            using IStoreFile spare = disk.Open("spare-1.cgj", create: false);
            lengths.Add(spare.Length);
        }
        Assert.Equal(SpareSegment.StepBytes, lengths[0]);
        Assert.All(lengths.Zip(lengths.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 0, SpareSegment.StepBytes));
        Assert.Equal(Segment, lengths[^1]);
    }

    [Fact]
    public void Learn_PlacesPassedOnTheWay_KeepsThoseFarEnoughApart()
    {
        var index = new IndexedSegment("1.cgj", firstSequence: 1);
        long far = SegmentHeader.ReservedBytes + (10L << 20);

        index.Learn([(100, far), (101, far + 100), (200, far + IndexedSegment.EntryEveryBytes)]);
        index.Learn([(50, far / 2), (300, far + (3 * IndexedSegment.EntryEveryBytes))]);

        Assert.Equal(SegmentHeader.ReservedBytes, index.OffsetBefore(99));
        Assert.Equal(far, index.OffsetBefore(100));
        Assert.Equal(far, index.OffsetBefore(199));
        Assert.Equal(far + IndexedSegment.EntryEveryBytes, index.OffsetBefore(299));
        Assert.Equal(far + (3 * IndexedSegment.EntryEveryBytes), index.OffsetBefore(400));
    }

    [Fact]
    public void ReadFrameContaining_AnyOrderAfterReopening_ReturnsTheSameFrames()
    {
        var options = JournalBench.Small with { SegmentBytes = 4 << 20, PayloadBytesMax = 64 << 10 };
        var disk = new FakeDisk(seed: 5);
        var payloads = new List<byte[]>();
        using (PartitionJournal journal = PartitionJournal.Open(disk, options, recordedAt: 1_000, 1, null))
        {
            for (int i = 0; i < 150; i++)
            {
                Assert.True(journal.Writer.TryReserve(60 << 10, out _));
                payloads.Add(JournalBench.Append(journal.Writer, 500 + ((i * 977) % (50 << 10))));
            }
        }

        using PartitionJournal again = PartitionJournal.Open(disk, options, recordedAt: 2_000, 150, null);

        for (int turn = 0; turn < 2; turn++)
        {
            for (int i = 0; i < 150; i++)
            {
                int sequence = 1 + ((i * 67) % 150);
                using PooledFrame frame = Assert.IsType<PooledFrame>(again.Reader.ReadFrameContaining(sequence));
                Assert.Equal(sequence, frame.Header.FirstSequence);
                Assert.Equal(payloads[sequence - 1], frame.Payload.ToArray());
            }
        }
    }

    [Fact]
    public void Append_WithAHalfZeroedSpare_ZeroesTheRestAndRolls()
    {
        const long Segment = 2 << 20;
        var disk = new FakeDisk(seed: 5);
        using PartitionJournal journal = PartitionJournal.Open(disk, JournalBench.Small with { SegmentBytes = Segment, PayloadBytesMax = 64 << 10 }, recordedAt: 1_000, 1, null);
        JournalBench.Append(journal.Writer, 1000);
        Assert.True(journal.Writer.PrepareSpareAhead(out _));

        for (int i = 0; i < 40; i++)
        {
            Assert.True(journal.Writer.TryReserve(60 << 10, out _));
            JournalBench.Append(journal.Writer, 60 << 10);
        }

        Assert.Equal(2, JournalBench.Segments(disk).Length);
        Assert.Equal(41, JournalBench.ReadAll(disk).Count);
    }

    [Fact]
    public void TryReserve_OnAFullDisk_IsRefusedAndWorksAgainWhenSpaceReturns()
    {
        var disk = new FakeDisk(seed: 5);
        using PartitionJournal journal = JournalBench.Open(disk);
        disk.Options.CapacityBytes = (2 * SegmentBytes) + 100;
        JournalRefusal refusal = default;
        int frames = 0;
        while (frames < 100 && journal.Writer.TryReserve(1500, out refusal))
        {
            JournalBench.Append(journal.Writer, 1500);
            frames++;
        }
        Assert.InRange(frames, 8, 99);
        Assert.Equal(new JournalRefusal(JournalRefusalReason.DiskFull, SegmentBytes, 100), refusal);
        Assert.Equal(frames, JournalBench.ReadAll(disk).Count);

        disk.Options.CapacityBytes = 4 * SegmentBytes;

        Assert.True(journal.Writer.TryReserve(1500, out _));
        JournalBench.Append(journal.Writer, 1500);
        Assert.Equal(frames + 1, JournalBench.ReadAll(disk).Count);
    }

    [Fact]
    public void Append_WithoutReservationOnAFullDisk_ThrowsAndStaysSound()
    {
        var disk = new FakeDisk(seed: 6);
        using PartitionJournal journal = JournalBench.Open(disk);
        disk.Options.CapacityBytes = SegmentBytes;
        for (int i = 0; i < 7; i++) JournalBench.Append(journal.Writer, 1500);
        Assert.Throws<StoreFullException>(() => JournalBench.Append(journal.Writer, 1500));

        disk.Options.CapacityBytes = 2 * SegmentBytes;

        JournalBench.Append(journal.Writer, 1500);
        Assert.Equal(8, JournalBench.ReadAll(disk).Count);
    }

    [Fact]
    public void TryReserve_WithOneFrameOnItsWay_HoldsForBoth()
    {
        // The deciding thread reserves the next frame before the flusher appends the one before: both must fit, always.
        var disk = new FakeDisk(seed: 7);
        using PartitionJournal journal = JournalBench.Open(disk);
        var chance = new SeededChance(7);
        int onItsWay = 0;
        int refused = 0;
        for (int i = 0; i < 2000; i++)
        {
            disk.Options.CapacityBytes = disk.UsedBytes + chance.Below(2 * SegmentBytes);
            int next = 1 + chance.Below(2048);
            bool isReserved = journal.Writer.TryReserve(next, out _);
            if (!isReserved) refused++;
            if (onItsWay > 0) JournalBench.Append(journal.Writer, onItsWay);
            onItsWay = isReserved ? next : 0;
        }
        Assert.InRange(refused, 1, 1900);
    }

    [Fact]
    public void DeleteSegmentsBefore_ASequence_KeepsItsSegmentAndTheLast()
    {
        FakeDisk disk = ManySegments(frames: 60);
        using PartitionJournal journal = JournalBench.Open(disk);
        int before = JournalBench.Segments(disk).Length;

        int deleted = journal.DeleteSegmentsBefore(30);

        Assert.Equal(before - deleted, JournalBench.Segments(disk).Length);
        Assert.InRange(journal.Reader.OldestSequence, 20, 30);
        using (PooledFrame? frame = journal.Reader.ReadFrameContaining(30)) Assert.NotNull(frame);
        var refused = Assert.Throws<JournalException>(() => journal.Reader.ReadFrameContaining(1));
        Assert.Equal(JournalErrorCode.NotRetained, refused.Code);
        journal.DeleteSegmentsBefore(long.MaxValue);
        Assert.Single(JournalBench.Segments(disk));
    }

    [Fact]
    public void DeleteSegmentsBefore_WithCrashesAnywhere_LeavesNoHole()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            FakeDisk disk = ManySegments(frames: 60, seed);
            disk.CrashAtOperation = disk.Operations + 4 + (long)(seed % 12);
            try
            {
                using PartitionJournal journal = JournalBench.Open(disk, fromSequence: 55);
                journal.DeleteSegmentsBefore(55);
            }
            catch (SimulatedCrashException)
            {
                Assert.NotNull(disk.CrashAtOperation);
            }
            disk.Crash();
            string oldest = JournalBench.Segments(disk)[0];
            Assert.True(SegmentName.TryParse(oldest, out long sequence));
            JournalReport report = PartitionJournal.Verify(disk, JournalBench.Small, sequence);
            Assert.Equal(61, report.NextSequence);
        }
    }

    [Fact]
    public void Open_TimeAndTime_RaisesTheEpochAndKeepsTimeMonotonic()
    {
        var disk = new FakeDisk(seed: 9);
        for (uint epoch = 1; epoch <= 5; epoch++)
        {
            using PartitionJournal journal = PartitionJournal.Open(disk, JournalBench.Small, recordedAt: 100 - epoch);
            Assert.Equal(epoch, journal.Writer.Epoch);
            Assert.Equal(99, journal.Writer.LastRecordedAt);
        }
    }

    [Fact]
    public void Open_OverAndOverWithoutEvents_IsRefusedByNameWhenTheSegmentIsFull()
    {
        var disk = new FakeDisk(seed: 10);
        var refused = Assert.Throws<JournalException>(() =>
        {
            for (int i = 0; i < 200; i++) JournalBench.Open(disk).Dispose();
        });
        Assert.Equal(JournalErrorCode.FullOfOpenings, refused.Code);
    }

    private static FakeDisk ManySegments(int frames, ulong seed = 3)
    {
        var disk = new FakeDisk(seed);
        using PartitionJournal journal = JournalBench.Open(disk);
        for (int i = 0; i < frames; i++) JournalBench.Append(journal.Writer, 1500);
        return disk;
    }
}
