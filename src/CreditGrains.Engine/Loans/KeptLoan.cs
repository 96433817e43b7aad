using System.Runtime.InteropServices;
using CreditGrains.Domain.Loans.Servicing;

namespace CreditGrains.Engine.Loans;

/// <summary>
/// A loan as it will be kept: its row and its unpaid instalments, before they are stored. Events are written from it and rows stored from it, whichever way it was
/// worked out. Of the row, what links it to others is not meant, and what fixes it when it is made is not looked at.
/// </summary>
internal sealed class KeptLoan
{
    /// <summary>The loan as it will be kept.</summary>
    public LoanRow Row;

    private readonly List<LoanDueRow> dues = [];

    /// <summary>Its unpaid instalments, oldest first; their links are not meant.</summary>
    public Span<LoanDueRow> Dues => CollectionsMarshal.AsSpan(dues);

    /// <summary>Of them the first ones that were there before and are only later: nothing else of them changed.</summary>
    public int LaterCount;

    /// <summary>All principal owed.</summary>
    public long PrincipalOwed
    {
        get
        {
            var sum = Row.PrincipalNotDue;
            foreach (ref readonly var due in Dues) sum += due.Principal;
            return sum;
        }
    }

    /// <summary>Whether interest for lateness was charged on any of them.</summary>
    public bool HasCharges
    {
        get
        {
            foreach (ref readonly var due in Dues)
                if (due.PenaltyCharged != 0 || due.CompoundCharged != 0) return true;
            return false;
        }
    }

    /// <summary>Of a standing.</summary>
    public static KeptLoan Of(LoanStanding standing)
    {
        var kept = new KeptLoan();
        ref var row = ref kept.Row;
        row.AsOf = standing.AsOf.DayNumber;
        row.NextNumber = (ushort)standing.NextNumber;
        row.NextSlot = (ushort)standing.NextSlot;
        row.Remaining = (ushort)standing.Remaining;
        row.PeriodStart = standing.PeriodStart.DayNumber;
        row.AccruedTo = standing.AccruedTo.DayNumber;
        row.PrincipalNotDue = standing.PrincipalNotDue;
        row.Carried = standing.Carried;
        row.Regular = standing.Regular;
        row.NonAccrualSince = LoanDays.Of(standing.NonAccrualSince);
        row.ClassBest = (byte)standing.ClassificationBest;
        row.HeldUntil = LoanDays.Of(standing.HeldUntil);
        foreach (var due in standing.Dues) kept.Add(LoanDueRow.Of(due));
        return kept;
    }

    /// <summary>Forgets the unpaid instalments.</summary>
    public void Clear()
    {
        dues.Clear();
        LaterCount = 0;
    }

    /// <summary>Adds an unpaid instalment, later than those there are.</summary>
    public void Add(in LoanDueRow due) => dues.Add(due);
}
