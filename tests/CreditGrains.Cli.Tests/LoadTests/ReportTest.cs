using System.Text.Json.Nodes;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.LoadTests;
using CreditGrains.Cli.LoadTests.Reporting;
using CreditGrains.Cli.Output;

namespace CreditGrains.Cli.Tests.LoadTests;

/// <summary>The report of a load test: page, JSON twin, comparison.</summary>
public sealed class ReportTest : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-report-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void Write_ThenRead_IsTheSameReport()
    {
        var report = Sample(1_000);
        var (page, json) = ReportFiles.Write(report, directory);
        Assert.Equal(ReportFiles.JsonOf(report), ReportFiles.JsonOf(ReportFiles.Read(json)));
        Assert.Contains("<svg", File.ReadAllText(page), StringComparison.Ordinal);
    }

    [Fact]
    public void Page_TextFromOutside_IsEscaped()
    {
        var report = Sample(1_000) with { Errors = [new NamedValue("<script>alert(1)</script>", 1)] };
        var page = ReportPage.Of(report);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_StandsAlone()
    {
        var page = ReportPage.Of(Sample(1_000));
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_MissedFigure_StandsOut() => Assert.Contains("<tr class=\"missed\"><td>p99</td>", ReportPage.Of(Sample(1_000)), StringComparison.Ordinal);

    [Fact]
    public void Text_SaysWhyRequestsWereRefused_AndThatWhatWasNotMeasuredIsMissed()
    {
        using var output = new StringWriter();
        var report = Sample(1_000) with { Reasons = [new NamedValue("DiskFull", 3)], Figures = [Figure.Missing("back", "s", Demand.AtMost, 30, "never")] };
        ReportText.Print(report, new Shell(output, TextWriter.Null, isTerminal: false, isErrorTerminal: false));
        Assert.Contains("reasons: DiskFull 3", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("outcomes: Approved 2,000", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("NO", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_WhatWasNotSeen_IsReadBack()
    {
        var report = Sample(1_000) with { Seconds = [Second(1, double.NaN) with { ResidentGiB = double.NaN, Refused = 7 }] };
        var read = ReportFiles.Read(ReportFiles.Write(report, directory).Json);
        Assert.Equal((double.NaN, double.NaN, 7L), (read.Seconds[0].P99Ms, read.Seconds[0].ResidentGiB, read.Seconds[0].Refused));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("no json")]
    [InlineData("null")]
    public void Read_NoReport_IsRefusedByName(string text)
    {
        var file = Path.Combine(directory, "odd.json");
        File.WriteAllText(file, text);
        Assert.Equal("NoReport", Assert.Throws<CommandFault>(() => ReportFiles.Read(file)).Name);
    }

    [Fact]
    public void Comparison_FigureOfOneOnly_HasNoRatio()
    {
        var before = Sample(1_000);
        var after = Sample(2_000) with { Figures = [new Figure("decided", "decisions/s", 2_000), new Figure("new", "ms", 3)] };
        var rows = Comparison.Rows(before, after).ToDictionary(row => row.Name, row => row.Cells);
        Assert.Equal(["decided", "1,000", "2,000", "2.00", "decisions/s"], rows["decided"]);
        Assert.Equal(["new", "-", "3.000", "", "ms"], rows["new"]);
        Assert.Equal(["p99", "7.000", "-", "", "ms"], rows["p99"]);
        Assert.Contains("latency p99", rows.Keys);
    }

    [Fact]
    public void Read_ReportFromBeforeSettingsWereSaid_IsRead()
    {
        var node = JsonNode.Parse(ReportFiles.JsonOf(Sample(1_000)))!.AsObject();
        foreach (var name in (string[])["askedPerSecond", "settings", "serverCommit", "isInterrupted", "loans"]) Assert.True(node.Remove(name), name);
        var file = Path.Combine(directory, "old.json");
        File.WriteAllText(file, node.ToJsonString());
        var report = ReportFiles.Read(file);
        Assert.Empty(report.Settings);
        Assert.DoesNotContain("What was asked for", ReportPage.Of(report), StringComparison.Ordinal);
        Assert.Contains("scored by|not said|trees", Differences(report, Sample(1_000) with { Settings = [new NamedText("scored by", "trees")] }));
    }

    [Fact]
    public void Differences_NameAllThatWasNotTheSame()
    {
        var before = Sample(1_000) with { Settings = [new NamedText("seed", "1"), new NamedText("desk", "no")], ServerCommit = "abc" };
        Assert.Empty(Comparison.Differences(before, before with { StartedAt = before.StartedAt.AddDays(1), Figures = [] }));
        var after = before with
        {
            Accounts = 2_000, Loans = 5, Transport = "gRPC unary", Settings = [new NamedText("seed", "2")], ServerCommit = "def", IsInterrupted = true,
            Machine = new Machine("other", 4, 32, "system 2", "runtime 2", "xyz", 3),
        };
        Assert.Equal(
            (string[])["accounts", "accounts with a loan", "transport", "seed", "interrupted", "processor", "cores", "memory", "system", "runtime", "commit of the generator", "commit of the server", "desk"],
            Differences(before, after).Select(row => row.Split('|')[0]).ToArray());
        Assert.Contains("desk|no|not said", Differences(before, after));
        Assert.Contains("<td>accounts</td><td>10</td><td>2,000</td>", ComparisonPage.Of(before, after), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_SaysWhatDiffers_AndRefusesAnotherScenario()
    {
        var (_, before) = ReportFiles.Write(Sample(1_000), Path.Combine(directory, "before"));
        var (_, after) = ReportFiles.Write(Sample(1_000) with { Accounts = 2_000 }, Path.Combine(directory, "after"));
        var (_, hot) = ReportFiles.Write(Sample(1_000) with { Scenario = "hot" }, directory);
        var run = await EndToEnd.CliRun.OfAsync("load", "compare", before, after);
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Matches("accounts +10 +2,000", run.Output);
        var page = Path.Combine(directory, "compared.html");
        var refused = await EndToEnd.CliRun.OfAsync("load", "compare", before, hot, "--out", page);
        Assert.Equal(ExitCode.Usage, refused.Code);
        Assert.Contains("OtherScenario", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(page));
    }

    [Fact]
    public void Write_Interrupted_LeavesTheReportOfAWholeRun()
    {
        var (_, whole) = ReportFiles.Write(Sample(1_000), directory);
        var kept = File.ReadAllText(whole);
        var (_, part) = ReportFiles.Write(Sample(500).Interrupted(), directory);
        Assert.Equal("decide.interrupted.json", Path.GetFileName(part));
        Assert.Equal(kept, File.ReadAllText(whole));
        Assert.All(ReportFiles.Read(part).Figures, figure => Assert.Null(figure.IsMet));
    }

    [Fact]
    public void Prepare_WhereAReportCannotBe_IsRefused_AndLeavesNothingBehind()
    {
        ReportFiles.Prepare(directory, "decide");
        Assert.Empty(Directory.GetFileSystemEntries(directory));
        Directory.CreateDirectory(Path.Combine(directory, "decide.json"));
        Assert.Equal("ReportNotWritable", Assert.Throws<CommandFault>(() => ReportFiles.Prepare(directory, "decide")).Name);
    }

    [Theory]
    [InlineData("", "commit of the generator abc")]
    [InlineData("abc", "commit abc")]
    [InlineData("def", "commit of the server def, of the generator abc")]
    public void Commits_SayWhose(string server, string words) => Assert.Equal(words, (Sample(1_000) with { ServerCommit = server }).Commits);

    [Theory]
    [InlineData(0, new double[] { 0, 1 })]
    [InlineData(5, new double[] { 0, 1, 2, 3, 4, 5 })]
    [InlineData(7, new double[] { 0, 2, 4, 6, 8 })]
    [InlineData(0.3, new double[] { 0, 0.1, 0.2, 0.3 })]
    public void LinearTicks_AreRoundAndReachTheMost(double most, double[] ticks) =>
        Assert.Equal(ticks, SvgChart.LinearTicks(most).Select(tick => Math.Round(tick, 9)).ToArray());

    [Theory]
    [InlineData(0, 2)]
    [InlineData(0.1, 2)]
    [InlineData(5, 4)]
    [InlineData(10, 4)]
    [InlineData(11, 5)]
    public void LogTicks_ReachTheMost(double most, int count) => Assert.Equal(count, SvgChart.LogTicks(most).Length);

    private static IEnumerable<string> Differences(LoadReport before, LoadReport after) => Comparison.Differences(before, after).Select(cells => string.Join('|', cells));

    private static LoadReport Sample(double decided) => new(
        "decide", "limit decisions", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), new Machine("processor", 2, 24, "system", "runtime", "abc", 0.5), 10, "gRPC streams", 4_000,
        [Second(1, 0.5), Second(2, 7)], [new NamedValue("p99", 7)], [new NamedValue("Approved", 2_000)], [], [],
        [new Figure("decided", "decisions/s", decided), new Figure("p99", "ms", 7, Demand.AtMost, 5)]);

    private static LoadSecond Second(double at, double p99) => new(at, 1_000, 1_000, 999, 0, 1, 0, 0.1, p99, p99, p99, p99, 2, 1.2, 0.4, 1.5, 0.3, 900, 60);
}
