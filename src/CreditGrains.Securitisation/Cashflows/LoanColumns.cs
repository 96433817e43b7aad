using System.Collections.Immutable;
using System.Globalization;
using CreditGrains.Securitisation.Assumptions;

namespace CreditGrains.Securitisation.Cashflows;

/// <summary>The plans the column kernel knows; the others are projected line by line.</summary>
public enum ColumnPlan
{
    Level = 0,
    EqualPrincipal = 1,
    AtMaturity = 2,

    /// <summary>Interest only for the months of <see cref="LoanColumns.InterestOnlyMonths"/>, then level.</summary>
    InterestOnlyThenLevel = 3,

    /// <summary>Principal by month as <see cref="LoanColumns.Listed"/> has it.</summary>
    Listed = 4,
}

/// <summary>
/// A pool's loans as columns: one array a field, the same place in each is one loan, in any order. The caller owns and fills the arrays; <see cref="Check"/> is
/// run once after filling. 17 bytes a loan, 21 with segments and interest-only months.
/// </summary>
public sealed class LoanColumns
{
    /// <summary>Units of <see cref="RateAnnual"/> in 1: a rate of 6 % is 6,000,000.</summary>
    public const int RateScale = 100_000_000;

    /// <summary>Balance of all loans together in minor units: sums are exact in a double.</summary>
    public const long TotalMax = 1L << 52;

    /// <param name="count">Number of loans.</param>
    /// <param name="hasSegments">Whether loans follow different scenarios.</param>
    /// <param name="hasInterestOnly">Whether some pay interest only at first.</param>
    public LoanColumns(int count, bool hasSegments = false, bool hasInterestOnly = false)
    {
        Count = count;
        Balance = new long[count];
        RateAnnual = new int[count];
        RemainingMonths = new ushort[count];
        AgeMonths = new ushort[count];
        Plan = new ColumnPlan[count];
        Segment = hasSegments ? new ushort[count] : [];
        InterestOnlyMonths = hasInterestOnly ? new ushort[count] : [];
    }

    /// <summary>Number of loans.</summary>
    public int Count { get; }

    /// <summary>Performing principal in minor units, 0 or more.</summary>
    public long[] Balance { get; }

    /// <summary>Annual rate in units of 1/<see cref="RateScale"/>.</summary>
    public int[] RateAnnual { get; }

    /// <summary>Instalments left, 1 to <see cref="LoanLine.MonthsMax"/>.</summary>
    public ushort[] RemainingMonths { get; }

    /// <summary>Instalments paid.</summary>
    public ushort[] AgeMonths { get; }

    public ColumnPlan[] Plan { get; }

    /// <summary>Empty when all follow one scenario.</summary>
    public ushort[] Segment { get; }

    /// <summary>Empty when no loan pays interest only at first.</summary>
    public ushort[] InterestOnlyMonths { get; }

    /// <summary>Of loans with a plan of their own, by place: principal by month as parts of the balance, which add up to 1.</summary>
    public Dictionary<int, ImmutableArray<double>> Listed { get; } = [];

    /// <summary>Longest remaining term; 0 before <see cref="Check"/>.</summary>
    public int MonthsLongest { get; private set; }

    /// <summary>Highest age.</summary>
    public int AgeHighest { get; private set; }

    /// <summary>Segments named, at least 1.</summary>
    public int Segments { get; private set; } = 1;

    /// <summary>Checks every loan and notes the extremes. To be called again after any change.</summary>
    /// <exception cref="InvalidInputException">Naming the loan by its place.</exception>
    public void Check()
    {
        Int128 total = 0;
        int longest = 0, oldest = 0, segment = 0;
        for (var i = 0; i < Count; i++)
        {
            if (Balance[i] < 0) throw Bad(i, "balance", string.Create(CultureInfo.InvariantCulture, $"{Balance[i]} must be 0 or more"));
            if (RateAnnual[i] < 0) throw Bad(i, "rateAnnual", "the rate must be 0 or more");
            if (RemainingMonths[i] is 0 or > LoanLine.MonthsMax) throw Bad(i, "remainingMonths", $"{RemainingMonths[i]} must be 1 to {LoanLine.MonthsMax}");
            if (AgeMonths[i] > LoanLine.MonthsMax) throw Bad(i, "ageMonths", $"{AgeMonths[i]} must be 0 to {LoanLine.MonthsMax}");
            if (InterestOnlyMonths.Length > 0 && Plan[i] == ColumnPlan.InterestOnlyThenLevel && InterestOnlyMonths[i] >= RemainingMonths[i])
                throw Bad(i, "interestOnlyMonths", $"{InterestOnlyMonths[i]} must be below the remaining term of {RemainingMonths[i]}");
            if (Plan[i] == ColumnPlan.Listed)
            {
                if (!Listed.TryGetValue(i, out var parts) || parts.Length != RemainingMonths[i]) throw Bad(i, "parts", $"a listed plan has one part for each of its {RemainingMonths[i]} months");
                Timings.Check(parts, "parts");
            }
            total += Balance[i];
            longest = Math.Max(longest, RemainingMonths[i]);
            oldest = Math.Max(oldest, AgeMonths[i]);
            if (Segment.Length > 0) segment = Math.Max(segment, Segment[i]);
        }

        if (total > TotalMax) throw new InvalidInputException("PoolTooLarge", "", $"the balances add up to more than {TotalMax} minor units; split the pool");
        MonthsLongest = longest;
        AgeHighest = oldest;
        Segments = segment + 1;
    }

    /// <summary>A loan as a line.</summary>
    public LoanLine Line(int i) => new()
    {
        Balance = Balance[i],
        RateAnnual = (double)RateAnnual[i] / RateScale,
        RemainingMonths = RemainingMonths[i],
        AgeMonths = AgeMonths[i],
        Segment = Segment.Length > 0 ? Segment[i] : 0,
        Amortisation = Plan[i] switch
        {
            ColumnPlan.EqualPrincipal => Amortisation.Equal,
            ColumnPlan.AtMaturity => Amortisation.Bullet,
            ColumnPlan.Listed => new Amortisation.Stepped(Listed[i]),
            ColumnPlan.InterestOnlyThenLevel => new Amortisation.InterestOnlyThenLevel(InterestOnlyMonths.Length > 0 ? InterestOnlyMonths[i] : 0),
            _ => Amortisation.Level,
        },
    };

    private static InvalidInputException Bad(int row, string field, string fault) => new("LoanOutOfRange", $"loans[{row}].{field}", fault);
}
