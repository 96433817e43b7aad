using CreditGrains.Engine.Journal;
using CreditGrains.Simulation.Disk;

namespace CreditGrains.Engine.Tests.Journal;

/// <summary>A flipped bit is refused, or every frame reads back as it was: never a wrong frame, never one less.</summary>
public sealed class JournalDamageTest
{
    [Fact]
    public void FlippedBit_AnywhereInASmallJournal_IsRefusedOrHarmless()
    {
        var disk = new FakeDisk(seed: 1);
        using (PartitionJournal journal = JournalBench.Open(disk))
        {
            for (int length = 1; length < 300; length += 37) JournalBench.Append(journal.Writer, length);
        }
        string name = JournalBench.Segments(disk)[0];
        for (long bit = 0; bit < SegmentHeader.StoredBytes * 8; bit++) Flip(disk, name, bit);
        for (long bit = SegmentHeader.ReservedBytes * 8; bit < (SegmentHeader.ReservedBytes + 2400) * 8; bit++) Flip(disk, name, bit);
    }

    [Fact]
    public void FlippedBit_AnywhereInManySegments_IsRefusedOrHarmless()
    {
        var chance = new SeededChance(2);
        var disk = new FakeDisk(seed: 2);
        for (int opening = 0; opening < 3; opening++)
        {
            using PartitionJournal journal = JournalBench.Open(disk);
            for (int i = 0; i < 12; i++) JournalBench.Append(journal.Writer, 1 + chance.Below(2048), 1 + chance.Below(5));
        }
        string[] names = JournalBench.Segments(disk);
        for (int i = 0; i < 5_000; i++)
            Flip(disk, names[chance.Below(names.Length)], chance.Below((int)JournalBench.Small.SegmentBytes * 8));
    }

    private static void Flip(FakeDisk disk, string name, long bit)
    {
        List<(long Sequence, byte[] Payload)> before = JournalBench.ReadAll(disk);
        disk.FlipBit(name, bit / 8, (int)(bit % 8));
        try
        {
            List<(long Sequence, byte[] Payload)> after = JournalBench.ReadAll(disk);
            Assert.Equal(before.Count, after.Count);
            for (int i = 0; i < before.Count; i++)
            {
                Assert.Equal(before[i].Sequence, after[i].Sequence);
                Assert.True(before[i].Payload.AsSpan().SequenceEqual(after[i].Payload));
            }
        }
        catch (JournalException refused)
        {
            Assert.NotEqual(JournalErrorCode.Poisoned, refused.Code);
        }
        disk.FlipBit(name, bit / 8, (int)(bit % 8));
    }
}
