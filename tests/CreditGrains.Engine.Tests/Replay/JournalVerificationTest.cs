using CreditGrains.Domain.Commands;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Replay;
using CreditGrains.Engine.Tests.Journal;

namespace CreditGrains.Engine.Tests.Replay;

/// <summary>A sound partition is found sound; each planted damage is found, named and placed.</summary>
public sealed class JournalVerificationTest : IDisposable
{
    private readonly VerifiedBook book = new();

    public void Dispose() => book.Dispose();

    [Fact]
    public async Task Verify_OfWhatTheEngineWrote_FindsNothingAndChangesNothing()
    {
        await book.WriteAsync();
        var before = Contents();
        var progress = new List<double>();

        var report = JournalVerification.Run(book.Directory, VerifiedBook.Options, progress.Add);

        Assert.Null(report.Problem);
        Assert.Equal((2, 2, 0), (report.DigestsChecked, report.SnapshotsChecked, report.DigestsOutOfReach));
        Assert.Equal((1, 0), (report.FirstSequence, report.BaseSnapshot));
        Assert.Equal(report.LastSequence, report.Events);
        Assert.Equal((4, 3), (report.Facilities, report.Nodes));
        Assert.True(report.OpenItems > 0 && report.PathsChecked);
        Assert.Equal(progress.Order(), progress);
        Assert.Equal(1, progress[^1]);
        Assert.Equal(before, Contents());
    }

    [Fact]
    public async Task Verify_BesideAnOpenEngine_NeedsNoLock()
    {
        await book.WriteAsync();
        using var hold = book.Disk.Lock();
        Assert.True(book.Verify().IsSound);
    }

    [Fact]
    public async Task Verify_WithOlderSegmentsArchived_BeginsAtTheOldestSnapshotThatJoinsOn()
    {
        await book.WriteAsync();
        await book.GrowAsync(segments: 3);
        await book.SnapshotAsync();
        foreach (var segment in book.Segments[..2]) book.Disk.Delete(segment);
        var report = book.Verify();
        Assert.Null(report.Problem);
        Assert.True(report.BaseSnapshot > 0);
        Assert.Equal(report.LastSequence - report.BaseSnapshot, report.Events);
        Assert.Equal((1, 1), (report.DigestsChecked, report.SnapshotsChecked));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(70)]
    [InlineData(4_096 + 70)]
    public async Task FlippedBit_InASegment_IsFoundThere(int offset)
    {
        await book.WriteAsync();
        // Frame 0 is the opening, which is 128 bytes long; the one after it carries events.
        book.Flip(book.Segments[0], offset < 4_096 ? offset : offset + 128, 3);
        var problem = book.Verify().Problem;
        Assert.Equal((VerificationFault.Journal, book.Segments[0]), (problem!.Fault, problem.File));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task FlippedBit_InASnapshot_IsFoundThere(int snapshot)
    {
        await book.WriteAsync();
        var name = book.Snapshots[snapshot];
        book.Flip(name, 1_000, 5);
        var problem = book.Verify().Problem;
        Assert.Equal((VerificationFault.Snapshot, name), (problem!.Fault, problem.File));
    }

    /// <summary>Each byte of a chunk's head: magic, kind, length, sequence, checksum; and no bit leads to a failure without a name.</summary>
    [Fact]
    public async Task FlippedBit_InTheHeadOfASnapshotsChunk_IsFoundThere()
    {
        await book.WriteAsync();
        var name = book.Snapshots[0];
        for (var bit = 0; bit < 24 * 8; bit++)
        {
            book.Flip(name, bit / 8, bit % 8);
            var problem = book.Verify().Problem;
            Assert.Equal((VerificationFault.Snapshot, name), (problem?.Fault, problem?.File));
            book.Flip(name, bit / 8, bit % 8);
        }
        Assert.Null(book.Verify().Problem);
    }

    [Fact]
    public async Task FlippedBit_InTheManifest_IsFoundThere()
    {
        await book.WriteAsync();
        book.Flip("manifest.cgm", 20, 1);
        Assert.Equal((VerificationFault.Snapshot, "manifest.cgm"), (book.Verify().Problem!.Fault, book.Verify().Problem!.File));
    }

    [Fact]
    public async Task EditedEvent_WithChecksumsMadeGood_BreaksTheChain()
    {
        await book.WriteAsync();
        JournalForgery.EditBytes(book.Disk, book.Segments[0], frameNumber: 5);
        var problem = book.Verify().Problem;
        Assert.Equal((VerificationFault.Journal, book.Segments[0]), (problem!.Fault, problem.File));
        Assert.Contains("does not follow", problem.What, StringComparison.Ordinal);
        Assert.Equal(5, problem.Sequence);
    }

    [Theory]
    [InlineData("held", VerificationFault.Balances)]
    [InlineData("principal", VerificationFault.Balances)]
    [InlineData("declined with an effect", VerificationFault.Balances)]
    [InlineData("released", VerificationFault.Balances)]
    [InlineData("link", VerificationFault.History)]
    [InlineData("reference", VerificationFault.History)]
    [InlineData("limit", VerificationFault.Digest)]
    [InlineData("digest", VerificationFault.Digest)]
    public async Task EditedEvent_WithTheWholeChainMadeAnew_IsFoundByReplay(string what, VerificationFault fault)
    {
        await book.WriteAsync();
        using var forged = new VerifiedBook();
        JournalForgery.Rewrite(book.Disk, forged.Disk, VerifiedBook.Options, (ref LedgerEvent e) => Edit(what, ref e));
        var report = forged.Verify();
        Assert.Equal(fault, report.Problem?.Fault);
        Assert.Equal(forged.Segments[0], report.Problem!.File);
        Assert.InRange(report.Problem.Sequence, 1, report.LastSequence);
    }

    [Fact]
    public async Task Rewritten_WithoutAnEdit_IsSound()
    {
        await book.WriteAsync();
        using var copy = new VerifiedBook();
        JournalForgery.Rewrite(book.Disk, copy.Disk, VerifiedBook.Options, (ref LedgerEvent e) => e.Sequence == 1);
        Assert.Null(copy.Verify().Problem);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task MissingSegment_InTheMiddle_IsFound(int missing)
    {
        await book.WriteAsync(withSnapshots: false);
        await book.GrowAsync(segments: 4);
        var next = book.Segments[missing + 1];
        book.Disk.Delete(book.Segments[missing]);
        var problem = book.Verify().Problem;
        Assert.Equal((VerificationFault.Journal, next), (problem!.Fault, problem.File));
        Assert.Contains("missing", problem.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingSegment_AtTheStartWithoutASnapshot_IsFound()
    {
        await book.WriteAsync(withSnapshots: false);
        await book.GrowAsync(segments: 2);
        book.Disk.Delete(book.Segments[0]);
        Assert.Equal(VerificationFault.Incomplete, book.Verify().Problem!.Fault);
    }

    [Fact]
    public async Task MissingSegment_AtTheEndBehindASnapshot_IsFound()
    {
        await book.WriteAsync(withSnapshots: false);
        await book.GrowAsync(segments: 2);
        await book.SnapshotAsync();
        book.Disk.Delete(book.Segments[^1]);
        var problem = book.Verify().Problem;
        Assert.Equal((VerificationFault.Incomplete, book.Snapshots[0]), (problem!.Fault, problem.File));
    }

    [Fact]
    public async Task MissingSnapshot_OfTheManifest_IsFound()
    {
        await book.WriteAsync();
        var name = book.Snapshots[0];
        book.Disk.Delete(name);
        Assert.Equal((VerificationFault.Snapshot, name), (book.Verify().Problem!.Fault, book.Verify().Problem!.File));
    }

    [Fact]
    public void Verify_OfAnEmptyDirectory_FindsNoJournal() => Assert.Equal(VerificationFault.NoJournal, book.Verify().Problem!.Fault);

    [Fact]
    public void Verify_OfAMissingDirectory_Refuses() =>
        Assert.Equal(StoreErrorCode.DirectoryMissing, Assert.Throws<StoreDirectoryException>(() => JournalVerification.Run(book.Directory + "-no")).Code);

    private static bool Edit(string what, ref LedgerEvent e)
    {
        switch (what)
        {
            case "held" when e.Kind == CommandKind.Authorize && e.IsApproval:
                e.Balances = e.Balances with { Held = e.Balances.Held + 1 };
                return true;
            case "principal" when e.Kind == CommandKind.Capture && e.HasEffect:
                e.Balances = e.Balances with { Principal = e.Balances.Principal - 1 };
                return true;
            case "declined with an effect" when e.Kind == CommandKind.Authorize && !e.HasEffect:
                e.Balances = e.Balances with { Fees = e.Balances.Fees + 1 };
                return true;
            case "released" when e.Kind == CommandKind.Void && e.HasEffect:
                e.ReleasedFromHold--;
                return true;
            case "link" when e.Kind == CommandKind.Capture:
                e.PreviousSequence--;
                return true;
            case "reference" when e.Kind == CommandKind.Capture && e.HasEffect:
                e.Reference++;
                return true;
            case "limit" when e.Control is OpenFacility open:
                e.Control = open with { Limit = open.Limit + 1 };
                return true;
            case "digest" when e.Kind == CommandKind.StateDigest:
                e.Digest++;
                return true;
            default:
                return false;
        }
    }

    private List<(string, string)> Contents() =>
        [.. book.Disk.List().Select(name => (name, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(JournalBench.ReadFile(book.Disk, name)))))];
}
