using System.Diagnostics;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Cli.Bench.Cluster;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Uci;

namespace CreditGrains.Cli.Bench.ClusterReplay;

/// <summary>The replay of card accounts on the standalone engine, then unchanged on three silos while one is killed half-way, and what differs.</summary>
internal static class ReplayRuns
{
    private const ushort Tenant = 350;

    /// <summary>Runs both and compares.</summary>
    /// <param name="file">CSV of UCI data set 350, or one made up in its form.</param>
    /// <param name="shape">The cluster.</param>
    public static async Task<ReplayComparison> RunAsync(string file, ClusterShape shape)
    {
        var hash = await FileHash.OfAsync(file, default);
        var accounts = await UciFile.ReadAsync(file, default);
        var layout = new UciBook(Tenant, accounts);
        var alone = await StandaloneAsync(layout, accounts, hash);
        await using var cluster = await ClusterUnderTest.StartAsync(shape);
        Report.Progress($"cluster: replaying {accounts.Length:N0} accounts, SIGKILL of one silo half-way");
        using var channel = new RpcChannel(
            new Uri($"http://{cluster.Addresses[0]}"), new RpcChannelOptions { ReceiveLengthMax = CommandLine.ClientOptions.MessageLengthMax, SendLengthMax = CommandLine.ClientOptions.MessageLengthMax });
        await using var book = new RemoteBook(channel);
        var killing = new KillHalfway(cluster, UciReplay.PartsOf(accounts.Length));
        var started = Stopwatch.GetTimestamp();
        var together = new UciReplay(book, layout, accounts, hash, killing);
        await together.RunAsync(default);
        var time = Stopwatch.GetElapsedTime(started);
        await (killing.Killing ?? throw new BenchFault("the replay ended before it was half-way"));
        var audit = new LeaseBoundAudit(layout, accounts);
        await audit.ReadAsync(channel, together.Tally.Commands);
        var nodes = new List<(string Label, NodeUse Use, long Counted)>();
        foreach (var (key, label) in layout.LabelledNodes())
            if (await book.GetNodeAsync(key, default) is { } use) nodes.Add((label, use, audit.ExposureOf(key)));
        return new ReplayComparison(accounts.Length, alone, together, audit, nodes, time);
    }

    private static async Task<UciReplay> StandaloneAsync(UciBook layout, UciAccount[] accounts, byte[] hash)
    {
        Report.Progress($"standalone: replaying {accounts.Length:N0} accounts");
        var directory = Directory.CreateTempSubdirectory("creditgrains-replay-");
        try
        {
            await using var book = new EngineBook(await LocalEngine.OpenForCommandAsync(directory.FullName, default), directory.FullName);
            var replay = new UciReplay(book, layout, accounts, hash, new Unwatched());
            await replay.RunAsync(default);
            return replay;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
