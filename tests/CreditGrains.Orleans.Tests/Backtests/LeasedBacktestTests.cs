using System.Text;
using System.Text.Json.Nodes;
using CreditGrains.Contract;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Scoring;
using CreditGrains.Orleans.Tests.Cluster;
using CreditGrains.Orleans.Tests.Servers;

namespace CreditGrains.Orleans.Tests.Backtests;

/// <summary>Backtests where partitions share a limit: each has the leases of then.</summary>
[Collection("cluster")]
public sealed class LeasedBacktestTests(ClusterFixture cluster)
{
    private const int Borrowers = 24;

    [ClusterFact]
    public async Task Backtest_OfAPolicyThatApprovesAll_FindsWhatTheClusterDecidedUnderItsLeases()
    {
        var (book, entity) = await WithHistoryAsync();
        var report = await ReportAsync(book, entity, "all", "> 1000");
        Assert.Equal((ClusterFixture.PartitionCount, Borrowers * 3, 0, 0), ((int)report["partitions"]!, (int)report["requests"]!, (int)report["swapsIn"]!["requests"]!, (int)report["swapsOut"]!["requests"]!));
        Assert.Equal((int)report["approvals"]!["then"]!, (int)report["approvals"]!["now"]!);
        Assert.Equal((long)report["exposureMinorUnits"]!["then"]!["EUR"]!, (long)report["exposureMinorUnits"]!["now"]!["EUR"]!);
        Assert.Equal(await ExposureAsync(book), (long)report["exposureMinorUnits"]!["then"]!["EUR"]!);
        Assert.Contains("leased", (string)report["assumptions"]!, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task Backtest_OfAStricterPolicy_DeclinesByItAndUsesLeasesOfThen()
    {
        var (book, entity) = await WithHistoryAsync();
        var report = await ReportAsync(book, entity, "strict", "> 2.5");
        // Every request of 300 is declined; what that frees is used where its lease was.
        Assert.Equal(0, (long)report["exposureMinorUnits"]!["now"]!["EUR"]! % 200);
        Assert.InRange((long)report["exposureMinorUnits"]!["now"]!["EUR"]!, 200, await ExposureAsync(book));
        Assert.True((int)report["swapsOut"]!["requests"]! > 0);
        Assert.Equal(0, (int)report["limitsSetBelowExposure"]!);
    }

    /// <summary>More is asked than an enterprise over all partitions has: some requests are declined by it.</summary>
    private async Task<(Book Book, NodeKey Entity)> WithHistoryAsync()
    {
        var book = new Book(cluster.Silos[0]);
        await book.OpenUnderOneEnterprise(Borrowers, enterpriseLimit: 10_000);
        var outcomes = await book.DoAll([.. Enumerable.Range(0, Borrowers * 3).Select(i => book.Of(CommandKind.Authorize, 1 + i % Borrowers, i % 2 == 0 ? 300 : 200, id: Book.NextId()))]);
        Assert.Contains(outcomes, outcome => outcome.Kind == OutcomeKind.Declined);
        Assert.Contains(outcomes, outcome => outcome.Kind == OutcomeKind.Approved);
        return (book, new NodeKey(0, book.Tenant, 1, NodeKind.None));
    }

    private static async Task<long> ExposureAsync(Book book) => (await book.View(book.Node(NodeKind.Enterprise))).Exposure!.Value;

    private async Task<JsonNode> ReportAsync(Book book, NodeKey entity, string name, string declined)
    {
        var policy = Encoding.UTF8.GetBytes($"""
            <definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
              <decision id="r" name="Request"><decisionTable hitPolicy="FIRST">
                <input><inputExpression typeRef="number"><text>amount</text></inputExpression></input><output typeRef="string"/>
                <rule id="large"><inputEntry><text>{declined.Replace(">", "&gt;", StringComparison.Ordinal)}</text></inputEntry><outputEntry><text>"decline"</text></outputEntry></rule>
                <rule id="rest"><inputEntry><text>-</text></inputEntry><outputEntry><text>"approve"</text></outputEntry></rule>
              </decisionTable></decision>
            </definitions>
            """);
        Assert.Equal(1, (await new RiskRegistrar(book.Engine, Book.NextId).RegisterPolicyAsync(entity, name, 0, policy, "Request")).Version);
        var silo = cluster.Silos[2];
        var job = silo.StartBacktest(entity, new VersionName(name, 1), null, 0);
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (silo.Find(job.Id)!.IsRunning) await Task.Delay(10, within.Token);
        var ended = silo.Find(job.Id)!;
        Assert.Equal((RiskJob.Done, null), (ended.State, ended.Fault));
        // A job is of the silo where it was started.
        Assert.Null(cluster.Silos[1].Find(job.Id));
        return JsonNode.Parse(ended.Report!)!;
    }
}
