using System.Text;
using CreditGrains.Contract;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Orleans.Hosting;
using CreditGrains.Orleans.Tests.Faults;
using CreditGrains.Orleans.Tests.Servers;

namespace CreditGrains.Orleans.Tests.Pools;

/// <summary>A silo that is killed while a pool lives on: nothing of the pool is lost or booked twice.</summary>
[Collection("faults")]
public sealed class PoolFailoverTests
{
    private const int Partitions = 6;

    [ClusterFact]
    public async Task Pool_OneSiloKilledBetweenItsEvents_EqualsTheStandaloneOne()
    {
        using var postgres = PostgresServer.Start();
        using var redis = new RedisServer();
        var silos = new List<SiloProcess>();
        try
        {
            for (var i = 0; i < 2; i++) silos.Add(await SiloProcess.StartAsync(postgres.ConnectionString, redis.Address, Partitions));
            // This one is in the cluster too, and takes over what the others had.
            await using var front = await ClusterHost.StartAsync(new ClusterOptions
            {
                Database = postgres.ConnectionString, Redis = redis.Address, ClusterId = "faults", SiloPort = Programs.FreePort(), GatewayPort = Programs.FreePort(), Partitions = Partitions,
            });
            await using var twins = new PoolTwins(front);
            var pool = new Book(front).Node(NodeKind.Pool);
            await twins.DoAsync(Of(new OpenNode(pool, Book.Eur, 1L << 60, default, [])), Of(new DefinePool(pool, Encoding.UTF8.GetBytes(PoolStream.Terms))));
            var stream = new PoolStream(seed: 21, pool);
            await twins.DoAsync([.. stream.Purchase(300)]);
            await twins.DoAsync(stream.Month());
            foreach (var silo in silos)
            {
                // Commands are on their way while it dies.
                var month = twins.DoAsync(stream.Month());
                silo.Kill();
                await month;
                await twins.AssertSameAsync(pool);
                await twins.DoAsync(stream.Month());
                await silo.ResumeAsync();
                await twins.AssertSameAsync(pool);
            }

            await twins.AssertSameProjectionsAsync(pool);
        }
        finally
        {
            foreach (var silo in silos) await silo.DisposeAsync();
        }
    }

    private static Command Of(ControlCommand control) => Command.Of(Book.NextId(), control);
}
