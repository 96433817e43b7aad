using CreditGrains.Api.Transport.Client;
using CreditGrains.Contract;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Orleans.Hosting;
using CreditGrains.Orleans.Tests.Faults;
using CreditGrains.Orleans.Tests.Security;
using CreditGrains.Orleans.Tests.Servers;
using CreditGrains.Server.Alerts;
using static CreditGrains.Orleans.Tests.Alerts.WatchedSilos;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Orleans.Tests.Alerts;

/// <summary>Silos with the whole API and a file of alert rules: the list, the pages, and the feed at another silo than the one that decided.</summary>
[Collection("alerts")]
public sealed class AlertsOfSilosTests
{
    [ClusterFact]
    public async Task Silos_WithAFileOfRules_ListShowAndFeedAlerts()
    {
        var path = Path.GetTempFileName();
        try
        {
            Write(path, 0.9);
            var book = new Book(null!);
            await using var silos = await SecuredSilos.StartAsync(2, alertRules: path, shown: book.Tenant);
            book.Engine = silos.Silos[0].Engine;
            await book.OpenUnderOneEnterprise(borrowers: 8, enterpriseLimit: 100_000);
            var hold = await book.Hold(950, 1);
            var (here, there) = (silos.At(0, "ann"), silos.At(1, "bob"));
            foreach (var channel in (RpcChannel[])[here, there])
            {
                var list = await ListAsync(channel, book, reply => reply is { Warning: 1, Fault: "" });
                Assert.Equal(("line", hold.Sequence, 2), (Assert.Single(list.Alerts).Rule, list.Alerts[0].SinceDecisionId, list.RuleCount));
            }
            Assert.Contains("account 1: 95.0 % of 90.0 %", await silos.PageAsync(1, "/alerts", "cem"), StringComparison.Ordinal);
            Assert.Contains("data-alerts=\"1\"", await silos.PageAsync(1, "/", "cem"), StringComparison.Ordinal);

            using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await using var feed = FeedAsync(there, new V1.FeedRequest { FromNow = true, Tenant = book.Tenant, WithAlerts = true }, stop.Token).GetAsyncEnumerator(stop.Token);
            Assert.True(await feed.MoveNextAsync());
            Assert.Equal((V1.AlertState.Standing, "line"), (feed.Current.Alert.State, feed.Current.Alert.Rule));
            var second = await book.Hold(920, 2);
            Assert.True(await feed.MoveNextAsync());
            var raised = feed.Current;
            Assert.Equal((V1.AlertState.Raised, 2L, second.Sequence), (raised.Alert.State, raised.Alert.Subject.Id, raised.Alert.DecisionId));
            Assert.True(await feed.MoveNextAsync());
            Assert.Equal(second.Sequence, feed.Current.Event.DecisionId);
            // A cut of a shared node's limit comes without an event that waits for it.
            await book.Set(new SetLimit(book.Node(NodeKind.Enterprise), 2_000));
            var after = new List<V1.FeedEvent>();
            while (after.Count < 2 && await feed.MoveNextAsync()) after.Add(feed.Current);
            Assert.Equal(("firm", 0.935), (after.Single(item => item.Alert is not null).Alert.Rule, after.Single(item => item.Alert is not null).Alert.Figure));
            // Who returns with an alert's cursor, to any silo, has it again before its event.
            var again = new List<V1.FeedEvent>();
            await foreach (var item in FeedAsync(here, new V1.FeedRequest { Cursor = raised.Cursor, Tenant = book.Tenant, WithAlerts = true }, stop.Token))
            {
                again.Add(item);
                if (item.Event?.DecisionId == second.Sequence) break;
            }
            Assert.Contains(again, item => item.Alert is { State: V1.AlertState.Raised, Subject.Id: 2 });

            // The file is written again: every silo takes it.
            Write(path, 0.94);
            foreach (var channel in (RpcChannel[])[here, there])
                Assert.Equal(["firm", "line"], (await ListAsync(channel, book, reply => reply is { Warning: 2, Fault: "" } && reply.Alerts.Any(alert => alert.Threshold == 0.94))).Alerts.Select(alert => alert.Rule).Order(StringComparer.Ordinal));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [ClusterFact]
    public async Task Silo_Killed_AlertsOfItsPartitionsStandOnAndAreNotRaisedAgain()
    {
        using var postgres = PostgresServer.Start();
        using var redis = new RedisServer();
        var path = Path.GetTempFileName();
        Write(path, 0.9);
        var silos = new List<SiloProcess>();
        try
        {
            for (var i = 0; i < 2; i++) silos.Add(await SiloProcess.StartAsync(postgres.ConnectionString, redis.Address, 6, "--alerts", path));
            await using var front = await ClusterHost.StartAsync(new ClusterOptions
            {
                Database = postgres.ConnectionString, Redis = redis.Address, ClusterId = "faults", SiloPort = Programs.FreePort(), GatewayPort = Programs.FreePort(), Partitions = 6, Warn = _ => { },
                AlertRules = AlertRulesFile.Read(path),
            });
            var book = new Book(front);
            await book.OpenUnderOneEnterprise(borrowers: 12, enterpriseLimit: 15_000);
            for (var i = 1; i <= 12; i++) await book.Hold(i % 2 == 0 ? 950 : 900, i);
            string[] all = ["firm Enterprise/1 0.74", .. Enumerable.Range(1, 12).Select(i => $"line Facility/{i} {(i % 2 == 0 ? "0.95" : "0.9")}")];
            await StandsAsync(front, book, all);
            using var other = new RpcChannel(silos[1].Address);
            Assert.Equal(13, (await ListAsync(other, book, reply => reply is { Warning: 13, Fault: "" })).Alerts.Count);
            silos[0].Kill();
            // The other two open what it had.
            await book.Do(CommandKind.Authorize, 1, 100);
            all[1] = "line Facility/1 1";
            all[0] = "firm Enterprise/1 0.747";
            await StandsAsync(front, book, all);
            Assert.Equal(13, (await ListAsync(other, book, reply => reply is { Warning: 13, Fault: "" } && reply.Alerts.Any(alert => alert.Figure == 1))).Alerts.Count);
            Assert.Equal(13, front.Alerts!.Newest(book.Tenant, 100).Count(change => change.IsRaised));
        }
        finally
        {
            foreach (var silo in silos) await silo.DisposeAsync();
            File.Delete(path);
        }
    }

    private static void Write(string path, double raise) => File.WriteAllText(path, FormattableString.Invariant(
        $$"""{ "name": "t", "rules": [{{Rule("line", "utilisation", """{ "kind": "facility" }""", $"\"raise\": {raise}")}}, {{Rule("firm", "utilisation", """{ "kind": "enterprise" }""", "\"raise\": 0.7")}}] }"""));

    private static IAsyncEnumerable<V1.FeedEvent> FeedAsync(RpcChannel channel, V1.FeedRequest request, CancellationToken cancellationToken) =>
        channel.ServerStreamingAsync(SecuredSilos.Method<V1.FeedRequest, V1.FeedEvent>(V1.QueryServiceReflection.Descriptor, "Feed"), request, cancellationToken: cancellationToken);

    private static async Task<V1.ListAlertsReply> ListAsync(RpcChannel channel, Book book, Func<V1.ListAlertsReply, bool> isWanted)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var reply = await channel.UnaryAsync(SecuredSilos.Method<V1.ListAlertsRequest, V1.ListAlertsReply>(V1.QueryServiceReflection.Descriptor, "ListAlerts"), new V1.ListAlertsRequest { Tenant = book.Tenant });
            if (isWanted(reply)) return reply;
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(60)) Assert.Fail($"not as wanted: {reply}");
            await Task.Delay(50);
        }
    }
}
