using System.Collections.Concurrent;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.RequestIds;

namespace CreditGrains.Engine.Tests.RequestIds;

/// <summary>A writer, a spiller and lookers on real threads and a real disk: every id added before a look began is found.</summary>
public sealed class RequestIdThreadsTest
{
    private const int Ids = 60_000;
    private const int Lookers = 2;

    [Fact]
    public async Task Find_WithAnswersFromOtherThreads_NeverMissesAnId()
    {
        string path = Directory.CreateTempSubdirectory("request-ids").FullName;
        try
        {
            await RunAsync(DiskFileStore.Open(path));
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static async Task RunAsync(DiskFileStore store)
    {
        var options = new RequestIdOptions { SegmentMillis = 60_000, WindowMillis = 600_000, MemoryEntriesMax = 2_000, RunsPerSegmentMax = 2 };
        using RequestIdIndex index = RequestIdIndex.Create(store, options, IndexHost.Start);
        using var asked = new BlockingCollection<int>(1_000);
        using var answered = new BlockingCollection<(int Number, DiskAnswer Answer)>();
        using var toWrite = new BlockingCollection<SpillWork>(1);
        var written = new ConcurrentQueue<SpillWork>();
        int maxRunning = Lookers;

        Task spiller = Task.Factory.StartNew(() =>
        {
            foreach (SpillWork work in toWrite.GetConsumingEnumerable())
            {
                work.Write();
                written.Enqueue(work);
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Task[] lookers = [.. Enumerable.Range(0, Lookers).Select(_ => Task.Factory.StartNew(() =>
        {
            foreach (int number in asked.GetConsumingEnumerable())
            {
                index.DiskLookup.TryFindOnDisk(1, IdOf(number), out DiskAnswer answer);
                answered.Add((number, answer));
            }
            if (Interlocked.Decrement(ref maxRunning) == 0) answered.CompleteAdding();
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];

        int found = 0;
        for (int number = 0; number < Ids; number++)
        {
            index.Add(1, IdOf(number), new RequestIdEntry(number, 0, false));
            if (index.TakeSpillWork() is { } work) toWrite.Add(work);
            if (written.TryDequeue(out SpillWork? done)) index.CompleteSpill(done);
            if (number % 4 == 0) asked.Add((int)(number * 2_654_435_761L % (number + 1)));
            while (answered.TryTake(out (int Number, DiskAnswer Answer) reply)) Check(reply.Number, reply.Answer);
        }
        asked.CompleteAdding();
        foreach ((int number, DiskAnswer answer) in answered.GetConsumingEnumerable()) Check(number, answer);
        toWrite.CompleteAdding();
        await Task.WhenAll([spiller, .. lookers]);
        Assert.Equal(Ids / 4, found);

        void Check(int number, DiskAnswer answer)
        {
            LookupResult result = index.Find(1, IdOf(number), answer, out RequestIdEntry entry);
            if (result == LookupResult.OnDisk)
            {
                Assert.True(index.DiskLookup.TryFindOnDisk(1, IdOf(number), out answer));
                result = index.Find(1, IdOf(number), answer, out entry);
            }
            Assert.Equal(LookupResult.Found, result);
            Assert.Equal(number, entry.Sequence);
            found++;
        }
    }

    private static RequestId IdOf(int number) => IndexHost.Id(number, (ulong)number);
}
