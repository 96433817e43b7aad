using System.Collections.Immutable;
using System.Globalization;
using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Engine.Pools;

/// <summary>
/// Performing loans put together in lines by plan, months left, age, rate and bucket. Sums are whole numbers, so it does not matter in which order, or in how many places, loans are added.
/// </summary>
internal sealed class LoanGroups
{
    private readonly SortedDictionary<(int Plan, int Months, int Level, int Age, int Rate, int Bucket), (long Balance, Int128 Weighted, long Loans)> groups = [];

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
                Add(((int)loan.Plan, LiveCollateral.MonthsOf(loan), loan.LevelMonths, age, loan.RatePpm / LiveCollateral.RateStepPpm, loan.Bucket), (loan.Principal, (Int128)loan.Principal * loan.RatePpm, 1));
            }
    }

    /// <summary>The lines, smallest key first; rates are the balance-weighted mean.</summary>
    public ImmutableArray<LoanLine> Lines() =>
        [.. groups.Select((group, i) => LineOf(group.Key, group.Value.Balance, group.Value.Weighted, string.Create(CultureInfo.InvariantCulture, $"live-{i + 1} ({group.Value.Loans} loans)")))];

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
            Add(key, (balance, weighted, r.Read7BitEncodedInt64()));
        }
    }

    private void Add((int, int, int, int, int, int) key, (long Balance, Int128 Weighted, long Loans) more)
    {
        groups.TryGetValue(key, out var sum);
        groups[key] = (sum.Balance + more.Balance, sum.Weighted + more.Weighted, sum.Loans + more.Loans);
    }

    private static LoanLine LineOf((int Plan, int Months, int Level, int Age, int Rate, int Bucket) key, long balance, Int128 weighted, string id) => new()
    {
        Id = id,
        Balance = balance,
        RateAnnual = balance == 0 ? 0 : (double)weighted / balance / 1_000_000,
        RemainingMonths = key.Months,
        AgeMonths = key.Age * LiveCollateral.AgeStepMonths,
        MissedInstalments = key.Bucket,
        Amortisation = (LoanPlan)key.Plan switch
        {
            LoanPlan.EqualPrincipal => Amortisation.Equal,
            LoanPlan.AtMaturity => Amortisation.Bullet,
            LoanPlan.InterestOnlyThenLevel when key.Level < key.Months => new Amortisation.InterestOnlyThenLevel(key.Months - key.Level),
            _ => Amortisation.Level,
        },
    };
}
