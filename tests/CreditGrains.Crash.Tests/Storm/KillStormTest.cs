using System.Diagnostics;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using CreditGrains.Cli.Connection;
using CreditGrains.Crash.Tests.Processes;
using Xunit.Abstractions;

namespace CreditGrains.Crash.Tests.Storm;

/// <summary>The real process, stormed and killed twenty times on one data directory: every acknowledged decision is there once.</summary>
public sealed class KillStormTest(ITestOutputHelper output)
{
    private const int Rounds = 20;
    private const ulong Seed = 20_260_101;

    [Fact]
    public async Task Server_KilledTwentyTimesUnderStorm_KeepsEveryAcknowledgedDecisionOnce()
    {
        using var directory = new TemporaryDirectory();
        var data = directory.Of("data");
        var ledger = new Ledger();
        var clients = new StormClients(ledger, Seed);
        var draw = new Random(unchecked((int)Seed));
        var start = Stopwatch.GetTimestamp();
        for (var round = 0; round < Rounds; round++)
        {
            await using var server = await ServerProcess.StartAsync(data);
            if (round == 0) await OpenAsync(server);
            await clients.RetryAsync(server);
            await StormCheck.RunAsync(server, ledger);
            await StormAsync(server, clients, round, draw.Next(20, 600));
        }
        await using (var last = await ServerProcess.StartAsync(data))
        {
            await clients.RetryAsync(last);
            await clients.RepeatAsync(last, every: 7);
            await StormCheck.RunAsync(last, ledger);
            Assert.Equal(0, await last.Process.StopAsync());
        }
        var (code, report) = await CliProcess.RunAsync("verify", "--data", data, "--json");
        Assert.True(code == 0, report);
        var approved = ledger.All.Count(one => one.Answer!.Kind == OutcomeKind.Approved);
        var declined = ledger.All.Count(one => one.Answer!.Kind == OutcomeKind.Declined);
        Assert.True(approved > 100 && declined > 100, $"{approved} approved, {declined} declined: the storm tests nothing");
        output.WriteLine($"seed {Seed}, {Rounds} kills, {ledger.AnsweredCount} decisions ({approved} approved, {declined} declined), {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
        output.WriteLine(report);
    }

    private static async Task OpenAsync(ServerProcess server)
    {
        using var channel = server.Connect();
        await StormBook.OpenAsync(channel);
    }

    /// <summary>One storm to the death; in every other round with a snapshot, finished before the storm or caught by it.</summary>
    private static async Task StormAsync(ServerProcess server, StormClients clients, int round, int killAfter)
    {
        using var channel = server.Connect();
        if (round % 4 == 1) await channel.UnaryAsync(Calls.Snapshot, new SnapshotRequest());
        var snapshot = round % 4 == 3 ? SnapshotAsync(channel, clients) : Task.CompletedTask;
        await clients.RunAsync(server, killAfter, server.Kill);
        await snapshot;
        await server.Process.WaitForExitAsync();
    }

    private static async Task SnapshotAsync(RpcChannel channel, StormClients clients)
    {
        try
        {
            await channel.UnaryAsync(Calls.Snapshot, new SnapshotRequest());
        }
        catch (RpcException) when (clients.IsKilled)
        {
            // The kill came first: the unfinished snapshot must do no harm, which the next rounds show.
            return;
        }
    }
}
