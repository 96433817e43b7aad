using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Alerts;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Engine.Tests.Pools;
using CreditGrains.Engine.Tests.Rules;
using static CreditGrains.Engine.Tests.Alerts.WatchedWorld;

namespace CreditGrains.Engine.Tests.Alerts;

/// <summary>When alerts are raised and cleared.</summary>
public sealed class AlertTests
{
    private const string Enterprises = """{ "kind": "enterprise" }""";

    [Fact]
    public void Utilisation_OfAnAncestor_IsRaisedAndClearedWithHysteresis()
    {
        using var watched = new WatchedWorld(Tree(), Rule("full", "utilisation", Enterprises, "\"raise\": 0.9, \"clear\": 0.7"));
        var world = watched.World;
        var first = world.Hold(890).Sequence;
        Assert.Empty(watched.Follow());
        var second = world.Hold(10).Sequence;
        Assert.Equal(["full Enterprise/1/1/1 0.9"], watched.Follow());
        Assert.Equal(second, Assert.Single(watched.Desk.Read(0, 1).Raised).SinceSequence);
        // Between the levels nothing changes but the figure.
        world.Do(CommandKind.Void, reference: second);
        Assert.Equal(["full Enterprise/1/1/1 0.89"], watched.Follow());
        world.Do(CommandKind.Void, reference: first);
        Assert.Empty(watched.Follow());
        Assert.Equal([true, false], watched.Desk.ChangesAfter(0).Select(change => change.IsRaised));
        Assert.Equal("enterprise 1: 0.0 % of 90.0 %", AlertText.Of(watched.Desk.ChangesAfter(second)[0].Alert, isChinese: false));
    }

    [Fact]
    public void Utilisation_AfterACutOfTheLimit_IsRaised()
    {
        using var watched = new WatchedWorld(Tree(), Rule("full", "utilisation", Enterprises, "\"raise\": 0.9"), Rule("line", "utilisation", """{ "node": "Facility/1/1/1" }""", "\"raise\": 0.5"));
        watched.World.Hold(500);
        Assert.Equal(["line Facility/1/1/1 0.5"], watched.Follow());
        watched.World.Set(new SetLimit(World.Node(NodeKind.Enterprise), 500));
        Assert.Equal(["full Enterprise/1/1/1 1", "line Facility/1/1/1 0.5"], watched.Follow());
        watched.World.Set(new SetLimit(World.F(1), 10_000));
        Assert.Equal(["full Enterprise/1/1/1 1"], watched.Follow());
    }

    [Fact]
    public void Utilisation_AfterALinkIsCut_IsCleared()
    {
        using var watched = new WatchedWorld(Tree(), Rule("full", "utilisation", Enterprises, "\"raise\": 0.9"));
        watched.World.Hold(950);
        Assert.Single(watched.Follow());
        watched.World.Set(new UnlinkNode(World.Node(NodeKind.Borrower), World.Node(NodeKind.Enterprise)));
        Assert.Empty(watched.Follow());
        watched.World.Set(new LinkNode(World.Node(NodeKind.Borrower), new ParentShare(World.Node(NodeKind.Enterprise))));
        Assert.Single(watched.Follow());
    }

    [Fact]
    public void Declines_WithinTheWindow_AreCountedAndRunOut()
    {
        using var watched = new WatchedWorld(Tree(), Rule("declines", "declines", """{ "tenant": 1 }""", "\"raise\": 3, \"clear\": 1", "\"window\": \"60s\""), Rule("many", "decisions", Enterprises, "\"raise\": 4", "\"window\": \"60s\""));
        for (var i = 0; i < 3; i++)
        {
            watched.World.Authorize(5_000);
            watched.World.Pass(10 * World.Second);
        }
        Assert.Equal(["declines Tenant/1 3"], watched.Follow());
        watched.World.Authorize(1);
        Assert.Equal(["many Enterprise/1/1/1 4", "declines Tenant/1 3"], watched.Follow());
        // The first two have left the window; at 1 it is not yet cleared.
        watched.World.Pass(45 * World.Second);
        watched.World.Authorize(1);
        Assert.Equal(["declines Tenant/1 1"], watched.Follow());
        watched.World.Pass(10 * World.Second);
        watched.World.Authorize(1);
        Assert.Empty(watched.Follow());
    }

    [Fact]
    public void Growth_WithinTheWindow_IsInMajorUnits()
    {
        using var watched = new WatchedWorld(Tree(), Rule("growth", "exposureGrowth", Enterprises, "\"raise\": 5, \"clear\": 2", "\"window\": \"60s\""));
        watched.World.Hold(400);
        watched.World.Pass(30 * World.Second);
        Assert.Empty(watched.Follow());
        watched.World.Hold(100);
        Assert.Equal(["growth Enterprise/1/1/1 5"], watched.Follow());
        watched.World.Pass(40 * World.Second);
        watched.World.Set(new Freeze(World.F(1)));
        Assert.Empty(watched.Follow());
    }

    [Fact]
    public void Trigger_OfAPool_IsToldByItsDistance()
    {
        var pools = new PoolWorld();
        using var watched = new WatchedWorld(pools.World, Rule("near", "triggerDistance", """{ "kind": "pool" }""", "\"raise\": 0.011, \"clear\": 0.02"), Rule("late", "daysPastDue", """{ "tenant": 1 }""", "\"raise\": 30, \"clear\": 1", "\"per\": \"loan\""));
        for (var loan = 1; loan <= 100; loan++) pools.World.Set(PoolWorld.Put(loan, 1_000, region: loan % 5 + 1));
        Assert.Empty(watched.Follow());
        for (var loan = 1; loan <= 4; loan++) pools.World.Set(new ReportLoan(PoolWorld.Pool(1), loan, new LoanMovement { Date = PoolWorld.CutOff.AddDays(1), Cause = MovementCause.ChargedOff, Principal = 1_000, RemainingMonths = 23, RatePpm = 60_000 }));
        Assert.Equal(["near Pool/1/1/1 defaults 0.01"], watched.Follow());
        pools.World.Set(new ReportLoan(PoolWorld.Pool(1), 9, new LoanMovement { Date = PoolWorld.CutOff.AddDays(1), Cause = MovementCause.Aged, Principal = 1_000, DaysPastDue = 31, RemainingMonths = 23, RatePpm = 60_000 }));
        Assert.Contains("late Pool/1/1/1 loan 9 31", watched.Follow());
        pools.World.Set(new ReportLoan(PoolWorld.Pool(1), 9, new LoanMovement { Date = PoolWorld.CutOff.AddDays(2), Cause = MovementCause.PrepaidWhole, Prepaid = 1_000 }));
        Assert.Equal(["near Pool/1/1/1 defaults 0.01"], watched.Follow());
    }

    [Fact]
    public void Alerts_OfTheSameJournal_AreTheSame()
    {
        var world = Tree();
        for (var i = 0; i < 40; i++)
        {
            world.Authorize(10 + i * 37 % 90);
            if (i % 7 == 0) world.Pass(3 * World.Second);
        }
        string[] rules = [Rule("full", "utilisation", Enterprises, "\"raise\": 0.5"), Rule("declines", "declines", """{ "kind": "facility" }""", "\"raise\": 2", "\"window\": \"10s\"")];
        using var first = new WatchedWorld(world, rules);
        using var second = new WatchedWorld(world, rules) { IsShared = true };
        var changes = first.Desk.ChangesAfter(0);
        Assert.True(changes.Count >= 2);
        Assert.Equal(changes.Select(Text), second.Desk.ChangesAfter(0).Select(Text));
    }

    [Fact]
    public void OtherRules_KeepAlertsOfTheSameRuleAndClearTheRest()
    {
        using var watched = new WatchedWorld(Tree(), Rule("full", "utilisation", Enterprises, "\"raise\": 0.5"), Rule("line", "utilisation", """{ "node": "Facility/1/1/1" }""", "\"raise\": 0.5"));
        var since = watched.World.Hold(600).Sequence;
        watched.Follow();
        watched.World.Hold(1);
        watched.Follow();
        watched.Desk.Use(RulesOf(Rule("full", "utilisation", Enterprises, "\"raise\": 0.5"), Rule("new", "utilisation", """{ "kind": "portfolio" }""", "\"raise\": 0.05")));
        Assert.Equal(["new Portfolio/1/1/1 0.06", "full Enterprise/1/1/1 0.601"], watched.Follow());
        Assert.Equal(since, watched.Desk.Read(0, 10).Raised.Single(alert => alert.Rule.Name == "full").SinceSequence);
    }

    [Fact]
    public void Report_OfALaterTime_InTheMiddleOfAFrame_LosesNothingOfIt()
    {
        using var watched = new WatchedWorld(Tree(), Rule("declines", "declines", """{ "tenant": 1 }""", "\"raise\": 3", "\"window\": \"60s\""), Rule("growth", "exposureGrowth", Enterprises, "\"raise\": 5", "\"window\": \"60s\""));
        watched.World.Hold(500);
        // One frame, as all have one writer time.
        for (var i = 0; i < 3; i++) watched.World.Authorize(5_000);
        Assert.Equal(["growth Enterprise/1/1/1 5", "declines Tenant/1 3"], watched.Follow(() => ReportOf(watched, watched.World.Now + World.Day)).Order(StringComparer.Ordinal).Reverse());
    }

    [Fact]
    public void Report_OfALaterTime_WhileOldJournalIsReplayed_DoesNotCountItAsNew()
    {
        using var watched = new WatchedWorld(Tree(), Rule("declines", "declines", """{ "tenant": 1 }""", "\"raise\": 2", "\"window\": \"60s\""), Rule("growth", "exposureGrowth", Enterprises, "\"raise\": 5", "\"window\": \"60s\""));
        for (var i = 0; i < 3; i++)
        {
            watched.World.Authorize(5_000);
            watched.World.Hold(200);
            watched.World.Pass(100 * World.Second);
        }
        Assert.Empty(watched.Follow(() => ReportOf(watched, watched.World.Now)));
        Assert.Empty(watched.Desk.ChangesAfter(0));
    }

    [Fact]
    public void Report_OfALaterTime_OnceAllIsFollowed_RunsWindowsOnToTheOwnClockAtMost()
    {
        using var watched = new WatchedWorld(Tree(), Rule("declines", "declines", """{ "tenant": 1 }""", "\"raise\": 1", "\"window\": \"60s\""));
        watched.World.Authorize(5_000);
        Assert.Single(watched.Follow());
        ReportOf(watched, watched.World.Now + World.Day, watched.World.Now + 30 * World.Second);
        Assert.Single(watched.Follow());
        ReportOf(watched, watched.World.Now + World.Day, watched.World.Now + 61 * World.Second);
        Assert.Empty(watched.Follow());
    }

    [Fact]
    public void Pool_ThatMovedBetweenTwoActivations_HasAnotherNumberThanBefore()
    {
        var pools = new PoolWorld();
        string[] rules = [Rule("near", "triggerDistance", """{ "kind": "pool" }""", "\"raise\": 0.011, \"clear\": 0.02")];
        for (var loan = 1; loan <= 20; loan++)
        {
            pools.World.Pass(World.Second);
            pools.World.Set(PoolWorld.Put(loan, 1_000, region: loan % 5 + 1));
        }
        using var first = new WatchedWorld(pools.World, new AlertDesk(RulesOf(rules), _ => true)) { IsShared = true };
        var before = PartOf(first);
        Assert.Equal(before, PartOf(first));
        pools.World.Set(PoolWorld.Put(21, 1_000, region: 1));
        // The next activation reads the journal from a snapshot, in one look.
        pools.World.Snapshot();
        var loaded = SnapshotLoader.Load(pools.World.Disk, SnapshotCatalog.Read(pools.World.Disk)[0], idOptions: null)!.Value;
        using var second = new WatchedWorld(pools.World, new AlertDesk(RulesOf(rules), _ => true), new ShadowBook(loaded.State, loaded.Sequence, loaded.RecordedAtMicros, new PartitionOptions(), text => Assert.Fail(text)));
        Assert.True(PartOf(second) > before);

        double PartOf(WatchedWorld watched) => watched.Desk.Report(0, 0, (_, parts, _) => parts.Tell(0, out _).Single(part => part.Subject.Key == PoolWorld.Pool(1)).Value);
    }

    [Fact]
    public async Task Followed_WaitsForTheFrame()
    {
        using var watched = new WatchedWorld(Tree(), Rule("full", "utilisation", Enterprises, "\"raise\": 0.5"));
        var sequence = watched.World.Hold(600).Sequence;
        var waiting = watched.Desk.FollowedAsync(sequence, CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);
        watched.Follow();
        await waiting;
        ((IBookObserver)watched.Desk).End("it has ended");
        await Assert.ThrowsAsync<EngineFaultException>(() => watched.Desk.FollowedAsync(sequence + 1, CancellationToken.None).AsTask());
    }

    [Fact]
    public void List_OfATenant_HasOnlyItsOwn()
    {
        using var watched = new WatchedWorld(Tree(), Rule("full", "utilisation", Enterprises, "\"raise\": 0.5"));
        watched.World.Hold(600);
        watched.Follow();
        Assert.Equal(1, watched.Desk.Read(1, 10).Warning);
        Assert.Equal(0, watched.Desk.Read(2, 10).Count);
        Assert.Empty(watched.Desk.Read(2, 10).Raised);
        Assert.Empty(watched.Desk.Newest(2, 10));
    }

    private static void ReportOf(WatchedWorld watched, long asOfMicros, long nowMicros = long.MaxValue) => watched.Desk.Report(asOfMicros, nowMicros, (_, _, moment) => moment.Sequence);

    private static World Tree()
    {
        var world = new World();
        var portfolio = world.Open(NodeKind.Portfolio, 1, 10_000);
        var enterprise = world.Open(NodeKind.Enterprise, 1, 1_000, portfolio);
        world.OpenLine(1, 1_000, world.Open(NodeKind.Borrower, 1, 1L << 60, enterprise));
        return world;
    }

    private static string Text(AlertChange change) => FormattableString.Invariant($"{change.Sequence} {change.Micros} {change.IsRaised} {change.Alert.Rule.Name} {change.Alert.Subject} {change.Alert.Figure}");
}
