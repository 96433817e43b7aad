using System.Globalization;
using CreditGrains.Engine;
using CreditGrains.Engine.Replay;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Simulation.Harness;

namespace CreditGrains.Simulation.Formats;

/// <summary>
/// Files written by earlier versions stay readable: from the whole journal, from a snapshot with what follows it, and by verification. An
/// archive for the present version is written with CREDITGRAINS_WRITE_FORMAT=FILE, see docs/journal-format.md.
/// </summary>
public sealed class FormatsTest
{
    // Every kind of event, many snapshots, ids on disk.
    private const ulong Seed = 300;

    /// <summary>The committed archives.</summary>
    public static TheoryData<string> Archives => [.. Names()];

    [Theory]
    [MemberData(nameof(Archives))]
    public void Archive_WithAllItsFiles_VerifiesAndOpensFromItsSnapshot(string name)
    {
        using Partition partition = Check(name, _ => true);
        Assert.Equal(SnapshotCatalog.Read(FormatArchive.Read(PathOf(name), _ => true).Disk)[0].Sequence, partition.SnapshotSequence);
    }

    [Theory]
    [MemberData(nameof(Archives))]
    public void Archive_WithItsJournalAlone_ReplaysToItsState(string name)
    {
        using Partition partition = Check(name, file => file.EndsWith(".cgj", StringComparison.Ordinal));
        Assert.Equal(0, partition.SnapshotSequence);
    }

    [Fact]
    public void Present_Version_HasAnArchive() =>
        Assert.Contains(Names(), name => name.StartsWith($"layout-{SnapshotFormat.LayoutVersion}-", StringComparison.Ordinal));

    [Fact]
    public void Archive_OfThisVersion_IsWrittenWhenAskedFor()
    {
        string? wanted = Environment.GetEnvironmentVariable("CREDITGRAINS_WRITE_FORMAT");
        string path = wanted ?? Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.zip");
        Harness.Simulation.Run(Seed, new SimulationOptions
        {
            AtEnd = (disk, partition) => new FormatArchive(disk, partition.Executor.LastSequence, Text(StateDigest.Of(partition.State))).Write(path),
        });
        try
        {
            Check(path, _ => true).Dispose();
        }
        finally
        {
            if (wanted is null) File.Delete(path);
        }
    }

    private static Partition Check(string name, Func<string, bool> wants)
    {
        FormatArchive archive = FormatArchive.Read(PathOf(name), wants);
        var options = new PartitionOptions { SegmentBytes = 4 << 20, FrameBytesMax = 512 << 10 };
        VerificationReport report = JournalVerification.Run(archive.Disk, options);
        Assert.Null(report.Problem);
        Assert.Equal(archive.LastSequence, report.LastSequence);
        Partition partition = Partition.Open(archive.Disk, options, long.MaxValue / 4);
        Assert.Equal(archive.LastSequence, partition.Executor.LastSequence);
        Assert.Equal(archive.Digest, Text(StateDigest.Of(partition.State)));
        return partition;
    }

    private static IEnumerable<string> Names() =>
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, FormatArchive.Folder), "*.zip").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, FormatArchive.Folder, name);

    private static string Text(UInt128 digest) => digest.ToString("x32", CultureInfo.InvariantCulture);
}
