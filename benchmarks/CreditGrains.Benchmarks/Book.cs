using CreditGrains.Cli.Bench.Load;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine;
using CreditGrains.Engine.Files;

namespace CreditGrains.Benchmarks;

/// <summary>A partition with a population, driven without threads and without flushes: what is left is decide, apply, encode.</summary>
internal sealed class Book : IDisposable
{
    /// <summary>Facilities; enough that rows do not stay in the processor's caches.</summary>
    public const int Facilities = 400_000;

    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-benchmark-").FullName;

    public Book()
    {
        var now = NowMicros();
        Partition = Partition.Open(DiskFileStore.Open(directory), new PartitionOptions(), now);
        var rows = new PopulationCommands(new PopulationShape(Facilities, Facilities / 4, Facilities / 200, 100));
        var commands = new Command[1_000];
        var outcomes = new Outcome[1_000];
        while (rows.Fill(commands) is var count and > 0)
        {
            Partition.Begin(now);
            var taken = Partition.Execute(commands.AsSpan(0, count), outcomes);
            Partition.End();
            if (taken != count || Array.Exists(outcomes, outcome => outcome.Kind == OutcomeKind.Declined)) throw new InvalidOperationException("the population was not taken");
        }
    }

    public Partition Partition { get; }

    public static long NowMicros() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000;

    public void Dispose()
    {
        Partition.Dispose();
        Directory.Delete(directory, recursive: true);
    }
}
