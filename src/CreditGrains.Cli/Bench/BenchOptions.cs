using System.CommandLine;
using System.Net;
using CreditGrains.Cli.Bench.Load;

namespace CreditGrains.Cli.Bench;

/// <summary>The options of the bench commands; each command takes those it uses.</summary>
internal sealed class BenchOptions
{
    private const long FacilitiesUsual = 10_000_000;
    private const double SecondsUsual = 10;
    private const double WarmUpUsual = 3;
    private const int FacilitiesPerBorrower = 4;
    private const int BorrowersPerEnterprise = 50;

    public Option<long> Facilities { get; } = new("--facilities") { Description = "Facilities of the population", DefaultValueFactory = _ => FacilitiesUsual };

    public Option<long?> Borrowers { get; } = new("--borrowers") { Description = "Borrowers; left out: a quarter of the facilities" };

    public Option<long?> Enterprises { get; } = new("--enterprises") { Description = "Enterprises; left out: a fiftieth of the borrowers" };

    public Option<int> Products { get; } = new("--products") { Description = "Products, the top nodes", DefaultValueFactory = _ => 100 };

    public Option<double> Seconds { get; } = new("--seconds") { Description = "Length of each measurement", DefaultValueFactory = _ => SecondsUsual };

    public Option<double> WarmUp { get; } = new("--warm-up") { Description = "Seconds of load before each measurement", DefaultValueFactory = _ => WarmUpUsual };

    public Option<string?> Address { get; } = new("--address") { Description = "IP and port of a server that runs already; left out: one is started on --data" };

    public Option<string> Data { get; } = new("--data")
    {
        Description = "Data directory of the engine or server the bench starts; a population in it is used again",
        DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "creditgrains-bench"),
    };

    public Option<string?> ServeWith { get; } = new("--serve-with") { Description = "The creditgrains to start as server; left out: this one" };

    public Option<int> Connections { get; } = new("--connections") { Description = "Connections of the unary load", DefaultValueFactory = _ => 16 };

    public Option<int> Streams { get; } = new("--streams") { Description = "Calls under way on each connection", DefaultValueFactory = _ => 16 };

    public Option<int> StreamConnections { get; } = new("--stream-connections") { Description = "Connections of the stream load, one stream each", DefaultValueFactory = _ => 4 };

    public Option<int> BatchLength { get; } = new("--batch") { Description = "Requests of a batch on a stream, 1 to 10,000", DefaultValueFactory = _ => 100 };

    public Option<int> BatchesInFlight { get; } = new("--in-flight") { Description = "Batches under way on each stream, or in process", DefaultValueFactory = _ => 8 };

    public Option<long> Holds { get; } = new("--holds") { Description = "Open holds while memory is read", DefaultValueFactory = _ => 1_000_000 };

    public Option<double> Rate { get; } = new("--rate") { Description = "Requests a second of the full load; 0 measures it first", DefaultValueFactory = _ => 0 };

    public Option<long?> PostgresFacilities { get; } = new("--postgres-facilities") { Description = "Facilities of the PostgreSQL book; left out: as many as the engine's" };

    public Option<ulong> Seed { get; } = new("--seed") { Description = "Seed of random facilities and amounts", DefaultValueFactory = _ => 1UL };

    public Option<string?> ApiKey { get; } = new("--api-key") { Description = "File that holds the API key of a server that asks for one", HelpName = "FILE" };

    public Option<bool> Json { get; } = new("--json") { Description = "Print one JSON object" };

    /// <summary>The options of every measurement.</summary>
    public Option[] Common => [Facilities, Borrowers, Enterprises, Products, Seconds, WarmUp, Seed, Json];

    /// <summary>Those of a server that is measured.</summary>
    public Option[] Server => [.. Common, Address, Data, ServeWith, ApiKey];

    /// <summary>Reads and checks them.</summary>
    /// <exception cref="BenchFault">They do not agree.</exception>
    public BenchSettings Read(ParseResult parse) => Read(parse, parse.GetValue(Facilities));

    /// <summary>Reads and checks them, with the number of facilities from elsewhere.</summary>
    /// <exception cref="BenchFault">They do not agree.</exception>
    public BenchSettings Read(ParseResult parse, long facilities)
    {
        var borrowers = Given(parse, Borrowers) ?? Math.Max(1, facilities / FacilitiesPerBorrower);
        var enterprises = Given(parse, Enterprises) ?? Math.Max(1, borrowers / BorrowersPerEnterprise);
        var products = Has(parse, Products) ? parse.GetValue(Products) : 1;
        if (parse.GetResult(Products) is { Implicit: true }) products = (int)Math.Min(products, enterprises);
        var shape = new PopulationShape(facilities, borrowers, enterprises, products);
        if (shape.Fault is { } fault) throw new BenchFault(fault);
        return new BenchSettings
        {
            Shape = shape,
            Seconds = Has(parse, Seconds) ? Positive(parse, Seconds, 3_600) : SecondsUsual,
            WarmUpSeconds = Has(parse, WarmUp) ? Math.Max(0, parse.GetValue(WarmUp)) : WarmUpUsual,
            Address = Has(parse, Address) ? AddressOf(parse.GetValue(Address)) : null,
            DataDirectory = Has(parse, Data) ? Path.GetFullPath(parse.GetRequiredValue(Data)) : "",
            ServeWith = Has(parse, ServeWith) ? parse.GetValue(ServeWith) : null,
            Connections = Positive(parse, Connections, 1_000, 16),
            Streams = Positive(parse, Streams, 10_000, 16),
            BatchLength = Positive(parse, BatchLength, 10_000, 100),
            BatchesInFlight = Positive(parse, BatchesInFlight, 1_000, 8),
            PostgresFacilities = Given(parse, PostgresFacilities) ?? facilities,
            Seed = parse.GetValue(Seed),
            Authorization = Has(parse, ApiKey) && parse.GetValue(ApiKey) is { } file ? $"Bearer {File.ReadAllText(file).Trim()}" : null,
            IsJson = parse.GetValue(Json),
        };
    }

    private static bool Has(ParseResult parse, Option option) => parse.CommandResult.Command.Options.Contains(option);

    private static long? Given(ParseResult parse, Option<long?> option) => Has(parse, option) ? parse.GetValue(option) : null;

    private static double Positive(ParseResult parse, Option<double> option, double max)
    {
        var value = parse.GetValue(option);
        return value > 0 && value <= max ? value : throw new BenchFault($"{option.Name} must be above 0 and at most {max}");
    }

    private static int Positive(ParseResult parse, Option<int> option, int max, int usual)
    {
        if (!Has(parse, option)) return usual;
        var value = parse.GetValue(option);
        return value > 0 && value <= max ? value : throw new BenchFault($"{option.Name} must be 1 to {max}");
    }

    private static IPEndPoint? AddressOf(string? text)
    {
        if (text is null) return null;
        var plain = text.StartsWith("http://", StringComparison.Ordinal) ? text["http://".Length..].TrimEnd('/') : text;
        return IPEndPoint.TryParse(plain, out var address) && address.Port > 0
            ? address
            : throw new BenchFault($"--address '{text}' is no IP address with a port, such as 127.0.0.1:7070");
    }
}
