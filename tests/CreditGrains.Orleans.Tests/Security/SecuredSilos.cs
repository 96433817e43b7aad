using System.Net.Http.Headers;
using CreditGrains.Api.Security.Audit;
using CreditGrains.Api.Security.Keys;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Dashboard;
using CreditGrains.Orleans.Audit;
using CreditGrains.Orleans.Hosting;
using CreditGrains.Orleans.Tests.Servers;
using CreditGrains.Server;
using CreditGrains.Server.Alerts;
using CreditGrains.Server.Security;
using CreditGrains.Silo.Security;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Npgsql;

namespace CreditGrains.Orleans.Tests.Security;

/// <summary>Two silos with the whole API over a PostgreSQL and a Redis of their own, one security file and the keys of some people.</summary>
internal sealed class SecuredSilos : IAsyncDisposable
{
    /// <summary>SetLimit above this needs a second person.</summary>
    public const long Threshold = 1_000_000;

    private static readonly (string Name, string[] Roles)[] People = [("ann", ["risk", "read", "operate"]), ("bob", ["risk", "read"]), ("cem", ["risk", "read"]), ("till", ["decide"]), ("ops", ["operate", "read"])];
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-silos-").FullName;
    private readonly Dictionary<string, string> keys = [];
    private readonly List<RpcChannel> channels = [];
    private readonly HttpClient http = new();
    private readonly PostgresServer postgres = PostgresServer.Start();
    private readonly RedisServer redis = new();
    private readonly StringWriter printed = new();
    private readonly TextWriter output;
    private readonly int count;

    private SecuredSilos(int count)
    {
        this.count = count;
        output = TextWriter.Synchronized(printed);
        Settings = new SecuritySettings { Keys = Path.Combine(directory, "keys.json"), Audit = "in-the-database", Approvals = new ApprovalSettings { SetLimitAbove = Threshold } };
        Database = NpgsqlDataSource.Create(postgres.ConnectionString);
        KeyFile.Of([.. People.Select(Key)]).Write(Settings.Keys);
    }

    /// <summary>The silos that run.</summary>
    public List<RunningServer> Silos { get; } = [];

    /// <summary>What the next start takes.</summary>
    public SecuritySettings Settings { get; set; }

    /// <summary>The database, as an administrator sees it.</summary>
    public NpgsqlDataSource Database { get; }

    /// <summary>How to reach it.</summary>
    public string ConnectionString => postgres.ConnectionString;

    /// <summary>A directory for files of the test.</summary>
    public string Files => directory;

    /// <summary>File of alert rules; null for none.</summary>
    public string? AlertRules { get; private init; }

    /// <summary>The tenant whose book the pages show.</summary>
    public ushort Shown { get; private init; }

    /// <param name="count">How many silos.</param>
    /// <param name="settings">Who may do what; null for the usual.</param>
    /// <param name="alertRules">File of alert rules; null for none.</param>
    /// <param name="shown">The tenant whose book the pages show.</param>
    public static async Task<SecuredSilos> StartAsync(int count = 2, Func<SecuredSilos, SecuritySettings>? settings = null, string? alertRules = null, ushort shown = 1)
    {
        var silos = new SecuredSilos(count) { AlertRules = alertRules, Shown = shown };
        if (settings is not null) silos.Settings = settings(silos);
        await silos.ResumeAsync();
        return silos;
    }

    /// <summary>Starts all silos.</summary>
    public async Task ResumeAsync()
    {
        for (var i = 0; i < count; i++)
        {
            var options = new ClusterOptions
            {
                Database = postgres.ConnectionString, Redis = redis.Address, ClusterId = "secured", SiloPort = Programs.FreePort(), GatewayPort = Programs.FreePort(), Partitions = 4, Warn = _ => { },
            };
            Silos.Add(await CreditGrainsServer.StartAsync(new ServerOptions
            {
                DataDirectory = "", GrpcPort = 0, HttpPort = 0, Output = output, Security = Settings, Shared = ClusterKeeping.Of(options),
                AlertRules = AlertRules, Dashboard = new DashboardOptions { Tenant = Shown },
                OpenEngine = async (_, cancellationToken) => await ClusterHost.StartAsync(options with { AlertRules = AlertRules is null ? null : AlertRulesFile.Read(AlertRules) }, cancellationToken),
            }));
        }
    }

    /// <summary>Stops all silos.</summary>
    public async Task StopAsync()
    {
        foreach (var channel in channels) channel.Dispose();
        channels.Clear();
        foreach (var silo in Enumerable.Reverse(Silos)) await silo.DisposeAsync();
        Silos.Clear();
    }

    /// <summary>Somebody's way to a silo.</summary>
    public RpcChannel At(int silo, string who)
    {
        var channel = new RpcChannel(Silos[silo].GrpcAddress, new RpcChannelOptions { Authorization = $"Bearer {keys[who]}" });
        channels.Add(channel);
        return channel;
    }

    /// <summary>A page as its first drawing is.</summary>
    public async Task<string> PageAsync(int silo, string path, string who)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Silos[silo].HttpAddress, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", keys[who]);
        using var response = await http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>The audit log as another process reads it.</summary>
    public AuditLog ReadLog(Action<AuditEntry>? visit = null) => new(new ClusterAuditLines(new AuditTable(Database)), TimeProvider.System, visit);

    /// <summary>All entries of the audit log.</summary>
    public List<AuditEntry> Entries()
    {
        var entries = new List<AuditEntry>();
        using var log = ReadLog(entries.Add);
        return entries;
    }

    /// <summary>Whether a silo has printed something.</summary>
    public bool HavePrinted(string text)
    {
        lock (output) return printed.ToString().Contains(text, StringComparison.Ordinal);
    }

    /// <summary>What an administrator does to the database.</summary>
    public async Task SqlAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<RpcException> RefusalOf(Func<Task> call) => await Assert.ThrowsAsync<RpcException>(call);

    public static RpcMethod<TRequest, TReply> Method<TRequest, TReply>(FileDescriptor file, string name)
        where TRequest : class, IMessage<TRequest>, new()
        where TReply : class, IMessage<TReply>, new() => RpcMethod.Of<TRequest, TReply>(file.Services[0], name);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        http.Dispose();
        await Database.DisposeAsync();
        await output.DisposeAsync();
        redis.Dispose();
        postgres.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    private KeyEntry Key((string Name, string[] Roles) person)
    {
        var key = keys[person.Name] = ApiKey.Create();
        return new KeyEntry { Id = ApiKey.IdOf(key)!, Name = person.Name, KeySha256 = Convert.ToHexStringLower(ApiKey.HashOf(key)), Roles = person.Roles, Tenant = 0 };
    }
}
