using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Hosting;
using CreditGrains.Orleans.Tests.Servers;

namespace CreditGrains.Orleans.Tests.Cluster;

/// <summary>Three silos in this process over a real PostgreSQL and a real Redis.</summary>
#pragma warning disable CA1001 // The runner disposes of it by DisposeAsync.
public sealed class ClusterFixture : IAsyncLifetime
#pragma warning restore CA1001
{
    public const int PartitionCount = 12;
    private PostgresServer? postgres;
    private RedisServer? redis;

    /// <summary>The front doors, one a silo.</summary>
    internal List<ClusterEngine> Silos { get; } = [];

    public async Task InitializeAsync()
    {
        if (Programs.Missing is not null) return;
        postgres = PostgresServer.Start();
        redis = new RedisServer();
        for (var i = 0; i < 3; i++) Silos.Add(await ClusterHost.StartAsync(Options()));
    }

    public async Task DisposeAsync()
    {
        foreach (var silo in Enumerable.Reverse(Silos)) await silo.DisposeAsync();
        redis?.Dispose();
        postgres?.Dispose();
    }

    private ClusterOptions Options() => new()
    {
        Database = postgres!.ConnectionString,
        Redis = redis!.Address,
        ClusterId = "tests",
        SiloPort = Programs.FreePort(),
        GatewayPort = Programs.FreePort(),
        Partitions = PartitionCount,
    };
}

[CollectionDefinition("cluster")]
public sealed class ClusterCollection : ICollectionFixture<ClusterFixture>;
