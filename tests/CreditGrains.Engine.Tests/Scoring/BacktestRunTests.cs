using System.Text;
using System.Text.Json;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Scoring;

/// <summary>A backtest over a journal: how far it says it is, how it stops, and journals it must not report on.</summary>
public sealed class BacktestRunTests
{
    private static readonly PartitionOptions Options = new() { SegmentBytes = 2 << 20, FrameBytesMax = 512 << 10 };

    private static readonly BacktestFiles Files = new(
        Encoding.UTF8.GetBytes(ScoredRequestTests.Table("""<rule><inputEntry><text>&gt; 55</text></inputEntry><outputEntry><text>"decline"</text></outputEntry></rule><rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"approve"</text></outputEntry></rule>""")), "Request");

    [Fact]
    public void Execute_TellsProgressToTheWhole_AndReports()
    {
        using var world = WithRequests();
        using var run = Run(world.Partition.EventJournal);
        var told = new List<int>();
        run.Execute(told.Add, CancellationToken.None);
        Assert.Equal(told.Order(), told);
        Assert.True(told.Count >= 10 && told[^1] == 1_000, string.Join(' ', told));
        using var report = JsonDocument.Parse(run.Report("t", new Dictionary<NodeKey, bool>()));
        Assert.Equal(10, report.RootElement.GetProperty("requests").GetInt64());
        Assert.Equal(5, report.RootElement.GetProperty("swapsOut").GetProperty("requests").GetInt64());
    }

    [Fact]
    public void Execute_Cancelled_StopsBetweenTwoEvents()
    {
        using var world = WithRequests();
        using var run = Run(world.Partition.EventJournal);
        using var stop = new CancellationTokenSource();
        var told = 0;
        Assert.Throws<OperationCanceledException>(() => run.Execute(_ => { if (++told == 3) stop.Cancel(); }, stop.Token));
        Assert.Equal(3, told);
    }

    [Fact]
    public void Execute_JournalWhoseStartIsGone_IsRefusedByName()
    {
        using var world = WithRequests();
        using var run = Run(new OddJournal(world.Partition.EventJournal) { OldestSequence = 3 });
        var refused = Assert.Throws<JournalException>(() => run.Execute(_ => { }, CancellationToken.None));
        Assert.Equal(JournalErrorCode.NotRetained, refused.Code);
        Assert.StartsWith("NotRetained: the journal's oldest event is 3", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_JournalThatEndsBeforeWhatWasDurable_GivesNoReport()
    {
        using var world = WithRequests();
        var journal = world.Partition.EventJournal;
        using var run = Run(new OddJournal(journal) { DurableSequence = journal.DurableSequence + 1 });
        Assert.Equal(JournalErrorCode.EndsTooEarly, Assert.Throws<JournalException>(() => run.Execute(_ => { }, CancellationToken.None)).Code);
    }

    [Fact]
    public void Execute_EmptyJournal_ReadsNothing()
    {
        using var world = new World();
        using var run = Run(new OddJournal(world.Partition.EventJournal) { IsReadable = false });
        run.Execute(_ => Assert.Fail("there is nothing to be far with"), CancellationToken.None);
        using var report = JsonDocument.Parse(run.Report("t", new Dictionary<NodeKey, bool>()));
        Assert.Equal(0, report.RootElement.GetProperty("requests").GetInt64());
    }

    private static BacktestRun Run(IEventJournal journal) => new(journal, Options, World.Scope, Files, 0);

    /// <summary>Ten approved requests, a frame each, five of them too large for the policy.</summary>
    private static World WithRequests()
    {
        var world = RiskWorld.WithCard();
        for (var i = 0; i < 10; i++) Assert.Equal(OutcomeKind.Approved, world.Ask(i % 2 == 0 ? 50_00 : 60_00, "bureauScore=700").Kind);
        return world;
    }

    private sealed class OddJournal(IEventJournal journal) : IEventJournal
    {
        public long DurableSequence { get; init; } = journal.DurableSequence;

        public long OldestSequence { get; init; } = journal.OldestSequence;

        public long LastRecordedAt => journal.LastRecordedAt;

        public long AppendedBytes => journal.AppendedBytes;

        public bool IsReadable { get; init; } = true;

        public bool TryReserve(int payloadBytesMax, out JournalRefusal refusal) => throw new InvalidOperationException("A backtest appends nothing.");

        public ValueTask AppendAsync(FrameBuffer payload, int eventCount, long firstSequence, long recordedAt) => throw new InvalidOperationException("A backtest appends nothing.");

        public PooledFrame? ReadFrameContaining(long sequence) => journal.ReadFrameContaining(sequence);

        public void ReadFrames(long fromSequence, FrameFilter visitor)
        {
            if (!IsReadable) throw new JournalException(JournalErrorCode.NotRetained, "there is no frame");
            journal.ReadFrames(fromSequence, visitor);
        }

        public void Dispose() => Assert.Fail("The journal is its partition's.");
    }
}
