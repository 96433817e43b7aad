using System.Collections.Immutable;
using System.Globalization;
using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Engine.Pools;

/// <summary>
/// Performing loans put together in lines by plan, months left, age, rate and bucket. Sums are whole numbers, so it does not matter in which order, or in how many places, loans are added.
/// </summary>
internal sealed class LoanGroups
{
    private readonly SortedDictionary<(int Plan, int Months, int Level, int Age, int Rate, int Bucket), Sum> groups = [];

    /// <summary>Adds the performing loans of a pool.</summary>
    /// <param name="pool">The pool, or a part of it.</param>
    /// <param name="from">Ages are reckoned from here.</param>
    public void Add(LivePoolLoans pool, DateOnly from)
    {
        foreach (var slice in pool.Slices)
            foreach (ref readonly var loan in slice.Span)
            {
                if (loan.IsDefaulted) continue;
                var age = LiveCollateral.AgeOf(loan, from) / LiveCollateral.AgeStepMonths;
                var rate = loan.RatePpm / LiveCollateral.RateStepPpm;
                // What a late loan of a plan of its own has missed is not told by its parts: for rolls it counts as level.
                var own = loan.Bucket == 0 ? LiveCollateral.OwnMonths(loan, pool, from) : null;
                Add(
                    own is null ? ((int)loan.Plan, LiveCollateral.MonthsOf(loan), loan.LevelMonths, age, rate, loan.Bucket) : ((int)ColumnPlan.Listed, own.Length, 0, age, rate, 0),
                    new Sum(loan.Principal, (Int128)loan.Principal * loan.RatePpm, 1, own));
            }
    }

    /// <summary>The lines, smallest key first; rates are the balance-weighted mean.</summary>
    public ImmutableArray<LoanLine> Lines() =>
        [.. groups.Select((group, i) => LineOf(group.Key, group.Value, string.Create(CultureInfo.InvariantCulture, $"live-{i + 1} ({group.Value.Loans} loans)")))];

    /// <summary>Writes the groups.</summary>
    public void Write(BinaryWriter w)
    {
        w.Write7BitEncodedInt(groups.Count);
        foreach (var (key, sum) in groups)
        {
            foreach (var part in (int[])[key.Plan, key.Months, key.Level, key.Age, key.Rate, key.Bucket]) w.Write7BitEncodedInt(part);
            w.Write7BitEncodedInt64(sum.Balance);
            w.Write((long)(sum.Weighted >> 64));
            w.Write(unchecked((ulong)sum.Weighted));
            w.Write7BitEncodedInt64(sum.Loans);
            w.Write7BitEncodedInt(sum.Months?.Length ?? 0);
            foreach (var month in sum.Months ?? []) w.Write7BitEncodedInt64(month);
        }
    }

    /// <summary>Adds what <see cref="Write"/> wrote.</summary>
    public void Read(BinaryReader r)
    {
        for (var left = r.Read7BitEncodedInt(); left > 0; left--)
        {
            var key = (r.Read7BitEncodedInt(), r.Read7BitEncodedInt(), r.Read7BitEncodedInt(), r.Read7BitEncodedInt(), r.Read7BitEncodedInt(), r.Read7BitEncodedInt());
            var balance = r.Read7BitEncodedInt64();
            var weighted = ((Int128)r.ReadInt64() << 64) | r.ReadUInt64();
            var loans = r.Read7BitEncodedInt64();
            var months = new long[r.Read7BitEncodedInt()];
            for (var i = 0; i < months.Length; i++) months[i] = r.Read7BitEncodedInt64();
            Add(key, new Sum(balance, weighted, loans, months.Length == 0 ? null : months));
        }
    }

    private void Add((int, int, int, int, int, int) key, in Sum more)
    {
        if (!groups.TryGetValue(key, out var sum))
        {
            groups.Add(key, more);
            return;
        }

        // The key tells how many months there are, so both have as many.
        for (var i = 0; i < (more.Months?.Length ?? 0); i++) sum.Months![i] += more.Months![i];
        groups[key] = new Sum(sum.Balance + more.Balance, sum.Weighted + more.Weighted, sum.Loans + more.Loans, sum.Months);
    }

    private static LoanLine LineOf((int Plan, int Months, int Level, int Age, int Rate, int Bucket) key, in Sum sum, string id) => new()
    {
        Id = id,
        Balance = sum.Balance,
        RateAnnual = sum.Balance == 0 ? 0 : (double)sum.Weighted / sum.Balance / 1_000_000,
        RemainingMonths = key.Months,
        AgeMonths = key.Age * LiveCollateral.AgeStepMonths,
        MissedInstalments = key.Bucket,
        Amortisation = sum.Months is { } months ? new Amortisation.Stepped(PartsOf(months, sum.Balance)) : (LoanPlan)key.Plan switch
        {
            LoanPlan.EqualPrincipal => Amortisation.Equal,
            LoanPlan.AtMaturity => Amortisation.Bullet,
            LoanPlan.InterestOnlyThenLevel when key.Level < key.Months => new Amortisation.InterestOnlyThenLevel(key.Months - key.Level),
            _ => Amortisation.Level,
        },
    };

    /// <summary>Each month's principal as a part of all.</summary>
    internal static ImmutableArray<double> PartsOf(long[] months, long principal) => [.. months.Select(month => (double)month / principal)];

    /// <summary>What the loans of a group come to.</summary>
    /// <param name="Balance">Principal.</param>
    /// <param name="Weighted">Σ principal × rate, minor units × ppm.</param>
    /// <param name="Loans">How many.</param>
    /// <param name="Months">Principal by month, where the loans have schedules of their own.</param>
    private readonly record struct Sum(long Balance, Int128 Weighted, long Loans, long[]? Months);
}
