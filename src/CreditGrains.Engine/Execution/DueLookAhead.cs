using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Execution;

/// <summary>
/// Loads into the cache what ending the due items further on will touch, while those before them end, as <see cref="RowPrefetch"/> does for commands: the items of a second
/// are a list through a table of any size, and each names a facility, nodes and loans that were last touched when it began. Changes nothing; what it guesses wrong is merely slower.
/// </summary>
internal sealed class DueLookAhead(PartitionState state)
{
    // Items between the loads of an item, of its facility and of what that names.
    private const int StepGap = 3;
    private const int Lead = 2 * StepGap;
    private const int RingLength = 8;

    private readonly int[] facilities = new int[RingLength];

    // The furthest item looked at, and how many are between it and the one that ends now. Rows are only followed within one sweep: between two of them they may be given to others.
    private int furthest;
    private long looked;
    private long ended;
    private long opened;

    /// <summary>Forgets what was seen before: a sweep begins.</summary>
    public void Begin() => (furthest, looked, ended, opened) = (0, 0, 0, 0);

    /// <summary>Looks further ahead of an item that ends now.</summary>
    /// <param name="item">Its row; of the same sweep as those before it, in their order.</param>
    public void At(int item)
    {
        if (ended++ >= looked)
        {
            // The first, or the first of the next second's list.
            (looked, opened) = (ended, ended);
            furthest = item;
        }
        // Twice as fast as they end, until the lead is there.
        for (var step = 0; step < 2 && looked - ended < Lead; step++)
        {
            var next = state.Items.Read(furthest).NextDue;
            if (next == 0) break;
            Look(next);
        }
        while (looked - opened > StepGap) Open();
    }

    // From the list to the item's facility. The item itself was asked for when the one before it was looked at.
    private void Look(int item)
    {
        ref readonly var row = ref state.Items.Read(item);
        if (row.NextDue != 0) state.Items.Prefetch(row.NextDue);
        state.ItemIndex.Prefetch(row.Reference);
        state.Facilities.Prefetch(row.Facility);
        facilities[looked++ % RingLength] = row.Facility;
        furthest = item;
    }

    // From the facility to its nodes and loan.
    private void Open()
    {
        ref readonly var facility = ref state.Facilities.Read(facilities[opened++ % RingLength]);
        if (facility.FirstLoanAlone != 0) state.Loans.Prefetch(facility.FirstLoanAlone);
        if (!facility.PathIsInline) return;
        for (var i = 0; i < facility.PathCount; i++) state.Nodes.PrefetchFirstLine(facility.Path[i]);
    }
}
