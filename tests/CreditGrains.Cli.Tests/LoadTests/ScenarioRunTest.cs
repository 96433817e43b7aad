using System.Net;
using CreditGrains.Cli.Bench;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Bench.Runs;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.LoadTests;
using CreditGrains.Cli.LoadTests.Reporting;
using CreditGrains.Cli.Output;
using CreditGrains.Cli.Tests.Bench;
using CreditGrains.Cli.Tests.EndToEnd;

namespace CreditGrains.Cli.Tests.LoadTests;

/// <summary>What a run of a scenario says of itself, and that what it saw is kept.</summary>
public sealed class ScenarioRunTest(ServerFixture server) : IClassFixture<ServerFixture>, IDisposable
{
    private static readonly PopulationShape Shape = new(2_000, 500, 10, 1);
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-scenario-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task Run_WithBaselines_IsWrittenBeforeThem_AndDividesTheClosedLoopsRate()
    {
        LoadReport? before = null;
        EngineRate rate = default;
        var report = await RunAsync(Settings() with { HasBaselines = true }, (_, engine, _, _) =>
        {
            (rate, before) = (engine, ReportFiles.Read(Path.Combine(directory, "decide.json")));
            return [engine.Over("ratio", 1_000)];
        });
        Assert.True(report.PeakPerSecond > 0);
        Assert.Equal(500, report.AskedPerSecond);
        Assert.Equal(report.PeakPerSecond, rate.PerSecond);
        Assert.DoesNotContain("ratio", before!.Figures.Select(figure => figure.Name));
        var faults = Assert.Single(report.Figures, figure => figure.Name == "requests of the peak that failed or were refused");
        Assert.True(faults.IsMet, faults.Note);
        Assert.Contains("ratio", ReportFiles.Read(Path.Combine(directory, "decide.json")).Figures.Select(figure => figure.Name));
        Assert.Contains("The closed loop before the run reached", ReportPage.Of(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WhoseBaselinesFail_KeepsItsReport()
    {
        await Assert.ThrowsAsync<BenchFault>(() => RunAsync(Settings() with { HasBaselines = true }, (_, _, _, _) => throw new BenchFault("the other one is broken")));
        Assert.NotEmpty(ReportFiles.Read(Path.Combine(directory, "decide.json")).Seconds);
    }

    [Theory]
    [InlineData((int)ScoredBy.None, "neither scored")]
    [InlineData((int)ScoredBy.Trees, "the engine scored by trees, the other not scored")]
    public void Ratio_SaysWhatItDividesAndWhatScored(int by, string scored)
    {
        var figure = new EngineRate(3_000, (ScoredBy)by).Over("ratio", 1_500, Demand.AtLeast, 5);
        Assert.Equal(2.0, figure.Measured);
        Assert.False(figure.IsMet);
        Assert.Equal($"3,000 of the closed loop before the run ÷ 1,500 decisions/s; {scored}", figure.Note);
    }

    [Fact]
    public async Task Run_Interrupted_IsKeptUnderAnotherNameAndJudgesNothing()
    {
        var whole = Path.Combine(directory, "decide.json");
        File.WriteAllText(whole, "of an earlier run");
        using var interrupt = new CancellationTokenSource();
        using var output = new StringWriter();
        using var progress = new WatchedWriter("offered");
        var run = CommandTree.RunAsync(
            ["load", "decide", "--accounts", "2000", "--borrowers", "500", "--enterprises", "10", "--products", "1", "--rate", "500", "--minutes", "30", "--hold-seconds", "1", "--out", directory, "--address", server.Address],
            new Shell(output, progress, isTerminal: false, isErrorTerminal: false), interrupt.Token);
        await Task.WhenAny(run, progress.Seen);
        await interrupt.CancelAsync();
        Assert.Equal((int)ExitCode.Unavailable, await run);
        Assert.Contains("creditgrains: Interrupted: stopped after", progress.ToString(), StringComparison.Ordinal);
        Assert.Equal("of an earlier run", File.ReadAllText(whole));
        var report = ReportFiles.Read(Path.Combine(directory, "decide.interrupted.json"));
        Assert.True(report.IsInterrupted);
        Assert.All(report.Figures, figure => Assert.Null(figure.IsMet));
        Assert.Contains("Interrupted after", File.ReadAllText(Path.Combine(directory, "decide.interrupted.html")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Peak_Interrupted_Ends()
    {
        await using var host = await CannedHost.StartAsync();
        var bench = BenchOf(server, Shape) with { WarmUpSeconds = 600, Seconds = 600 };
        using var interrupt = new CancellationTokenSource(TimeSpan.FromSeconds(0.5));
        Assert.Throws<OperationCanceledException>(() => GeneratorRun.Stream(bench, [host.Address], 1, interrupt.Token));
        Assert.Throws<OperationCanceledException>(() => GeneratorRun.Unary(bench, [host.Address], 1, 4, interrupt.Token));
    }

    [Fact]
    public async Task Run_WhereNoReportCanBeWritten_IsRefusedBeforeTheServerIsAsked()
    {
        var file = Path.Combine(directory, "file");
        File.WriteAllText(file, "");
        var run = await CliRun.OfAsync("load", "decide", "--out", Path.Combine(file, "report"), "--address", "127.0.0.1:9");
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("ReportNotWritable", run.Error, StringComparison.Ordinal);
        Assert.Contains("give another --out", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ScoredWithoutItsCatalogue_IsRefusedBeforeTheServerIsAsked()
    {
        var missing = Path.Combine(directory, "none.json");
        var run = await CliRun.OfAsync("load", "scored", "--catalogue", missing, "--out", directory, "--address", "127.0.0.1:9");
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("NoCatalogue", run.Error, StringComparison.Ordinal);
        Assert.Contains("docs/examples/features.json", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NotScored_NeedsNoCatalogue_AndSaysWhatWasAsked()
    {
        var report = await RunAsync(Settings() with { CataloguePath = Path.Combine(directory, "none.json") });
        var settings = report.Settings.ToDictionary(setting => setting.Name, setting => setting.Value);
        Assert.Equal("500 requests/s", settings["asked rate"]);
        Assert.Equal("1 s", settings["lifetime of holds"]);
        Assert.Equal("nothing", settings["scored by"]);
        Assert.Equal("none", settings["catalogue of features"]);
        Assert.Equal("0.1 s", settings["warm-up"]);
        Assert.Equal("7", settings["seed"]);
        Assert.Equal("500 borrowers, 10 enterprises, 1 products", settings["nodes"]);
        Assert.Equal($"at {AddressOf(server)}", settings["server"]);
        Assert.Equal("not known", settings["desk"]);
        Assert.Equal("not known", report.ServerCommit);
        Assert.Equal(2_000, report.Accounts);
        Assert.Contains("<td>lifetime of holds</td><td>1 s</td>", ReportPage.Of(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_OfAddress_SaysThatTheBookIsChanged() => Assert.Contains("load-card", (await CliRun.OfAsync("load", "decide", "--help")).Output, StringComparison.Ordinal);

    internal static BenchSettings BenchOf(ServerFixture server, PopulationShape shape) => new()
    {
        Shape = shape, Seconds = 0.2, WarmUpSeconds = 0.1, Address = AddressOf(server), DataDirectory = "", PostgresFacilities = shape.Facilities, HoldSeconds = 1, Seed = 7,
    };

    private static IPEndPoint AddressOf(ServerFixture server) => IPEndPoint.Parse(server.Address.Replace("http://", "", StringComparison.Ordinal));

    private LoadTestSettings Settings() => new()
    {
        Bench = BenchOf(server, Shape), RatePerSecond = 500, Seconds = 1, Transport = Transport.Stream, StreamConnections = 1, OutputDirectory = directory, HasBaselines = false,
    };

    private static async Task<LoadReport> RunAsync(LoadTestSettings settings, Func<LoadTestSettings, EngineRate, Shell, CancellationToken, List<Figure>>? baselines = null)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var shell = new Shell(output, error, isTerminal: false, isErrorTerminal: false);
        return await Task.Run(() => ScenarioRun.RunAsync(Scenario.All.Single(scenario => scenario.Name == "decide"), settings, shell, baselines ?? ((_, _, _, _) => []), CancellationToken.None));
    }

    /// <summary>Tells when a text was written.</summary>
    private sealed class WatchedWriter(string text) : StringWriter
    {
        private readonly TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Seen => seen.Task;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true) seen.TrySetResult();
        }
    }
}
