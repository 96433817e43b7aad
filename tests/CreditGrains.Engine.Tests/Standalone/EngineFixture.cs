using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Standalone;

namespace CreditGrains.Engine.Tests.Standalone;

/// <summary>A standalone engine on a directory of its own, with a clock the test moves and ids that count up.</summary>
internal sealed class EngineFixture : IAsyncDisposable
{
    public static readonly Currency Eur = Currency.Parse("EUR");
    private readonly string directory = Path.Combine(Path.GetTempPath(), "creditgrains-" + Path.GetRandomFileName());
    private readonly Lazy<GatedStore> disk;
    private CreditEngine? engine;
    private ulong idCounter;

    public EngineFixture() => disk = new(() => new GatedStore(DiskFileStore.Open(directory, createDirectory: true)));

    public ManualClock Clock { get; } = new();

    public PartitionOptions Options { get; init; } = new() { SegmentBytes = 16 << 20, FrameBytesMax = 1 << 20 };

    public int FrameCommandsMax { get; init; } = 8_192;

    /// <summary>The directory, with a gate for syncs.</summary>
    public GatedStore Disk => disk.Value;

    public CreditEngine Engine => engine ??= Open();

    public static NodeKey Node(NodeKind kind, long id) => new(id, 1, 1, kind);

    public static NodeKey Facility(long id) => NodeKey.Facility(1, 1, id);

    public RequestId NextId() => RequestId.ForTime(Clock.GetUtcNow().ToUnixTimeMilliseconds(), 7, ++idCounter);

    public async Task<Outcome> Do(ControlCommand control) => await Engine.ExecuteAsync(Command.Of(NextId(), control));

    public async Task<Outcome> Do(Command command)
    {
        if (command.Id == default) command.Id = NextId();
        return await Engine.ExecuteAsync(command);
    }

    public Command Authorize(long facility, long amount) =>
        new() { Kind = CommandKind.Authorize, Id = NextId(), Facility = Facility(facility), Amount = amount, Currency = Eur };

    /// <summary>Portfolio 1 (limit 10,000) over enterprise 1 (5,000) over borrower 1 (2,000) over facility 1 (1,000).</summary>
    public async Task OpenFourNodes()
    {
        await Do(new OpenNode(Node(NodeKind.Portfolio, 1), Eur, 10_000, default, []));
        await Do(new OpenNode(Node(NodeKind.Enterprise, 1), Eur, 5_000, default, [new ParentShare(Node(NodeKind.Portfolio, 1))]));
        await Do(new OpenNode(Node(NodeKind.Borrower, 1), Eur, 2_000, default, [new ParentShare(Node(NodeKind.Enterprise, 1))]));
        await Do(new OpenFacility(Facility(1), Eur, 1_000, default, false, 0, [new ParentShare(Node(NodeKind.Borrower, 1))]));
    }

    public async Task Reopen()
    {
        await Engine.DisposeAsync();
        engine = Open();
    }

    public async ValueTask DisposeAsync()
    {
        if (engine is not null) await engine.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>A time from now, as deadlines are given.</summary>
    public long Micros(TimeSpan fromNow) => (Clock.GetUtcNow() + fromNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private CreditEngine Open() =>
        CreditEngine.Open(Disk, new EngineOptions { DataDirectory = directory, Clock = Clock, Partition = Options, FrameCommandsMax = FrameCommandsMax });
}

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class ManualClock : TimeProvider
{
    private DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => now.Ticks;

    public void Advance(TimeSpan step) => now += step;
}
