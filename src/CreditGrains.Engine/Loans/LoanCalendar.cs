using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Loans;

/// <summary>
/// On which business day something next happens to each loan: an instalment falls due, or days past due pass an edge. Loans hang in lists by legal entity and
/// day. Derived state: rebuilt from the tables.
/// </summary>
internal sealed class LoanCalendar(PartitionState state)
{
    private readonly Dictionary<uint, EntityDays> entities = [];
    private readonly Queue<uint> behind = new();

    /// <summary>Whether loans of any legal entity may wait to be brought to its business date.</summary>
    public bool IsBehind => behind.Count > 0;

    /// <summary>Puts a loan with a day into that day's list.</summary>
    public void Add(int row)
    {
        ref var loan = ref state.Loans.Write(row);
        if (loan.WakeDay == 0) return;
        var days = Of(loan.Facility);
        if (days.First.TryGetValue(loan.WakeDay, out var first)) state.Loans.Write(first).PreviousWake = row;
        else days.Days.Enqueue(loan.WakeDay, loan.WakeDay);
        loan.NextWake = first;
        loan.PreviousWake = 0;
        days.First[loan.WakeDay] = row;
    }

    /// <summary>Takes a loan out of its list.</summary>
    public void Remove(int row)
    {
        ref readonly var loan = ref state.Loans.Read(row);
        if (loan.WakeDay == 0) return;
        if (loan.NextWake != 0) state.Loans.Write(loan.NextWake).PreviousWake = loan.PreviousWake;
        if (loan.PreviousWake != 0) state.Loans.Write(loan.PreviousWake).NextWake = loan.NextWake;
        else if (loan.NextWake != 0) Of(loan.Facility).First[loan.WakeDay] = loan.NextWake;
        else Of(loan.Facility).First.Remove(loan.WakeDay);
    }

    /// <summary>Notes that a legal entity's business date moved.</summary>
    public void DateMoved(ushort tenant, ushort legalEntity)
    {
        var scope = ((uint)tenant << 16) | legalEntity;
        if (entities.ContainsKey(scope) && !behind.Contains(scope)) behind.Enqueue(scope);
    }

    /// <summary>A loan whose day is at or before its legal entity's business date, of the oldest day; 0 when there is none.</summary>
    public int NextDue()
    {
        while (behind.TryPeek(out var scope))
        {
            var (days, today) = (entities[scope], LoanDays.BusinessDay(state, (ushort)(scope >> 16), (ushort)(scope & 0xFFFF)));
            while (days.Days.TryPeek(out var day, out _) && day <= today)
            {
                if (days.First.TryGetValue(day, out var row)) return row;
                days.Days.Dequeue();
            }
            behind.Dequeue();
        }
        return 0;
    }

    /// <summary>Rebuilds the lists' heads after the tables were loaded; the links between loans were loaded with them.</summary>
    public void Load()
    {
        for (var row = 1; row < state.Loans.End; row++)
        {
            ref readonly var loan = ref state.Loans.Read(row);
            if (loan.Reference == 0 || loan.WakeDay == 0 || loan.PreviousWake != 0) continue;
            var days = Of(loan.Facility);
            days.First.Add(loan.WakeDay, row);
            days.Days.Enqueue(loan.WakeDay, loan.WakeDay);
        }
        foreach (var scope in entities.Keys.Order()) behind.Enqueue(scope);
    }

    private EntityDays Of(int facility)
    {
        ref readonly var row = ref state.Facilities.Read(facility);
        var scope = ((uint)row.Tenant << 16) | row.LegalEntity;
        if (!entities.TryGetValue(scope, out var days)) entities.Add(scope, days = new EntityDays());
        return days;
    }

    private sealed class EntityDays
    {
        public readonly Dictionary<int, int> First = [];
        public readonly PriorityQueue<int, int> Days = new();
    }
}

/// <summary>Days as rows keep them.</summary>
internal static class LoanDays
{
    /// <summary>DateOnly.DayNumber of 1970-01-01.</summary>
    public const int Epoch = 719_162;

    /// <summary>A legal entity's business date as a day number; 0 when it has none.</summary>
    public static int BusinessDay(PartitionState state, ushort tenant, ushort legalEntity) =>
        state.Small.BusinessDates.TryGetValue((tenant, legalEntity), out var day) ? Math.Min(day + Epoch, DateOnly.MaxValue.DayNumber) : 0;

    public static DateOnly Date(int day) => DateOnly.FromDayNumber(day);

    public static DateOnly? Maybe(int day) => day == 0 ? null : DateOnly.FromDayNumber(day);

    public static int Of(DateOnly? date) => date?.DayNumber ?? 0;
}
