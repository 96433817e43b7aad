using CreditGrains.Domain.Requests;
using CreditGrains.Engine.RequestIds;
using CreditGrains.Simulation.Disk;

namespace CreditGrains.Engine.Tests.RequestIds;

/// <summary>Snapshots, catalogues and crashes.</summary>
public sealed class RequestIdRestoreTest
{
    private static readonly RequestIdOptions Options = new()
    {
        SegmentMillis = 1_000,
        WindowMillis = 60_000,
        MemoryEntriesMax = 100,
        Seed = 11,
    };

    [Fact]
    public void Restore_AfterACrashAtAnyOperationOfASpill_HasEveryIdAndNoLeftovers()
    {
        long operations = 0;
        for (long crashAt = 1; ; crashAt++)
        {
            using var host = new IndexHost(new FakeDisk((ulong)crashAt), Options);
            AddMany(host, 0, 150);
            host.SpillAll();
            host.TakeSnapshot();
            AddMany(host, 150, 300);
            long before = host.Disk.Operations;
            host.Disk.CrashAtOperation = before + crashAt;
            bool hasCrashed = false;
            try
            {
                host.SpillAll();
            }
            catch (SimulatedCrashException)
            {
                hasCrashed = true;
            }
            operations = host.Disk.Operations - before;
            host.CrashAndRestore(host.LastSequence);
            using (RequestIdCapture capture = host.Index.BeginCapture(host.LastSequence))
                Assert.Equal(capture.Catalog.Runs.Select(run => run.FileName).Order(), host.Disk.List());
            for (int at = 0; at < 300; at++) Assert.NotNull(host.Find(1, IdOf(at)));
            if (!hasCrashed) break;
        }
        Assert.InRange(operations, 4, 100);
    }

    [Fact]
    public void Capture_LeavesOutWhatCameAfterItsSequence_AndKeepsWhatWasReplaced()
    {
        using var host = new IndexHost(new FakeDisk(1), Options with { MemoryEntriesMax = 1_000 });
        AddMany(host, 0, 100);
        host.BeginCapture();
        AddMany(host, 100, 200);
        host.Replace(1, IdOf(0));
        while (host.CaptureNext()) continue;
        host.CrashAndRestore(durableSequence: 100);
        Assert.Equal(100, host.Index.EntriesInMemory);
        Assert.Equal(1, host.Find(1, IdOf(0))!.Value.Sequence);
    }

    [Fact]
    public void Capture_OfAnIdReplacedWhileSealed_RestoresTheNewerEntry()
    {
        using var host = new IndexHost(new FakeDisk(1), Options);
        for (int at = 0; at < 101; at++) host.Add(1, IndexHost.Id(0, (ulong)at));
        host.TakeSpill();
        RequestIdEntry newer = host.Replace(1, IndexHost.Id(0, 5));
        Assert.Equal(newer, host.Find(1, IndexHost.Id(0, 5)));
        host.TakeSnapshot();
        host.CrashAndRestore(host.LastSequence);
        Assert.Equal(101, host.Index.EntriesInMemory);
        Assert.Equal(newer, host.Find(1, IndexHost.Id(0, 5)));
    }

    [Fact]
    public void Capture_OfManySlices_WithSpillsAndForgettingBetween_Restores()
    {
        const int Count = 200_000;
        using var host = new IndexHost(new FakeDisk(1), Options with { SegmentMillis = 20_000, MemoryEntriesMax = Count });
        AddMany(host, 0, Count);
        host.BeginCapture();
        int slices = 0;
        for (int next = Count; host.CaptureNext(); next += 1_000, slices++)
        {
            AddMany(host, next, next + 1_000);
            host.SpillAll();
        }
        Assert.InRange(slices, 7, 12);
        host.CrashAndRestore(durableSequence: Count);
        Assert.Equal(Count, host.Index.EntriesInMemory);
        for (int at = 0; at < Count; at++) Assert.Equal(at + 1, host.Find(1, IdOf(at))!.Value.Sequence);
        Assert.True(host.Index.Memory.TableBytes < Count * 72L);
    }

    [Fact]
    public void Capture_OfATableThatGrowsMeanwhile_SaysInEverySliceWhatItHadAtTheStart()
    {
        const int Count = 100_000;
        using var host = new IndexHost(new FakeDisk(1), Options with { SegmentMillis = 1_000_000, WindowMillis = 2_000_000, MemoryEntriesMax = 10 * Count });
        AddMany(host, 0, Count);
        using RequestIdCapture capture = host.Index.BeginCapture(Count);
        var buffer = new byte[RequestIdCapture.SliceBytesMax];
        var heads = new List<RequestIdSlice>();
        for (int next = Count; capture.TryNext(buffer, out int written); next += 20_000)
        {
            Assert.True(RequestIdSlice.TryOpen(buffer.AsSpan(0, written), out RequestIdSlice head, out _));
            heads.Add(head);
            AddMany(host, next, next + 20_000);
        }
        Assert.True(heads.Count > 2, "one slice shows nothing");
        Assert.All(heads, head => Assert.Equal(Count, head.TableEntries));
    }

    [Fact]
    public void Load_OfSlicesThatNameGrowingTables_TakesNoMoreThanTheirEntriesNeed()
    {
        const int Count = 200_000;
        using var host = new IndexHost(new FakeDisk(1), Options with { SegmentMillis = 1_000_000, WindowMillis = 2_000_000, MemoryEntriesMax = 10 * Count });
        AddMany(host, 0, Count);
        var slices = new List<byte[]>();
        using (RequestIdCapture capture = host.Index.BeginCapture(Count))
        {
            // As versions before wrote them: each slice with another count.
            var buffer = new byte[64 * 1_024 + RequestIdCapture.SliceBytesMin];
            while (capture.TryNext(buffer, out int written))
            {
                BitConverter.TryWriteBytes(buffer.AsSpan(24), (long)Count + 1_000 * slices.Count);
                slices.Add(buffer[..written]);
            }
        }
        Assert.True(slices.Count > 10, "few slices show nothing");
        using RequestIdIndex index = RequestIdIndex.Create(new FakeDisk(2), Options with { SegmentMillis = 1_000_000, WindowMillis = 2_000_000, MemoryEntriesMax = 10 * Count, Seed = Options.Seed }, IndexHost.Start);
        foreach (byte[] slice in slices) index.Load(slice);
        Assert.Equal(Count, index.EntriesInMemory);
        Assert.True(index.Memory.TableBytes < Count * 72L, $"{index.Memory.TableBytes} bytes");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Open_WithAListedRunMissingOrDamaged_Refuses(int kind)
    {
        using var host = new IndexHost(new FakeDisk(1), Options);
        AddMany(host, 0, 150);
        host.SpillAll();
        host.TakeSnapshot();
        string name = host.Disk.List()[0];
        if (kind == 0) host.Disk.Delete(name);
        else host.Disk.FlipBit(name, 50, 1);
        using RequestIdCapture capture = host.Index.BeginCapture(host.LastSequence);
        Assert.Throws<RunDamagedException>(() => RequestIdIndex.Open(host.Disk, Options, capture.Catalog));
    }

    [Fact]
    public void Open_WithAnyBitOfARunFlipped_Refuses()
    {
        using var host = new IndexHost(new FakeDisk(1), Options);
        AddMany(host, 0, 101);
        host.SpillAll();
        using RequestIdCapture capture = host.Index.BeginCapture(host.LastSequence);
        RequestIdRun run = Assert.Single(capture.Catalog.Runs);
        for (long offset = 0; offset < run.LengthBytes; offset += 13)
        {
            host.Disk.FlipBit(run.FileName, offset, 5);
            Assert.Throws<RunDamagedException>(() => RequestIdIndex.Open(host.Disk, Options, capture.Catalog));
            host.Disk.FlipBit(run.FileName, offset, 5);
        }
        RequestIdIndex.Open(host.Disk, Options, capture.Catalog).Dispose();
    }

    [Fact]
    public void Open_TakesSeedAndSegmentLengthFromTheCatalogue()
    {
        using var host = new IndexHost(new FakeDisk(1), Options);
        AddMany(host, 0, 101);
        host.SpillAll();
        using RequestIdCapture capture = host.Index.BeginCapture(host.LastSequence);
        using RequestIdIndex other = RequestIdIndex.Open(host.Disk, Options with { Seed = 99, SegmentMillis = 2_000 }, capture.Catalog);
        Assert.True(other.DiskLookup.TryFindOnDisk(1, IdOf(3), out _));
    }

    [Fact]
    public void Create_LeavesFilesOfOthersAlone()
    {
        var disk = new FakeDisk(1);
        foreach (string name in (string[])["ids-0000000000000001.cgids", "journal-1.cgj"]) disk.Open(name, create: true).Dispose();
        RequestIdIndex.Create(disk, Options, IndexHost.Start).Dispose();
        Assert.Equal(["journal-1.cgj"], disk.List());
    }

    [Fact]
    public void Catalog_AsBytesAndBack_IsTheSame_AndDamageIsSeen()
    {
        var catalog = new RequestIdCatalog(3, new UInt128(1, 2), 1_000, 77, 9, [new(1, 78, 5, 4_400, 6), new(8, 79, 15, 4_500, uint.MaxValue)]);
        byte[] bytes = catalog.ToBytes();
        RequestIdCatalog read = RequestIdCatalog.FromBytes(bytes);
        Assert.Equal(catalog.Runs, read.Runs);
        Assert.Equal(catalog with { Runs = read.Runs }, read);
        for (int at = 0; at < bytes.Length; at++)
        {
            bytes[at] ^= 4;
            Assert.Throws<RunDamagedException>(() => RequestIdCatalog.FromBytes(bytes));
            Assert.Throws<RunDamagedException>(() => RequestIdCatalog.FromBytes(bytes.AsSpan(0, at)));
            bytes[at] ^= 4;
        }
    }

    [Fact]
    public void Load_OfWhatIsNoSlice_Refuses()
    {
        using RequestIdIndex index = RequestIdIndex.Create(new FakeDisk(1), Options, IndexHost.Start);
        index.Add(1, IdOf(0), new RequestIdEntry(1, 0, false));
        using RequestIdCapture capture = index.BeginCapture(1);
        byte[] buffer = new byte[RequestIdCapture.SliceBytesMin];
        Assert.Throws<ArgumentOutOfRangeException>(() => capture.TryNext(buffer.AsSpan(1), out _));
        Assert.True(capture.TryNext(buffer, out int written));
        Assert.False(capture.TryNext(buffer, out _));
        index.Load(buffer.AsSpan(0, written));
        Assert.Equal(1, index.EntriesInMemory);
        Assert.Throws<RunDamagedException>(() => index.Load(buffer.AsSpan(0, written - 1)));
        Assert.Throws<RunDamagedException>(() => index.Load(buffer.AsSpan(0, 10)));
        buffer[0] ^= 1;
        Assert.Throws<RunDamagedException>(() => index.Load(buffer.AsSpan(0, written)));
    }

    private static RequestId IdOf(int at) => IndexHost.Id(at % 7, (ulong)at);

    private static void AddMany(IndexHost host, int from, int to)
    {
        for (int at = from; at < to; at++) host.Add(1, IdOf(at));
    }
}
