using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Replay;
using CreditGrains.Engine.Standalone;

namespace CreditGrains.Cli.Fuzzing;

/// <summary>Journal segments: the used part of one, changed, and every other time with checksums and chain made right, so that events and replay are reached.</summary>
internal sealed class JournalTarget : IFuzzTarget
{
    private const long StartMicros = 1_790_000_000_000_000;
    private readonly PartitionOptions options = new();
    private readonly string segment;
    private readonly byte[] whole;
    private long number;

    public JournalTarget()
    {
        var directory = Directory.CreateTempSubdirectory("creditgrains-fuzz-");
        try
        {
            WriteBook(directory.FullName);
            var path = Directory.GetFiles(directory.FullName, "journal-*").Order(StringComparer.Ordinal).First();
            segment = Path.GetFileName(path);
            using var file = File.OpenRead(path);
            var head = new byte[65_536];
            file.ReadExactly(head);
            // Up to the last byte that was written, and the room of a frame.
            whole = head[..(Math.Min(head.Length, Array.FindLastIndex(head, value => value != 0) + 65) & ~63)];
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    public string Name => "journal";

    public IReadOnlyList<byte[]> Corpus => [whole];

    public int LengthMax => 65_536;

    public bool Take(byte[] input)
    {
        // What lengths say is kept half of the time, so that more than the first check is tried.
        if (Interlocked.Increment(ref number) % 2 == 0) JournalForger.Mend(input);
        var files = new MemoryFiles { [segment] = input };
        return JournalVerification.Run(files, options).IsSound;
    }

    public void Finish()
    {
    }

    public void Dispose()
    {
    }

    private static void WriteBook(string directory)
    {
        var engine = CreditEngine.Open(new EngineOptions { DataDirectory = directory, Clock = new FixedClock() });
        try
        {
            var eur = Currency.Parse("EUR");
            var borrower = new NodeKey(7, 1, 1, NodeKind.Borrower);
            var facility = NodeKey.Facility(1, 1, 42);
            List<Command> commands =
            [
                Command.Of(Id(1), new OpenNode(borrower, eur, 500_000, default, [])),
                Command.Of(Id(2), new OpenFacility(facility, eur, 200_000, default, false, 1_000, [new ParentShare(borrower)])),
                Command.Of(Id(3), new SetSubLimit(facility, Channel.Cash, 0, 9999, 50_000)),
                Command.Of(Id(4), new SetVelocityLimit(facility, 3_600, 100_000, 50)),
                new Command { Kind = CommandKind.Authorize, Id = Id(5), Facility = facility, Amount = 12_900, Currency = eur, Channel = Channel.Online, Attributes = [1, 2, 3] },
                new Command { Kind = CommandKind.Authorize, Id = Id(6), Facility = facility, Amount = 900_000, Currency = eur },
                new Command { Kind = CommandKind.Repay, Id = Id(7), Facility = facility, Amount = 500, Currency = eur },
                new Command { Kind = CommandKind.Reverse, Id = Id(8), Facility = facility, Original = Id(5) },
            ];
            foreach (var command in commands) engine.ExecuteAsync(command).AsTask().GetAwaiter().GetResult();
        }
        finally
        {
            engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static RequestId Id(ulong number) => RequestId.ForTime(StartMicros / 1_000, number, number);

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(StartMicros * 10);
    }
}
