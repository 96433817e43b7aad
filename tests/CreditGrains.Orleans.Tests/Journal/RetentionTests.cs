using CreditGrains.Contract;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Queries;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Hosting;
using CreditGrains.Orleans.Tests.Servers;
using Npgsql;

namespace CreditGrains.Orleans.Tests.Journal;

/// <summary>A silo that keeps four days of its journal, and a clock that is put forward.</summary>
public sealed class RetentionTests
{
    private sealed class ShiftedClock : TimeProvider
    {
        private long days;

        public void PutForward(int by) => Interlocked.Add(ref days, by);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddDays(Interlocked.Read(ref days));
    }

    [ClusterFact]
    public async Task Journal_OlderThanIsKept_IsDeletedAndAnsweredByName()
    {
        using var server = PostgresServer.Start();
        var clock = new ShiftedClock();
        var options = new ClusterOptions
        {
            Database = server.ConnectionString, ClusterId = "retention", SiloPort = Programs.FreePort(), GatewayPort = Programs.FreePort(), Partitions = 1,
            JournalKept = ClusterOptions.JournalKeptMin, JournalCleanedEvery = TimeSpan.FromMilliseconds(100), Clock = clock, Warn = _ => { },
        };
        Book book;
        Outcome first;
        FacilityView before;
        await using (var silo = await ClusterHost.StartAsync(options))
        {
            book = new Book(silo);
            await book.OpenLine(1, 1_000, await book.Open(NodeKind.Borrower, 1, 2_000));
            first = await book.Hold(10);
            await silo.SnapshotAsync();
            await book.Hold(20);
            await silo.SnapshotAsync();
            var last = await book.Hold(30);
            before = await book.View();
            Assert.Equal(first.Sequence, (await silo.GetDecisionAsync(first.Sequence))!.Sequence);
            clock.PutForward(5);
            await WhenDeletedAsync(server);

            Assert.Equal(last.Sequence, (await silo.GetDecisionAsync(last.Sequence))!.Sequence);
            Assert.Equal(JournalErrorCode.NotRetained, (await Assert.ThrowsAsync<JournalException>(() => silo.GetDecisionAsync(first.Sequence - 1).AsTask())).Code);
            await HistoryEndsByNameAsync(silo, book, last.Sequence);
            await FeedBeginsByNameAsync(silo, last.Sequence);
        }
        // Either snapshot in force opens it: the newest does now.
        await using var again = await ClusterHost.StartAsync(options with { SiloPort = Programs.FreePort(), GatewayPort = Programs.FreePort() });
        Assert.Equal(before.Balances, (await again.GetFacilityAsync(book.F(1)))!.Balances);
    }

    private static async Task HistoryEndsByNameAsync(ClusterEngine silo, Book book, long lastSequence)
    {
        var page = await silo.GetHistoryAsync(book.F(1), 0, 100);
        Assert.Equal(lastSequence, page.Events[0].Sequence);
        Assert.True(page.NextBefore > 0, "the page says that there was more");
        Assert.Equal(JournalErrorCode.NotRetained, (await Assert.ThrowsAsync<JournalException>(() => silo.GetHistoryAsync(book.F(1), page.NextBefore, 100).AsTask())).Code);
        var asOf = page.Events[^1].RecordedAtMicros - 1;
        Assert.Equal(JournalErrorCode.NotRetained, (await Assert.ThrowsAsync<JournalException>(() => silo.GetFacilityAsOfAsync(book.F(1), asOf).AsTask())).Code);
    }

    private static async Task FeedBeginsByNameAsync(ClusterEngine silo, long lastSequence)
    {
        var gone = await Assert.ThrowsAsync<JournalException>(() => FirstAsync(silo, 0));
        Assert.Equal(JournalErrorCode.NotRetained, gone.Code);
        Assert.True(gone.ReadableAfter > 0);
        Assert.True(await FirstAsync(silo, gone.ReadableAfter) > gone.ReadableAfter);
        Assert.Equal(JournalErrorCode.NotRetained, (await Assert.ThrowsAsync<JournalException>(() => FirstAsync(silo, gone.ReadableAfter - 1))).Code);
        Assert.True(lastSequence > gone.ReadableAfter);
    }

    private static async Task<long> FirstAsync(ClusterEngine silo, long after)
    {
        await foreach (var e in silo.ReadFeedAsync(after, CancellationToken.None)) return e.Sequence;
        return 0;
    }

    private static async Task WhenDeletedAsync(PostgresServer server)
    {
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            await using var command = database.CreateCommand("select count(*) from cg_journal_deleted where partition = 1");
            if ((long)(await command.ExecuteScalarAsync(patience.Token))! > 0) return;
            await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
        }
    }
}
