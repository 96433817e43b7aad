using CreditGrains.Engine.Backups;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Tests.Standalone;

namespace CreditGrains.Engine.Tests.Backups;

/// <summary>Backups beside a running engine, and what is restored from them.</summary>
public sealed class BackupTests
{
    [Fact]
    public async Task Backup_WhileTheEngineDecides_IsSoundEachTime()
    {
        await using var book = new BackupBook();
        var engine = book.Start();
        await book.OpenFacilitiesAsync();
        using var stop = new CancellationTokenSource();
        var traffic = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) await book.FeesAsync(1);
        });
        for (var round = 0; round < 6; round++)
        {
            if (round % 2 == 1) await engine.SnapshotAsync();
            var known = (await engine.GetStatusAsync()).LastSequence;
            var report = DirectoryBackup.Run(book["data"], book["backup"], BackupBook.Options);
            Assert.True(report.LastSequence >= known, "the backup ends before what was durable when it began");
            var verified = book.Verify("backup");
            Assert.Null(verified.Problem);
            Assert.Equal((report.LastSequence, report.ChainHead), (verified.LastSequence, verified.ChainHead));
        }
        await stop.CancelAsync();
        await traffic;
    }

    [Fact]
    public async Task Backup_OfAnEngineThatGoesOn_OpensWithItsBalancesAndKnowsItsRequests()
    {
        await using var book = new BackupBook();
        var engine = book.Start();
        await book.OpenFacilitiesAsync();
        await book.FeesAsync(10);
        await engine.SnapshotAsync();
        var fee = book.Fee(1);
        var first = await engine.ExecuteAsync(fee);
        DirectoryBackup.Run(book["data"], book["backup"], BackupBook.Options);
        await book.FeesAsync(10);
        DirectoryRestore.Run(book["backup"], archive: null, book["restored"], RestorePoint.Newest, BackupBook.Options);

        await using var restored = book.Open("restored");
        Assert.Equal(11, (await restored.GetFacilityAsync(EngineFixture.Facility(1)))!.Balances.Fees);
        var again = await restored.ExecuteAsync(fee);
        Assert.Equal((true, first.Sequence), (again.Duplicate, again.Sequence));
    }

    [Fact]
    public async Task Backup_IntoTheSameTarget_CopiesOnlyWhatIsNew()
    {
        await using var book = new BackupBook();
        book.Start();
        await book.OpenFacilitiesAsync();
        await book.GrowAsync(segments: 4);
        var first = DirectoryBackup.Run(book["data"], book["backup"], BackupBook.Options);
        await book.FeesAsync(2);
        var second = DirectoryBackup.Run(book["data"], book["backup"], BackupBook.Options);
        Assert.True(second.BytesCopied <= BackupBook.Options.SegmentBytes && first.BytesCopied > 3 * BackupBook.Options.SegmentBytes);
        await book.GrowAsync(segments: 6);
        DirectoryBackup.Run(book["data"], book["backup"], BackupBook.Options);
        Assert.Null(book.Verify("backup").Problem);
        Assert.Equal(book.Segments("data"), book.Segments("backup"));
    }

    [Fact]
    public async Task Backup_IntoAnotherPartitionsTarget_IsRefusedAndChangesNothing()
    {
        await using var book = new BackupBook();
        book.Start();
        await book.OpenFacilitiesAsync();
        DirectoryBackup.Run(book["data"], book["backup"], BackupBook.Options);
        var other = BackupBook.Options with { PartitionId = Guid.Parse("0f000000-0000-4000-8000-00000000000f") };
        var before = book.Store("backup").List();
        var refusal = Assert.Throws<BackupException>(() => DirectoryBackup.Run(book["data"], book["backup"], other));
        Assert.Equal("ForeignBackup", refusal.Name);
        Assert.Equal(before, book.Store("backup").List());
    }

    [Fact]
    public async Task Backup_OfADamagedJournal_IsRefused()
    {
        await using var book = new BackupBook();
        book.Start();
        await book.OpenFacilitiesAsync();
        await book.FeesAsync(5);
        await book.StopAsync();
        using (var file = book.Store("data").Open(book.Segments("data")[0], create: false)) file.Write(4096 + 200, new byte[] { 0xFF, 0xFF, 0xFF });
        Assert.Throws<JournalDamagedException>(() => DirectoryBackup.Run(book["data"], book["backup"], BackupBook.Options));
        Assert.Empty(book.Segments("backup"));
    }

    [Fact]
    public async Task Restore_ToAMoment_HasWhatWasOwedThen()
    {
        await using var book = new BackupBook();
        var engine = book.Start();
        await book.OpenFacilitiesAsync();
        var moments = new List<(long Micros, long Fees)>();
        for (var hour = 0; hour < 5; hour++)
        {
            await book.PassAsync(TimeSpan.FromHours(1));
            await book.FeesAsync(3);
            if (hour == 2) await engine.SnapshotAsync();
            moments.Add((book.NowMicros, 3 * (hour + 1)));
        }
        await book.StopAsync();
        DirectoryBackup.Run(book["data"], book["backup"], BackupBook.Options);
        foreach (var (micros, fees) in moments)
        {
            var name = $"restored-{fees}";
            var report = DirectoryRestore.Run(book["backup"], archive: null, book[name], new RestorePoint(micros + 1_000_000, LastSequence: null), BackupBook.Options);
            Assert.True(report.RecordedAtMicros <= micros + 1_000_000);
            Assert.Null(book.Verify(name).Problem);
            Assert.Equal(fees, await book.FeesOfAsync(name));
        }
    }

    [Fact]
    public async Task Restore_ToAnEvent_EndsWithItAndGoesOnInAnEpochOfItsOwn()
    {
        await using var book = new BackupBook();
        book.Start();
        await book.OpenFacilitiesAsync();
        var kept = await book.FeesAsync(5);
        await book.FeesAsync(5);
        DirectoryBackup.Run(book["data"], book["backup"], BackupBook.Options);
        var report = DirectoryRestore.Run(book["backup"], archive: null, book["restored"], new RestorePoint(null, kept.Sequence), BackupBook.Options);
        Assert.Equal(kept.Sequence, report.LastSequence);
        Assert.Equal(5, await book.FeesOfAsync("restored"));
        await using var restored = book.Open("restored");
        Assert.Equal(kept.Sequence + 1, (await restored.ExecuteAsync(book.Fee(1))).Sequence);
    }

    [Fact]
    public async Task Restore_FromArchivedSegments_ReachesBeyondTheBackup()
    {
        await using var book = new BackupBook();
        var engine = book.Start();
        await book.OpenFacilitiesAsync();
        await book.FeesAsync(5);
        DirectoryBackup.Run(book["data"], book["backup"], BackupBook.Options);
        await book.GrowAsync(segments: 4);
        var report = await engine.RetireJournalAsync(new RetentionOptions(book.Store("archive"), Keep: null));
        Assert.Equal(3, report.Archived);
        var whole = DirectoryRestore.Run(book["backup"], book["archive"], book["restored"], RestorePoint.Newest, BackupBook.Options);
        Assert.Null(book.Verify("restored").Problem);
        Assert.Equal(3, whole.Segments);
        Assert.True(whole.LastSequence > 5_000);
    }

    [Fact]
    public async Task Restore_IntoADirectoryWithFiles_IsRefused()
    {
        await using var book = new BackupBook();
        book.Start();
        await book.OpenFacilitiesAsync();
        DirectoryBackup.Run(book["data"], book["backup"], BackupBook.Options);
        var refusal = Assert.Throws<BackupException>(() => DirectoryRestore.Run(book["backup"], archive: null, book["backup"], RestorePoint.Newest, BackupBook.Options));
        Assert.Equal("TargetNotEmpty", refusal.Name);
        Assert.Null(book.Verify("backup").Problem);
    }

    [Fact]
    public async Task Restore_ToBeforeTheFirstEvent_IsRefusedAndLeavesNothing()
    {
        await using var book = new BackupBook();
        book.Start();
        await book.OpenFacilitiesAsync();
        DirectoryBackup.Run(book["data"], book["backup"], BackupBook.Options);
        var refusal = Assert.Throws<BackupException>(() => DirectoryRestore.Run(book["backup"], archive: null, book["restored"], new RestorePoint(1, null), BackupBook.Options));
        Assert.Equal("PointOutOfReach", refusal.Name);
        Assert.Empty(book.Store("restored").List());
    }

    [Fact]
    public async Task Restore_OfAHoleInTheSegments_IsRefusedAndLeavesNothing()
    {
        await using var book = new BackupBook();
        book.Start();
        await book.OpenFacilitiesAsync();
        await book.GrowAsync(segments: 4);
        DirectoryBackup.Run(book["data"], book["backup"], BackupBook.Options);
        book.Store("backup").Delete(book.Segments("backup")[1]);
        Assert.ThrowsAny<JournalException>(() => DirectoryRestore.Run(book["backup"], archive: null, book["restored"], RestorePoint.Newest, BackupBook.Options));
        Assert.Empty(book.Store("restored").List());
    }
}
