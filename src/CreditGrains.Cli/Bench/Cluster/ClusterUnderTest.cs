using System.Diagnostics;
using System.Globalization;
using System.Net;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Bench.Postgres;
using CreditGrains.Cli.Bench.Server;
using CreditGrains.Cli.Connection;

namespace CreditGrains.Cli.Bench.Cluster;

/// <summary>How the measured cluster is made.</summary>
/// <param name="SiloProgram">CreditGrains.Silo.dll; null is the one built beside this program.</param>
/// <param name="Partitions">Partitions of borrowers.</param>
/// <param name="StreamConnections">Connections of the stream load, dealt over the silos.</param>
/// <param name="Repeats">How often stream and unary are measured; the median counts.</param>
/// <param name="IsRatesOnly">Only stream and unary over the population.</param>
internal sealed record ClusterShape(string? SiloProgram, int Partitions, int StreamConnections, int Repeats = 1, bool IsRatesOnly = false);

/// <summary>PostgreSQL, Redis and three silos as processes, on data of their own that goes with them.</summary>
internal sealed class ClusterUnderTest : IAsyncDisposable
{
    private const int SiloCount = 3;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(100);
    private readonly PostgresCluster postgres;
    private readonly Process redis;
    private readonly DirectoryInfo redisData;
    private readonly List<ServerTarget> silos = [];
    private readonly List<Uri> http = [];

    private ClusterUnderTest(PostgresCluster postgres, Process redis, DirectoryInfo redisData)
    {
        this.postgres = postgres;
        this.redis = redis;
        this.redisData = redisData;
    }

    /// <summary>The silos, each answering.</summary>
    public IReadOnlyList<ServerTarget> Silos => silos;

    /// <summary>Where each serves JSON and reports its memory.</summary>
    public IReadOnlyList<Uri> HttpAddresses => http;

    /// <summary>Where they serve gRPC.</summary>
    public IReadOnlyList<IPEndPoint> Addresses => [.. silos.Select(s => s.Address)];

    /// <summary>Starts it, empty.</summary>
    /// <exception cref="BenchFault">Something is not installed, or does not start.</exception>
    public static async Task<ClusterUnderTest> StartAsync(ClusterShape shape)
    {
        var program = SiloProgram.Find(shape.SiloProgram);
        if (!File.Exists(program)) throw new BenchFault($"there is no silo at {program}; build src/CreditGrains.Silo in Release or give --silo");
        if (PostgresPrograms.Find(out var why) is not { } programs) throw new BenchFault(why);
        Report.Progress($"cluster: starting PostgreSQL, Redis and three silos");
        var port = ServerProcess.FreePort();
        var directory = Directory.CreateTempSubdirectory("creditgrains-redis-");
        var redis = Process.Start(new ProcessStartInfo("redis-server", ["--port", Text(port), "--bind", "127.0.0.1", "--dir", directory.FullName, "--appendonly", "yes", "--save", "", "--logfile", "log"]))
            ?? throw new BenchFault("redis-server could not be started; install the package redis-server");
        var cluster = new ClusterUnderTest(PostgresCluster.Start(programs, "1GB"), redis, directory);
        try
        {
            for (var i = 0; i < SiloCount; i++) cluster.silos.Add(ServerTarget.Of(cluster.StartSilo(program, shape.Partitions, port)));
            using var client = new HttpClient();
            for (var i = 0; i < SiloCount; i++) await WhenServingAsync(client, cluster.http[i], cluster.silos[i].Process!);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes when a silo says that it serves. Nothing else is asked: a question to the engine would open every partition in the first silo.</summary>
    private static async Task WhenServingAsync(HttpClient client, Uri silo, ServerProcess process)
    {
        for (var start = Stopwatch.GetTimestamp(); ; await Task.Delay(AskAgainAfter))
        {
            try
            {
                using var answer = await client.GetAsync(new Uri(silo, "/healthz"));
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                if (process.HasExited) throw new BenchFault($"a silo ended while starting: {process.LastLine}");
            }
            if (Stopwatch.GetElapsedTime(start) > StartTimeout) throw new BenchFault($"the silo at {silo} did not serve within {StartTimeout}: {process.LastLine}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(silos.Select(s => s.DisposeAsync().AsTask()));
        redis.Kill();
        await redis.WaitForExitAsync();
        redis.Dispose();
        redisData.Delete(recursive: true);
        postgres.Dispose();
    }

    private ServerProcess StartSilo(string program, int partitions, int redisPort)
    {
        var address = new IPEndPoint(IPAddress.Loopback, ServerProcess.FreePort());
        var httpPort = ServerProcess.FreePort();
        http.Add(new Uri($"http://127.0.0.1:{Text(httpPort)}"));
        string[] arguments =
        [
            "--database", $"{postgres.ConnectionString};Maximum Pool Size=60", "--redis", $"127.0.0.1:{Text(redisPort)}", "--cluster", "bench", "--partitions", Text(partitions),
            "--open", "--silo-port", Text(ServerProcess.FreePort()), "--gateway-port", Text(ServerProcess.FreePort()), "--grpc-port", Text(address.Port), "--http-port", Text(httpPort),
        ];
        return ServerProcess.Start(program, arguments, address);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
