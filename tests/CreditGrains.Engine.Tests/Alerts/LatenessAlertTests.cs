using CreditGrains.Engine.Tests.Loans;
using static CreditGrains.Engine.Tests.Alerts.WatchedWorld;

namespace CreditGrains.Engine.Tests.Alerts;

/// <summary>Alerts on late loans of the engine's own: they age with the business date.</summary>
public sealed class LatenessAlertTests : LoanTest
{
    [Fact]
    public void Lateness_FollowsTheBusinessDate_AndEndsWhenPaid()
    {
        const string book = """{ "tenant": 1 }""";
        var loan = Draw(1_200_000, Level, 12).Sequence;
        using var watched = new WatchedWorld(World, Rule("days", "daysPastDue", book, "\"raise\": 10, \"clear\": 1"), Rule("bucket", "bucket", """{ "node": "Portfolio/1/1/1" }""", "\"raise\": 1", "\"per\": \"loan\"")) { IsShared = true };
        Assert.Empty(watched.Follow());
        Date(Start.AddMonths(1).AddDays(9));
        // The engine ages loans in batches of its own.
        World.Idle();
        Assert.Equal([$"bucket Facility/1/1/1 loan {loan} 1"], watched.Follow());
        Date(Start.AddMonths(1).AddDays(12));
        Assert.Contains("days Facility/1/1/1 12", watched.Follow());
        Repay(300_000);
        Assert.Empty(watched.Follow());
    }
}
