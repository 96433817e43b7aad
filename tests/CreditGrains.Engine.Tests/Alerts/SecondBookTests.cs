using CreditGrains.Engine.Alerts;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Standalone;
using CreditGrains.Engine.Tests.Rules;
using static CreditGrains.Engine.Tests.Alerts.WatchedWorld;

namespace CreditGrains.Engine.Tests.Alerts;

/// <summary>Alerts when the second book they look at ends, cannot read on, or begins again.</summary>
public sealed class SecondBookTests
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(60);
    private static readonly PartitionOptions Options = new() { SegmentBytes = 2 << 20, FrameBytesMax = 512 << 10 };
    private static readonly AlertRules Rules = RulesOf(
        Rule("full", "utilisation", """{ "kind": "portfolio" }""", "\"raise\": 0.05"), Rule("growth", "exposureGrowth", """{ "kind": "portfolio" }""", "\"raise\": 1", "\"window\": \"60s\""));

    [Fact]
    public async Task Book_GivenBack_IsNotLookedAtAnyMore()
    {
        using var world = new World().WithOneLine();
        world.Hold(600);
        var desk = new AlertDesk(Rules);
        await using (new RiskDesk(null, world.Partition, Options, () => Task.Delay(1), _ => { }, 1, desk)) await desk.FollowedAsync(world.LastSequence, CancellationToken.None).AsTask().WaitAsync(PatienceMax);
        Assert.Equal(2, desk.Read(0, 10).Count);
        // Each of the two would read memory that is not there any more.
        var moment = desk.Report(world.Now + World.Day, long.MaxValue, (_, _, seen) => seen);
        Assert.Equal((world.LastSequence, "alerts have stopped: the engine is closed"), (moment.Sequence, moment.Fault));
        var others = RulesOf(Rule("line", "utilisation", """{ "kind": "facility" }""", "\"raise\": 0.5"));
        desk.Use(others);
        Assert.Equal((others, 2), (desk.Rules, desk.Read(0, 10).Count));
    }

    [Fact]
    public async Task Journal_DeletedDuringTheReplay_BeginsAgainFromTheSnapshot()
    {
        using var world = new World().WithOneLine();
        world.Hold(600);
        world.Snapshot();
        var snapshot = world.LastSequence;
        world.Pass(World.Second);
        world.Hold(100);
        using var odd = new OddPartition(world);
        odd.Journal.DeletedAt = (2, snapshot + 1);
        var told = new List<string>();
        var desk = new AlertDesk(Rules);
        await using var beside = new RiskDesk(null, odd.Partition, Options, () => Task.Delay(1), told.Add, 1, desk);
        await desk.FollowedAsync(world.LastSequence, CancellationToken.None).AsTask().WaitAsync(PatienceMax);
        var view = desk.Read(0, 10);
        Assert.Null(view.Fault);
        Assert.Equal(["full 0.07", "growth 1"], view.Raised.Select(alert => FormattableString.Invariant($"{alert.Rule.Name} {alert.Figure}")).Order(StringComparer.Ordinal));
        Assert.Equal(snapshot, view.Raised.Single(alert => alert.Rule.Name == "full").SinceSequence);
        Assert.Contains("begin again from the newest snapshot", Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_GivenUpByItself_IsSaid()
    {
        using var world = new World().WithOneLine();
        using var odd = new OddPartition(world);
        odd.Journal.Failure = new OperationCanceledException("the connection gave up");
        var desk = new AlertDesk(Rules);
        await using var beside = new RiskDesk(null, odd.Partition, Options, () => Task.Delay(1), _ => { }, 1, desk);
        var failure = await Assert.ThrowsAsync<EngineFaultException>(() => desk.FollowedAsync(world.LastSequence, CancellationToken.None).AsTask().WaitAsync(PatienceMax));
        Assert.Contains("the connection gave up", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtherRules_ThatCouldNotBeTaken_AreTakenTheNextTime()
    {
        using var world = new World().WithOneLine();
        world.Hold(600);
        var isBroken = false;
        var desk = new AlertDesk(Rules, _ => isBroken ? throw new InvalidOperationException("broken") : false);
        await using var beside = new RiskDesk(null, world.Partition, Options, () => Task.Delay(1), _ => { }, 1, desk);
        await desk.FollowedAsync(world.LastSequence, CancellationToken.None).AsTask().WaitAsync(PatienceMax);
        var others = RulesOf(Rule("line", "utilisation", """{ "kind": "facility" }""", "\"raise\": 0.5"));
        isBroken = true;
        Assert.Throws<InvalidOperationException>(() => desk.Use(others));
        Assert.Equal(Rules, desk.Rules);
        isBroken = false;
        desk.Use(others);
        Assert.Equal((others, "line"), (desk.Rules, Assert.Single(desk.Read(0, 10).Raised).Rule.Name));
    }

    /// <summary>A world's partition, opened again over a journal that fails as told.</summary>
    private sealed class OddPartition : IDisposable
    {
        public OddPartition(World world)
        {
            world.Partition.Dispose();
            world.Disk.Restart();
            var hold = world.Disk.Lock();
            Partition = Partition.Open(world.Disk, Options, null, (from, replay) => Journal = new OddJournal(PartitionJournal.OpenHeld(world.Disk, hold, Options.JournalOptions, world.Now, from, replay)));
        }

        public Partition Partition { get; }

        public OddJournal Journal { get; private set; } = null!;

        public void Dispose() => Partition.Dispose();
    }

    private sealed class OddJournal(IEventJournal journal) : IEventJournal
    {
        private long? oldest;

        /// <summary>After so many frames all before a sequence is gone.</summary>
        public (int Frames, long Oldest)? DeletedAt { get; set; }

        public Exception? Failure { get; set; }

        public long DurableSequence => journal.DurableSequence;

        public long OldestSequence => oldest ?? journal.OldestSequence;

        public long LastRecordedAt => journal.LastRecordedAt;

        public long AppendedBytes => journal.AppendedBytes;

        public bool TryReserve(int payloadBytesMax, out JournalRefusal refusal) => journal.TryReserve(payloadBytesMax, out refusal);

        public ValueTask AppendAsync(FrameBuffer payload, int eventCount, long firstSequence, long recordedAt) => journal.AppendAsync(payload, eventCount, firstSequence, recordedAt);

        public PooledFrame? ReadFrameContaining(long sequence) => journal.ReadFrameContaining(sequence);

        public void ReadFrames(long fromSequence, FrameFilter visitor)
        {
            if (Failure is not null) throw Failure;
            var left = DeletedAt?.Frames ?? int.MaxValue;
            journal.ReadFrames(fromSequence, frame => left-- > 0 && visitor(frame));
            if (left >= 0) return;
            (oldest, DeletedAt) = (DeletedAt!.Value.Oldest, null);
            throw new JournalException(JournalErrorCode.NotRetained, "it was deleted");
        }

        public void Dispose() => journal.Dispose();
    }
}
