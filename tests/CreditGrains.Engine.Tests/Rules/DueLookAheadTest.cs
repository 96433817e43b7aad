using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Tests.Rules;

/// <summary>Looking ahead of items that end: over lists of any length, and rows that are given to others between two sweeps.</summary>
public sealed class DueLookAheadTest : IDisposable
{
    private const long First = 1_800_000_000;
    private readonly PartitionState state = new();
    private readonly DueLookAhead ahead;
    private readonly List<int> open = [];

    public DueLookAheadTest()
    {
        ahead = new DueLookAhead(state);
        var node = state.Nodes.Add();
        for (var i = 0; i < 40; i++)
        {
            ref var facility = ref state.Facilities.Write(state.Facilities.Add());
            facility.PathIsInline = i % 3 != 0;
            if (facility.PathIsInline) (facility.PathCount, facility.Path[0]) = (1, node);
            if (i % 2 == 0) facility.SetFirstLoanAlone(state.Loans.Add());
        }
    }

    public void Dispose() => state.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(8, 40)]
    [InlineData(300, 5)]
    public void At_OverListsOfAnyLength_LeavesTheOrderOfEndsAsItIs(int perSecond, int seconds)
    {
        for (var i = 0; i < perSecond * seconds; i++) Add(First + i % seconds, i);
        // The oldest second first, and of a second what came last.
        var expected = open.OrderBy(row => state.Items.Read(row).ExpiresAtSeconds).ThenByDescending(row => state.Items.Read(row).Reference).ToArray();
        Assert.Equal(expected, EndAll(First + seconds));
    }

    [Fact]
    public void At_WhereRowsWereGivenToOthersBetweenSweeps_FollowsNoneOfThem()
    {
        var dice = new Random(7);
        var made = 0;
        var total = 0;
        for (var round = 0; round < 60; round++)
        {
            for (var i = 0; i < 30; i++) Add(First + dice.Next(4), made++);
            // A sweep that stops at its bound, and then rows of the list freed and used again with other numbers in them.
            total += EndAll(First + 4, most: dice.Next(1, 20)).Count;
            foreach (var row in open.Where(_ => dice.Next(3) == 0).ToArray())
            {
                End(row);
                total++;
            }
        }

        total += EndAll(First + 4).Count;
        Assert.Equal(made, total);
        Assert.Equal(0, state.Items.Count);
    }

    private void Add(long second, int number)
    {
        var row = state.Items.Add();
        ref var item = ref state.Items.Write(row);
        (item.Facility, item.Reference, item.ExpiresAtSeconds) = (1 + number % 40, number + 1, second);
        state.ItemIndex.Add(item.Reference, row);
        state.Due.Add(row);
        open.Add(row);
    }

    private List<int> EndAll(long until, int most = int.MaxValue)
    {
        var ended = new List<int>();
        ahead.Begin();
        while (ended.Count < most && state.Due.NextDueItem(until) is var row and not 0)
        {
            ahead.At(row);
            ended.Add(row);
            End(row);
        }

        return ended;
    }

    private void End(int row)
    {
        open.Remove(row);
        state.Due.Remove(row);
        state.ItemIndex.Remove(state.Items.Read(row).Reference);
        state.Items.Free(row);
    }
}
