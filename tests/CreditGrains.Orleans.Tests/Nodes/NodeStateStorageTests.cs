using CreditGrains.Orleans.Hosting;
using CreditGrains.Orleans.Nodes;
using CreditGrains.Orleans.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Storage;

namespace CreditGrains.Orleans.Tests.Nodes;

/// <summary>States of nodes that are read and written many at a time, beside Orleans' own provider over the same rows of a real PostgreSQL.</summary>
public sealed class NodeStateStorageTests : IAsyncLifetime
{
    private const string State = "book";
    private PostgresServer? server;
    private NpgsqlDataSource? database;
    private IHost? host;

    private IGrainStorage Ours => host!.Services.GetRequiredKeyedService<IGrainStorage>(NodeLedger.StorageName);

    private IGrainStorage Orleans => host!.Services.GetRequiredKeyedService<IGrainStorage>(ClusterHost.StateTable);

    public async Task InitializeAsync()
    {
        if (Programs.Missing is not null) return;
        server = PostgresServer.Start();
        var options = new ClusterOptions
        {
            Database = server.ConnectionString, ClusterId = "states", SiloPort = Programs.FreePort(), GatewayPort = Programs.FreePort(), Partitions = 1, Warn = _ => { },
        };
        database = await ClusterHost.OpenDatabaseAsync(options);
        var builder = Host.CreateApplicationBuilder();
        builder.UseOrleans(silo => ClusterHost.Configure(silo, options, database));
        host = builder.Build();
        await host.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (host is not null) await host.StopAsync();
        host?.Dispose();
        if (database is not null) await database.DisposeAsync();
        server?.Dispose();
    }

    [ClusterFact]
    public async Task States_WrittenManyAtOnce_AreWhatTheProviderReads()
    {
        var grains = Enumerable.Range(1, 700).Select(GrainOf).ToArray();
        var states = grains.Select((_, i) => new GrainState<NodeState>(new NodeState { Book = [1, 2, (byte)(i % 100)], Told = i })).ToArray();
        await Task.WhenAll(grains.Select((grain, i) => Ours.WriteStateAsync(State, grain, states[i])));
        for (var i = 0; i < grains.Length; i += 100)
        {
            var read = new GrainState<NodeState>();
            await Orleans.ReadStateAsync(State, grains[i], read);
            Assert.Equal(("1", true, (long)i, (byte)(i % 100)), (read.ETag, read.RecordExists, read.State!.Told, read.State.Book[2]));
        }
    }

    [ClusterFact]
    public async Task States_WrittenByTheProvider_AreReadManyAtOnce()
    {
        var grains = Enumerable.Range(1, 50).Select(GrainOf).ToArray();
        foreach (var grain in grains.Take(40)) await Orleans.WriteStateAsync(State, grain, new GrainState<NodeState>(new NodeState { Told = grain.Key.ToString()!.Length }));
        var read = grains.Select(_ => new GrainState<NodeState>()).ToArray();
        await Task.WhenAll(grains.Select((grain, i) => Ours.ReadStateAsync(State, grain, read[i])));
        Assert.All(read.Take(40).Zip(grains), one => Assert.Equal(("1", true, (long)one.Second.Key.ToString()!.Length), (one.First.ETag, one.First.RecordExists, one.First.State!.Told)));
        Assert.All(read.Skip(40), one => Assert.Equal((null, false, 0L), (one.ETag, one.RecordExists, one.State!.Told)));
    }

    [ClusterFact]
    public async Task State_WrittenUnderAnETagThatIsNotTheRows_IsRefusedAndStaysAsItIs()
    {
        var (first, second) = (new GrainState<NodeState>(new NodeState { Told = 1 }), new GrainState<NodeState>(new NodeState { Told = 2 }));
        await Ours.WriteStateAsync(State, GrainOf(1), first);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Ours.WriteStateAsync(State, GrainOf(1), second));
        first.State = new NodeState { Told = 3 };
        await Ours.WriteStateAsync(State, GrainOf(1), first);
        second.ETag = "1";
        await Assert.ThrowsAsync<InconsistentStateException>(() => Ours.WriteStateAsync(State, GrainOf(1), second));
        var read = new GrainState<NodeState>();
        await Ours.ReadStateAsync(State, GrainOf(1), read);
        Assert.Equal(("2", 3L), (read.ETag, read.State!.Told));
    }

    [ClusterFact]
    public async Task States_WrittenTwiceAtOnce_AreWrittenByOneOfTheTwo()
    {
        for (var version = 0; version < 3; version++)
        {
            var writings = Enumerable.Range(0, 200).Select(i => new GrainState<NodeState>(new NodeState { Told = i }) { ETag = version == 0 ? null! : $"{version}" }).ToArray();
            var faults = await Task.WhenAll(writings.Select(async (state, i) => await Record.ExceptionAsync(() => Ours.WriteStateAsync(State, GrainOf(i / 2), state))));
            for (var i = 0; i < writings.Length; i += 2)
            {
                Assert.Equal(1, (faults[i] is null ? 1 : 0) + (faults[i + 1] is null ? 1 : 0));
                Assert.IsType<InconsistentStateException>(faults[i] ?? faults[i + 1]);
                var read = new GrainState<NodeState>();
                await Ours.ReadStateAsync(State, GrainOf(i / 2), read);
                Assert.Equal(faults[i] is null ? i : i + 1, read.State!.Told);
            }
        }
    }

    [ClusterFact]
    public async Task State_ThatWasCleared_IsReadAsOneThatNeverWas_AndWrittenAgain()
    {
        var state = new GrainState<NodeState>(new NodeState { Told = 1 });
        await Ours.WriteStateAsync(State, GrainOf(1), state);
        await Ours.ClearStateAsync(State, GrainOf(1), state);
        var (ours, provider) = (new GrainState<NodeState>(), new GrainState<NodeState>());
        await Ours.ReadStateAsync(State, GrainOf(1), ours);
        await Orleans.ReadStateAsync(State, GrainOf(1), provider);
        Assert.Equal((provider.ETag, provider.RecordExists, 0L), (ours.ETag, ours.RecordExists, ours.State!.Told));
        ours.State = new NodeState { Told = 5 };
        await Ours.WriteStateAsync(State, GrainOf(1), ours);
        await Orleans.ReadStateAsync(State, GrainOf(1), provider);
        Assert.Equal(5, provider.State!.Told);
    }

    private static GrainId GrainOf(int number) => GrainId.Create("node", $"Enterprise/1/1/{number}");
}
