using System.Text;
using System.Text.Json.Nodes;
using CreditGrains.Contract;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Scoring;
using CreditGrains.Orleans.Hosting;
using CreditGrains.Orleans.Tests.Servers;

namespace CreditGrains.Orleans.Tests.Backtests;

/// <summary>A backtest under which partitions move.</summary>
public sealed class MovedBacktestTests
{
    private const int Borrowers = 24;
    private const int RequestsOfEach = 100;

    [ClusterFact]
    public async Task Backtest_WhileASiloLeaves_BeginsItsPartsAgain_AndReportsThemAll()
    {
        using var postgres = PostgresServer.Start();
        using var redis = new RedisServer();
        ClusterOptions Options() => new()
        {
            Database = postgres.ConnectionString, Redis = redis.Address, ClusterId = "moved", SiloPort = Programs.FreePort(), GatewayPort = Programs.FreePort(), Partitions = 12, Warn = _ => { },
        };
        await using var stays = await ClusterHost.StartAsync(Options());
        var leaves = await ClusterHost.StartAsync(Options());
        RiskJob job;
        await using (leaves)
        {
            var book = new Book(stays);
            for (var i = 1; i <= Borrowers; i++) await book.OpenLine(i, 1_000, await book.Open(NodeKind.Borrower, i, 1_000));
            var outcomes = await book.DoAll([.. Enumerable.Range(0, Borrowers * RequestsOfEach).Select(i => book.Of(CommandKind.Drawdown, 1 + i % Borrowers, 1, id: Book.NextId()))]);
            Assert.All(outcomes, outcome => Assert.Equal(OutcomeKind.Approved, outcome.Kind));
            var entity = new NodeKey(0, book.Tenant, 1, NodeKind.None);
            Assert.Equal(1, (await new RiskRegistrar(stays, Book.NextId).RegisterPolicyAsync(entity, "slow", 0, Encoding.UTF8.GetBytes(SlowPolicy.Dmn), SlowPolicy.Decision)).Version);
            job = stays.StartBacktest(entity, new VersionName("slow", 1), null, 0);
            while (stays.Find(job.Id) is { IsRunning: true, ProgressPermille: 0 }) await Task.Delay(10);
        }

        // The silo is gone with its parts, and the job goes on.
        Assert.Equal((RiskJob.Running, null), (stays.Find(job.Id)!.State, stays.Find(job.Id)!.Fault));
        using var within = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (stays.Find(job.Id)!.IsRunning) await Task.Delay(50, within.Token);
        var ended = stays.Find(job.Id)!;
        Assert.Equal((RiskJob.Done, null), (ended.State, ended.Fault));
        var report = JsonNode.Parse(ended.Report!)!;
        Assert.Equal((12, Borrowers * RequestsOfEach, Borrowers * RequestsOfEach, 0), ((int)report["partitions"]!, (int)report["requests"]!, (int)report["approvals"]!["now"]!, (int)report["historyLeftOut"]!));
        Assert.Equal(Borrowers * RequestsOfEach, (long)report["exposureMinorUnits"]!["now"]!["EUR"]!);
    }
}
