using System.Runtime.InteropServices;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Loans;

/// <summary>
/// On which business day something next happens to each loan (<see cref="LoanWake"/>). Loans hang in lists by legal entity and day. Derived state: rebuilt from the tables.
/// </summary>
internal sealed class LoanCalendar(PartitionState state)
{
    private readonly Dictionary<uint, EntityDays> entities = [];
    private readonly Queue<uint> behind = new();
    private uint lastScope;
    private EntityDays? lastDays;

    /// <summary>Whether loans of any legal entity may wait to be brought to its business date.</summary>
    public bool IsBehind => behind.Count > 0;

    /// <summary>Puts a loan with a day into that day's list.</summary>
    public void Add(int row)
    {
        ref var loan = ref state.Loans.Write(row);
        if (loan.WakeDay == 0) return;
        var days = Of(loan.Facility);
        ref var head = ref CollectionsMarshal.GetValueRefOrAddDefault(days.First, loan.WakeDay, out var isKnown);
        if (isKnown) state.Loans.Write(head).PreviousWake = row;
        else days.Days.Enqueue(loan.WakeDay, loan.WakeDay);
        loan.NextWake = head;
        loan.PreviousWake = 0;
        head = row;
        // That of a loan that stood still may be over already.
        if (loan.WakeDay <= days.Today) NoteBehind(days.Scope);
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
        if (!entities.TryGetValue(scope, out var days)) return;
        days.Today = LoanDays.BusinessDay(state, tenant, legalEntity);
        NoteBehind(scope);
    }

    /// <summary>A loan whose day is at or before its legal entity's business date, of the oldest day; 0 when there is none.</summary>
    public int NextDue()
    {
        while (behind.TryPeek(out var scope))
        {
            var days = scope == lastScope && lastDays is not null ? lastDays : entities[scope];
            while (days.Days.TryPeek(out var day, out _) && day <= days.Today)
            {
                if (days.First.TryGetValue(day, out var row)) return row;
                days.Days.Dequeue();
            }
            behind.Dequeue();
        }
        return 0;
    }

    /// <summary>The business date of a facility with loans, as a day number.</summary>
    public int TodayOf(int facility) => Of(facility).Today;

    /// <summary>
    /// Asks the processor to load what ageing the loans after one in its day's list will look at, three loans ahead: their rows first, then what the rows name, then what those name.
    /// </summary>
    public void LookAhead(int row)
    {
        ref readonly var loan = ref state.Loans.Read(row);
        if (loan.NextWake is not (var next and not 0)) return;
        ref readonly var one = ref state.Loans.Read(next);
        // A day's list is of one legal entity.
        var scope = state.Pools.HasNoOwn ? default : state.Facilities.Read(loan.Facility).Key;
        ref readonly var facility = ref state.Facilities.Read(one.Facility);
        if (facility.HasRules) state.FacilityRules.Prefetch(facility.Rules);
        if (scope != default) state.Pools.PrefetchRow(scope, one.Reference);
        if (one.NextWake == 0) return;
        ref readonly var two = ref state.Loans.Read(one.NextWake);
        state.Facilities.Prefetch(two.Facility);
        if (two.FirstUnpaid != 0) state.LoanDues.Prefetch(two.FirstUnpaid);
        if (scope != default) state.Pools.Prefetch(scope, two.Reference);
        if (two.NextWake != 0) state.Loans.Prefetch(two.NextWake);
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

    private void NoteBehind(uint scope)
    {
        if (!behind.Contains(scope)) behind.Enqueue(scope);
    }

    private EntityDays Of(int facility)
    {
        ref readonly var row = ref state.Facilities.Read(facility);
        var scope = ((uint)row.Tenant << 16) | row.LegalEntity;
        if (scope == lastScope && lastDays is not null) return lastDays;
        if (!entities.TryGetValue(scope, out var days)) entities.Add(scope, days = new EntityDays { Scope = scope, Today = LoanDays.BusinessDay(state, row.Tenant, row.LegalEntity) });
        (lastScope, lastDays) = (scope, days);
        return days;
    }

    private sealed class EntityDays
    {
        public readonly Dictionary<int, int> First = [];
        public readonly PriorityQueue<int, int> Days = new();
        public required uint Scope { get; init; }

        /// <summary>The business date.</summary>
        public int Today;
    }
}

/// <summary>Days as rows keep them.</summary>
internal static class LoanDays
{
    /// <summary>DateOnly.DayNumber of 1970-01-01.</summary>
    public const int Epoch = 719_162;

    /// <summary>Stands for the last day of an observation that has not begun.</summary>
    public static readonly int UntilCured = Domain.Loans.Servicing.Observation.UntilCured.DayNumber;

    /// <summary>A legal entity's business date as a day number; 0 when it has none.</summary>
    public static int BusinessDay(PartitionState state, ushort tenant, ushort legalEntity) =>
        state.Small.BusinessDates.TryGetValue((tenant, legalEntity), out var day) ? Math.Min(day + Epoch, DateOnly.MaxValue.DayNumber) : 0;

    public static DateOnly Date(int day) => DateOnly.FromDayNumber(day);

    public static DateOnly? Maybe(int day) => day == 0 ? null : DateOnly.FromDayNumber(day);

    public static int Of(DateOnly? date) => date?.DayNumber ?? 0;
}
