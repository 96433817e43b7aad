using System.CommandLine;
using CreditGrains.Cli.Bench.Cluster;
using CreditGrains.Cli.Bench.ClusterReplay;
using CreditGrains.Cli.Bench.Http2;
using CreditGrains.Cli.Bench.LoanBook;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Bench.Pools;
using CreditGrains.Cli.Bench.Postgres;
using CreditGrains.Cli.Bench.Runs;
using CreditGrains.Cli.Bench.Server;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Features;

namespace CreditGrains.Cli.Bench;

/// <summary>creditgrains bench: measures what the engine was asked to reach. Docs: loadtests/README.md.</summary>
internal static class BenchCommand
{
    private const int Usage = 2;
    private static readonly BenchOptions Options = new();

    /// <summary>The command with its subcommands, for the root.</summary>
    public static Command Create() => new("bench", "Measure throughput, latency, memory, restart and snapshots, and compare with PostgreSQL")
    {
        InProcess(),
        OnServer("unary", "gRPC unary: many connections and streams, unique ids", [Options.Connections, Options.Streams], (run, target) =>
        {
            ServerRuns.Unary(run.Settings, target, run.Report, run.Figures);
            return Task.CompletedTask;
        }),
        OnServer("stream", "gRPC bidirectional stream of batches", [Options.StreamConnections, Options.BatchLength, Options.BatchesInFlight], (run, target) =>
        {
            ServerRuns.Stream(run.Settings, target, run.Parse.GetValue(Options.StreamConnections), run.Report, run.Figures);
            return Task.CompletedTask;
        }),
        OnServer("single", "gRPC, one client, one request at a time", [], (run, target) =>
        {
            ServerRuns.Single(run.Settings, target, run.Report, run.Figures);
            return Task.CompletedTask;
        }),
        OnServer("h2load", "gRPC unary by h2load, one body: the retry path", [Options.Connections, Options.Streams],
            (run, target) => RetryBody.RunAsync(run.Settings, target, run.Report, run.Figures)),
        Import(),
        Restart(),
        OnServer("snapshot-pause", "Longest pause while a snapshot is written at half load", [Options.Connections, Options.Streams, Options.Rate], SnapshotPauseAsync),
        OnServer("memory", "Resident memory of the server with open holds", [Options.Holds],
            (run, target) => ServerRuns.MemoryAsync(run.Settings, target, run.Parse.GetValue(Options.Holds), run.Report, run.Figures)),
        Measuring("postgres", "The same checks in PL/pgSQL under pgbench", [.. Options.Common, Options.PostgresFacilities], run =>
        {
            PostgresRuns.Run(run.Settings, run.Report, run.Figures);
            return Task.CompletedTask;
        }),
        Cluster(),
        ClusterMemory(),
        ClusterReplay(),
        Security(),
        Models(),
        Features(),
        Risk(),
        Pools(),
        Loans(),
        All(),
        Body(),
    };

    private static Command InProcess() => Measuring(
        "inproc", "The engine in this process: batches of 1,000, and 512 single callers", [.. Options.Common, Options.Data, Options.BatchesInFlight],
        run => InProcessRuns.RunAsync(run.Settings, run.Settings.BatchesInFlight, run.Report, run.Figures));

    private static Command Security() => Measuring(
        "security", "What keys, roles, tenant limits, audit and signed heads cost: an open server and a secured one in turn",
        [.. Options.Common, Options.Data, Options.ServeWith, Options.Connections, Options.Streams, Options.StreamConnections, Options.BatchLength, Options.BatchesInFlight],
        run => SecurityRuns.RunAsync(run.Settings, run.Parse.GetValue(Options.StreamConnections), run.Report, run.Figures));

    private static Command Import() => Measuring("import", "Bulk import of the population into an empty server", Options.Server, async run =>
    {
        await using var target = await ServerTarget.OpenAsync(run.Settings);
        await ServerRuns.ImportAsync(run.Settings, target, run.Report, run.Figures);
    });

    private static Command Restart() => Measuring("restart", "Time from start to first decision, after SIGKILL", [.. Options.Common, Options.Data, Options.ServeWith], async run =>
    {
        var target = await ServerTarget.OpenAsync(run.Settings);
        try
        {
            await PopulationImport.EnsureAsync(target, run.Settings.Shape);
            target = await ServerRuns.RestartAsync(run.Settings, target, run.Report, run.Figures);
        }
        finally
        {
            await target.DisposeAsync();
        }
    });

    private static async Task SnapshotPauseAsync(Run run, ServerTarget target)
    {
        var rate = run.Parse.GetValue(Options.Rate);
        if (rate <= 0) rate = ServerRuns.Unary(run.Settings, target, run.Report, []).PerSecond;
        ServerRuns.SnapshotPause(run.Settings, target, rate, run.Report, run.Figures);
    }

    private static Command Cluster()
    {
        var silo = new Option<string?>("--silo") { Description = SiloProgram.Description };
        var partitions = new Option<int>("--partitions") { Description = "Partitions of the cluster", DefaultValueFactory = _ => 96 };
        var repeats = new Option<int>("--repeats") { Description = "How often stream and unary are measured; the median counts", DefaultValueFactory = _ => 1 };
        repeats.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 99) result.AddError("--repeats must be 1 to 99");
        });
        var ratesOnly = new Option<bool>("--rates-only") { Description = "Measure only stream and unary over the population" };
        Option[] options =
        [
            .. Options.Common, Options.Connections, Options.Streams, Options.StreamConnections, Options.BatchLength, Options.BatchesInFlight, Options.PostgresFacilities, silo, partitions,
            repeats, ratesOnly,
        ];
        return Measuring("cluster", "Three silos over PostgreSQL and Redis, both started here: rates, hot enterprise, failover, memory", options, run => ClusterRuns.RunAsync(
            run.Settings, new ClusterShape(run.Parse.GetValue(silo), run.Parse.GetValue(partitions), run.Parse.GetValue(Options.StreamConnections),
                run.Parse.GetValue(repeats), run.Parse.GetValue(ratesOnly)),
            run.Report, run.Figures));
    }

    private static Command ClusterMemory()
    {
        var silo = new Option<string?>("--silo") { Description = SiloProgram.Description };
        var partitions = new Option<int>("--partitions") { Description = "Partitions of the cluster", DefaultValueFactory = _ => 192 };
        Option[] options = [.. Options.Common, Options.StreamConnections, Options.BatchLength, Options.BatchesInFlight, silo, partitions];
        return Measuring("cluster-memory", "The population imported into three silos: resident memory, and the longest collection pause under streams", options, run => MemoryRuns.RunAsync(
            run.Settings, new ClusterShape(run.Parse.GetValue(silo), run.Parse.GetValue(partitions), run.Parse.GetValue(Options.StreamConnections)), run.Report, run.Figures));
    }

    private static Command Models()
    {
        var reference = new Option<string?>("--onnxruntime") { Description = "Folder with run.mjs and onnxruntime-node; left out: that of the tests, when it is there", HelpName = "DIR" };
        return Measuring("models", "200 trees of six splits, one event on one core: score, Shapley values, and ONNX Runtime a row at a time", [.. Options.Common, reference], run =>
        {
            ModelRuns.Run(run.Settings, run.Parse.GetValue(reference), run.Report, run.Figures);
            return Task.CompletedTask;
        });
    }

    private static Command Risk()
    {
        var catalogue = new Option<string>("--catalogue") { Description = "Catalogue of features", HelpName = "FILE", DefaultValueFactory = _ => Path.Combine("docs", "examples", "features.json") };
        return Measuring(
            "risk", "The engine in this process, batches of 1,000: features, a scorecard or trees, and a policy in each decision", [.. Options.Common, Options.Data, Options.BatchesInFlight, catalogue],
            async run =>
            {
                var features = FeatureCommands.Read(run.Parse.GetRequiredValue(catalogue));
                await RiskRuns.RunAsync(run.Settings, features, run.Settings.BatchesInFlight, run.Report, run.Figures);
                await RiskRuns.ShadowsAsync(run.Settings, features, run.Report, run.Figures);
            });
    }

    private static Command Features()
    {
        var catalogue = new Option<string>("--catalogue") { Description = "Catalogue of features", HelpName = "FILE", DefaultValueFactory = _ => Path.Combine("docs", "examples", "features.json") };
        var accounts = new Option<int>("--accounts") { Description = "Accounts whose rows are in memory", DefaultValueFactory = _ => 1_000_000 };
        return Measuring("features", "What features cost: bytes an account, an event, a read, decisions of the engine with them, export", [.. Options.Common, Options.Data, catalogue, accounts], async run =>
        {
            var compiled = FeatureCommands.Read(run.Parse.GetRequiredValue(catalogue));
            FeatureRuns.Run(run.Settings, compiled, run.Parse.GetValue(accounts), run.Report, run.Figures);
            await FeatureEngineRuns.RunAsync(run.Settings, compiled, run.Report, run.Figures);
        });
    }

    private static Command Pools()
    {
        var loans = new Option<int>("--loans") { Description = "Loans of the pool", DefaultValueFactory = _ => 1_000_000 };
        return Measuring("pools", "Live pools: bookkeeping as a part of a decision, and the state of a pool read while decisions run at half of peak", [.. Options.Server, Options.Connections, Options.Streams, Options.BatchesInFlight, loans], async run =>
        {
            if (run.Settings.Address is null) await PoolRuns.ShareAsync(run.Settings, run.Parse.GetValue(loans), run.Report, run.Figures);
            await using var target = await ServerTarget.OpenAsync(run.Settings);
            await PopulationImport.EnsureAsync(target, run.Settings.Shape);
            await PoolRuns.RunAsync(run.Settings, target, run.Parse.GetValue(loans), run.Report, run.Figures);
        });
    }

    private static Command Loans()
    {
        var count = new Option<int>("--loans") { Description = "Loans, each on a facility of its own", DefaultValueFactory = _ => 10_000_000 };
        var seconds = new Option<double>("--seconds") { Description = "Length of each measurement of card decisions, of which there are seven with and seven without loans", DefaultValueFactory = _ => 2 };
        var pooled = new Option<bool>("--pooled") { Description = "All loans are in one pool, which is kept current: roll matrix, balances by bucket" };
        var data = new Option<string?>("--data") { Description = "An empty directory for the book; left out: one of the system's temporary ones, deleted after", HelpName = "DIR" };
        var command = new Command("loans", "Loans in this process: memory and journal of one, card decisions beside them, a month end in which all fall due") { count, seconds, pooled, data, Options.Json };
        command.SetAction(parse => GuardedAsync("loans", async () =>
        {
            var report = new Report(parse.GetValue(Options.Json));
            var figures = new List<Figure>();
            var given = parse.GetValue(data);
            var directory = given ?? Directory.CreateTempSubdirectory("creditgrains-loans-").FullName;
            try
            {
                await LoanRuns.RunAsync(Math.Max(1_000, parse.GetValue(count)), parse.GetValue(seconds), parse.GetValue(pooled), directory, report, figures);
            }
            finally
            {
                if (given is null) Directory.Delete(directory, recursive: true);
            }
            return report.Finish(figures);
        }));
        return command;
    }

    private static Command ClusterReplay()
    {
        var file = new Argument<string>("file") { Description = "CSV of UCI Machine Learning Repository data set 350, default of credit card clients" };
        var silo = new Option<string?>("--silo") { Description = SiloProgram.Description };
        var partitions = new Option<int>("--partitions") { Description = "Partitions of the cluster", DefaultValueFactory = _ => 24 };
        var command = new Command("cluster-replay", "The replay of card accounts on three silos, one killed half-way, beside the standalone engine") { file, silo, partitions, Options.Json };
        command.SetAction(parse => GuardedAsync("cluster-replay", async () =>
        {
            var report = new Report(parse.GetValue(Options.Json));
            var figures = new List<Figure>();
            (await ReplayRuns.RunAsync(parse.GetRequiredValue(file), new ClusterShape(parse.GetValue(silo), parse.GetValue(partitions), StreamConnections: 0))).Print(report, figures);
            return report.Finish(figures);
        }));
        return command;
    }

    private static Command All()
    {
        Option[] options =
        [
            .. Options.Common, Options.Data, Options.ServeWith, Options.Connections, Options.Streams, Options.StreamConnections, Options.BatchesInFlight, Options.Holds,
            Options.PostgresFacilities,
        ];
        return Measuring("all", "Everything in one go, asked beside measured", options, async run => run.Figures.AddRange(await FullRun.RunAsync(
            run.Settings, run.Parse.GetValue(Options.StreamConnections), run.Settings.BatchesInFlight, run.Parse.GetValue(Options.Holds), run.Report)));
    }

    private static Command Body()
    {
        var output = new Option<string>("--out") { Description = "File to write", Required = true };
        var command = new Command("body", "Write the body of one Authorize with a fresh id, for h2load -d") { output, Options.Facilities };
        command.SetAction(parse =>
        {
            RetryBody.Write(parse.GetRequiredValue(output), parse.GetValue(Options.Facilities));
            return 0;
        });
        return command;
    }

    private static Command OnServer(string name, string description, Option[] options, Func<Run, ServerTarget, Task> measure) =>
        Measuring(name, description, [.. Options.Server, .. options], async run =>
        {
            await using var target = await ServerTarget.OpenAsync(run.Settings);
            await PopulationImport.EnsureAsync(target, run.Settings.Shape);
            await measure(run, target);
        });

    private static Command Measuring(string name, string description, Option[] options, Func<Run, Task> measure)
    {
        var command = new Command(name, description);
        foreach (var option in options) command.Add(option);
        command.SetAction(parse => GuardedAsync(name, async () =>
        {
            var settings = Options.Read(parse);
            var run = new Run(parse, settings, new Report(settings.IsJson), []);
            await measure(run);
            return run.Report.Finish(run.Figures);
        }));
        return command;
    }

    private static async Task<int> GuardedAsync(string name, Func<Task<int>> run)
    {
        try
        {
            // Off this thread, so that an interrupt is seen while a load runs.
            return await Task.Run(run);
        }
        catch (BenchFault fault)
        {
            await Console.Error.WriteLineAsync($"bench {name}: {fault.Message}");
            return Usage;
        }
        catch (Http2Exception fault)
        {
            await Console.Error.WriteLineAsync($"bench {name}: the server is gone: {fault.Message}");
            return Usage;
        }
    }

    /// <summary>One run of a subcommand.</summary>
    private sealed record Run(ParseResult Parse, BenchSettings Settings, Report Report, List<Figure> Figures);
}
