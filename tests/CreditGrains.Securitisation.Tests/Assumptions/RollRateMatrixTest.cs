using CreditGrains.Securitisation.Assumptions;

namespace CreditGrains.Securitisation.Tests.Assumptions;

public sealed class RollRateMatrixTest
{
    /// <summary>UCI data set 350: statuses X11 (April) to X7 (August), those of at most 1 merged. Real data, so skipped where it is not.</summary>
    [SharedFact("data/uci_credit_card_default.csv")]
    public void Counts_RealCards_AreExact()
    {
        var counts = new TransitionCounts(4);
        foreach (var row in Shared.Rows("data/uci_credit_card_default.csv"))
            for (var x = 11; x > 7; x--) counts.Add(StateOf(row[$"X{x}"]), StateOf(row[$"X{x - 1}"]));
        long[,] asked = { { 101018, 5218, 0, 0 }, { 3742, 7869, 759, 0 }, { 129, 291, 135, 227 }, { 16, 153, 30, 413 } };
        for (var from = 0; from < 4; from++)
            for (var to = 0; to < 4; to++) Assert.Equal(asked[from, to], counts[from, to]);
        Assert.Equal(5218.0 / 106236, counts.Estimate()[0, 1], 12);
    }

    [Fact]
    public void Counts_MadeUpCards_AreCountedAndEstimated()
    {
        var counts = new TransitionCounts(3);
        int[][] histories = [[0, 1, 2, 0], [0, 0, 1, 1], [2, 2, 2, 0]];
        foreach (var history in histories)
            for (var i = 1; i < history.Length; i++) counts.Add(history[i - 1], history[i]);
        counts.Add(2, 3);
        Assert.Equal(2, counts[0, 1]);
        Assert.Equal(2, counts[2, 2]);
        var matrix = counts.Estimate();
        Assert.Equal(2.0 / 3, matrix[0, 1], 12);
        Assert.Equal(1.0 / 5, matrix[2, matrix.ChargedOff], 12);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(2, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 4)]
    public void Add_StateThereIsNone_IsRefused(int from, int to) => Assert.Throws<ArgumentOutOfRangeException>(() => new TransitionCounts(2).Add(from, to));

    [Fact]
    public void Estimate_StateNeverSeen_StaysWhereItIs() => Assert.Equal(1, new TransitionCounts(2).Estimate()[1, 1]);

    [Fact]
    public void Matrix_RowNotWhole_IsRefusedByPath()
    {
        var fault = Assert.Throws<InvalidInputException>(() => new RollRateMatrix([[0.9, 0.05, 0, 0], [0.5, 0.5, 0, 0]]));
        Assert.Equal(("MatrixRowNotWhole", "matrix[0]"), (fault.Name, fault.Path));
    }

    private static int StateOf(string status) => Math.Clamp(int.Parse(status, System.Globalization.CultureInfo.InvariantCulture) - 1, 0, 3);
}
