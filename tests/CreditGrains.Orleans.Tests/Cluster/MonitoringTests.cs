using System.Text;
using CreditGrains.Contract;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Standalone;

namespace CreditGrains.Orleans.Tests.Cluster;

/// <summary>How models do on a cluster: the sum of its partitions is what one engine sees.</summary>
[Collection("cluster")]
public sealed class MonitoringTests(ClusterFixture cluster)
{
    private const int Borrowers = 30;

    private static readonly byte[] Card = Encoding.UTF8.GetBytes("""
        {"kind":"scorecard","name":"c","scale":{"points":600,"odds":30,"pdo":20},"basePoints":0,"cutoff":500,"characteristics":[
         {"input":"income","bins":[{"points":400,"high":50},{"points":600,"low":50}],"missingPoints":450,"cutoffAverage":500}]}
        """);

    private const string Development = """
        {"development":{"score":{"uppers":[450,550],"counts":[300,100,300,0]},"inputs":{"income":{"uppers":[40,60],"counts":[300,100,300,0]}}}}
        """;

    [ContractFact]
    public async Task Monitors_OfAllPartitions_AddUpToThoseOfOneEngine()
    {
        var directory = Directory.CreateTempSubdirectory("creditgrains-monitor-").FullName;
        var standalone = CreditEngine.Open(new EngineOptions { DataDirectory = directory, Clock = TimeProvider.System });
        try
        {
            await using var desk = standalone.StartRiskDesk();
            var book = new Book(cluster.Silos[0]);
            var entity = new NodeKey(0, book.Tenant, 1, NodeKind.None);
            var random = new Random(4);
            var requests = Enumerable.Range(0, 900).Select(i => book.Of(CommandKind.Authorize, 1 + i % Borrowers, 10, id: Book.NextId()) with { Attributes = Encoding.UTF8.GetBytes($"income={random.Next(20, 90)}") }).ToArray();
            foreach (var engine in (ICreditEngine[])[standalone, cluster.Silos[0]])
            {
                book.Engine = engine;
                for (var i = 1; i <= Borrowers; i++) await book.OpenLine(i, 100_000, await book.Open(NodeKind.Borrower, i, 100_000));
                var registrar = new RiskRegistrar(engine, Book.NextId);
                Assert.Equal(1, (await registrar.RegisterModelAsync(entity, "card", 0, Card, default, Development)).Version);
                Assert.Equal(1, (await registrar.RegisterModelAsync(entity, "shade", 0, Card, default, Development)).Version);
                Assert.Equal(OutcomeKind.Posted, (await registrar.ActivateAsync(new ActivateModel(entity, "card", 1, VersionRole.Acting, 0, 0, "ann", "bob"))).Kind);
                Assert.Equal(OutcomeKind.Posted, (await registrar.ActivateAsync(new ActivateModel(entity, "shade", 1, VersionRole.Shadow, 0, 0, "ann", ""))).Kind);
                await book.DoAll(requests);
            }

            (NodeKey, bool)[] outcomes = [.. Enumerable.Range(1, Borrowers).Select(i => (book.F(i), i % 4 == 0))];
            await desk.CaughtUpAsync(CancellationToken.None);
            Assert.Equal(Borrowers, desk.NoteOutcomes(outcomes));
            Assert.Equal(Borrowers, await cluster.Silos[1].NoteOutcomesAsync(outcomes));
            var (one, other) = (desk.Monitors(entity), await cluster.Silos[2].MonitorsAsync(entity));
            Assert.Equal(["card@1", "shade@1"], other.Select(view => view.Name.ToString()));
            foreach (var (expected, seen) in one.Zip(other))
            {
                Assert.Equal((expected.Role, 900L, expected.NotScored, expected.ApprovalRatio), (seen.Role, seen.Decisions, seen.NotScored, seen.ApprovalRatio));
                Assert.Equal(expected.ScoreDrift, seen.ScoreDrift);
                Assert.Equal(expected.InputDrift, seen.InputDrift);
                Assert.Equal(expected.Alarms, seen.Alarms);
                Assert.Equal((expected.Review.Decisions, expected.Review.ApprovalRatio, expected.Review.IsReviewDue), (seen.Review.Decisions, seen.Review.ApprovalRatio, seen.Review.IsReviewDue));
            }

            Assert.True(one[0].ScoreDrift.Psi > 0);
        }
        finally
        {
            await standalone.DisposeAsync();
            Directory.Delete(directory, recursive: true);
        }
    }
}
