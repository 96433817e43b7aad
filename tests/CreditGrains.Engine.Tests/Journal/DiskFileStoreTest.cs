using System.Diagnostics;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Simulation.Disk;

namespace CreditGrains.Engine.Tests.Journal;

/// <summary>Real files in a temporary directory.</summary>
public sealed class DiskFileStoreTest : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("creditgrains-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public void Journal_OnRealFiles_RecoversRollsAndReads()
    {
        DiskFileStore store = DiskFileStore.Open(_path);
        for (int opening = 0; opening < 4; opening++)
        {
            using PartitionJournal journal = JournalBench.Open(store);
            Assert.Equal(1 + (opening * 50), journal.Writer.NextSequence);
            for (int i = 0; i < 50; i++)
            {
                Assert.True(journal.Writer.TryReserve(700, out _));
                JournalBench.Append(journal.Writer, 700);
            }
            using PooledFrame? frame = journal.Reader.ReadFrameContaining(7);
            Assert.True(frame!.Payload.Span.SequenceEqual(JournalBench.Payload(7, 700)));
            journal.DeleteSegmentsBefore(5);
        }
        Assert.Equal(200, JournalBench.ReadAll(store).Count);
    }

    [Fact]
    public void Readers_BesideAWriterAndASpareMaker_SeeOnlyWholeDurableFrames()
    {
        const int frames = 1_500;
        using PartitionJournal journal = JournalBench.Open(DiskFileStore.Open(_path));
        Parallel.Invoke(
            () =>
            {
                for (int i = 0; i < frames; i++)
                {
                    Assert.True(journal.Writer.TryReserve(900, out _));
                    JournalBench.Append(journal.Writer, 900);
                }
            },
            () =>
            {
                while (journal.Writer.DurableSequence < frames) Assert.True(journal.Writer.PrepareSpare(out _));
            },
            () =>
            {
                long expected = 1;
                using FrameCursor cursor = journal.Reader.ReadFrom(1);
                while (expected <= frames)
                {
                    if (!cursor.TryRead(out Frame frame)) continue;
                    Assert.Equal(expected, frame.Header.FirstSequence);
                    Assert.True(frame.Payload.SequenceEqual(JournalBench.Payload(expected, 900)));
                    expected++;
                }
            },
            () =>
            {
                var chance = new SeededChance(1);
                while (journal.Reader.DurableSequence < frames)
                {
                    long sequence = 1 + chance.Below((int)journal.Reader.DurableSequence + 2);
                    using PooledFrame? frame = journal.Reader.ReadFrameContaining(sequence);
                    if (frame is not null) Assert.Equal(sequence, frame.Header.FirstSequence);
                }
            });
    }

    [Fact]
    public void Lock_TakenTwice_IsRefusedNamingTheHolder()
    {
        DiskFileStore store = DiskFileStore.Open(_path);
        using (PartitionJournal journal = JournalBench.Open(store))
        {
            var refused = Assert.Throws<StoreLockedException>(() => JournalBench.Open(DiskFileStore.Open(_path)));
            Assert.Contains($"process {Environment.ProcessId} ", refused.Holder, StringComparison.Ordinal);
            Assert.Contains(_path, refused.Message, StringComparison.Ordinal);
        }
        JournalBench.Open(store).Dispose();
    }

    [Fact]
    public void Lock_HeldByAnotherProcess_IsRefused()
    {
        if (!OperatingSystem.IsLinux()) return;
        string path = Path.Combine(_path, "LOCK");
        File.WriteAllText(path, "process 42 on elsewhere");
        var start = new ProcessStartInfo("flock", ["--exclusive", path, "sh", "-c", "echo held; read line"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        using Process holder = Process.Start(start)!;
        Assert.Equal("held", holder.StandardOutput.ReadLine());

        var refused = Assert.Throws<StoreLockedException>(() => DiskFileStore.Open(_path).Lock());

        Assert.Equal("process 42 on elsewhere", refused.Holder);
        holder.StandardInput.WriteLine();
        holder.WaitForExit();
        DiskFileStore.Open(_path).Lock().Dispose();
    }

    [Fact]
    public void Open_OfAMissingDirectory_IsRefusedOrCreated()
    {
        string missing = Path.Combine(_path, "a", "b");
        var refused = Assert.Throws<StoreDirectoryException>(() => DiskFileStore.Open(missing));
        Assert.Equal(StoreErrorCode.DirectoryMissing, refused.Code);
        Assert.Empty(DiskFileStore.Open(missing, createDirectory: true).List());
        if (!OperatingSystem.IsLinux()) return;
        refused = Assert.Throws<StoreDirectoryException>(() => DiskFileStore.Open("/proc/nowhere", createDirectory: true));
        Assert.Equal(StoreErrorCode.DirectoryMissing, refused.Code);
        Assert.Contains("cannot be made", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OfAFileOrAForeignDirectory_IsRefused()
    {
        string file = Path.Combine(_path, "holiday.jpg");
        File.WriteAllText(file, "x");
        Assert.Equal(StoreErrorCode.NotADirectory, Assert.Throws<StoreDirectoryException>(() => DiskFileStore.Open(file)).Code);
        var refused = Assert.Throws<StoreDirectoryException>(() => DiskFileStore.Open(_path));
        Assert.Equal(StoreErrorCode.ForeignContent, refused.Code);
        Assert.Contains("holiday.jpg", refused.Message, StringComparison.Ordinal);
        Assert.Single(DiskFileStore.Open(_path, ownsName: name => name.EndsWith(".jpg", StringComparison.Ordinal)).List());
    }

    [Fact]
    public void Files_CreateRenameDelete_FollowTheDirectory()
    {
        DiskFileStore store = DiskFileStore.Open(_path);
        using (IStoreFile file = store.Open("a.cgj", create: true))
        {
            file.Preallocate(100_000);
            file.Write(10, [1, 2, 3]);
            file.Sync();
            Span<byte> read = stackalloc byte[5];
            Assert.Equal(5, file.Read(9, read));
            Assert.Equal([0, 1, 2, 3, 0], read.ToArray());
            Assert.Equal(2, file.Read(99_998, read));
            file.SetLength(50);
            Assert.Equal(50, file.Length);
        }
        Assert.Equal(StoreErrorCode.FileExists, Assert.Throws<StoreFileException>(() => store.Open("a.cgj", create: true)).Code);
        store.Rename("a.cgj", "b.cgj");
        store.SyncDirectory();
        Assert.Equal(["b.cgj"], store.List());
        Assert.Equal(StoreErrorCode.FileMissing, Assert.Throws<StoreFileException>(() => store.Open("a.cgj", create: false)).Code);
        store.Delete("b.cgj");
        Assert.Equal(StoreErrorCode.FileMissing, Assert.Throws<StoreFileException>(() => store.Delete("b.cgj")).Code);
        Assert.Throws<ArgumentException>(() => store.Open("../b.cgj", create: true));
        Assert.True(store.FreeBytes > 0);
    }

    [Fact]
    public void Sync_OfAClosedHandle_IsRefused()
    {
        DiskFileStore store = DiskFileStore.Open(_path);
        IStoreFile file = store.Open("a.cgj", create: true);
        file.Dispose();
        Assert.ThrowsAny<ObjectDisposedException>(file.Sync);
    }

    [Theory]
    [InlineData(28, false, StoreErrorCode.Full)]
    [InlineData(122, false, StoreErrorCode.Full)]
    [InlineData(30, false, StoreErrorCode.ReadOnly)]
    [InlineData(13, false, StoreErrorCode.ReadOnly)]
    [InlineData(5, false, StoreErrorCode.WriteFailed)]
    [InlineData(5, true, StoreErrorCode.SyncFailed)]
    [InlineData(28, true, StoreErrorCode.SyncFailed)]
    public void Failure_OfThePlatform_GetsItsName(int errno, bool isSync, StoreErrorCode code) =>
        Assert.Equal(code, DiskFailure.Name(isSync ? DiskAction.Sync : DiskAction.Write, "/x", errno).Code);

    [Fact]
    public void Write_ToAFullDevice_IsNamedFull()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var file = new DiskStoreFile(File.OpenHandle("/dev/full", FileMode.Open, FileAccess.ReadWrite), "/dev/full");
        Assert.Throws<StoreFullException>(() => file.Write(0, new byte[16]));
    }
}
