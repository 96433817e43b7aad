using System.Collections.Concurrent;
using CreditGrains.Engine.Standalone;

namespace CreditGrains.Engine.Tests.Standalone;

/// <summary>Jobs beside decisions take no thread of the pool, and not every core.</summary>
public sealed class SideThreadsTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task LoopInAJob_StaysOnThreadsOfItsOwn()
    {
        var seen = new ConcurrentDictionary<int, bool>();
        var (level, atOnce, most) = (0, 0, 0);
        var sum = await SideThreads.Run(
            () =>
            {
                level = TaskScheduler.Current.MaximumConcurrencyLevel;
                var parts = new long[64];
                Parallel.For(0, parts.Length, new ParallelOptions { TaskScheduler = null }, i =>
                {
                    InterlockedMax(ref most, Interlocked.Increment(ref atOnce));
                    seen[Environment.CurrentManagedThreadId] = Thread.CurrentThread.IsThreadPoolThread;
                    for (var k = 0; k < 200_000; k++) parts[i] += k % (i + 1);
                    Interlocked.Decrement(ref atOnce);
                });
                return parts.Sum();
            },
            CancellationToken.None).WaitAsync(Soon);
        Assert.Equal(Enumerable.Range(0, 64).Sum(i => Enumerable.Range(0, 200_000).Sum(k => (long)(k % (i + 1)))), sum);
        Assert.All(seen.Values, Assert.False);
        Assert.Equal(Math.Max(1, Environment.ProcessorCount - 1), level);
        Assert.InRange(most, 1, level);
    }

    private static void InterlockedMax(ref int most, int now)
    {
        for (var seen = Volatile.Read(ref most); now > seen;)
            if (Interlocked.CompareExchange(ref most, now, seen) is var before && before == seen) return;
            else seen = before;
    }

    [Fact]
    public async Task Job_BehindOneThatWaits_Runs()
    {
        using var gate = new ManualResetEventSlim();
        var first = SideThreads.Run(() => gate.Wait(Soon), CancellationToken.None);
        Assert.Equal(7, await SideThreads.Run(() => 7, CancellationToken.None).WaitAsync(Soon));
        gate.Set();
        Assert.True(await first);
    }

    [Fact]
    public async Task Job_ThatThrows_FailsAndTheNextRuns()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => SideThreads.Run<int>(() => throw new InvalidOperationException("bad"), CancellationToken.None).WaitAsync(Soon));
        Assert.Equal(7, await SideThreads.Run(() => 7, CancellationToken.None).WaitAsync(Soon));
    }

    [Fact]
    public async Task TasksOfAJob_AreAllRun_WhoeverWaitsForThem()
    {
        var done = await SideThreads.Run(
            () => Enumerable.Range(0, 50).Select(i => Task.Factory.StartNew(() => i, CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Current)).ToArray(), CancellationToken.None).WaitAsync(Soon);
        Assert.Equal(Enumerable.Range(0, 50).Sum(), (await Task.WhenAll(done).WaitAsync(Soon)).Sum());
    }
}
