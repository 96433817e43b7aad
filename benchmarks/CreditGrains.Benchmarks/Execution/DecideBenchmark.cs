using BenchmarkDotNet.Attributes;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Benchmarks.Execution;

/// <summary>Four-node approvals over random facilities: id look-up, checks on every node, apply, encode. A figure is for one decision.</summary>
[MemoryDiagnoser]
public class DecideBenchmark
{
    private const int BatchLength = 1_000;
    private const int BatchesPerRun = 100;
    private readonly Command[] commands = new Command[BatchLength * 16];
    private readonly Outcome[] outcomes = new Outcome[BatchLength];
    private Book book = null!;
    private long now;
    private ulong counter;

    [GlobalSetup]
    public void Setup()
    {
        book = new Book();
        now = Book.NowMicros();
        var source = new AuthorizationSource(Book.Facilities, 1, TimeProvider.System);
        for (var i = 0; i < commands.Length; i++) source.Next(ref commands[i]);
    }

    [GlobalCleanup]
    public void Cleanup() => book.Dispose();

    /// <summary>A hundred batches; each request gets a fresh id, which costs a few nanoseconds.</summary>
    [Benchmark(OperationsPerInvoke = BatchLength * BatchesPerRun)]
    public long Approve()
    {
        for (var batch = 0; batch < BatchesPerRun; batch++)
        {
            var slice = commands.AsSpan(batch % 16 * BatchLength, BatchLength);
            foreach (ref var command in slice) command.Id = RequestId.ForTime(now / 1_000, 0, ++counter);
            book.Partition.Begin(now);
            if (book.Partition.Execute(slice, outcomes) != BatchLength) throw new InvalidOperationException("the frame is too small");
            book.Partition.End();
            if (outcomes[0].Kind != OutcomeKind.Approved) throw new InvalidOperationException($"{outcomes[0].Kind} {outcomes[0].Reason}");
        }

        return outcomes[0].Sequence;
    }
}
