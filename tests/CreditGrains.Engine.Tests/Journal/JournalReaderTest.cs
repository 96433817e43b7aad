using CreditGrains.Engine.Journal;
using CreditGrains.Simulation.Disk;

namespace CreditGrains.Engine.Tests.Journal;

/// <summary>Cursors and single frames, beside a writer.</summary>
public sealed class JournalReaderTest
{
    [Fact]
    public void ReadFrameContaining_EverySequence_FindsItsFrame()
    {
        var disk = new FakeDisk(seed: 1);
        var chance = new SeededChance(1);
        using PartitionJournal journal = JournalBench.Open(disk);
        Dictionary<long, (long First, byte[] Payload)> expected = [];
        for (int i = 0; i < 300; i++)
        {
            long first = journal.Writer.NextSequence;
            int events = 1 + chance.Below(7);
            byte[] payload = JournalBench.Append(journal.Writer, 1 + chance.Below(2048), events);
            for (long sequence = first; sequence < first + events; sequence++) expected[sequence] = (first, payload);
        }
        foreach ((long sequence, (long first, byte[] payload)) in expected)
        {
            using PooledFrame? frame = journal.Reader.ReadFrameContaining(sequence);
            Assert.Equal(first, frame!.Header.FirstSequence);
            Assert.True(frame.Payload.Span.SequenceEqual(payload));
        }
        Assert.Null(journal.Reader.ReadFrameContaining(journal.Writer.NextSequence));
    }

    [Fact]
    public void Cursor_AtTheDurableEnd_GoesOnAfterTheNextAppend()
    {
        var disk = new FakeDisk(seed: 2);
        using PartitionJournal journal = JournalBench.Open(disk);
        using FrameCursor cursor = journal.Reader.ReadFrom(1);
        Assert.False(cursor.TryRead(out _));
        for (int i = 1; i <= 40; i++)
        {
            byte[] payload = JournalBench.Append(journal.Writer, 1000);
            Assert.True(ReadEvents(cursor, out byte[] read, out long sequence));
            Assert.Equal(i, sequence);
            Assert.Equal(payload, read);
            Assert.False(cursor.TryRead(out _));
        }
    }

    [Fact]
    public void Cursor_AfterAReopening_ShowsTheOpeningBetweenEvents()
    {
        var disk = new FakeDisk(seed: 3);
        using (PartitionJournal first = JournalBench.Open(disk)) JournalBench.Append(first.Writer, 10);
        using PartitionJournal journal = JournalBench.Open(disk);
        JournalBench.Append(journal.Writer, 10);
        using FrameCursor cursor = journal.Reader.ReadFrom(1);
        List<(long, uint, int)> frames = [];
        while (cursor.TryRead(out Frame frame)) frames.Add((frame.Header.FirstSequence, frame.Header.Epoch, frame.Header.EventCount));
        Assert.Equal([(1L, 1u, 1), (2L, 2u, 0), (2L, 2u, 1)], frames);
    }

    [Fact]
    public void Cursor_OverDurableDamage_Refuses()
    {
        var disk = new FakeDisk(seed: 4);
        using PartitionJournal journal = JournalBench.Open(disk);
        for (int i = 0; i < 3; i++) JournalBench.Append(journal.Writer, 1000);
        disk.FlipBit(JournalBench.Segments(disk)[0], 4096 + 128 + 1088 + 100, 5);
        using FrameCursor cursor = journal.Reader.ReadFrom(1);
        Assert.True(cursor.TryRead(out _));
        Assert.Throws<JournalDamagedException>(() => cursor.TryRead(out _));
    }

    [Fact]
    public void FrameBuffer_FilledInPieces_AppendsTheSameAsASpan()
    {
        var disk = new FakeDisk(seed: 5);
        using PartitionJournal journal = JournalBench.Open(disk);
        byte[] payload = JournalBench.Payload(1, 2048);
        var buffer = new FrameBuffer(2048);
        for (int i = 0; i < payload.Length; i += 256)
        {
            payload.AsSpan(i, 256).CopyTo(buffer.GetSpan(256));
            buffer.Advance(256);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.GetSpan(1).Length);
        journal.Writer.Append(buffer, 3, 1, 2_000);
        (long sequence, byte[] read) = Assert.Single(JournalBench.ReadAll(disk));
        Assert.Equal(1, sequence);
        Assert.Equal(payload, read);
        Assert.Equal(3, journal.Writer.DurableSequence);
    }

    [Fact]
    public void Append_WithWrongArguments_ThrowsAndStaysSound()
    {
        var disk = new FakeDisk(seed: 6);
        using PartitionJournal journal = JournalBench.Open(disk);
        JournalWriter writer = journal.Writer;
        byte[] payload = JournalBench.Payload(1, 100);
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Append([], 1, 1, 2_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Append(new byte[2049], 1, 1, 2_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Append(payload, 0, 1, 2_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Append(payload, 1, 2, 2_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Append(payload, 1, 1, 999));
        writer.Append(payload, 1, 1, 2_000);
        Assert.Single(JournalBench.ReadAll(disk));
    }

    [Fact]
    public void Checksum_OfTheStandardText_IsTheStandardValue() => Assert.Equal(0xE3069283u, Checksum.Of("123456789"u8));

    private static bool ReadEvents(FrameCursor cursor, out byte[] payload, out long sequence)
    {
        payload = [];
        sequence = 0;
        while (cursor.TryRead(out Frame frame))
        {
            if (frame.Header.IsOpening) continue;
            payload = frame.Payload.ToArray();
            sequence = frame.Header.FirstSequence;
            return true;
        }
        return false;
    }
}
