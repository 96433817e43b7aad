using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Journal.Standby;
using CreditGrains.Simulation.Disk;

namespace CreditGrains.Engine.Tests.Journal;

/// <summary>A writer and its standby over a stream in memory.</summary>
public sealed class StandbyTest
{
    private static readonly JournalOptions Required = JournalBench.Small with { StandbyRequired = true };
    private readonly FakeDisk _here = new(seed: 1);
    private readonly FakeDisk _there = new(seed: 2);

    [Fact]
    public void Standby_FromNothing_CatchesUpAndStaysInStep()
    {
        for (int opening = 0; opening < 3; opening++)
            using (PartitionJournal before = JournalBench.Open(_here)) AppendMany(before, 20);
        List<long> seen = [];
        using PartitionJournal journal = JournalBench.Open(_here);
        using StandbyJournal standby = StandbyJournal.Open(_there, JournalBench.Small, visitor: frame => seen.Add(frame.Header.NextSequence));
        using Served served = Connect(journal, standby);
        Assert.Equal(63, served.Link.CatchUp());
        Assert.True(served.Link.Join());
        for (int i = 0; i < 20; i++)
        {
            AppendMany(journal, 1);
            Assert.Equal(journal.Writer.NextSequence, standby.NextSequence);
            Assert.Equal(journal.Writer.Head, standby.Head);
        }
        Assert.Equal(StandbyState.InStep, served.Link.State);
        Assert.Equal(84, seen.Count);
        AssertSameFrames();
    }

    [Fact]
    public void Standby_Promoted_RefusesTheOldWriter()
    {
        using PartitionJournal old = JournalBench.Open(_here);
        using (StandbyJournal standby = StandbyJournal.Open(_there, JournalBench.Small))
        using (Served served = Connect(old, standby))
        {
            served.Link.Join();
            AppendMany(old, 5);
        }
        using (PartitionJournal promoted = JournalBench.Open(_there))
        {
            Assert.Equal(2u, promoted.Writer.Epoch);
            Assert.Equal(6, promoted.Writer.NextSequence);
        }
        using StandbyJournal again = StandbyJournal.Open(_there, JournalBench.Small);
        JournalException refused = Assert.Throws<JournalException>(() => Connect(old, again));
        Assert.Equal(JournalErrorCode.EpochOutOfOrder, refused.Code);
    }

    [Fact]
    public void Standby_SentAFrameOfAnOlderEpoch_RefusesIt()
    {
        using PartitionJournal old = JournalBench.Open(_here);
        JournalBench.Open(_there).Dispose();
        JournalBench.Open(_there).Dispose();
        using StandbyJournal standby = StandbyJournal.Open(_there, JournalBench.Small);
        AppendMany(old, 1);
        using PooledFrame? frame = old.Reader.ReadFrameContaining(1);
        (Stream left, Stream right) = DuplexPipe.Create();
        Task serving = Serve(standby, right);
        using var messages = new StandbyMessages(left);
        messages.Receive(StandbyMessage.Hello);
        messages.Send(StandbyMessage.Frame, frame!.Raw.Span);

        var refused = Assert.Throws<JournalException>(() => messages.Receive(StandbyMessage.Acknowledgement).Length);

        Assert.Equal(JournalErrorCode.EpochOutOfOrder, refused.Code);
        Assert.Equal(refused.Code, Assert.ThrowsAny<JournalException>(() => serving.GetAwaiter().GetResult()).Code);
    }

    [Theory]
    [InlineData("foreign", JournalErrorCode.ForeignPartition)]
    [InlineData("other events", JournalErrorCode.Diverged)]
    [InlineData("ahead", JournalErrorCode.Diverged)]
    [InlineData("too far behind", JournalErrorCode.NotRetained)]
    public void Standby_ThatDoesNotFit_IsRefusedAndTold(string cause, JournalErrorCode code)
    {
        JournalOptions options = cause == "foreign" ? JournalBench.Small with { PartitionId = Guid.AllBitsSet } : JournalBench.Small;
        if (cause is "other events" or "ahead")
        {
            using PartitionJournal other = PartitionJournal.Open(_there, options, recordedAt: 7);
            AppendMany(other, cause == "ahead" ? 70 : 3);
        }
        using PartitionJournal journal = JournalBench.Open(_here);
        AppendMany(journal, 60);
        if (cause == "too far behind") journal.DeleteSegmentsBefore(40);
        using StandbyJournal standby = StandbyJournal.Open(_there, options);
        (Stream left, Stream right) = DuplexPipe.Create();
        Task serving = Serve(standby, right);

        var refused = Assert.Throws<JournalException>(() => StandbyLink.Connect(left, JournalBench.Partition, journal));

        Assert.Equal(code, refused.Code);
        Assert.Equal(code, Assert.Throws<JournalException>(() => serving.GetAwaiter().GetResult()).Code);
    }

    [Fact]
    public void Standby_LostWhenOptional_IsReportedAndMayComeBack()
    {
        using PartitionJournal journal = JournalBench.Open(_here);
        using StandbyJournal standby = StandbyJournal.Open(_there, JournalBench.Small);
        using (Served served = Connect(journal, standby))
        {
            served.Link.Join();
            AppendMany(journal, 3);
            served.CutLine();
            AppendMany(journal, 30);
            Assert.Equal(StandbyState.Lost, served.Link.State);
            Assert.NotNull(served.Link.LostBecause);
        }
        using Served again = Connect(journal, standby);
        again.Link.CatchUp();
        Assert.True(again.Link.Join());
        AppendMany(journal, 3);
        Assert.Equal(journal.Writer.Head, standby.Head);
    }

    [Fact]
    public void Standby_WhenRequired_IsNeededBeforeDecidingAndAfter()
    {
        using PartitionJournal journal = PartitionJournal.Open(_here, Required, recordedAt: 1);
        using StandbyJournal standby = StandbyJournal.Open(_there, Required);
        Assert.False(journal.Writer.TryReserve(100, out JournalRefusal refusal));
        Assert.Equal(JournalRefusalReason.StandbyLost, refusal.Reason);
        using Served served = Connect(journal, standby);
        served.Link.Join();
        Assert.True(journal.Writer.TryReserve(100, out _));
        AppendMany(journal, 1);
        served.CutLine();

        var lost = Assert.Throws<JournalException>(() => AppendMany(journal, 1));

        Assert.Equal(JournalErrorCode.StandbyLost, lost.Code);
        Assert.Equal(1, journal.Writer.DurableSequence);
        Assert.Throws<JournalPoisonedException>(() => AppendMany(journal, 1));
    }

    [Fact]
    public void Standby_CrashingAnywhere_CatchesUpAgain()
    {
        for (ulong seed = 0; seed < 300; seed++)
        {
            var here = new FakeDisk(seed);
            var there = new FakeDisk(~seed);
            var chance = new SeededChance(seed);
            using PartitionJournal journal = JournalBench.Open(here);
            for (int attempt = 0; attempt < 4; attempt++)
            {
                AppendMany(journal, chance.Below(12));
                there.CrashAtOperation = attempt == 3 ? null : there.Operations + 1 + chance.Below(50);
                ServeUntilCrash(journal, there, chance.Below(12));
                if (attempt < 3) there.Crash();
            }
            Assert.Equal(PartitionJournal.Verify(here, JournalBench.Small).Head, PartitionJournal.Verify(there, JournalBench.Small).Head);
        }
    }

    private static void ServeUntilCrash(PartitionJournal journal, FakeDisk there, int frames)
    {
        try
        {
            using StandbyJournal standby = StandbyJournal.Open(there, JournalBench.Small);
            using Served served = Connect(journal, standby);
            served.Link.CatchUp();
            served.Link.Join();
            AppendMany(journal, frames);
        }
        catch (SimulatedCrashException)
        {
            Assert.NotNull(there.CrashAtOperation);
        }
    }

    private static void AppendMany(PartitionJournal journal, int frames)
    {
        for (int i = 0; i < frames; i++) JournalBench.Append(journal.Writer, 900);
    }

    private void AssertSameFrames()
    {
        List<byte[]> here = [];
        List<byte[]> there = [];
        PartitionJournal.Verify(_here, JournalBench.Small, visitor: frame => here.Add(frame.Raw.ToArray()));
        PartitionJournal.Verify(_there, JournalBench.Small, visitor: frame => there.Add(frame.Raw.ToArray()));
        Assert.Equal(here, there);
    }

    private static Task Serve(StandbyJournal standby, Stream stream) =>
        Task.Factory.StartNew(() => standby.Serve(stream), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static Served Connect(PartitionJournal journal, StandbyJournal standby)
    {
        (Stream left, Stream right) = DuplexPipe.Create();
        Task serving = Serve(standby, right);
        return new Served(StandbyLink.Connect(left, JournalBench.Partition, journal), serving, right);
    }

    /// <summary>A link and the standby's thread behind it, which ends with the link.</summary>
    private sealed class Served(StandbyLink link, Task serving, Stream right) : IDisposable
    {
        public StandbyLink Link { get; } = link;

        public void CutLine()
        {
            right.Dispose();
            Await();
        }

        public void Dispose()
        {
            Link.Dispose();
            Await();
        }

        private void Await()
        {
            try
            {
                serving.GetAwaiter().GetResult();
            }
            catch (Exception cause) when (cause is IOException or SimulatedCrashException)
            {
                Assert.True(serving.IsFaulted);
            }
        }
    }
}
