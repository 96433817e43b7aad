using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans.Servicing;

namespace CreditGrains.Engine.Loans;

/// <summary>
/// What happened to one loan, for whoever keeps figures of loans: live and on replay alike, after the rows were stored. Principal before, less what was paid,
/// undone and written off, is principal after.
/// </summary>
internal readonly ref struct LoanChange
{
    /// <summary>The loan's row: the same as long as it lives, then given to another (see <see cref="HasEnded"/>).</summary>
    public int Row { get; init; }

    /// <summary>Its facility's row.</summary>
    public int Facility { get; init; }

    public NodeKey Key { get; init; }

    /// <summary>Its reference: sequence of the event that made it.</summary>
    public long Reference { get; init; }

    /// <summary>Sequence of this event.</summary>
    public long Sequence { get; init; }

    /// <summary>The business date to which it is counted.</summary>
    public DateOnly Date { get; init; }

    public LoanDeed Deed { get; init; }

    /// <summary>Whether an instalment fell due.</summary>
    public bool FellDue { get; init; }

    /// <summary>Whether nothing is left of it; its row is free once this was told.</summary>
    public bool HasEnded { get; init; }

    /// <summary>Principal owed before and after, due or not.</summary>
    public long PrincipalBefore { get; init; }

    public long Principal { get; init; }

    /// <summary>What was paid, by component; principal not due among it is <see cref="Prepaid"/>.</summary>
    public LoanAllocation Paid { get; init; }

    public long Prepaid { get; init; }

    /// <summary>Written off; negative when recovered. Deed Bounced: <see cref="Paid"/> was taken back.</summary>
    public long WrittenOff { get; init; }

    /// <summary>The contract rate, billionths a year.</summary>
    public long RateNano { get; init; }

    /// <summary>Instalments to come.</summary>
    public int Remaining { get; init; }

    public int DaysPastDue { get; init; }

    public byte BucketBefore { get; init; }

    public byte Bucket { get; init; }

    public byte Class { get; init; }

    /// <summary>Day of the first drawdown.</summary>
    public DateOnly Vintage { get; init; }
}

/// <summary>Keeps figures of loans that follow from their changes alone. Called by the applier: it must not fail, and its state must be a function of what it is told.</summary>
internal interface ILoanObserver
{
    /// <summary>Whether only new loans matter for now: changes of others need not be told.</summary>
    bool WatchesNewOnly { get; }

    /// <summary>A loan is about to change or end; its rows are as they were.</summary>
    void Changing(int row);

    /// <summary>A loan was made, changed or ended.</summary>
    void Changed(in LoanChange change);
}
