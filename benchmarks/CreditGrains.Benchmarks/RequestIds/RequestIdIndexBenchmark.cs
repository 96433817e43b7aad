using BenchmarkDotNet.Attributes;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.RequestIds;

namespace CreditGrains.Benchmarks.RequestIds;

/// <summary>The index of request ids, two million in it: a miss and an add (every first request), a hit (every retry).</summary>
[MemoryDiagnoser]
public class RequestIdIndexBenchmark
{
    private const int Present = 2_000_000;
    private const int PerRun = 10_000;
    private const ushort Tenant = 1;
    private string directory = null!;
    private RequestIdIndex index = null!;
    private long millis;
    private ulong counter;

    [GlobalSetup]
    public void Setup()
    {
        directory = Directory.CreateTempSubdirectory("creditgrains-benchmark-").FullName;
        millis = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        index = RequestIdIndex.Create(DiskFileStore.Open(directory), new RequestIdOptions { MemoryEntriesMax = 200_000_000 }, 0);
        index.ForgetBefore(millis - 72 * 3_600_000L);
        while (counter < Present) Add();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        index.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    [Benchmark(OperationsPerInvoke = PerRun)]
    public long MissAndAdd()
    {
        var found = 0L;
        for (var i = 0; i < PerRun; i++)
        {
            if (index.Find(Tenant, IdOf(counter + 1), out _) == LookupResult.Found) found++;
            Add();
        }

        return found;
    }

    [Benchmark(OperationsPerInvoke = PerRun)]
    public long Hit()
    {
        var found = 0L;
        for (var i = 0UL; i < PerRun; i++)
            if (index.Find(Tenant, IdOf(i * 197 + 1), out _) == LookupResult.Found) found++;
        return found == PerRun ? found : throw new InvalidOperationException($"{PerRun - found} ids are lost");
    }

    private void Add()
    {
        counter++;
        index.Add(Tenant, IdOf(counter), new RequestIdEntry((long)counter, (uint)(counter & uint.MaxValue), false));
    }

    /// <summary>As random as a client's, and made again from its number.</summary>
    private RequestId IdOf(ulong number) => RequestId.ForTime(millis, number, unchecked(number * 0x9E3779B97F4A7C15));
}
