using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Standalone;
using CreditGrains.Engine.Tests.Pools;
using CreditGrains.Securitisation.Pools;
using static CreditGrains.Engine.Tests.Pools.PoolWorld;

namespace CreditGrains.Engine.Tests.Standalone;

/// <summary>Pools read without the writer: at once, nothing that is not durable, and all that anybody was told.</summary>
public sealed class WatchedPoolTests
{
    private const int Callers = 16;
    private const int EventsOfCaller = 400;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Reading_WhileAFrameWaitsForTheDisk_IsAnsweredAtOnceWithoutIt()
    {
        await using var fixture = await WithPoolAsync();
        await WatchAsync(fixture);
        var gate = fixture.Disk.Shut();
        var reported = fixture.Do(Report(1, owed: 700)).WaitAsync(Soon);
        await gate.Reached;
        PoolState? before;
        Task<Outcome> next;
        try
        {
            // Decided and applied, not durable: nobody may see it, and nobody has to wait.
            before = Read(fixture);
            Assert.Equal((2_000L, 0L), (before!.Ledger.Balance, before.Ledger.Open.Scheduled));
            // Decided behind the frame that waits.
            next = fixture.Do(Report(2, owed: 600)).WaitAsync(Soon);
            Assert.Equal(before, Read(fixture));
        }
        finally
        {
            gate.Open();
        }

        var outcome = await reported;
        Assert.Equal(before.Sequence + 1, outcome.Sequence);
        await next;
        var after = Read(fixture);
        Assert.Equal((1_300L, 700L, outcome.Sequence + 1), (after!.Ledger.Balance, after.Ledger.Open.Scheduled, after.Sequence));
        Assert.Equal((2_000L, 0L), (before.Ledger.Balance, before.Ledger.Open.Scheduled));
    }

    [Fact]
    public async Task Reading_OfAPoolAtRest_IsAsOfTheNewestDurableDecision()
    {
        await using var fixture = await WithPoolAsync();
        await WatchAsync(fixture);
        fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        var outcome = await fixture.Do(fixture.Authorize(1, 10));
        var state = Read(fixture);
        Assert.Equal((outcome.Sequence, outcome.RecordedAtMicros), (state!.Sequence, state.AsOfMicros));
    }

    [Fact]
    public async Task EveryCaller_SeesItsOwnEventsInWhatItReads()
    {
        await using var fixture = await WithPoolAsync(loans: Callers);
        await WatchAsync(fixture);
        var ids = Enumerable.Range(0, Callers * EventsOfCaller).Select(_ => fixture.NextId()).ToArray();
        long atOnce = 0;
        await Parallel.ForAsync(0, Callers, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (caller, _) =>
        {
            var paid = 0L;
            var seen = 0L;
            for (var i = 0; i < EventsOfCaller; i++)
            {
                var outcome = await fixture.Engine.ExecuteAsync(Command.Of(ids[caller * EventsOfCaller + i], Report(caller + 1, owed: 1_000 - ++paid, paid: 1)));
                Assert.Equal(OutcomeKind.Posted, outcome.Kind);
                var reading = fixture.Engine.GetPoolAsync(Pool(1));
                if (reading.IsCompletedSuccessfully) Interlocked.Increment(ref atOnce);
                var state = (await reading)!;
                // Industries tell callers apart: each has one loan, in one of its own.
                Assert.True(state.Sequence >= outcome.Sequence, $"the reading is as of {state.Sequence}, the event before it is {outcome.Sequence}");
                Assert.Equal(1_000 - paid, state.Ledger.By(PoolDimension.Industry).Balance(caller));
                Assert.Equal(state.Ledger.Balance, Callers * 1_000 - state.Ledger.Open.Scheduled);
                Assert.True(state.Sequence >= seen, "a reading is older than one before it");
                seen = state.Sequence;
            }
        });
        Assert.True(atOnce > Callers * EventsOfCaller / 2, $"only {atOnce} readings were answered at once");
        Assert.Equal(Callers * (1_000 - EventsOfCaller), Read(fixture)!.Ledger.Balance);
    }

    [Fact]
    public async Task EventSeenInTheFeed_IsInWhatIsReadAfterIt()
    {
        await using var fixture = await WithPoolAsync();
        await WatchAsync(fixture);
        var from = Read(fixture)!.Sequence;
        const int events = 300;
        var following = Task.Run(async () =>
        {
            var seen = 0;
            await foreach (var e in fixture.Engine.ReadFeedAsync(from, CancellationToken.None))
            {
                var state = (await fixture.Engine.GetPoolAsync(Pool(1)))!;
                Assert.True(state.Sequence >= e.Sequence && state.Ledger.Open.Scheduled >= ++seen, $"event {e.Sequence} was in the feed before the reading, which is as of {state.Sequence}");
                if (seen == events) return;
            }
        });
        for (var i = 1; i <= events; i++) await fixture.Do(Report(1, owed: 1_000 - i, paid: 1));
        await following.WaitAsync(Soon);
    }

    [Fact]
    public async Task Pool_NobodyAsksAbout_IsKeptAtHandNoLonger()
    {
        await using var fixture = await WithPoolAsync();
        await WatchAsync(fixture);
        fixture.Clock.Advance(WatchedPools.Patience);
        await fixture.Do(Report(1, owed: 900, paid: 100));
        var gate = fixture.Disk.Shut();
        var flushing = fixture.Do(fixture.Authorize(1, 10));
        await gate.Reached;
        Task<PoolState?> reading;
        try
        {
            reading = fixture.Engine.GetPoolAsync(Pool(1)).AsTask();
            Assert.False(reading.IsCompleted);
        }
        finally
        {
            gate.Open();
        }

        await flushing;
        Assert.Equal(1_900, (await reading)!.Ledger.Balance);
        await WatchAsync(fixture);
    }

    [Fact]
    public async Task Pool_AskedAboutNowAndThen_StaysAtHand()
    {
        await using var fixture = await WithPoolAsync();
        await WatchAsync(fixture);
        for (var i = 1; i <= 5; i++)
        {
            fixture.Clock.Advance(WatchedPools.Patience / 2);
            await fixture.Do(Report(1, owed: 1_000 - i, paid: 1));
            Assert.Equal(2_000 - i, Read(fixture)!.Ledger.Balance);
        }
    }

    [Fact]
    public async Task Pool_WhoseNodeIsClosedAndTermsAreGivenAgain_IsReadAsTheWriterHasIt()
    {
        await using var fixture = await WithPoolAsync();
        await WatchAsync(fixture);
        var terms = Read(fixture)!.TermsHash;
        Assert.Equal(OutcomeKind.Declined, (await fixture.Do(new DefinePool(Pool(1), Encoding.UTF8.GetBytes(Terms.Replace("consumer", "other", StringComparison.Ordinal))))).Kind);
        Assert.Equal((terms, "consumer"), (Read(fixture)!.TermsHash, Read(fixture)!.Ledger.Terms.Name));
        // Months close with the business date, without an event of a loan.
        await fixture.Do(new AdvanceBusinessDate(Pool(1) with { Id = 0, Kind = NodeKind.None }, 20_550));
        Assert.NotEmpty(Read(fixture)!.Ledger.History);
        Assert.Null(await fixture.Engine.GetPoolAsync(Pool(7)));
    }

    [Fact]
    public async Task Engine_ThatEnded_AnswersNoReading()
    {
        await using var fixture = await WithPoolAsync();
        await WatchAsync(fixture);
        var engine = fixture.Engine;
        await engine.DisposeAsync();
        await Assert.ThrowsAsync<EngineFaultException>(async () => await engine.GetPoolAsync(Pool(1)));
    }

    private static async Task<EngineFixture> WithPoolAsync(int loans = 2)
    {
        var fixture = new EngineFixture();
        await fixture.OpenFourNodes();
        await fixture.Do(new OpenNode(Pool(1), EngineFixture.Eur, 1L << 60, default, []));
        var posted = await fixture.Do(new DefinePool(Pool(1), Encoding.UTF8.GetBytes(Terms)));
        Assert.Equal(OutcomeKind.Posted, posted.Kind);
        for (var loan = 1; loan <= loans; loan++)
        {
            var put = Put(loan, 1_000);
            Assert.Equal(OutcomeKind.Posted, (await fixture.Do(put with { State = put.State with { Industry = loan } })).Kind);
        }

        return fixture;
    }

    /// <summary>Asks by the writer once; from the end of that batch on the pool is at hand.</summary>
    private static async Task WatchAsync(EngineFixture fixture)
    {
        await fixture.Engine.GetPoolAsync(Pool(1));
        Assert.NotNull(Read(fixture));
    }

    /// <summary>A reading that has to be answered at once.</summary>
    private static PoolState? Read(EngineFixture fixture)
    {
        var reading = fixture.Engine.GetPoolAsync(Pool(1)).AsTask();
        Assert.True(reading.IsCompletedSuccessfully, "the reading waits for the writer");
        return reading.Result;
    }

    private static ReportLoan Report(long loan, long owed, long? paid = null) => new(Pool(1), loan, PoolWorld.Paid(CutOff, owed, paid ?? 1_000 - owed));
}
