using CreditGrains.Cli.Uci;

namespace CreditGrains.Cli.Tests.Uci;

public sealed class UciMovementTest
{
    /// <summary>drawdown = bill − previous bill + payment in between; each row is one case of it.</summary>
    [Theory]
    [InlineData(1_000, 1_500, 0, 500)]
    [InlineData(1_000, 1_000, 0, 0)]
    [InlineData(1_000, 0, 1_000, 0)]
    [InlineData(1_000, 800, 300, 100)]
    [InlineData(1_000, 300, 200, -500)]
    [InlineData(-200, 100, 0, 300)]
    [InlineData(0, -50, 0, -50)]
    [InlineData(100, -400, 500, 0)]
    [InlineData(-300, -300, 0, 0)]
    public void Movement_OfTwoBillsAndPayment_IsWhatWasDrawn(long previous, long bill, long payment, long drawdown)
    {
        var account = new UciAccount(1, 10_000, [previous, bill, 0, 0, 0, 0], [0, payment, 0, 0, 0, 0]);
        Assert.Equal(new UciMovement(payment, drawdown), account.Movement(0));
    }

    [Theory]
    [InlineData(0, "X16", "X17", "X22")]
    [InlineData(1, "X15", "X16", "X21")]
    [InlineData(2, "X14", "X15", "X20")]
    [InlineData(3, "X13", "X14", "X19")]
    [InlineData(4, "X12", "X13", "X18")]
    public async Task Movement_OfEachMonth_TakesItsOwnColumns(int movement, string bill, string previous, string payment)
    {
        // Every cell is another number, so that a mix-up shows.
        var values = UciTwin.Columns.ToDictionary(name => name, name => name == "ID" ? 7 : long.Parse(name.AsSpan(1)) * 1_000 * long.Parse(name.AsSpan(1)));
        var account = (await UciFile.ReadAsync(UciTwin.StreamOf([values]), default))[0];
        Assert.Equal(new UciMovement(values[payment], values[bill] - values[previous] + values[payment]), account.Movement(movement));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(50_000, 0)]
    [InlineData(50_001, 1)]
    [InlineData(100_000, 1)]
    [InlineData(200_000, 2)]
    [InlineData(300_000, 3)]
    [InlineData(500_000, 4)]
    [InlineData(500_001, 5)]
    [InlineData(1_000_000, 5)]
    public void BandOf_Limit_IsTheFirstWhoseEdgeHoldsIt(long limit, int band) => Assert.Equal(band, UciBook.BandOf(limit));

    [Fact]
    public void Calendar_OfMonths_EndsEachOne()
    {
        Assert.Equal(new DateTime(2005, 4, 30), Day(0));
        Assert.Equal(new DateTime(2005, 5, 31), Day(1));
        Assert.Equal(new DateTime(2005, 9, 30), Day(5));
        Assert.Equal("September 2005", UciCalendar.NameOf(5));

        static DateTime Day(int month) => DateTime.UnixEpoch.AddMicroseconds(UciCalendar.BillMicros(month));
    }
}
