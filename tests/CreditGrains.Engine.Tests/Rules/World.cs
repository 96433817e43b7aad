using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Simulation.Disk;

namespace CreditGrains.Engine.Tests.Rules;

/// <summary>
/// The shipped partition on a disk in memory, driven a batch at a time on one thread, with a clock the test moves and ids that count up.
/// After every batch the nodes' sums are compared with a recount from the facilities.
/// </summary>
internal sealed class World : IDisposable
{
    public const long Second = 1_000_000;
    public const long Day = 86_400 * Second;
    public static readonly Currency Eur = Currency.Parse("EUR"), Usd = Currency.Parse("USD"), Jpy = Currency.Parse("JPY");
    public static readonly NodeKey Scope = new(0, 1, 1, NodeKind.None);
    private readonly PartitionOptions options;
    private ulong idCounter;

    public World(PartitionOptions? options = null)
    {
        this.options = options ?? new PartitionOptions();
        this.options = this.options with { SegmentBytes = 2 << 20, FrameBytesMax = 512 << 10, ClockStepMicrosMax = this.options.ClockStepMicrosMax };
        Partition = Partition.Open(Disk, this.options, Now);
    }

    public FakeDisk Disk { get; } = new(1);

    public Partition Partition { get; private set; }

    /// <summary>The clock, microseconds; a whole second at the start.</summary>
    public long Now { get; set; } = 1_800_000_000 * Second;

    public long LastSequence => Partition.Executor.LastSequence;

    public UInt128 Digest => StateDigest.Of(Partition.State);

    public static NodeKey F(long id) => NodeKey.Facility(1, 1, id);

    public static NodeKey Node(NodeKind kind, long id = 1) => new(id, 1, 1, kind);

    public RequestId NextId() => RequestId.ForTime(Now / 1_000, 7, ++idCounter);

    /// <summary>Lets the clock run, in steps short enough not to look like a step of the clock.</summary>
    public void Pass(long micros)
    {
        Now += micros;
        Partition.ConfirmClock(Now);
    }

    public Outcome Do(ControlCommand control) => Do(Command.Of(NextId(), control));

    public Outcome Do(Command command) => DoAll([command])[0];

    /// <summary>One batch: decided, flushed, answered.</summary>
    public Outcome[] DoAll(Command[] commands)
    {
        for (var i = 0; i < commands.Length; i++)
            if (commands[i].Id == default) commands[i].Id = NextId();
        var outcomes = new Outcome[commands.Length];
        Assert.True(Partition.TryReserve(out _));
        Partition.Begin(Now);
        Assert.Equal(commands.Length, Partition.Execute(commands, outcomes));
        Partition.Flush(Partition.End());
        for (var i = 0; i < commands.Length; i++) Partition.Resolve(commands[i], ref outcomes[i]);
        Conservation.Check(Partition);
        return outcomes;
    }

    /// <summary>A batch without commands: the engine's own work at the time.</summary>
    public void Idle() => DoAll([]);

    /// <summary>A control command that must be applied.</summary>
    public Outcome Set(ControlCommand control)
    {
        var outcome = Do(control);
        Assert.Equal((OutcomeKind.Posted, Reason.None), (outcome.Kind, outcome.Reason));
        return outcome;
    }

    public NodeKey Open(NodeKind kind, long id, long limit, params NodeKey[] parents) => OpenAs(kind, id, limit, Eur, default, parents);

    public NodeKey OpenAs(NodeKind kind, long id, long limit, Currency currency, ExposureBasis basis, params NodeKey[] parents)
    {
        var key = Node(kind, id);
        Set(new OpenNode(key, currency, limit, basis, [.. parents.Select(p => new ParentShare(p))]));
        return key;
    }

    public NodeKey OpenLine(long id, long limit, params NodeKey[] parents) => OpenLineAs(id, limit, Eur, default, parents);

    public NodeKey OpenLineAs(long id, long limit, Currency currency, ExposureBasis basis, params NodeKey[] parents)
    {
        Set(new OpenFacility(F(id), currency, limit, basis, false, 0, [.. parents.Select(p => new ParentShare(p))]));
        return F(id);
    }

    /// <summary>Facility 1 (limit 1,000) under borrower 1 (2,000) under portfolio 1 (10,000), in euro cents.</summary>
    public World WithOneLine()
    {
        Open(NodeKind.Portfolio, 1, 10_000);
        Open(NodeKind.Borrower, 1, 2_000, Node(NodeKind.Portfolio));
        OpenLine(1, 1_000, Node(NodeKind.Borrower));
        return this;
    }

    public Command Of(CommandKind kind, long amount = 0, long reference = 0, long facility = 1) => new()
    {
        Kind = kind,
        Id = NextId(),
        Facility = F(facility),
        Amount = amount,
        Reference = reference,
        Currency = amount != 0 ? Eur : default,
    };

    public Outcome Do(CommandKind kind, long amount = 0, long reference = 0, long facility = 1) => Do(Of(kind, amount, reference, facility));

    public Outcome Authorize(long amount, long facility = 1) => Do(CommandKind.Authorize, amount, 0, facility);

    /// <summary>Places a hold that must be approved.</summary>
    public Outcome Hold(long amount, long facility = 1)
    {
        var outcome = Authorize(amount, facility);
        Assert.Equal(OutcomeKind.Approved, outcome.Kind);
        return outcome;
    }

    public Outcome Reverse(RequestId original) => Do(new Command { Kind = CommandKind.Reverse, Facility = F(1), Original = original });

    public Command Accept(long referral, bool accept = true) =>
        Of(CommandKind.ResolveReferral, 0, referral) with { Options = accept ? CommandOptions.Accept : CommandOptions.None };

    public FacilityView View(long facility = 1) => new StateReader(Partition.State, Partition.Executor).Facility(F(facility))!;

    public NodeView View(NodeKey node) => new StateReader(Partition.State, Partition.Executor).Node(node)!;

    public FacilityBalances Balances(long facility = 1) => View(facility).Balances;

    public long Exposure(NodeKind kind, long id = 1) => View(Node(kind, id)).Exposure!.Value;

    /// <summary>Events of the journal after a sequence.</summary>
    public List<EventRecord> EventsAfter(long sequence)
    {
        var events = new List<EventRecord>();
        while (Partition.TryReadDurable(++sequence, out var e)) events.Add(EventRecords.Of(e));
        return events;
    }

    /// <summary>Ends the process and starts another on the same disk.</summary>
    public void Reopen()
    {
        Partition.Dispose();
        Disk.Restart();
        Partition = Partition.Open(Disk, options, Now);
    }

    /// <summary>Writes a snapshot of now and puts it in force.</summary>
    public void Snapshot()
    {
        if (SnapshotCatalog.Read(Disk) is [var newest, ..] && newest.Sequence == LastSequence) return;
        var chunks = new Queue<SnapshotChunk>();
        using var capture = Partition.BeginSnapshot(new SnapshotScratch(0), chunks.Enqueue)!;
        while (!capture.IsDone) capture.Step(1 << 20);
        using var file = new SnapshotFile(Disk, Partition.State, capture.Sequence);
        while (chunks.TryDequeue(out var chunk)) file.Write(chunk);
        file.Verify();
        Assert.Equal(Digest, file.Digest);
        var inForce = SnapshotCatalog.Add(Disk, new SnapshotEntry(file.Sequence, file.LengthBytes, file.Digest));
        while (SnapshotCatalog.TryDeleteNext(Disk, inForce, 1_000))
        {
        }
    }

    /// <summary>Replays the journal into a fresh partition and compares the states.</summary>
    public void AssertReplaysTheSame()
    {
        var (before, sequence) = (Digest, LastSequence);
        Reopen();
        Assert.Equal(sequence, LastSequence);
        Assert.Equal(before, Digest);
        Conservation.Check(Partition);
    }

    public void Dispose() => Partition.Dispose();
}
