using System.Text;
using System.Text.Json;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Scoring;

/// <summary>A backtest over a journal: how far it says it is, how it stops, and journals it must not report on.</summary>
public sealed class BacktestRunTests
{
    internal static readonly PartitionOptions Options = new() { SegmentBytes = 2 << 20, FrameBytesMax = 512 << 10 };

    internal static readonly BacktestFiles Files = new(
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
        using var report = JsonDocument.Parse(BacktestReport.Of("t", [run.Part(new Dictionary<NodeKey, bool>())]));
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
    public void Execute_LimitCutBelowWhatIsUsedUnderThePolicyOnly_IsCounted_AndStopsApprovalsThere()
    {
        using var world = new World();
        world.Open(NodeKind.Enterprise, 1, 1_000_00);
        world.Open(NodeKind.Borrower, 1, 1_000_00, World.Node(NodeKind.Enterprise));
        world.OpenLine(1, 1_000_00, World.Node(NodeKind.Borrower));
        world.AddPolicy(Encoding.UTF8.GetBytes(ScoredRequestTests.Table("""<rule><inputEntry><text>&gt; 55</text></inputEntry><outputEntry><text>"decline"</text></outputEntry></rule><rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"approve"</text></outputEntry></rule>""")));
        world.PolicyRole(VersionRole.Acting);
        Assert.Equal(OutcomeKind.Declined, world.Ask(600_00).Kind);
        Assert.Equal(OutcomeKind.Approved, world.Ask(50_00).Kind);
        // As a recall leaves a partition of a cluster: what it uses, and a little more. The looser policy uses 650.
        world.Set(new SetLimit(World.Node(NodeKind.Enterprise), 200_00));
        Assert.Equal(OutcomeKind.Approved, world.Ask(40_00).Kind);
        world.Set(new SetLimit(World.Node(NodeKind.Enterprise), 80_00));
        world.Set(new SetLimit(World.Node(NodeKind.Enterprise), 900_00));
        Assert.Equal(OutcomeKind.Approved, world.Ask(30_00).Kind);
        var loose = Files with { Policy = Encoding.UTF8.GetBytes(ScoredRequestTests.Table("""<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"approve"</text></outputEntry></rule>""")) };
        using var run = new BacktestRun(world.Partition.EventJournal, Options, World.Scope, loose, 0);
        run.Execute(_ => { }, CancellationToken.None);
        var counts = run.Part(new Dictionary<NodeKey, bool>()).Counts;
        // The first cut is below what the policy uses and not below what was used; the second is below both; the 40 find no headroom, the 30 do.
        Assert.Equal((4, 1, 1, 1), (counts.Requests, counts.LimitsBelowExposure, counts.SwapsIn, counts.SwapsOut));
    }

    [Fact]
    public void Report_OfParts_IsThatOfTheirSum_WhateverTheirOrder()
    {
        BacktestPart Part(int seed)
        {
            var random = new Random(seed);
            var tally = new BacktestTally();
            var labels = new Dictionary<NodeKey, bool>();
            for (var i = 0; i < 400; i++)
            {
                var facility = NodeKey.Facility(1, 1, seed * 1_000 + i);
                // Scores of few values: bands begin and end among equal ones.
                tally.Add(facility, random.Next(3) > 0, random.Next(3) > 0, 10, 20, random.Next(5) == 0 ? double.NaN : random.Next(6));
                if (random.Next(4) > 0) labels[facility] = random.Next(5) == 0;
            }

            return tally.Part(new(StringComparer.Ordinal) { ["EUR"] = seed }, new(StringComparer.Ordinal) { ["USD"] = seed }, labels);
        }

        var parts = (BacktestPart[])[Part(1), Part(2), Part(3)];
        var report = BacktestReport.Of("t", parts);
        Assert.Equal(report, BacktestReport.Of("t", [parts[2], parts[0], parts[1]]));
        using var json = JsonDocument.Parse(report);
        Assert.Equal(1_200, json.RootElement.GetProperty("requests").GetInt64());
        Assert.Equal(6, json.RootElement.GetProperty("exposureMinorUnits").GetProperty("then").GetProperty("EUR").GetInt64());
        Assert.InRange(json.RootElement.GetProperty("badRates").GetProperty("swapsIn").GetProperty("rate").GetDouble(), 0.05, 0.5);
    }

    [Fact]
    public void Execute_EmptyJournal_ReadsNothing()
    {
        using var world = new World();
        using var run = Run(new OddJournal(world.Partition.EventJournal) { IsReadable = false });
        run.Execute(_ => Assert.Fail("there is nothing to be far with"), CancellationToken.None);
        using var report = JsonDocument.Parse(BacktestReport.Of("t", [run.Part(new Dictionary<NodeKey, bool>())]));
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
