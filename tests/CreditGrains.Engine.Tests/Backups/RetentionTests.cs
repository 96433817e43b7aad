using CreditGrains.Engine.Backups;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Tests.Standalone;

namespace CreditGrains.Engine.Tests.Backups;

/// <summary>Segments that go into the archive, and what is said of the events in them.</summary>
public sealed class RetentionTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public async Task Retention_OfSegmentsNoSnapshotNeeds_DeletesWhatIsOldAndArchived()
    {
        await using var book = new BackupBook();
        var engine = book.Start();
        await FillAsync(book);
        var report = await engine.RetireJournalAsync(new RetentionOptions(book.Store("archive"), Day));
        Assert.Equal((4, true), (report.Archived, report.Deleted >= 3));
        Assert.Equal(5 - report.Deleted, book.Segments("data").Length);
        Assert.Null(book.Verify("data").Problem);

        // What stays opens again, and archive and backup together hold everything.
        DirectoryBackup.Run(book["data"], book["backup"], BackupBook.Options);
        await book.StopAsync();
        var fees = await book.FeesOfAsync("data");
        DirectoryRestore.Run(book["backup"], book["archive"], book["restored"], RestorePoint.Newest, BackupBook.Options);
        Assert.Equal(1, book.Verify("restored").FirstSequence);
        Assert.Equal(fees, await book.FeesOfAsync("restored"));
    }

    [Fact]
    public async Task Retention_OfYoungSegments_DeletesNothing()
    {
        await using var book = new BackupBook();
        var engine = book.Start();
        await FillAsync(book);
        Assert.Equal(0, (await engine.RetireJournalAsync(new RetentionOptions(book.Store("archive"), 30 * Day))).Deleted);
    }

    [Fact]
    public async Task Retention_WithASingleSnapshot_DeletesNothing()
    {
        await using var book = new BackupBook();
        var engine = book.Start();
        await book.OpenFacilitiesAsync();
        await book.GrowAsync(segments: 4);
        await engine.SnapshotAsync();
        await book.PassAsync(10 * Day);
        Assert.Equal(0, (await engine.RetireJournalAsync(new RetentionOptions(null, Day))).Deleted);
    }

    [Fact]
    public async Task Queries_OfArchivedEvents_SaySoByName()
    {
        await using var book = new BackupBook();
        var engine = book.Start();
        await FillAsync(book);
        await engine.RetireJournalAsync(new RetentionOptions(null, Day));
        var key = EngineFixture.Facility(2);
        var page = await engine.GetHistoryAsync(key, before: 0, take: 1_000);
        while (page.NextBefore > 0) page = await engine.GetHistoryAsync(key, page.NextBefore, 1_000);
        Assert.True(page.ArchivedSequence > 1, "the history ends without a word");

        var decision = await Assert.ThrowsAsync<JournalException>(async () => await engine.GetDecisionAsync(2));
        Assert.Equal(JournalErrorCode.NotRetained, decision.Code);
        var asOf = await Assert.ThrowsAsync<JournalException>(async () => await engine.GetFacilityAsOfAsync(key, 1));
        Assert.Equal(JournalErrorCode.NotRetained, asOf.Code);
        await using var feed = engine.ReadFeedAsync(0, default).GetAsyncEnumerator();
        Assert.True(await feed.MoveNextAsync());
        Assert.True(feed.Current.Sequence > 1);
        await using var old = engine.ReadFeedAsync(1, default).GetAsyncEnumerator();
        Assert.Equal(JournalErrorCode.NotRetained, (await Assert.ThrowsAsync<JournalException>(async () => await old.MoveNextAsync())).Code);
    }

    /// <summary>Five segments, two snapshots near their end, and ten days gone by.</summary>
    private static async Task FillAsync(BackupBook book)
    {
        await book.OpenFacilitiesAsync();
        await book.GrowAsync(segments: 5);
        await book.Running!.SnapshotAsync();
        await book.FeesAsync(1);
        await book.Running!.SnapshotAsync();
        await book.PassAsync(10 * Day);
        await book.FeesAsync(1);
    }
}
