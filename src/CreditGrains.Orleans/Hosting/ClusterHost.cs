using CreditGrains.Orleans.Audit;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Journal;
using CreditGrains.Orleans.Nodes;
using CreditGrains.Orleans.Partitions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Storage;
using StackExchange.Redis;

namespace CreditGrains.Orleans.Hosting;

/// <summary>Starts a silo: checks and migrates the database, joins the cluster, and gives the engine port over it.</summary>
public static class ClusterHost
{
    private const string Invariant = "Npgsql";
    internal const string StateTable = "states";
    private const int AutoPrepareMax = 32;
    private static readonly TimeSpan IdleInTransaction = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Starts a silo in this process.</summary>
    /// <exception cref="ClusterStartException">The database or Redis cannot be used as it is; the message says what to mend.</exception>
    public static async Task<ClusterEngine> StartAsync(ClusterOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var database = await OpenDatabaseAsync(options);
        IHost? host = null;
        ConnectionClaim? claim = null;
        try
        {
            claim = await ConnectionClaim.TakeAsync(options.Database, options.Connections, options.Clock);
            var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
            builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Orleans.Runtime.MembershipService", LogLevel.Information)
                .AddSimpleConsole(console => (console.SingleLine, console.UseUtcTimestamp, console.TimestampFormat) = (true, true, "HH:mm:ss.fff "));
            builder.UseOrleans(silo => Configure(silo, options, database));
            host = builder.Build();
            await host.StartAsync(cancellationToken);
        }
        catch (Exception failure)
        {
            host?.Dispose();
            if (claim is not null) await claim.DisposeAsync();
            await database.DisposeAsync();
            if (failure is RedisException) throw new ClusterStartException($"Redis at {options.Redis} cannot be reached. Start it, or say where it is. {failure.Message}", failure);
            throw;
        }
        var engine = new ClusterEngine(host.Services.GetRequiredService<IGrainFactory>(), options, new JournalFeed(new PostgresFeedRows(database)), host.Services.GetRequiredService<PartitionHandover>(), async () =>
        {
            // A stop that cannot be told to anyone, because Redis is away, must end too; what it leaves undone is what a crash leaves.
            using var patience = new CancellationTokenSource(StopTimeout, options.Clock);
            await host.StopAsync(patience.Token);
            await host.Services.GetRequiredService<SiloServices>().DisposeAsync();
            host.Dispose();
            await claim.DisposeAsync();
            await database.DisposeAsync();
        }) { Audit = new AuditTable(database), Heads = new PartitionHeads(database, options.Partitions) };
        engine.StartAlerts(host.Services.GetRequiredService<SiloServices>());
        return engine;
    }

    /// <summary>Checks, migrates and opens the database.</summary>
    /// <exception cref="ClusterStartException">It cannot be reached, or must not be used as it is.</exception>
    public static async Task<NpgsqlDataSource> OpenDatabaseAsync(ClusterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var database = NpgsqlDataSource.Create(ConnectionString(options.Database, options.Connections.Main));
        try
        {
            await DatabaseChecks.CheckDurabilityAsync(database, options.Warn);
            await Migrations.ApplyAsync(database);
            await DatabaseChecks.CheckSettingAsync(database, "partitions", options.Partitions);
            return database;
        }
        catch (NpgsqlException failure)
        {
            await database.DisposeAsync();
            throw new ClusterStartException($"PostgreSQL cannot be used: {failure.Message} Start it and check the connection string.", failure);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    // Statements that come again are parsed and planned once, and connections, which carry no settings of a session, go back to the pool as they are.
    // A silo that stands still inside a transaction would hold the epoch rows of its partitions, and nobody could take them over.
    private static string ConnectionString(string given, int poolSize)
    {
        var builder = new NpgsqlConnectionStringBuilder(given);
        builder.Options = $"-c idle_in_transaction_session_timeout={IdleInTransaction.TotalMilliseconds:0} {builder.Options}".TrimEnd();
        (builder.MaxAutoPrepare, builder.AutoPrepareMinUsages, builder.NoResetOnClose, builder.MaxPoolSize) = (AutoPrepareMax, 2, true, poolSize);
        return builder.ConnectionString;
    }

    /// <summary>Adds what the grains need to a silo.</summary>
    internal static void Configure(ISiloBuilder silo, ClusterOptions options, NpgsqlDataSource database)
    {
        if (options.Redis is null) silo.UseLocalhostClustering(options.SiloPort, options.GatewayPort, serviceId: options.ClusterId, clusterId: options.ClusterId);
        else
        {
            silo.UseRedisClustering(redis => redis.ConfigurationOptions = RedisOptions(options.Redis));
            silo.Configure<global::Orleans.Configuration.ClusterOptions>(identity => (identity.ClusterId, identity.ServiceId) = (options.ClusterId, options.ClusterId));
            silo.ConfigureEndpoints(options.Address, options.SiloPort, options.GatewayPort);
        }
        AddGrains(silo, options, database);
    }

    /// <summary>Adds storage, reminders, placement and timings.</summary>
    internal static void AddGrains(ISiloBuilder silo, ClusterOptions options, NpgsqlDataSource database)
    {
        // One string, so that both use one pool.
        var storageConnections = ConnectionString(options.Database, options.Connections.Storage);
        silo.Services.AddOptions<AdoNetGrainStorageOptions>(StateTable).Configure<Serializer, OrleansJsonSerializer>((storage, serializer, json) =>
            // Written as bytes; earlier versions wrote JSON, with the book in base 64, which cost as much as deciding.
            storage.GrainStorageSerializer = new GrainStorageSerializer(new OrleansGrainStorageSerializer(serializer), new JsonGrainStorageSerializer(json)));
        silo.AddAdoNetGrainStorage(StateTable, storage => (storage.Invariant, storage.ConnectionString) = (Invariant, storageConnections));
        silo.Services.AddKeyedSingleton<IGrainStorage>(NodeLedger.StorageName, (services, _) => new NodeStateStorage(
            services.GetRequiredKeyedService<IGrainStorage>(StateTable), database, options.ClusterId, services.GetRequiredService<IOptionsMonitor<AdoNetGrainStorageOptions>>().Get(StateTable)));
        silo.UseAdoNetReminderService(reminders => (reminders.Invariant, reminders.ConnectionString) = (Invariant, storageConnections));
        silo.AddIncomingGrainCallFilter<FailureBorder>();
        // What fails without our doing, such as the reading of a state before a grain begins, arrives with its own name.
        silo.Services.Configure<ExceptionSerializationOptions>(NameExceptions);
        silo.Services.AddSingleton(new SiloServices(options, new PostgresStore(database), TaskScheduler.Default));
        silo.Services.AddSingleton<PartitionHomes>();
        silo.Services.AddSingleton<PartitionHandover>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => services.GetRequiredService<PartitionHandover>());
        silo.Services.AddPlacementDirector<PartitionPlacement, PartitionDirector>();
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = options.ProbeEvery;
            // A silo that stands still is declared dead after the probes missed times this; one whose process is gone at once, as its connections are refused.
            membership.MaxProbeTimeout = options.ProbeEvery * 2;
            membership.NumMissedProbesLimit = options.ProbesMissedMax;
            membership.NumVotesForDeathDeclaration = options.VotesForDeath;
            membership.DefunctSiloExpiration = TimeSpan.FromDays(1);
        });
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = options.CallTimeout);
        silo.Configure<GrainCollectionOptions>(collection => collection.CollectionAge = TimeSpan.FromMinutes(15));
    }

    /// <summary>Whose exceptions may cross between silos.</summary>
    internal static void NameExceptions(ExceptionSerializationOptions known) => known.SupportedNamespacePrefixes.UnionWith(["Npgsql", "CreditGrains"]);

    private static ConfigurationOptions RedisOptions(string address)
    {
        var redis = ConfigurationOptions.Parse(address);
        redis.AbortOnConnectFail = false;
        redis.ConnectTimeout = 2_000;
        redis.SyncTimeout = redis.AsyncTimeout = 2_000;
        return redis;
    }
}
