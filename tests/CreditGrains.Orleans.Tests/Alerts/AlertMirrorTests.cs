using System.Text;
using CreditGrains.Engine.Alerts;
using CreditGrains.Orleans.Alerts;
using CreditGrains.Orleans.Wire;
using static CreditGrains.Orleans.Tests.Alerts.AlertBooks;

namespace CreditGrains.Orleans.Tests.Alerts;

/// <summary>The copy of a desk's alerts, over the wire.</summary>
public sealed class AlertMirrorTests
{
    private readonly AlertMirror mirror = new();
    private readonly AlertBook book = New();

    [Fact]
    public void Figures_OfAlertsThatStand_AreToldEveryTenSecondsAndAlertsAtOnce()
    {
        book.TellFigures(0);
        book.Put(1, 0.95, 1);
        Assert.Equal(["raised 1"], Take());
        book.Put(1, 0.96, 2);
        book.TellFigures(9 * Second);
        // Nothing but where the desk is: neither list nor counts.
        Assert.Equal((null, null), (Report().Standing, Report().Counts));
        Take();
        Assert.Equal((0.95, 2, 1), (Assert.Single(mirror.Standing).Figure, mirror.Sequence, Assert.Single(mirror.Counts).Warning));
        book.TellFigures(10 * Second);
        Take();
        Assert.Equal(0.96, Assert.Single(mirror.Standing).Figure);
        book.Put(2, 0.99, 3);
        Assert.Equal(["raised 2"], Take(3));
        Assert.Equal((2, 2), (mirror.Standing.Count, mirror.Counts[0].Warning));
    }

    [Fact]
    public void Line_OfAReport_HasNothingThatFollowsFromTheRest()
    {
        book.Put(1, 0.95, 1);
        var json = Encoding.UTF8.GetString(ViewWire.Write(Report()).Bytes);
        Assert.Contains("\"Kind\":1", json, StringComparison.Ordinal);
        foreach (var computed in (string[])["IsValid", "IsFacility", "IsKind", "IsNode", "IsBadBelow", "IsVelocity"]) Assert.DoesNotContain(computed, json, StringComparison.Ordinal);
        Assert.Equal(Account(1), Report().AlertOf(Report().Standing![0]).Subject);
    }

    [Fact]
    public void Desk_OfTheNextActivation_IsComparedAndTheOneBeforeIsNotListenedTo()
    {
        book.Put(1, 0.95, 1);
        book.Put(2, 0.95, 2);
        Assert.Equal(["raised 1", "raised 2"], Take());
        var late = book.Report(mirror.AskOf(0), 7, 2);
        // The next comes to the same, and has seen more.
        var next = New();
        next.Put(1, 0.95, 1);
        next.Put(2, 0.95, 2);
        next.Put(2, 0.1, 3);
        next.Put(3, 0.99, 4);
        Assert.Equal(["cleared 2", "raised 3"], mirror.Take(next.Report(mirror.AskOf(0), 8, 4), "s").Select(Text));
        Assert.Empty(mirror.Take(late, "s"));
        Assert.Empty(mirror.Take(AlertReport.Nothing(new AlertDeskState(7, "s", 2, 0, "it has ended")), "s"));
        Assert.Equal((8, 4, null), (mirror.Desk, mirror.Sequence, mirror.Fault));
        Assert.Equal(["1", "3"], mirror.Standing.Select(alert => alert.Subject.Key.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Desk_OfTheNextActivation_WithAListCutShort_TellsOnlyWhatItSawLater()
    {
        for (var account = 1; account <= AlertReport.StandingMax + 5; account++) book.Put(account, 0.95, account);
        while (Report().HasMore) Take(AlertReport.StandingMax + 5);
        Take(AlertReport.StandingMax + 5);
        var next = New();
        for (var account = 1; account <= AlertReport.StandingMax + 5; account++) next.Put(account, 0.95, account);
        next.Put(3, 0.1, AlertReport.StandingMax + 6);
        Assert.Equal(["cleared 3"], mirror.Take(next.Report(mirror.AskOf(0), 8, AlertReport.StandingMax + 6), "s").Select(Text));
    }

    [Fact]
    public void Part_OfAnActivationThatWasTakenOver_IsNotAddedUp()
    {
        var parts = new SharedParts(1);
        AlertPartsReport Of(long desk, double value, string? fault = null) => new(new AlertDeskState(desk, "s", 5, 5, fault), 1, true, [new AlertPart(0, Account(1), value)], 0);
        parts.Take(1, Of(8, 70), "s");
        parts.Take(1, Of(7, 30), "s");
        parts.Take(1, Of(7, 0, "it has ended"), "s");
        Assert.Equal((70d, null), (parts.SumOf(0, Account(1)), parts.Fault));
        Assert.Equal(8, parts.AskOf(1).Desk);
    }

    private AlertReport Report(long sequence = 2, long desk = 7) => book.Report(mirror.AskOf(0), desk, sequence);

    private string[] Take(long sequence = 2) => [.. mirror.Take(Report(sequence), "s").Select(Text)];
}
