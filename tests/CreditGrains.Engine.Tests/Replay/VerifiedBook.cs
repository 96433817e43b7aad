using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Replay;
using CreditGrains.Engine.Standalone;
using CreditGrains.Engine.Tests.Standalone;

namespace CreditGrains.Engine.Tests.Replay;

/// <summary>A small book with something of everything, written by the engine, for verification to look at and tests to damage.</summary>
internal sealed class VerifiedBook : IDisposable
{
    public static readonly PartitionOptions Options = new() { SegmentBytes = 2 << 20, FrameBytesMax = 512 << 10 };
    private readonly ManualClock clock = new();
    private ulong idCounter;

    public VerifiedBook() => Disk = DiskFileStore.Open(Directory, createDirectory: true);

    public string Directory { get; } = Path.Combine(Path.GetTempPath(), "creditgrains-" + Path.GetRandomFileName());

    public DiskFileStore Disk { get; }

    public string[] Segments => [.. Disk.List().Where(name => name.StartsWith("journal-", StringComparison.Ordinal))];

    public string[] Snapshots => [.. Disk.List().Where(name => name.StartsWith("snapshot-", StringComparison.Ordinal))];

    public VerificationReport Verify() => JournalVerification.Run(Directory, Options);

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    public void Flip(string name, long offset, int bit)
    {
        using var file = Disk.Open(name, create: false);
        var one = new byte[1];
        Assert.Equal(1, file.Read(offset, one));
        one[0] ^= (byte)(1 << bit);
        file.Write(offset, one);
    }

    /// <summary>The usual book: holds, captures, repayments and floats, declines, a diamond with shares, foreign currency, a session; two snapshots within.</summary>
    public async Task WriteAsync(bool withSnapshots = true)
    {
        await using var engine = Open();
        await OpenBookAsync(engine);
        for (var round = 0; round < 6; round++)
        {
            for (var facility = 1; facility <= 4; facility++) await MoveAsync(engine, facility);
            clock.Advance(TimeSpan.FromMinutes(1));
            if (withSnapshots && round is 2 or 4) await engine.SnapshotAsync();
            // The digest of a snapshot is journaled with the batch after it.
            await DoAsync(engine, Account(CommandKind.PostFee, 1, 7));
        }
    }

    /// <summary>Adds events until the journal has several segments.</summary>
    public async Task GrowAsync(int segments)
    {
        await using var engine = Open();
        while (Segments.Length < segments)
        {
            var batch = Enumerable.Range(0, 2_000).Select(i => Account(i % 2 == 0 ? CommandKind.PostFee : CommandKind.Repay, 1, 7)).ToArray();
            await engine.ExecuteAsync(batch, new Outcome[batch.Length]);
        }
    }

    public async Task SnapshotAsync()
    {
        await using var engine = Open();
        await engine.SnapshotAsync();
        await DoAsync(engine, Account(CommandKind.PostFee, 1, 7));
    }

    private CreditEngine Open() =>
        CreditEngine.Open(new EngineOptions { DataDirectory = Directory, Clock = clock, Partition = Options, SnapshotEveryBytes = 0 });

    private async Task OpenBookAsync(CreditEngine engine)
    {
        var (product, enterprise) = (EngineFixture.Node(NodeKind.Product, 1), EngineFixture.Node(NodeKind.Enterprise, 1));
        await ControlAsync(engine, new OpenNode(EngineFixture.Node(NodeKind.Portfolio, 1), EngineFixture.Eur, 1_000_000, default, []));
        await ControlAsync(engine, new OpenNode(product, EngineFixture.Eur, 500_000, default, [new ParentShare(EngineFixture.Node(NodeKind.Portfolio, 1), 500_000)]));
        await ControlAsync(engine, new OpenNode(enterprise, EngineFixture.Eur, 400_000, default, [new ParentShare(EngineFixture.Node(NodeKind.Portfolio, 1), 400_000)]));
        var usd = Domain.Money.Currency.Parse("USD");
        await ControlAsync(engine, new SetFxRate(new NodeKey(0, 1, 1, NodeKind.None), usd, EngineFixture.Eur, 900_000_000, long.MaxValue / 2));
        for (var id = 1; id <= 4; id++)
        {
            var currency = id == 4 ? usd : EngineFixture.Eur;
            await ControlAsync(engine, new OpenFacility(EngineFixture.Facility(id), currency, 1_000 * id, default, false, 10 * id, [new ParentShare(product), new ParentShare(enterprise)]));
        }
        await ControlAsync(engine, new SetVelocityLimit(product, 3_600, 5_000, -1));
        await ControlAsync(engine, new SetSubLimit(EngineFixture.Facility(2), Channel.Online, 0, 9_999, 900));
    }

    private async Task MoveAsync(CreditEngine engine, long facility)
    {
        var hold = await DoAsync(engine, Account(CommandKind.Authorize, facility, 90) with { Channel = Channel.Online });
        await DoAsync(engine, Account(CommandKind.Authorize, facility, 1_000_000));
        await DoAsync(engine, Account(CommandKind.IncreaseHold, facility, 10) with { Reference = hold.Sequence });
        await DoAsync(engine, Account(CommandKind.Capture, facility, 60) with { Reference = hold.Sequence });
        var drawn = Account(CommandKind.Drawdown, facility, 25);
        await DoAsync(engine, drawn);
        var paid = await DoAsync(engine, Account(CommandKind.Repay, facility, 40));
        var floated = await DoAsync(engine, Account(CommandKind.Repay, facility, 30) with { Options = CommandOptions.Uncleared });
        if (facility == 1) await DoAsync(engine, Account(CommandKind.ClearRepayment, facility, 0) with { Reference = floated.Sequence });
        if (facility == 2) await DoAsync(engine, Account(CommandKind.ReverseRepayment, facility, 0) with { Reference = paid.Sequence });
        if (facility == 3) await DoAsync(engine, Account(CommandKind.Reverse, facility, 0) with { Original = drawn.Id });
        if (facility == 4) await DoAsync(engine, Account(CommandKind.Void, facility, 0) with { Reference = hold.Sequence });
    }

    private Command Account(CommandKind kind, long facility, long amount) => new()
    {
        Kind = kind,
        Id = NextId(),
        Facility = EngineFixture.Facility(facility),
        Amount = amount,
        Currency = amount == 0 ? default : facility == 4 ? Domain.Money.Currency.Parse("USD") : EngineFixture.Eur,
    };

    private async Task ControlAsync(CreditEngine engine, ControlCommand control) => await DoAsync(engine, Command.Of(NextId(), control));

    private static async Task<Outcome> DoAsync(CreditEngine engine, Command command)
    {
        var outcome = await engine.ExecuteAsync(command);
        Assert.NotEqual(OutcomeKind.Refused, outcome.Kind);
        return outcome;
    }

    private RequestId NextId() => RequestId.ForTime(clock.GetUtcNow().ToUnixTimeMilliseconds(), 7, ++idCounter);
}
