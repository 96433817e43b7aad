using System.CommandLine;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.LoadTests;

namespace CreditGrains.Cli.Tests.LoadTests;

/// <summary>What a report says of where and how it was measured.</summary>
public sealed class ReportSettingsTest
{
    private const string Digits = "0123456789abcdef0123456789abcdef01234567";

    [Theory]
    [InlineData(null, "unknown")]
    [InlineData("0.1.0", "unknown")]
    [InlineData("0.1.0+" + Digits, "0123456789ab")]
    [InlineData("0.1.0+abc", "abc")]
    [InlineData("0.1.0+" + Digits + "-modified", "0123456789ab-modified")]
    public void CommitOf_AVersion_IsWhatStandsBehindThePlus(string? version, string commit) => Assert.Equal(commit, Machine.CommitOf(version));

    [Fact]
    public void ServerCommit_IsThatOfTheServersBuild()
    {
        var own = Read("decide");
        Assert.Equal(Machine.CommitHere, ReportSettings.ServerCommitOf(own));
        Assert.Equal("not known", ReportSettings.ServerCommitOf(Read("decide", "--address", "127.0.0.1:7070")));
        // Another assembly: the runtime's own, whose version names its own commit.
        var other = typeof(object).Assembly.Location;
        var commit = ReportSettings.ServerCommitOf(Read("decide", "--serve-with", other));
        Assert.NotEqual(Machine.CommitHere, commit);
        Assert.NotEqual("unknown", commit);
        Assert.Contains(new NamedText("server", $"started from {other}"), ReportSettings.Of(Scenario.All[0], Read("decide", "--serve-with", other), ScoredBy.None, null));
        Assert.Equal("not known", ReportSettings.ServerCommitOf(Read("decide", "--serve-with", "/nowhere/creditgrains")));
    }

    [Fact]
    public void Transport_OfStreams_SaysWhenABatchLeaves()
    {
        Assert.Equal("gRPC streams: 4 connections, batches of 50 or of what has waited 5 ms, 8 under way on each", ReportSettings.TransportOf(Read("decide", "--batch", "50")));
        Assert.Equal("gRPC unary: 16 connections, 16 calls under way on each", ReportSettings.TransportOf(Read("decide", "--transport", "unary")));
    }

    [Fact]
    public void Hot_WithoutData_HasADirectoryOfItsOwn()
    {
        var usual = Read("decide").Bench;
        var hot = Read("hot").Bench;
        Assert.Equal($"{usual.DataDirectory}-hot", hot.DataDirectory);
        Assert.Equal((1L, 1), (hot.Shape.Enterprises, hot.Shape.Products));
        Assert.Equal(Path.GetFullPath("given"), Read("hot", "--data", "given").Bench.DataDirectory);
    }

    [Theory]
    [InlineData("/", "overlay")]
    [InlineData("/tmp/book", "tmpfs")]
    [InlineData("/tmpx", "overlay")]
    [InlineData("/mnt/two words/book", "ext4")]
    public void FileSystem_IsThatOfTheNearestMount(string directory, string kind) => Assert.Equal(kind, DataDisk.FileSystemOf(
        directory, ["overlay / overlay rw 0 0", "none /tmp ext4 rw 0 0", "none /tmp tmpfs rw 0 0", "/dev/sdb /mnt/two\\040words ext4 rw 0 0", ""]));

    [Fact]
    public void Sync_IsMeasuredAndLeavesNothingBehind()
    {
        var directory = Directory.CreateTempSubdirectory("creditgrains-sync-").FullName;
        try
        {
            var figure = DataDisk.MeasureSync(Path.Combine(directory, "data"));
            Assert.True(figure.Measured > 0);
            Assert.Null(figure.IsMet);
            Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(directory, "data")));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static LoadTestSettings Read(string scenario, params string[] args)
    {
        var options = new LoadTestOptions(Scenario.All.Single(each => each.Name == scenario));
        var command = new Command(scenario);
        foreach (var option in options.All) command.Add(option);
        return options.Read(command.Parse(args));
    }
}
