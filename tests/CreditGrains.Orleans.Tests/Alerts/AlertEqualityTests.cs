using System.Text;
using CreditGrains.Contract;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Alerts;
using CreditGrains.Engine.Standalone;
using CreditGrains.Orleans.Tests.Pools;
using CreditGrains.Orleans.Tests.Servers;
using static CreditGrains.Orleans.Tests.Alerts.WatchedSilos;

namespace CreditGrains.Orleans.Tests.Alerts;

/// <summary>The alerts of a cluster are those of one engine that got the same commands.</summary>
[Collection("alerts")]
public sealed class AlertEqualityTests
{
    [ClusterFact]
    public async Task Alerts_OfPoolsAccountsAndTenants_EqualThoseOfOneEngine()
    {
        var directory = Directory.CreateTempSubdirectory("creditgrains-alerts-").FullName;
        var standalone = CreditEngine.Open(new EngineOptions { DataDirectory = directory, Clock = TimeProvider.System });
        try
        {
            var book = new Book(standalone);
            var rules = RulesOf(
                Rule("near", "triggerDistance", """{ "kind": "pool" }""", "\"raise\": 0.03, \"clear\": 0.03"),
                Rule("late", "triggerDistance", """{ "kind": "pool" }""", "\"raise\": 10, \"clear\": 10, \"trigger\": \"late\""),
                Rule("loans", "bucket", $$"""{ "tenant": {{book.Tenant}} }""", "\"raise\": 3, \"per\": \"loan\""),
                Rule("days", "daysPastDue", $$"""{ "node": "Pool/{{book.Tenant}}/1/1" }""", "\"raise\": 60, \"per\": \"loan\""),
                Rule("many", "decisions", $$"""{ "tenant": {{book.Tenant}} }""", "\"raise\": 30, \"window\": \"1h\""),
                Rule("firm", "decisions", """{ "kind": "enterprise" }""", "\"raise\": 20, \"window\": \"1h\""),
                Rule("line", "declines", """{ "kind": "facility" }""", "\"raise\": 1, \"window\": \"1h\""),
                Rule("one", "utilisation", $$"""{ "node": "Enterprise/{{book.Tenant}}/1/1" }""", "\"raise\": 0.1"));
            var desk = new AlertDesk(rules);
            await using var beside = standalone.StartRiskDesk(alerts: desk);
            await using var silos = new WatchedSilos();
            for (var i = 0; i < 2; i++) await silos.AddAsync(rules);
            var stream = new PoolStream(seed: 5, book.Node(NodeKind.Pool));
            var pool = (Command[])[Of(new OpenNode(book.Node(NodeKind.Pool), Book.Eur, 1L << 60, default, [])), Of(new DefinePool(book.Node(NodeKind.Pool), Encoding.UTF8.GetBytes(PoolStream.Terms))), .. stream.Purchase(200)];
            var months = Enumerable.Range(0, 5).Select(_ => stream.Month()).ToArray();
            // The last three are declined, by the account and not by the shared node.
            var requests = Enumerable.Range(0, 40).Select(i => book.Of(CommandKind.Authorize, 1 + i % 10, i < 37 ? 20 : 5_000, id: Book.NextId())).ToArray();
            foreach (var engine in (ICreditEngine[])[standalone, silos.Silos[0]])
            {
                book.Engine = engine;
                await book.OpenUnderOneEnterprise(borrowers: 10, enterpriseLimit: 100_000);
                await book.Set(new SetLimit(book.Node(NodeKind.Enterprise), 7_000));
                foreach (var part in (Command[][])[pool, .. months, requests]) await book.DoAll(part);
            }

            var end = (await standalone.GetStatusAsync()).LastSequence;
            await desk.FollowedAsync(end, CancellationToken.None);
            var expected = desk.Read(book.Tenant, 1_000).Raised;
            Assert.Equal(["days", "firm", "late", "line", "loans", "many", "near", "one"], expected.Select(alert => alert.Rule.Name).Distinct().Order(StringComparer.Ordinal));
            foreach (var silo in silos.Silos) await StandsAsync(silo, book, [.. expected.Select(TextOf)]);
        }
        finally
        {
            await standalone.DisposeAsync();
            Directory.Delete(directory, recursive: true);
        }
    }

    private static Command Of(ControlCommand control) => Command.Of(Book.NextId(), control);
}
