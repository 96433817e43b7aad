namespace CreditGrains.Securitisation.Pools;

/// <summary>What became of the loans of one month of origination: a static pool. Ages are months on book at the end of the pool's month.</summary>
public sealed class VintageCurve
{
    private readonly List<long> defaulted = [];
    private readonly List<long> prepaid = [];
    private readonly List<long> balances = [];

    internal VintageCurve(int period, long copies)
    {
        (Period, Copies) = (period, copies);
    }

    internal VintageCurve(VintageCurve other, long copies)
    {
        (Period, Loans, Purchased, Copies) = (other.Period, other.Loans, other.Purchased, copies);
        (defaulted, prepaid, balances) = ([.. other.defaulted], [.. other.prepaid], [.. other.balances]);
    }

    /// <summary>Month of origination: twelve times the year plus the month less one.</summary>
    public int Period { get; }

    /// <summary>Copies that had been made of the pool when this was: one made since shares it.</summary>
    internal long Copies { get; }

    /// <summary>Loans that entered the pool.</summary>
    public long Loans { get; internal set; }

    /// <summary>Principal they had when they entered, minor units.</summary>
    public long Purchased { get; internal set; }

    /// <summary>One more than the highest age at which anything is not 0.</summary>
    public int Ages
    {
        get
        {
            var ages = Math.Max(balances.Count, Math.Max(defaulted.Count, prepaid.Count));
            while (ages > 0 && Defaulted(ages - 1) == 0 && Prepaid(ages - 1) == 0 && Balance(ages - 1) == 0) ages--;
            return ages;
        }
    }

    /// <summary>Came into default at an age.</summary>
    public long Defaulted(int age) => At(defaulted, age);

    /// <summary>Prepaid at an age.</summary>
    public long Prepaid(int age) => At(prepaid, age);

    /// <summary>Performing principal at the end of a closed month.</summary>
    public long Balance(int age) => At(balances, age);

    internal void AddDefaulted(int period, long amount) => Add(defaulted, period, amount);

    internal void AddPrepaid(int period, long amount) => Add(prepaid, period, amount);

    internal void Close(int period, long balance) => Add(balances, period, balance);

    private static long At(List<long> column, int age) => age < column.Count ? column[age] : 0;

    /// <summary>Months on book in a month of the pool.</summary>
    internal int AgeIn(int period) => Math.Max(0, period - Period);

    /// <summary>Adds what another part of the pool has of this month of origination.</summary>
    internal void Add(VintageCurve other)
    {
        Loans += other.Loans;
        Purchased += other.Purchased;
        for (var age = 0; age < other.Ages; age++)
        {
            Add(defaulted, Period + age, other.Defaulted(age));
            Add(prepaid, Period + age, other.Prepaid(age));
            Add(balances, Period + age, other.Balance(age));
        }
    }

    private void Add(List<long> column, int period, long amount)
    {
        var age = Math.Max(0, period - Period);
        while (column.Count <= age) column.Add(0);
        column[age] += amount;
    }
}
