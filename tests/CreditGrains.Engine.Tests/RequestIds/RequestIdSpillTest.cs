using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.RequestIds;
using CreditGrains.Simulation.Disk;

namespace CreditGrains.Engine.Tests.RequestIds;

/// <summary>Seal, spill, merge and forget, the race with a look on disk, and files that fail or are damaged.</summary>
public sealed class RequestIdSpillTest
{
    private static readonly RequestIdOptions Options = new()
    {
        SegmentMillis = 1_000,
        WindowMillis = 60_000,
        MemoryEntriesMax = 100,
        RunsPerSegmentMax = 3,
        Seed = 11,
    };

    [Fact]
    public void Find_WhileSealedSpilledAndInstalled_NeverMisses()
    {
        using IndexHost host = NewHost(101);
        RequestId id = IndexHost.Id(0, 50);
        host.Index.DiskLookup.TryFindOnDisk(1, id, out DiskAnswer early);
        Assert.False(early.IsFound);

        host.TakeSpill();
        Assert.Equal(LookupResult.Found, host.Index.Find(1, id, early, out _));
        host.Work!.Write();
        Assert.Equal(LookupResult.Found, host.Index.Find(1, id, early, out _));
        host.CompleteSpill();
        Assert.Equal(0, host.Index.EntriesInMemory);
        Assert.Equal(LookupResult.OnDisk, host.Index.Find(1, id, early, out _));

        Assert.True(host.Index.DiskLookup.TryFindOnDisk(1, id, out DiskAnswer late));
        Assert.Equal(LookupResult.Found, host.Index.Find(1, id, late, out RequestIdEntry entry));
        Assert.Equal(51, entry.Sequence);
    }

    [Fact]
    public void Find_OfAnAbsentId_WithTheAnswerOfTheSameRuns_IsNotFound()
    {
        using IndexHost host = NewHost(101);
        host.SpillAll();
        int maybe = 0;
        for (ulong bits = 1_000; bits < 11_000; bits++)
        {
            RequestId id = IndexHost.Id(0, bits);
            if (host.Index.Find(1, id, out _) == LookupResult.OnDisk) maybe++;
            Assert.False(host.Index.DiskLookup.TryFindOnDisk(1, id, out DiskAnswer answer));
            Assert.Equal(LookupResult.NotFound, host.Index.Find(1, id, answer, out _));
        }
        Assert.InRange(maybe, 0, 200);
    }

    [Fact]
    public void Spill_OfManyPages_FindsEveryIdAndNoOther()
    {
        const int Count = 60_000;
        using var host = new IndexHost(new FakeDisk(1), Options with { MemoryEntriesMax = Count - 1 });
        for (int at = 0; at < Count; at++) host.Add((ushort)(at % 3), IndexHost.Id(at % 1_000, (ulong)at), (uint)at);
        host.SpillAll();
        Assert.Equal(0, host.Index.EntriesInMemory);
        Assert.InRange(host.Index.Memory.RunBytes / (double)Count, 1, 2);
        for (int at = 0; at < Count; at++)
        {
            Assert.Equal(new RequestIdEntry(at + 1, (uint)at, false), host.Find((ushort)(at % 3), IndexHost.Id(at % 1_000, (ulong)at)));
            Assert.Null(host.Find((ushort)((at + 1) % 3), IndexHost.Id(at % 1_000, (ulong)at)));
        }
    }

    [Fact]
    public void Spill_OfASegmentWithManyRuns_MergesThem_AndTheNewestEntryWins()
    {
        using IndexHost host = NewHost(0);
        RequestId replaced = IndexHost.Id(0, 0);
        for (int round = 0; round < 8; round++)
        {
            for (int at = 0; at < 101; at++)
            {
                RequestId id = IndexHost.Id(0, (ulong)((round * 1_000) + at));
                if (at == 0 && round > 0) host.Replace(1, replaced);
                else host.Add(1, id);
            }
            long newest = host.Find(1, replaced)!.Value.Sequence;
            host.SpillAll();
            Assert.Equal(newest, host.Find(1, replaced)!.Value.Sequence);
        }
        using RequestIdCapture capture = host.Index.BeginCapture(host.LastSequence);
        // Rounds 1 to 3 make three runs, the fourth merges them to one, the sixth and seventh follow, the seventh merges again.
        Assert.Equal(2, capture.Catalog.Runs.Count);
        Assert.Equal((8 * 100) + 1 + 1, capture.Catalog.Runs.Sum(run => run.Entries));
    }

    [Fact]
    public void TakeSpillWork_PrefersTheOldestWellFilledSegment_OneAtATime()
    {
        using IndexHost host = NewHost(0);
        host.Add(1, IndexHost.Id(0, 1));
        for (int at = 0; at < 60; at++) host.Add(1, IndexHost.Id(5_000, (ulong)at));
        for (int at = 0; at < 60; at++) host.Add(1, IndexHost.Id(6_000, (ulong)at));
        Assert.True(host.TakeSpill());
        Assert.Equal(60, host.Work!.EntriesMax);
        Assert.Null(host.Index.TakeSpillWork());
        host.Work.Write();
        host.CompleteSpill();
        Assert.Equal(LookupResult.Found, host.Index.Find(1, IndexHost.Id(0, 1), out _));
        Assert.Equal(LookupResult.Found, host.Index.Find(1, IndexHost.Id(6_000, 1), out _));
        Assert.Equal(LookupResult.OnDisk, host.Index.Find(1, IndexHost.Id(5_000, 1), out _));
    }

    [Fact]
    public void Replay_OfMoreThanMemoryMayHold_LeavesRoomToGoOnWhileItIsSpilled()
    {
        using IndexHost host = NewHost(0);
        for (int at = 0; at < 350; at++) host.Index.AddIfAbsent(1, IndexHost.Id(0, (ulong)at), new RequestIdEntry(at + 1, 0, false));
        Assert.False(host.Index.IsFull);
        for (int at = 0; at < 100; at++) host.Index.Add(1, IndexHost.Id(5_000, (ulong)at), new RequestIdEntry(1_000 + at, 0, false));
        Assert.True(host.Index.IsFull);
        host.SpillAll();
        for (int at = 0; at < 150; at++) host.Index.Add(1, IndexHost.Id(6_000, (ulong)at), new RequestIdEntry(2_000 + at, 0, false));
        Assert.Equal(host.Index.EntriesInMemory >= 200, host.Index.IsFull);
    }

    [Fact]
    public void Write_OnAFullDisk_LeavesNoFile_AndTheEntriesAreOfferedAgain()
    {
        using IndexHost host = NewHost(101);
        host.Disk.Options.CapacityBytes = 4_200;
        host.TakeSpill();
        Assert.Throws<StoreFullException>(host.Work!.Write);
        Assert.Empty(host.Disk.List());
        host.ReturnSpill();
        Assert.Equal(LookupResult.Found, host.Index.Find(1, IndexHost.Id(0, 1), out _));
        for (int at = 0; at < 100; at++) host.Add(1, IndexHost.Id(0, (ulong)(1_000 + at)));
        Assert.True(host.Index.IsFull);
        host.Disk.Options.CapacityBytes = long.MaxValue;
        host.SpillAll();
        Assert.False(host.Index.IsFull);
        Assert.NotNull(host.Find(1, IndexHost.Id(0, 1)));
        Assert.NotNull(host.Find(1, IndexHost.Id(0, 1_001)));
    }

    [Fact]
    public void ForgetBefore_DuringASpill_DropsTheRunWhenItComes()
    {
        foreach (bool isReturned in (bool[])[false, true])
        {
            using IndexHost host = NewHost(101);
            host.TakeSpill();
            host.Index.ForgetBefore(IndexHost.Start + 1_000);
            Assert.Equal(0, host.Index.EntriesInMemory);
            if (isReturned)
            {
                host.ReturnSpill();
            }
            else
            {
                host.Work!.Write();
                host.CompleteSpill();
                Assert.Equal(host.Disk.List(), host.Index.TakeRetired(null));
            }
            Assert.Equal(0, host.Index.Memory.TableBytes);
            Assert.Null(host.Index.TakeSpillWork());
        }
    }

    [Fact]
    public void FilterBytesMax_BelowTheNeed_CostsLooksOnDisk_NotAnswers()
    {
        using var host = new IndexHost(new FakeDisk(1), Options with { FilterBytesMax = 0 });
        for (int at = 0; at < 101; at++) host.Add(1, IndexHost.Id(0, (ulong)at));
        host.SpillAll();
        Assert.Equal(LookupResult.OnDisk, host.Index.Find(1, IndexHost.Id(0, 9_999), out _));
        Assert.Null(host.Find(1, IndexHost.Id(0, 9_999)));
        Assert.NotNull(host.Find(1, IndexHost.Id(0, 100)));
    }

    [Fact]
    public void TakeRetired_KeepsWhatASnapshotInForceOrUnderWayLists()
    {
        using IndexHost host = NewHost(101);
        host.SpillAll();
        string run = Assert.Single(host.Disk.List());
        using RequestIdCapture first = host.Index.BeginCapture(host.LastSequence);
        first.Dispose();
        host.Index.ForgetBefore(IndexHost.Start + 1_000);
        Assert.Empty(host.Index.TakeRetired(null));
        Assert.Empty(host.Index.TakeRetired(first.Catalog));
        using RequestIdCapture second = host.Index.BeginCapture(host.LastSequence);
        Assert.Equal([run], host.Index.TakeRetired(second.Catalog));
        Assert.Empty(host.Index.TakeRetired(second.Catalog));
    }

    [Fact]
    public void Lookup_OfADamagedPage_IsRefused()
    {
        using IndexHost host = NewHost(101);
        host.SpillAll();
        host.Disk.FlipBit(host.Disk.List()[0], 100, 3);
        Assert.Throws<RunDamagedException>(() => host.Index.DiskLookup.TryFindOnDisk(1, IndexHost.Id(0, 1), out _));
    }

    private static IndexHost NewHost(int entries)
    {
        var host = new IndexHost(new FakeDisk(1), Options);
        for (int at = 0; at < entries; at++) host.Add(1, IndexHost.Id(0, (ulong)at));
        return host;
    }
}
