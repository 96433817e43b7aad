using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Replay;
using CreditGrains.Engine.Standalone;
using CreditGrains.Engine.Tests.Standalone;

namespace CreditGrains.Engine.Tests.Backups;

/// <summary>Directories for backups and restores beside an engine whose segments are short.</summary>
internal sealed class BackupBook : IAsyncDisposable
{
    public static readonly PartitionOptions Options = new() { SegmentBytes = 2 << 20, FrameBytesMax = 512 << 10 };
    private const int FacilityCount = 4;
    private readonly string root = Path.Combine(Path.GetTempPath(), "creditgrains-" + Path.GetRandomFileName());
    private ulong idCounter;

    public ManualClock Clock { get; } = new();

    public CreditEngine? Running { get; private set; }

    public string this[string name] => Path.Combine(root, name);

    public DiskFileStore Store(string name) => DiskFileStore.Open(this[name], createDirectory: true);

    public CreditEngine Start(string name = "data") => Running = Open(name);

    public CreditEngine Open(string name) =>
        CreditEngine.Open(new EngineOptions { DataDirectory = this[name], Clock = Clock, Partition = Options, SnapshotEveryBytes = 0 });

    /// <summary>Time goes by while nobody watches, as an operator then confirms.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        Clock.Advance(time);
        await Running!.ConfirmClockAsync();
    }

    public async Task StopAsync()
    {
        if (Running is { } engine) await engine.DisposeAsync();
        Running = null;
    }

    public async Task OpenFacilitiesAsync()
    {
        await DoAsync(Command.Of(NextId(), new OpenNode(EngineFixture.Node(NodeKind.Portfolio, 1), EngineFixture.Eur, 1_000_000_000, default, [])));
        for (var id = 1; id <= FacilityCount; id++)
            await DoAsync(Command.Of(NextId(), new OpenFacility(EngineFixture.Facility(id), EngineFixture.Eur, 100_000_000, default, false, 0, [new ParentShare(EngineFixture.Node(NodeKind.Portfolio, 1))])));
    }

    /// <summary>A fee on each facility, in one frame each.</summary>
    public async Task<Outcome> FeesAsync(int rounds)
    {
        Outcome last = default;
        for (var round = 0; round < rounds; round++)
            for (var id = 1; id <= FacilityCount; id++) last = await DoAsync(Fee(id));
        return last;
    }

    /// <summary>Fees in batches until the journal has so many segments.</summary>
    public async Task GrowAsync(int segments)
    {
        while (Segments("data").Length < segments)
        {
            var batch = Enumerable.Range(0, 2_000).Select(i => Fee(1 + i % FacilityCount)).ToArray();
            await Running!.ExecuteAsync(batch, new Outcome[batch.Length]);
        }
    }

    public Command Fee(long facility) =>
        new() { Kind = CommandKind.PostFee, Id = NextId(), Facility = EngineFixture.Facility(facility), Amount = 1, Currency = EngineFixture.Eur };

    public string[] Segments(string name) => [.. Store(name).List().Where(file => file.StartsWith("journal-", StringComparison.Ordinal))];

    public VerificationReport Verify(string name) => JournalVerification.Run(this[name], Options);

    /// <summary>What facility 1 owes in a directory, by an engine that opens it.</summary>
    public async Task<long> FeesOfAsync(string name)
    {
        await using var engine = Open(name);
        return (await engine.GetFacilityAsync(EngineFixture.Facility(1)))!.Balances.Fees;
    }

    public long NowMicros => (Clock.GetUtcNow().Ticks - DateTime.UnixEpoch.Ticks) / 10;

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(root, recursive: true);
    }

    private async Task<Outcome> DoAsync(Command command)
    {
        var outcome = await Running!.ExecuteAsync(command);
        Assert.NotEqual(OutcomeKind.Refused, outcome.Kind);
        return outcome;
    }

    private RequestId NextId() => RequestId.ForTime(Clock.GetUtcNow().ToUnixTimeMilliseconds(), 7, Interlocked.Increment(ref idCounter));
}
