using CreditGrains.Domain.Requests;
using CreditGrains.Engine.RequestIds;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Engine.Tables;
using CreditGrains.Simulation.Disk;

namespace CreditGrains.Engine.Tests.RequestIds;

/// <summary>The whole window of 72 hours in segments as a server has them: what is found in it, and what it takes while little comes.</summary>
public sealed class RequestIdWindowTest
{
    private const long WindowMillis = 72 * 3_600_000;
    private static readonly RequestIdOptions Options = new() { Seed = 11 };

    [Theory]
    [InlineData(60_000, 4)]
    [InlineData(60_000, 700)]
    [InlineData(300_000, 4)]
    public void Find_AfterSpillsAndARestart_FindsEveryIdOfTheWindow(long segmentMillis, int memoryEntriesMax)
    {
        const int Count = 30_000;
        using var host = new IndexHost(new FakeDisk(1), Options with { SegmentMillis = segmentMillis, MemoryEntriesMax = memoryEntriesMax });
        var ids = new RequestId[Count];
        for (int at = 0; at < Count; at++)
        {
            // Every seventh id is of the first hours still, as a caller sends what it held back.
            long millis = at % 7 == 0 ? at * 300L : at * (WindowMillis / Count);
            ids[at] = IndexHost.Id(millis, (ulong)at);
            host.Add(1, ids[at], (uint)at);
            if (at % 1_000 == 0) host.SpillAll();
        }
        host.TakeSnapshot();
        for (int round = 0; round < 2; round++)
        {
            for (int at = 0; at < Count; at++) Assert.Equal(new RequestIdEntry(at + 1, (uint)at, false), host.Find(1, ids[at]));
            for (int at = 0; at < Count; at++) Assert.Null(host.Find(2, ids[at]));
            host.CrashAndRestore(host.LastSequence);
        }
    }

    [Fact]
    public void Open_OfADirectoryWithLongerSegments_KeepsThem_AndFindsAndSpillsInThem()
    {
        const int Count = 3_000;
        RequestIdOptions before = Options with { SegmentMillis = 300_000, MemoryEntriesMax = 400 };
        using var host = new IndexHost(new FakeDisk(1), before);
        for (int at = 0; at < Count; at++) host.Add(1, IdOf(at), (uint)at);
        host.SpillAll();
        var slices = new List<byte[]>();
        RequestIdCatalog catalog;
        byte[] buffer = new byte[RequestIdCapture.SliceBytesMax];
        using (RequestIdCapture capture = host.Index.BeginCapture(host.LastSequence))
        {
            while (capture.TryNext(buffer, out int written)) slices.Add(buffer.AsSpan(0, written).ToArray());
            catalog = capture.Catalog;
        }

        using RequestIdIndex after = RequestIdIndex.Open(host.Disk, Options with { MemoryEntriesMax = 1 }, catalog);
        foreach (byte[] slice in slices) after.Load(slice);
        Assert.Equal(0, after.EndMillis % 300_000);
        while (after.TakeSpillWork() is { } work)
        {
            work.Write();
            after.CompleteSpill(work);
        }
        Assert.InRange(after.EntriesInMemory, 0, 1);
        for (int at = 0; at < Count; at++)
        {
            after.DiskLookup.TryFindOnDisk(1, IdOf(at), out DiskAnswer answer);
            Assert.Equal(LookupResult.Found, after.Find(1, IdOf(at), answer, out RequestIdEntry entry));
            Assert.Equal(at + 1, entry.Sequence);
        }
    }

    [Theory]
    [InlineData(1, 2_048)]
    [InlineData(48, 2_048)]
    [InlineData(49, 4_096)]
    [InlineData(700, 32_768)]
    public void Memory_OfAWindowWithFewIdsASegment_IsASmallBlockEach(int idsASegment, long bytesASegment)
    {
        const int Segments = 4_000;
        using RequestIdIndex index = RequestIdIndex.Create(new FakeDisk(1), Options, IndexHost.Start);
        for (int segment = 0; segment < Segments; segment++)
        {
            for (int at = 0; at < idsASegment; at++) index.Add(1, IndexHost.Id(segment * Options.SegmentMillis, (ulong)at), new RequestIdEntry(at, 0, false));
        }
        Assert.Equal(Segments * bytesASegment, index.Memory.TableBytes);
        // What a segment grew out of is used by the next.
        Assert.InRange(index.Memory.HeldBytes, index.Memory.TableBytes, index.Memory.TableBytes + (8 << 20));
        for (int segment = 0; segment < Segments; segment++)
        {
            Assert.Equal(LookupResult.Found, index.Find(1, IndexHost.Id(segment * Options.SegmentMillis, (ulong)idsASegment - 1), out _));
            Assert.Equal(LookupResult.NotFound, index.Find(1, IndexHost.Id(segment * Options.SegmentMillis, (ulong)idsASegment), out _));
        }
    }

    [Fact]
    public void Memory_OfForgottenSegments_IsUsedAgain()
    {
        using RequestIdIndex index = RequestIdIndex.Create(new FakeDisk(1), Options, IndexHost.Start);
        long held = 0;
        for (int round = 0; round < 4; round++)
        {
            for (int segment = 0; segment < 100; segment++)
            {
                for (int at = 0; at < (segment % 10 == 0 ? 5_000 : 20); at++)
                    index.Add(1, IndexHost.Id(((round * 100) + segment) * Options.SegmentMillis, (ulong)at), new RequestIdEntry(at, 0, false));
            }
            if (round == 0) held = index.Memory.HeldBytes;
            index.ForgetBefore(IndexHost.Start + ((round + 1) * 100 * Options.SegmentMillis));
            Assert.Equal(0, index.Memory.TableBytes);
        }
        Assert.Equal(held, index.Memory.HeldBytes);
    }

    [Fact]
    public void Memory_OfAQuietBookOverMonths_DoesNotGrow()
    {
        RequestIdOptions options = Options with { WindowMillis = 100 * Options.SegmentMillis };
        using RequestIdIndex index = RequestIdIndex.Create(new FakeDisk(1), options, IndexHost.Start);
        long held = 0;
        for (int minute = 0; minute < 200_000; minute++)
        {
            index.ForgetBefore(IndexHost.Start + ((minute - 50) * options.SegmentMillis));
            index.Add(1, IndexHost.Id(minute * options.SegmentMillis, 1), new RequestIdEntry(minute, 0, false));
            if (minute == 100) held = index.Memory.HeldBytes;
        }
        Assert.Equal(held, index.Memory.HeldBytes);
    }

    [Fact]
    public void Memory_AfterFarMoreThanTheBoundWasSpilled_GoesBackToTheSystem_AndServesAgain()
    {
        const int Segments = 20;
        const int PerSegment = 20_000;
        using var host = new IndexHost(new FakeDisk(1), Options with { MemoryEntriesMax = PerSegment });
        for (int round = 0; round < 2; round++)
        {
            for (int at = 0; at < Segments * PerSegment; at++) host.Add(1, SpreadId(round, at), (uint)at);
            Assert.InRange(host.Index.Memory.HeldBytes, Segments * PerSegment * 40L, Segments * PerSegment * 80L);
            host.SpillAll();
            // What is kept is the bound and a half; beside it stand the table that ended last, pages that tables grew out of, and the slab begun.
            Assert.InRange(host.Index.Memory.HeldBytes, 1, (2 * PerSegment * 56L) + (5 << 20));
        }
        for (int at = 0; at < Segments * PerSegment; at += 7)
        {
            Assert.Equal((uint)at, host.Find(1, SpreadId(0, at))?.Fingerprint);
            Assert.Equal((uint)at, host.Find(1, SpreadId(1, at))?.Fingerprint);
            Assert.Null(host.Find(2, SpreadId(1, at)));
        }

        static RequestId SpreadId(int round, int at) => IndexHost.Id((((long)round * Segments) + (at / PerSegment)) * 60_000, (ulong)at);
    }

    [Fact]
    public void Snapshot_OfAWindowWithFewIdsASegment_TakesNoLargeBufferForEach()
    {
        const int Segments = 4_000;
        using RequestIdIndex index = RequestIdIndex.Create(new FakeDisk(1), Options, IndexHost.Start);
        for (int segment = 0; segment < Segments; segment++) index.Add(1, IndexHost.Id(segment * Options.SegmentMillis, 1), new RequestIdEntry(1, 0, false));
        var chunks = new List<SnapshotChunk>();
        using var capture = new SnapshotCapture(new PartitionState(), index.BeginCapture(1), 1, 1, new SnapshotScratch(4), chunks.Add);
        while (!capture.IsDone) capture.Step(512 << 10);
        SnapshotChunk[] slices = [.. chunks.Where(chunk => chunk.Kind == SnapshotChunkKind.Ids)];
        Assert.Equal(Segments, slices.Length);
        Assert.InRange(slices.Sum(chunk => (long)chunk.Bytes.Length), 1, Segments * 256L);
        Assert.Equal(0, chunks[^1].PayloadLength);

        using RequestIdIndex restored = RequestIdIndex.Open(new FakeDisk(1), Options, capture.Ids);
        foreach (SnapshotChunk slice in slices) restored.Load(slice.Payload);
        Assert.Equal(Segments, restored.EntriesInMemory);
    }

    private static RequestId IdOf(int at) => IndexHost.Id(at * 20_000L, (ulong)at);
}
