using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Execution;

/// <summary>
/// Loads into the cache what commands or events further on will touch, while those before them run: index slots first, then rows, then the
/// rows those name, a few places apart so that each is there when the next step needs it. Memory is then read while the processor
/// has other work, instead of five waits a decision. Changes nothing; what it guesses wrong is merely slower.
/// </summary>
internal sealed class RowPrefetch(PartitionState state, IRequestIds ids)
{
    /// <summary>How many commands ahead of the one that runs the look-ahead begins.</summary>
    public const int Lead = 3 * StepGap;

    // A load from memory takes about as long as a third of a decision; four of them leave room for slow ones.
    private const int StepGap = 4;
    private const int RingLength = 16;

    private readonly ulong[] hashes = new ulong[RingLength];
    private readonly int[] rows = new int[RingLength];
    private const int LoanLead = 2 * StepGap;
    private readonly (NodeKey Pool, long Loan)[] loanKeys = new (NodeKey, long)[LoanLead];
    private long loans;
    private long added;
    private long followed;
    private long opened;

    /// <summary>Adds the next command or event, and takes those before it a step further.</summary>
    /// <param name="key">The facility or node it names.</param>
    /// <param name="id">Its request id.</param>
    /// <param name="reference">The item it names, 0 for none.</param>
    public void Add(NodeKey key, in RequestId id, long reference)
    {
        var hash = PartitionState.HashOf(key);
        hashes[added % RingLength] = key.IsFacility ? hash : 0;
        added++;
        if (key.IsFacility) state.FacilityIndex.Prefetch(hash);
        if (id.IsTimeOrdered) ids.Prefetch(key.Tenant, id);
        if (reference != 0) state.ItemIndex.Prefetch(reference);
        if (added - followed > StepGap) Follow();
        if (followed - opened > StepGap) Open();
    }

    /// <summary>The same for the loan that a command about a pool names: its index slot now, its row some commands later.</summary>
    public void AddLoan(ControlCommand? control)
    {
        var loan = control switch
        {
            ReportLoan c => c.Loan,
            PutLoanInPool c => c.Loan,
            TakeLoanFromPool c => c.Loan,
            _ => 0,
        };
        if (loan == 0) return;
        state.Pools.Prefetch(control!.Key, loan);
        var ahead = loans++ % LoanLead;
        if (loanKeys[ahead].Loan != 0) state.Pools.PrefetchRow(loanKeys[ahead].Pool, loanKeys[ahead].Loan);
        loanKeys[ahead] = (control.Key, loan);
    }

    /// <summary>Takes what was added a step further when nothing more comes.</summary>
    public void Advance()
    {
        if (followed < added) Follow();
        if (opened < followed) Open();
    }

    /// <summary>Takes everything added to its end, for a group too short to run while it loads.</summary>
    public void Finish()
    {
        while (followed < added) Follow();
        while (opened < followed) Open();
    }

    // From the index slot to the row.
    private void Follow()
    {
        var at = followed++ % RingLength;
        rows[at] = hashes[at] == 0 ? 0 : state.FacilityIndex.First(hashes[at], out _);
        if (rows[at] != 0) state.Facilities.Prefetch(rows[at]);
    }

    // From the row to its newest item, loan and nodes.
    private void Open()
    {
        var row = rows[opened++ % RingLength];
        if (row == 0) return;
        ref readonly var facility = ref state.Facilities.Read(row);
        if (facility.FirstItem != 0) state.Items.Prefetch(facility.FirstItem);
        if (facility.FirstLoanAlone != 0) state.Loans.Prefetch(facility.FirstLoanAlone);
        if (state.Catalogue is not null) state.FacilityFeatures.Prefetch(row);
        if (!facility.PathIsInline) return;
        for (var j = 0; j < facility.PathCount; j++) state.Nodes.PrefetchFirstLine(facility.Path[j]);
    }
}
