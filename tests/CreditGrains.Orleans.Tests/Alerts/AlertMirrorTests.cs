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

    private AlertReport Report(long sequence = 2, long desk = 7) => book.Report(mirror.AskOf(0), desk, sequence);

    private string[] Take(long sequence = 2) => [.. mirror.Take(Report(sequence), "s").Select(Text)];
}
