using System.Buffers.Binary;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Snapshots;

/// <summary>A snapshot of a layout this version does not read is passed over and named; the journal gives the same state.</summary>
public sealed class OtherLayoutTest
{
    [Theory]
    [InlineData(SnapshotFormat.LayoutVersion + 1)]
    [InlineData(SnapshotFormat.LayoutVersionOldest - 1)]
    public void Snapshot_OfAnotherLayout_IsNamedAndPassedOver(int layout)
    {
        var warnings = new List<string>();
        using var world = new World(new PartitionOptions { Warn = warnings.Add }).WithOneLine();
        world.Hold(100);
        Write(world, layout);

        world.AssertReplaysTheSame();

        Assert.Equal(0, world.Partition.SnapshotSequence);
        var name = SnapshotCatalog.Read(world.Disk)[0].Name;
        Assert.Contains(warnings, warning => warning.StartsWith($"Snapshot {name} has a layout this version does not read", StringComparison.Ordinal));
    }

    [Fact]
    public void Snapshot_OfThisLayout_IsLoadedWithoutAWord()
    {
        var warnings = new List<string>();
        using var world = new World(new PartitionOptions { Warn = warnings.Add }).WithOneLine();
        Write(world, SnapshotFormat.LayoutVersion);
        world.AssertReplaysTheSame();
        Assert.Equal(world.LastSequence, world.Partition.SnapshotSequence);
        Assert.Empty(warnings);
    }

    private static void Write(World world, int layout)
    {
        var chunks = new Queue<SnapshotChunk>();
        using var capture = world.Partition.BeginSnapshot(new SnapshotScratch(0), chunks.Enqueue)!;
        while (!capture.IsDone) capture.Step(1 << 20);
        BinaryPrimitives.WriteInt32LittleEndian(chunks.Peek().Bytes.AsSpan(SnapshotFormat.HeadBytes), layout);
        using var file = new SnapshotFile(world.Disk, world.Partition.State, capture.Sequence);
        while (chunks.TryDequeue(out var chunk)) file.Write(chunk);
        SnapshotCatalog.Add(world.Disk, new SnapshotEntry(file.Sequence, file.LengthBytes, file.Digest));
    }
}
