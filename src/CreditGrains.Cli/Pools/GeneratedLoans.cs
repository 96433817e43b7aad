using CreditGrains.Domain.Draws;
using CreditGrains.Domain.Money;

namespace CreditGrains.Cli.Pools;

/// <summary>
/// Generated loans that pay, pay late, prepay, default and recover, month by month. Each has a due day of 1 to 28; days are counted in months of 30, so that so many
/// missed instalments are the same bucket at the end of every month. Seeded: the same loans do the same.
/// </summary>
internal sealed class GeneratedLoans
{
    public const int DueDays = 28;
    private const int WholePpm = 1_000_000;
    private const int MonthsToLiquidation = 6;
    private const int DaysOfMonth = 30;

    /// <summary>How many more fall behind in each month of the year, parts per million: what a forecast from the past cannot know.</summary>
    private static readonly int[] Season = [1_000_000, 1_150_000, 1_050_000, 950_000, 900_000, 950_000, 1_000_000, 1_100_000, 1_150_000, 1_050_000, 950_000, 900_000];

    /// <summary>By missed instalments: what happens when the next falls due; parts per million of moving to 0, 1, 2 and so on. The rest misses one more.</summary>
    private static readonly int[][] Moves = [[984_000], [450_000, 300_000], [150_000, 100_000, 250_000], [80_000, 30_000, 40_000, 150_000]];

    private readonly GeneratedLoan[] loans;
    private Xoshiro256 random;

    public GeneratedLoans(int count, ulong seed, DateOnly start)
    {
        loans = new GeneratedLoan[count];
        random = new Xoshiro256(seed);
        for (var i = 0; i < count; i++) loans[i] = Make(start);
    }

    public int Count => loans.Length;

    /// <summary>A loan as it is.</summary>
    public ref readonly GeneratedLoan this[int i] => ref loans[i];

    /// <summary>A loan as the rules of a pool look at it.</summary>
    public LoanCandidate Candidate(int i, Currency currency) => new()
    {
        Currency = currency,
        Principal = loans[i].Balance,
        RatePpm = loans[i].RatePpm,
        RemainingMonths = loans[i].Remaining,
        Industry = loans[i].Industry,
        Region = loans[i].Region,
        Obligor = i + 1,
        Origination = loans[i].Origination,
    };

    /// <summary>The loans whose instalment is due on a day of the month.</summary>
    public (int From, int To) DueOn(int day) => ((int)((long)Count * (day - 1) / DueDays), (int)((long)Count * day / DueDays));

    /// <summary>What a loan does on its due date.</summary>
    /// <returns>How many movements were written, 0 to 2.</returns>
    public int Due(int i, DateOnly date, Span<LoanMovement> movements)
    {
        ref var loan = ref loans[i];
        if (loan.MonthsInDefault > 0) return Liquidate(ref loan, date, movements);
        if (loan.Balance == 0) return 0;
        var missed = Math.Min((int)loan.Missed, Moves.Length - 1);
        if (loan.Remaining > 0) loan.Remaining--;
        if (loan.Remaining > 0 && missed == 0)
        {
            var early = random.Below(WholePpm);
            if (early < 9_000) return Prepay(ref loan, date, movements, isAll: true);
            if (early < 15_000) return Prepay(ref loan, date, movements, isAll: false);
        }

        if (random.Below(WholePpm) < 300) return Bankrupt(ref loan, date, movements);
        var late = Target(missed, date.Month);
        var paid = loan.Missed + 1 - late;
        loan.Missed = (byte)late;
        movements[0] = Pay(ref loan, date, paid, isLast: loan.Remaining == 0 && late == 0);
        return 1;
    }

    /// <summary>The last day of the month: days past due of a loan that is late.</summary>
    /// <returns>Whether there is a movement.</returns>
    public bool Age(int i, DateOnly date, int dueDay, out LoanMovement movement)
    {
        ref var loan = ref loans[i];
        movement = default;
        if (loan.Missed == 0 || loan.Balance == 0 || loan.MonthsInDefault > 0) return false;
        var days = DaysOfMonth * loan.Missed - dueDay;
        if (loan.Missed > DaysOfMonth / 10) loan.MonthsInDefault = 1;
        movement = State(loan, date, MovementCause.Aged, days);
        return true;
    }

    private GeneratedLoan Make(DateOnly start)
    {
        var term = 12 * (1 + (int)random.Below(5));
        var age = (int)random.Below(Math.Min(term - 1, 24));
        var remaining = term - age;
        var rate = (int)(30_000 + 500 * random.Below(240));
        var balance = 500_000 + random.Below(9_500_000);
        return new GeneratedLoan
        {
            Balance = balance,
            RatePpm = rate,
            Remaining = (byte)remaining,
            Instalment = InstalmentOf(balance, rate, remaining),
            Industry = (byte)(1 + random.Below(20)),
            Region = (byte)(1 + random.Below(31)),
            Origination = start.AddMonths(-age),
        };
    }

    private int Target(int missed, int month)
    {
        var draw = random.Below(WholePpm);
        var moves = Moves[missed];
        long better = 0;
        foreach (var share in moves) better += share;
        // More fall behind in a bad month; those who do not share what is left in proportion.
        var worse = Math.Min(WholePpm, (WholePpm - better) * Season[month - 1] / WholePpm);
        if (draw < worse) return missed + 1;
        var place = (draw - worse) * better / Math.Max(1, WholePpm - worse);
        for (var to = 0; to < moves.Length; to++)
        {
            if (place < moves[to]) return to;
            place -= moves[to];
        }

        return moves.Length - 1;
    }

    private static LoanMovement Pay(ref GeneratedLoan loan, DateOnly date, int instalments, bool isLast)
    {
        long principal = 0, interest = 0;
        for (var i = 0; i < instalments; i++)
        {
            var month = InterestOf(loan.Balance - principal, loan.RatePpm);
            interest += month;
            principal += Math.Clamp(loan.Instalment - month, 0, loan.Balance - principal);
        }

        if (isLast) principal = loan.Balance;
        loan.Balance -= principal;
        var days = Math.Max(0, DaysOfMonth * (loan.Missed - 1));
        return State(loan, date, instalments > 0 ? MovementCause.Paid : MovementCause.InstalmentDue, loan.Balance == 0 ? 0 : days) with { Scheduled = principal, Interest = interest };
    }

    private static int Prepay(ref GeneratedLoan loan, DateOnly date, Span<LoanMovement> movements, bool isAll)
    {
        movements[0] = Pay(ref loan, date, 1, isLast: false);
        var part = isAll ? loan.Balance : loan.Balance / 5;
        if (part == 0) return 1;
        loan.Instalment -= loan.Instalment * part / loan.Balance;
        loan.Balance -= part;
        movements[1] = State(loan, date, isAll ? MovementCause.PrepaidWhole : MovementCause.PrepaidPart, 0) with { Prepaid = part };
        return 2;
    }

    private static int Bankrupt(ref GeneratedLoan loan, DateOnly date, Span<LoanMovement> movements)
    {
        loan.MonthsInDefault = 1;
        movements[0] = State(loan, date, MovementCause.Bankruptcy, DaysOfMonth * loan.Missed);
        return 1;
    }

    private static int Liquidate(ref GeneratedLoan loan, DateOnly date, Span<LoanMovement> movements)
    {
        if (loan.Balance == 0 || ++loan.MonthsInDefault <= MonthsToLiquidation) return 0;
        var cash = loan.Balance * 2 / 5;
        loan.Balance -= cash;
        movements[0] = State(loan, date, MovementCause.Recovered, 180) with { Recovery = cash };
        loan.Balance = 0;
        movements[1] = State(loan, date, MovementCause.WrittenOff, 180);
        return 2;
    }

    private static LoanMovement State(in GeneratedLoan loan, DateOnly date, MovementCause cause, int daysPastDue) => new()
    {
        Date = date,
        Cause = cause,
        Principal = loan.Balance,
        DaysPastDue = daysPastDue,
        RemainingMonths = loan.Remaining,
        RatePpm = loan.RatePpm,
    };

    private static long InterestOf(long balance, int ratePpm) => (long)(((Int128)balance * ratePpm + 6 * WholePpm) / (12L * WholePpm));

    private static long InstalmentOf(long balance, int ratePpm, int months)
    {
        var rate = ratePpm / 12.0 / WholePpm;
        return (long)Math.Ceiling(balance * rate / (1 - Math.Pow(1 + rate, -months)));
    }
}

/// <summary>One generated loan.</summary>
internal record struct GeneratedLoan
{
    /// <summary>Principal owed, minor units.</summary>
    public long Balance { get; set; }

    public long Instalment { get; set; }

    public DateOnly Origination { get; set; }

    public int RatePpm { get; set; }

    /// <summary>Instalments not yet due.</summary>
    public byte Remaining { get; set; }

    /// <summary>Instalments due and unpaid.</summary>
    public byte Missed { get; set; }

    /// <summary>0 while it performs.</summary>
    public byte MonthsInDefault { get; set; }

    public byte Industry { get; set; }

    public byte Region { get; set; }
}
