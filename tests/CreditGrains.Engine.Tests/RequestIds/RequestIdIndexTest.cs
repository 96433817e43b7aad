using CreditGrains.Domain.Requests;
using CreditGrains.Engine.RequestIds;
using CreditGrains.Simulation.Disk;

namespace CreditGrains.Engine.Tests.RequestIds;

/// <summary>Lookups, window, replay and memory of the index without disk.</summary>
public sealed class RequestIdIndexTest
{
    private static readonly RequestIdEntry Entry = new(5, 9, false);

    [Fact]
    public void Find_OfEveryField_GivesWhatWasAdded()
    {
        using RequestIdIndex index = NewIndex();
        RequestIdEntry[] entries = [new(0, 0, false), new(RequestIdEntry.SequenceMax, uint.MaxValue, true), new(7, 1, true)];
        for (int at = 0; at < entries.Length; at++) index.Add(ushort.MaxValue, IndexHost.Id(at, 1), entries[at]);
        for (int at = 0; at < entries.Length; at++)
        {
            Assert.Equal(LookupResult.Found, index.Find(ushort.MaxValue, IndexHost.Id(at, 1), out RequestIdEntry found));
            Assert.Equal(entries[at], found);
        }
    }

    [Fact]
    public void Find_OfAnotherTenantsId_DoesNotFindIt()
    {
        using RequestIdIndex index = NewIndex();
        index.Add(1, IndexHost.Id(0, 1), Entry);
        Assert.Equal(LookupResult.NotFound, index.Find(2, IndexHost.Id(0, 1), out _));
        index.Add(2, IndexHost.Id(0, 1), Entry with { Sequence = 6 });
        index.Find(1, IndexHost.Id(0, 1), out RequestIdEntry first);
        index.Find(2, IndexHost.Id(0, 1), out RequestIdEntry second);
        Assert.Equal((5, 6), (first.Sequence, second.Sequence));
    }

    [Fact]
    public void Find_OutsideTheWindowKept_Throws()
    {
        using RequestIdIndex index = NewIndex();
        index.ForgetBefore(IndexHost.Start + 10_000);
        RequestId early = RequestId.ForTime(index.FirstMillis - 1, 0, 1);
        RequestId late = RequestId.ForTime(index.EndMillis, 0, 1);
        foreach (RequestId id in (RequestId[])[early, late])
        {
            index.Prefetch(1, id);
            Assert.Throws<ArgumentOutOfRangeException>(() => index.Find(1, id, out _));
            Assert.Throws<ArgumentOutOfRangeException>(() => index.Add(1, id, Entry));
        }
        Assert.Equal(LookupResult.NotFound, index.Find(1, RequestId.ForTime(index.FirstMillis, 0, 1), out _));
        Assert.Equal(LookupResult.NotFound, index.Find(1, RequestId.ForTime(index.EndMillis - 1, 0, 1), out _));
    }

    [Fact]
    public void Window_OfSeventyTwoHoursAndFiveMinutes_HasRoomAtBothEnds()
    {
        var options = new RequestIdOptions();
        long now = IndexHost.Start + 123_456;
        using RequestIdIndex index = RequestIdIndex.Create(new FakeDisk(1), options, now - (72 * 3_600_000));
        // The oldest and the newest id of the window, also when the writer forgets a whole segment late.
        RequestId[] edges = [RequestId.ForTime(now - (72 * 3_600_000), 0, 1), RequestId.ForTime(now + 300_000 + options.SegmentMillis, 0, 2)];
        foreach (RequestId id in edges) index.Add(1, id, Entry);
        foreach (RequestId id in edges) Assert.Equal(LookupResult.Found, index.Find(1, id, out _));
    }

    [Fact]
    public void ForgetBefore_DropsWholeSegmentsOnly_AndNeverGoesBack()
    {
        using RequestIdIndex index = NewIndex();
        index.Add(1, IndexHost.Id(999, 1), Entry);
        index.Add(1, IndexHost.Id(1_000, 1), Entry);
        index.ForgetBefore(IndexHost.Start + 1_999);
        Assert.Equal(IndexHost.Start + 1_000, index.FirstMillis);
        Assert.Equal(LookupResult.Found, index.Find(1, IndexHost.Id(1_000, 1), out _));
        Assert.Equal(1, index.EntriesInMemory);
        index.ForgetBefore(IndexHost.Start);
        Assert.Equal(IndexHost.Start + 1_000, index.FirstMillis);
    }

    [Fact]
    public void AddIfAbsent_IsIdempotent_IgnoresForgotten_RefusesContradiction()
    {
        using RequestIdIndex index = NewIndex();
        Assert.True(index.AddIfAbsent(1, IndexHost.Id(5_000, 1), Entry));
        Assert.False(index.AddIfAbsent(1, IndexHost.Id(5_000, 1), Entry));
        Assert.Throws<InvalidOperationException>(() => index.AddIfAbsent(1, IndexHost.Id(5_000, 1), Entry with { Sequence = 6 }));
        index.ForgetBefore(IndexHost.Start + 4_000);
        Assert.False(index.AddIfAbsent(1, IndexHost.Id(0, 1), Entry));
        Assert.Equal(1, index.EntriesInMemory);
    }

    [Fact]
    public void Replace_OfATombstone_GivesTheLateOriginalsEntry()
    {
        using RequestIdIndex index = NewIndex();
        index.Add(1, IndexHost.Id(0, 1), new RequestIdEntry(1, 0, true));
        index.Replace(1, IndexHost.Id(0, 1), new RequestIdEntry(2, 77, false));
        index.Find(1, IndexHost.Id(0, 1), out RequestIdEntry found);
        Assert.Equal(new RequestIdEntry(2, 77, false), found);
        Assert.Equal(1, index.EntriesInMemory);
    }

    [Fact]
    public void FindAndAdd_OnceTheSegmentIsThere_AllocateNothing()
    {
        using RequestIdIndex index = NewIndex();
        AddMany(index, 0, 1_000);
        // A collection for other tests blurs the count now and then, so the least of some rounds counts.
        long least = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            AddMany(index, 1_000 + (round * 50_000), 50_000);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    public static TheoryData<string, Func<int, RequestId>> Patterns() => new()
    {
        { "one bit pattern, sequential milliseconds", at => IndexHost.Id(at % 900_000, (ulong)at / 900_000) },
        { "one millisecond, sequential low bits", at => IndexHost.Id(0, (ulong)at) },
        { "one millisecond, low bits in steps of 2^40", at => IndexHost.Id(0, (ulong)at << 40) },
        { "one millisecond, reversed bits", at => IndexHost.Id(0, (ulong)(at & 0xFF) << 54 | (ulong)(at >> 8) << 20) },
    };

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Add_OfChosenIdsInOneSegment_SpreadsThemEvenly(string pattern, Func<int, RequestId> idOf)
    {
        const int Count = 400_000;
        var options = new RequestIdOptions { SegmentMillis = 3_600_000, Seed = 1 };
        using RequestIdIndex index = RequestIdIndex.Create(new FakeDisk(1), options, IndexHost.Start);
        for (int at = 0; at < Count; at++)
        {
            Assert.Equal(LookupResult.NotFound, index.Find(1, idOf(at), out _));
            index.Add(1, idOf(at), new RequestIdEntry(at, 0, false));
        }
        for (int at = 0; at < Count; at++)
        {
            Assert.Equal(LookupResult.Found, index.Find(1, idOf(at), out RequestIdEntry found));
            Assert.Equal(at, found.Sequence);
        }
        // Groups that split unevenly would cost memory: evenly they stay above half full.
        Assert.True(index.Memory.TableBytes < Count * 72L, $"{pattern}: {index.Memory.TableBytes / (double)Count:F1} bytes an entry");
    }

    [Fact]
    public void ReservedEntries_AreHeldFromTheStart_AndSuffice()
    {
        const int Count = 500_000;
        var options = new RequestIdOptions { SegmentMillis = 1_000, WindowMillis = 60_000, ReservedEntries = Count };
        using RequestIdIndex index = RequestIdIndex.Create(new FakeDisk(1), options, IndexHost.Start);
        long held = index.Memory.HeldBytes;
        Assert.InRange(held, Count * 50L, Count * 100L);
        AddMany(index, 0, Count);
        Assert.Equal(held, index.Memory.HeldBytes);
    }

    [Fact]
    public void Hash_OfOneSeed_IsTheSameAndOfAnotherDiffers()
    {
        RequestId id = IndexHost.Id(1, 2);
        Assert.Equal(new RequestIdHash(3).Of(1, id), new RequestIdHash(3).Of(1, id));
        Assert.NotEqual(new RequestIdHash(3).Of(1, id), new RequestIdHash(4).Of(1, id));
        Assert.NotEqual(new RequestIdHash(3).Of(1, id), new RequestIdHash(3).Of(2, id));
        // Golden: a change of the hash would make every run on disk unreadable.
        Assert.Equal(GoldenHash, new RequestIdHash(3).Of(1, id));
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        RequestIdOptions[] wrong =
        [
            new() { SegmentMillis = 999 }, new() { SegmentMillis = 6 * 3_600_000 + 1 }, new() { WindowMillis = 1_000 },
            new() { SegmentMillis = 1_000, WindowMillis = 8_001_000 }, new() { MemoryEntriesMax = 0 }, new() { FilterBytesMax = -1 }, new() { ReservedEntries = -1 }, new() { MemoryEntriesMax = 5, ReservedEntries = 6 },
            new() { RunsPerSegmentMax = 0 }, new() { RunsPerSegmentMax = 65 },
        ];
        foreach (RequestIdOptions options in wrong)
            Assert.Throws<ArgumentOutOfRangeException>(() => RequestIdIndex.Create(new FakeDisk(1), options, IndexHost.Start));
    }

    private const ulong GoldenHash = 7149566876199932070;

    private static RequestIdIndex NewIndex() =>
        RequestIdIndex.Create(new FakeDisk(1), new RequestIdOptions { SegmentMillis = 1_000, WindowMillis = 60_000 }, IndexHost.Start);

    private static void AddMany(RequestIdIndex index, int from, int count)
    {
        for (int at = from; at < from + count; at++)
        {
            RequestId id = IndexHost.Id(at % 4 * 1_000, (ulong)at);
            index.Prefetch(1, id);
            if (index.Find(1, id, out _) == LookupResult.NotFound) index.Add(1, id, new RequestIdEntry(at, 0, false));
        }
    }
}
