namespace CreditGrains.Securitisation.Cashflows;

/// <summary>
/// Orders a slice of a pool by segment, plan and remaining term, so that loans taken together have the same number of months and one index into their plans. A
/// counting sort within the slice: the pool's columns stay as they are. One a thread.
/// </summary>
internal sealed class ColumnSlice
{
    /// <summary>Loans of a slice.</summary>
    public const int Length = 1 << 16;

    private const int Plans = 5;
    private readonly LoanColumns loans;
    private readonly int months;
    private readonly int[] starts;
    private readonly int[] places = new int[Length];

    public ColumnSlice(LoanColumns loans)
    {
        this.loans = loans;
        months = loans.MonthsLongest + 1;
        starts = new int[loans.Segments * Plans * months + 1];
    }

    /// <summary>Number of shapes, including those without loans.</summary>
    public int Shapes => starts.Length - 1;

    /// <summary>Takes up a slice.</summary>
    public void Load(int from, int count)
    {
        Array.Clear(starts);
        for (var i = from; i < from + count; i++) starts[Key(i) + 1]++;
        for (var k = 1; k < starts.Length; k++) starts[k] += starts[k - 1];
        // Filling moves each start to its end, which is the next one's start.
        for (var i = from; i < from + count; i++) places[starts[Key(i)]++] = i;
        for (var k = starts.Length - 1; k > 0; k--) starts[k] = starts[k - 1];
        starts[0] = 0;
    }

    /// <summary>Places of a shape's loans, in their order.</summary>
    public ReadOnlySpan<int> Of(int shape) => places.AsSpan(starts[shape], starts[shape + 1] - starts[shape]);

    public int MonthsOf(int shape) => shape % months;

    public ColumnPlan PlanOf(int shape) => (ColumnPlan)(shape / months % Plans);

    public int SegmentOf(int shape) => shape / months / Plans;

    private int Key(int i) => ((loans.Segment.Length > 0 ? loans.Segment[i] : 0) * Plans + (int)loans.Plan[i]) * months + loans.RemainingMonths[i];
}
