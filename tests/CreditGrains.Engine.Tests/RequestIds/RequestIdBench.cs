using System.Diagnostics;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.RequestIds;
using CreditGrains.Simulation.Disk;
using Xunit.Abstractions;

namespace CreditGrains.Engine.Tests.RequestIds;

/// <summary>
/// Figures, not checks, in processor time of the thread so that a shared machine disturbs them less. Run in Release with CREDITGRAINS_BENCH=1. CREDITGRAINS_BENCH_DIR names a directory on the disk to spill to.
/// </summary>
public sealed class RequestIdBench(ITestOutputHelper output)
{
    private const int Batch = 1_000;
    private const long Start = 1_700_000_100_000;
    private static readonly bool IsEnabled = Environment.GetEnvironmentVariable("CREDITGRAINS_BENCH") == "1";

    [Theory]
    [InlineData(10_000_000, 1)]
    [InlineData(20_000_000, 1)]
    [InlineData(20_000_000, 20)]
    public void FindAndAdd_OfNewIds(int entries, int segments)
    {
        if (!IsEnabled) return;
        foreach (bool prefetches in (bool[])[false, true])
        {
            using RequestIdIndex index = NewIndex(new FakeDisk(1), int.MaxValue, entries + 4_000_000);
            var chance = new SeededChance(7);
            Fill(index, chance, entries, segments, prefetches, out double nanos, out double worstMicros, out long allocated);
            RequestIdMemory memory = index.Memory;
            output.WriteLine(
                $"{entries / 1_000_000} M in {segments} segments, prefetch {prefetches}: whole fill {nanos:F0} ns per Find+Add, longest batch of {Batch} {worstMicros:F0} us, "
                + $"{memory.TableBytes / (double)entries:F1} B/entry in use, {allocated} B on the collected heap");
            Fill(index, chance, 1_000_000, segments, prefetches, out nanos, out worstMicros, out _);
            output.WriteLine($"    the next million: {nanos:F0} ns per Find+Add of a new id, longest batch {worstMicros:F0} us");
            FindPresent(index, entries, segments, prefetches);
        }
    }

    [Fact]
    public void Add_LongestSingle()
    {
        if (!IsEnabled) return;
        using RequestIdIndex index = NewIndex(new FakeDisk(1), int.MaxValue, reserved: 24_000_000);
        var chance = new SeededChance(7);
        var worst = new PriorityQueue<long, long>();
        var growths = new List<long>();
        for (int entry = 0; entry < 20_000_000; entry++)
        {
            RequestId id = NewId(chance, 1);
            long began = ThreadClock.Nanos();
            index.Add(1, id, new RequestIdEntry(entry, 1, false));
            long ticks = ThreadClock.Nanos() - began;
            if (ticks > 20_000) growths.Add(ticks);
            worst.Enqueue(ticks, ticks);
            if (worst.Count > 5) worst.Dequeue();
        }
        growths.Sort();
        output.WriteLine(
            $"Longest single Adds of 20 M: {string.Join(", ", worst.UnorderedItems.Select(item => item.Priority / 1000).Order())} us; "
            + $"{growths.Count} above 20 us: median {growths[growths.Count / 2] / 1000} us, 99 % below {growths[growths.Count * 99 / 100] / 1000} us");
    }

    [Fact]
    public void CaptureAndRestore_TwentyMillion()
    {
        if (!IsEnabled) return;
        var slices = new List<byte[]>();
        RequestIdCatalog catalog;
        double worst = 0;
        using (RequestIdIndex index = NewIndex(new FakeDisk(1), int.MaxValue))
        {
            Fill(index, new SeededChance(7), 20_000_000, 20, true, out _, out _, out _);
            byte[] buffer = new byte[RequestIdCapture.SliceBytesMax];
            double total = 0;
            using RequestIdCapture capture = index.BeginCapture(RequestIdEntry.SequenceMax);
            catalog = capture.Catalog;
            while (true)
            {
                long began = ThreadClock.Nanos();
                bool isMore = capture.TryNext(buffer, out int written);
                double micros = (ThreadClock.Nanos() - began) / 1e3;
                total += micros;
                worst = Math.Max(worst, micros);
                if (!isMore) break;
                slices.Add(buffer.AsSpan(0, written).ToArray());
            }
            output.WriteLine($"Capture of 20 M: {slices.Count} slices, {total / 1000:F0} ms of the writer in all, longest slice {worst:F0} us");
        }
        GC.Collect();
        var watch = Stopwatch.StartNew();
        long cpu = ThreadClock.Nanos();
        using RequestIdIndex restored = RequestIdIndex.Open(new FakeDisk(1), new RequestIdOptions { MemoryEntriesMax = int.MaxValue }, catalog);
        foreach (byte[] slice in slices) restored.Load(slice);
        output.WriteLine($"Restore of {restored.EntriesInMemory}: {(ThreadClock.Nanos() - cpu) / 1_000_000} ms of processor, {watch.ElapsedMilliseconds} ms in all, {restored.Memory.TableBytes / (double)restored.EntriesInMemory:F1} B/entry");
        var chance = new SeededChance(7);
        for (int entry = 0; entry < 1000; entry++) Assert.Equal(LookupResult.Found, restored.Find(1, NewId(chance, 20), out _));
    }

    [Fact]
    public void Spill_SixMillion()
    {
        if (!IsEnabled || Environment.GetEnvironmentVariable("CREDITGRAINS_BENCH_DIR") is not { } directory) return;
        string path = Path.Combine(directory, "request-id-bench");
        IFileStore store = DiskFileStore.Open(path, createDirectory: true);
        SpillOnce(10_000);
        SpillOnce(10_000);
        using (RequestIdIndex index = NewIndex(store, 6_000_000))
        {
            var chance = new SeededChance(7);
            Fill(index, chance, 6_000_001, 1, true, out _, out _, out _);
            var watch = Stopwatch.StartNew();
            SpillWork work = index.TakeSpillWork()!;
            double take = watch.Elapsed.TotalMicroseconds;
            work.Write();
            double write = watch.Elapsed.TotalMilliseconds;
            watch.Restart();
            index.CompleteSpill(work);
            output.WriteLine($"Spill of 6 M: take {take:F0} us, write {write:F0} ms, complete {watch.Elapsed.TotalMicroseconds:F0} us, {index.Memory.RunBytes / 6e6:F2} B/entry left in memory");
            long maybe = 0;
            for (int entry = 0; entry < 1_000_000; entry++)
            {
                if (index.Find(1, NewId(chance, 1), out _) == LookupResult.OnDisk) maybe++;
            }
            output.WriteLine($"Absent ids the filter passes: {maybe / 1e4:F2} %");
            chance = new SeededChance(7);
            watch.Restart();
            for (int entry = 0; entry < 100_000; entry++) Assert.True(index.DiskLookup.TryFindOnDisk(1, NewId(chance, 1), out _));
            output.WriteLine($"Look on disk of a present id, file in the page cache: {watch.Elapsed.TotalMicroseconds / 100_000:F2} us");
            RequestIdCatalog catalog;
            using (RequestIdCapture capture = index.BeginCapture(RequestIdEntry.SequenceMax)) catalog = capture.Catalog;
            watch.Restart();
            RequestIdIndex.Open(store, new RequestIdOptions(), catalog).Dispose();
            output.WriteLine($"Open with every page checked: {watch.ElapsedMilliseconds} ms");
        }
        Directory.Delete(path, recursive: true);
    }

    // So that the figures hold no compilation.
    private static void SpillOnce(int entries)
    {
        using RequestIdIndex index = NewIndex(new FakeDisk(1), entries);
        Fill(index, new SeededChance(7), entries + 1, 1, true, out _, out _, out _);
        SpillWork work = index.TakeSpillWork()!;
        work.Write();
        index.CompleteSpill(work);
    }

    private void FindPresent(RequestIdIndex index, int entries, int segments, bool prefetches)
    {
        var chance = new SeededChance(7);
        var ids = new RequestId[Batch];
        long ticks = 0;
        for (int done = 0; done < 1_000_000; done += Batch)
        {
            // Spread over the whole fill, so that nothing is in cache from the batch before.
            for (int skipped = 0; skipped < (entries / 1_000_000) - 1; skipped++) FillIds(ids, chance, segments);
            FillIds(ids, chance, segments);
            long began = ThreadClock.Nanos();
            if (prefetches) foreach (ref readonly RequestId id in ids.AsSpan()) index.Prefetch(1, id);
            foreach (ref readonly RequestId id in ids.AsSpan()) Assert.True(index.Find(1, id, out _) == LookupResult.Found);
            ticks += ThreadClock.Nanos() - began;
        }
        output.WriteLine($"    {ticks / 1e6:F0} ns per Find of a present id");
    }

    private static void Fill(
        RequestIdIndex index, SeededChance chance, int entries, int segments, bool prefetches,
        out double nanos, out double worstMicros, out long allocated)
    {
        var ids = new RequestId[Batch];
        long ticks = 0;
        long worst = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int done = 0; done < entries; done += Batch)
        {
            int count = Math.Min(Batch, entries - done);
            FillIds(ids, chance, segments);
            long began = ThreadClock.Nanos();
            if (prefetches) foreach (ref readonly RequestId id in ids.AsSpan(0, count)) index.Prefetch(1, id);
            for (int at = 0; at < count; at++)
            {
                ref readonly RequestId id = ref ids[at];
                if (index.Find(1, id, out _) == LookupResult.NotFound) index.Add(1, id, new RequestIdEntry(done + at, 1, false));
            }
            long spent = ThreadClock.Nanos() - began;
            ticks += spent;
            worst = Math.Max(worst, spent);
        }
        allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        nanos = ticks / (double)entries;
        worstMicros = worst / 1e3;
    }

    private static RequestIdIndex NewIndex(IFileStore store, long memoryEntriesMax, long reserved = 0) =>
        RequestIdIndex.Create(
            store, new RequestIdOptions { Seed = 42, MemoryEntriesMax = memoryEntriesMax, ReservedEntries = reserved }, Start);

    private static void FillIds(RequestId[] ids, SeededChance chance, int segments)
    {
        for (int at = 0; at < ids.Length; at++) ids[at] = NewId(chance, segments);
    }

    private static RequestId NewId(SeededChance chance, int segments)
    {
        ulong bits = chance.Next();
        return RequestId.ForTime(Start + (long)((bits >> 32) % (300_000UL * (ulong)segments)), bits, chance.Next());
    }
}
