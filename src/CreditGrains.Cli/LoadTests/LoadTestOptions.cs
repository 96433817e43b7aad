using System.CommandLine;
using CreditGrains.Cli.Bench;

namespace CreditGrains.Cli.LoadTests;

/// <summary>The options of a scenario: those of a measured server, and what a load test adds.</summary>
internal sealed class LoadTestOptions
{
    private const int HoldSecondsMax = 34_560_000;
    private const double MinutesMax = 24 * 60;
    private const string OneEnterprise = "hot";
    private readonly BenchOptions bench = new();
    private readonly Scenario scenario;
    private readonly Option<double> minutes;
    private readonly Option<long> accounts = new("--accounts") { Description = "Facilities of the population", DefaultValueFactory = _ => 1_000_000 };
    private readonly Option<long> loans = new("--loans") { Description = "Accounts that have a loan of 24 instalments, from the first; taken over before the run", DefaultValueFactory = _ => 0 };
    private readonly Option<double> rate = new("--rate") { Description = "Requests a second; left out: a part of the peak, which is measured first" };
    private readonly Option<Transport> transport = new("--transport") { Description = "unary, or stream: batches of --batch on bidirectional streams", DefaultValueFactory = _ => Transport.Stream };
    private readonly Option<int> holdSeconds = new("--hold-seconds") { Description = "Lifetime of the holds; 0 is the engine's own, seven days", DefaultValueFactory = _ => 5 };
    private readonly Option<string> output = new("--out") { Description = "Directory of the report", DefaultValueFactory = _ => "load-report" };
    private readonly Option<ScoredBy?> scored = new("--scored") { Description = "What scores the requests; left out: as the scenario says" };
    private readonly Option<string> catalogue = new("--catalogue") { Description = "Catalogue of features of --scored", HelpName = "FILE", DefaultValueFactory = _ => Path.Combine("docs", "examples", "features.json") };
    private readonly Option<bool> desk = new("--desk") { Description = "Monitors, shadows and alerts beside the server that is started: a second book that follows every event" };
    private readonly Option<bool> baselines = new("--baselines") { Description = "Measure PostgreSQL and Redis doing the same checks, after the run" };

    public LoadTestOptions(Scenario scenario)
    {
        this.scenario = scenario;
        bench.Address.Description = "IP and port of a server that runs already, with the same population or empty. Its book becomes the run's: an empty one is filled; features, the models load-card and load-trees "
            + "and the policy load-policy are put in force or out of it as --scored asks. Left out: a server is started on --data";
        bench.Data.Description = scenario.Name == OneEnterprise
            ? $"{bench.Data.Description}; left out: a directory of this scenario's own, since its book differs"
            : bench.Data.Description;
        minutes = new Option<double>("--minutes") { Description = "Length of the run", DefaultValueFactory = _ => scenario.Minutes };
    }

    /// <summary>Those of the command.</summary>
    public Option[] All =>
    [
        accounts, loans, rate, minutes, transport, holdSeconds, scored, catalogue, desk, output, baselines, bench.Borrowers, bench.Enterprises, bench.Products, bench.Connections, bench.Streams, bench.StreamConnections,
        bench.BatchLength, bench.BatchesInFlight, bench.Address, bench.Data, bench.ServeWith, bench.PostgresFacilities, bench.ApiKey, bench.Seed, bench.Json,
    ];

    /// <summary>Reads and checks them.</summary>
    /// <exception cref="BenchFault">They do not agree.</exception>
    public LoadTestSettings Read(ParseResult parse)
    {
        var length = parse.GetValue(minutes);
        if (!(length > 0 && length <= MinutesMax)) throw new BenchFault($"--minutes must be above 0 and at most {MinutesMax}");
        var perSecond = parse.GetValue(rate);
        if (parse.GetResult(rate) is not null && !(perSecond > 0 && perSecond <= 10_000_000)) throw new BenchFault("--rate must be above 0 and at most 10,000,000");
        var hold = parse.GetValue(holdSeconds);
        if (hold is < 0 or > HoldSecondsMax) throw new BenchFault($"--hold-seconds must be 0 to {HoldSecondsMax}");
        var withLoan = parse.GetValue(loans);
        if (withLoan < 0 || withLoan > parse.GetValue(accounts)) throw new BenchFault("--loans must be 0 to --accounts");
        var settings = bench.Read(parse, parse.GetValue(accounts)) with { HoldSeconds = hold, HasDesk = parse.GetValue(desk) };
        if (scenario.Name == OneEnterprise)
        {
            settings = settings with { Shape = settings.Shape with { Enterprises = 1, Products = 1 } };
            if (parse.GetResult(bench.Data) is null or { Implicit: true }) settings = settings with { DataDirectory = $"{settings.DataDirectory}-{scenario.Name}" };
        }

        return new LoadTestSettings
        {
            Loans = withLoan,
            Bench = settings,
            RatePerSecond = perSecond,
            Seconds = length * 60,
            Transport = parse.GetValue(transport),
            StreamConnections = parse.GetValue(bench.StreamConnections),
            OutputDirectory = Path.GetFullPath(parse.GetRequiredValue(output)),
            ScoredBy = parse.GetValue(scored),
            CataloguePath = parse.GetRequiredValue(catalogue),
            HasBaselines = parse.GetValue(baselines),
        };
    }
}

/// <summary>What the options of a scenario come to.</summary>
internal sealed record LoadTestSettings
{
    /// <summary>Population, server, connections.</summary>
    public required BenchSettings Bench { get; init; }

    /// <summary>Accounts that have a loan.</summary>
    public long Loans { get; init; }

    /// <summary>Requests a second; 0: a part of the peak.</summary>
    public required double RatePerSecond { get; init; }

    /// <summary>Length of the run.</summary>
    public required double Seconds { get; init; }

    public required Transport Transport { get; init; }

    /// <summary>Connections of a streamed load.</summary>
    public required int StreamConnections { get; init; }

    public required string OutputDirectory { get; init; }

    /// <summary>What scores the requests; null: as the scenario says.</summary>
    public ScoredBy? ScoredBy { get; init; }

    /// <summary>File of the features.</summary>
    public string CataloguePath { get; init; } = "";

    /// <summary>Whether PostgreSQL and Redis are measured too.</summary>
    public required bool HasBaselines { get; init; }
}
