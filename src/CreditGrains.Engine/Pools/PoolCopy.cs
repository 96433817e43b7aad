using CreditGrains.Engine.Tables;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Engine.Pools;

/// <summary>
/// The loans of a pool as of one sequence, copied by the writer in slices between batches. A row that changes before its slice came is kept as it was, so the copy is of one
/// moment though the writer went on meanwhile.
/// </summary>
internal sealed class PoolCopy(PoolSet pools, LivePool pool)
{
    private readonly RowTable<PoolLoanRow> loans = pools.Loans;
    private readonly Dictionary<int, (PoolLoanRow Row, LiveSchedule? Schedule)> before = [];
    private readonly int end = pools.Loans.End;
    private int next = 1;

    /// <summary>Part of the rows seen, 0 to 1.</summary>
    public double Progress => end <= 1 ? 1 : (double)(next - 1) / (end - 1);

    /// <summary>Called before a row changes.</summary>
    public void BeforeWrite(int row, in PoolLoanRow loan)
    {
        if (row >= next && row < end && !before.ContainsKey(row)) before.Add(row, (loan, ScheduleOf(row, loan)));
    }

    /// <summary>Copies the next slice.</summary>
    /// <param name="into">Room for the loans of the slice; its length is the number of rows looked at.</param>
    /// <param name="count">Loans written.</param>
    /// <returns>Whether rows are left.</returns>
    public bool Step(LiveLoan[] into, out int count)
    {
        count = 0;
        var last = (int)Math.Min(end, (long)next + into.Length);
        for (; next < last; next++)
        {
            if (before.Count > 0 && before.Remove(next, out var was)) Take(was.Row, was.Schedule, into, ref count);
            else Take(loans.Read(next), ScheduleOf(next, loans.Read(next)), into, ref count);
        }

        return next < end;
    }

    private LiveSchedule? ScheduleOf(int row, in PoolLoanRow loan) => loan.IsOwn != 0 && loan.Member.Pool == pool.Place + 1 ? pools.ScheduleOf?.Invoke(row) : null;

    private void Take(in PoolLoanRow row, LiveSchedule? schedule, LiveLoan[] into, ref int count)
    {
        if (row.Member.Pool != pool.Place + 1 || row.Member.State is MemberState.Ended or MemberState.None) return;
        into[count++] = new LiveLoan
        {
            Id = row.Id,
            Principal = row.Member.Principal,
            RatePpm = row.RatePpm,
            OriginDay = row.OriginDay,
            DaysPastDue = row.DaysPastDue,
            RemainingMonths = row.RemainingMonths,
            LevelMonths = row.LevelMonths,
            Industry = row.Member.Industry,
            Region = row.Member.Region,
            Bucket = row.Member.Bucket,
            Plan = row.Plan,
            Schedule = schedule,
            IsDefaulted = row.Member.State == MemberState.Defaulted,
        };
    }
}
