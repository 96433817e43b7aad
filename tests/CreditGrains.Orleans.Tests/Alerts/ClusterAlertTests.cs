using CreditGrains.Contract;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Alerts;
using CreditGrains.Orleans.Hosting;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Tests.Servers;
using CreditGrains.Securitisation;
using static CreditGrains.Orleans.Tests.Alerts.WatchedSilos;

namespace CreditGrains.Orleans.Tests.Alerts;

/// <summary>Alerts of a cluster: raised where the figures are, one list at every silo.</summary>
[Collection("alerts")]
public sealed class ClusterAlertTests
{
    private static readonly AlertRules Rules = RulesOf(
        Rule("line", "utilisation", """{ "kind": "facility" }""", "\"raise\": 0.9, \"clear\": 0.5"),
        Rule("firm", "utilisation", """{ "kind": "enterprise" }""", "\"raise\": 0.5, \"clear\": 0.2"),
        Rule("growth", "exposureGrowth", """{ "kind": "enterprise" }""", "\"raise\": 30, \"window\": \"1h\""),
        Rule("declines", "declines", """{ "kind": "enterprise" }""", "\"raise\": 5, \"window\": \"1h\""));

    [ClusterFact]
    public async Task Alerts_OfAccountsAndSharedNodes_AreTheSameAtEverySiloAndOutliveOne()
    {
        await using var silos = new WatchedSilos();
        for (var i = 0; i < 2; i++) await silos.AddAsync(Rules);
        var book = new Book(silos.Silos[0]);
        await book.OpenUnderOneEnterprise(borrowers: 12, enterpriseLimit: 8_000);
        var first = await book.Hold(900, 1);
        foreach (var silo in silos.Silos) await StandsAsync(silo, book, "line Facility/1 0.9");
        Assert.Equal(first.Sequence, silos.Silos[1].Alerts!.Read(book.Tenant, 10).Raised[0].SinceSequence);
        // 900 and 11 times 290: above half of 8,000 only when all partitions are added up, and grown by 40.90 euro.
        for (var i = 2; i <= 12; i++) await book.Hold(290, i);
        for (var i = 2; i <= 6; i++) Assert.Equal(OutcomeKind.Declined, (await book.Do(CommandKind.Authorize, i, 900)).Kind);
        string[] all = ["line Facility/1 0.9", "firm Enterprise/1 0.511", "growth Enterprise/1 40.9", "declines Enterprise/1 5"];
        foreach (var silo in silos.Silos) await StandsAsync(silo, book, all);
        // A cut of the limit is judged by the register alone.
        await book.Set(new SetLimit(book.Node(NodeKind.Enterprise), 5_000));
        all[1] = "firm Enterprise/1 0.818";
        foreach (var silo in silos.Silos) await StandsAsync(silo, book, all);

        var before = silos.Silos[0].Alerts!.Newest(book.Tenant, 100);
        Assert.Equal(["declines", "firm", "growth", "line"], before.Where(change => change.IsRaised).Select(change => change.Alert.Rule.Name).Order(StringComparer.Ordinal));
        // Its partitions, maybe the register among them, open at the other and come to the same; nothing is raised again.
        await silos.RemoveAsync(1);
        await book.Hold(10, 12);
        all[1] = "firm Enterprise/1 0.82";
        all[2] = "growth Enterprise/1 41";
        await StandsAsync(silos.Silos[0], book, all);
        Assert.Equal(4, silos.Silos[0].Alerts!.Newest(book.Tenant, 100).Count);
        Assert.Equal(first.Sequence, silos.Silos[0].Alerts!.Read(book.Tenant, 10).Raised.Single(alert => alert.Rule.Name == "line").SinceSequence);

        await book.Do(CommandKind.Void, 1, reference: first.Sequence);
        await StandsAsync(silos.Silos[0], book, "firm Enterprise/1 0.64", "growth Enterprise/1 32", "declines Enterprise/1 5");
        Assert.Equal(("line", false), (silos.Silos[0].Alerts!.Newest(book.Tenant, 1)[0].Alert.Rule.Name, silos.Silos[0].Alerts!.Newest(book.Tenant, 1)[0].IsRaised));
        // A silo that comes later has the list too, and other rules are taken while it runs.
        var late = await silos.AddAsync(Rules);
        await StandsAsync(late, book, "firm Enterprise/1 0.64", "growth Enterprise/1 32", "declines Enterprise/1 5");
        var other = RulesOf(Rule("line", "utilisation", """{ "kind": "facility" }""", "\"raise\": 0.3, \"clear\": 0.2"));
        foreach (var silo in silos.Silos) silo.UseAlerts(other);
        foreach (var silo in silos.Silos) await StandsAsync(silo, book, "line Facility/12 0.3");
    }

    [ClusterFact]
    public async Task Alerts_OfASharedNodeBetweenItsLevels_StandOnAfterARestart()
    {
        await using var silos = new WatchedSilos();
        var book = new Book(await silos.AddAsync(Rules));
        await book.OpenUnderOneEnterprise(borrowers: 4, enterpriseLimit: 3_000);
        for (var i = 1; i <= 4; i++) await book.Hold(500, i);
        await StandsAsync(silos.Silos[0], book, "firm Enterprise/1 0.667");
        await book.Set(new SetLimit(book.Node(NodeKind.Enterprise), 5_000));
        await StandsAsync(silos.Silos[0], book, "firm Enterprise/1 0.4");
        var since = silos.Silos[0].Alerts!.Read(book.Tenant, 1).Raised[0].SinceSequence;
        await silos.RemoveAsync(0);
        await StandsAsync(await silos.AddAsync(Rules), book, "firm Enterprise/1 0.4");
        Assert.Equal(since, silos.Silos[0].Alerts!.Read(book.Tenant, 1).Raised[0].SinceSequence);
        Assert.Empty(silos.Silos[0].Alerts!.Newest(book.Tenant, 10));
        // What was kept is judged again too.
        book.Engine = silos.Silos[0];
        await book.Set(new SetLimit(book.Node(NodeKind.Enterprise), 100_000));
        await StandsAsync(silos.Silos[0], book);
    }

    [ClusterFact]
    public async Task Alerts_OneSiloWithoutRules_SaysWhichPartitionsAreNotWatched()
    {
        await using var silos = new WatchedSilos();
        var watched = await silos.AddAsync(Rules);
        Assert.Null((await silos.AddAsync(null)).Alerts);
        foreach (var partition in Enumerable.Range(0, WatchedSilos.Partitions + 1)) await watched.Grains.GetGrain<IPartitionGrain>(partition).WakeAsync();
        var began = TimeProvider.System.GetTimestamp();
        while (watched.Alerts!.Read(0, 0).Fault?.Contains("its silo was started without alert rules; give every silo the same --alerts FILE", StringComparison.Ordinal) != true)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60), watched.Alerts!.Read(0, 0).Fault);
            await Task.Delay(50);
        }
    }

    [Fact]
    public void Rules_WithAWindowShorterThanTheSumsAreLookedAt_AreRefusedByName()
    {
        var options = new ClusterOptions
        {
            Database = "Host=127.0.0.1",
            AlertRules = RulesOf(Rule("one", "decisions", """{ "kind": "facility" }""", "\"raise\": 5, \"window\": \"1s\""), Rule("all", "decisions", """{ "tenant": 1 }""", "\"raise\": 5, \"window\": \"3s\"")),
        };
        Assert.Equal(
            "rules[1].window: on a cluster the figure of rule 'all' (tenant 1) is added up over partitions every second, so what happens within 3s could be missed; write 5s or more",
            Assert.Throws<InvalidInputException>(options.Validate).Message);
    }
}
