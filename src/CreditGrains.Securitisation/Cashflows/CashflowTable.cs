namespace CreditGrains.Securitisation.Cashflows;

/// <summary>
/// A projection's result by period: one array a column, index 0 is period 1. With whole minor units all sums are exact, so it does not matter in which order lines
/// are added.
/// </summary>
public sealed class CashflowTable
{
    /// <summary>Number of columns.</summary>
    public static readonly int Columns = Enum.GetValues<CashflowColumn>().Length;

    private readonly double[][] columns = new double[Columns][];

    /// <param name="periods">Number of periods, 0 or more.</param>
    public CashflowTable(int periods)
    {
        Periods = periods;
        for (var i = 0; i < Columns; i++) columns[i] = new double[periods];
    }

    /// <summary>Number of periods.</summary>
    public int Periods { get; }

    /// <summary>A column; the table's own array, index 0 is period 1.</summary>
    public double[] this[CashflowColumn column] => columns[(int)column];

    /// <summary>Sum of a column.</summary>
    public double Total(CashflowColumn column)
    {
        double total = 0;
        foreach (var amount in columns[(int)column]) total += amount;
        return total;
    }

    /// <summary>Principal to the investors in a period: scheduled, prepaid, recovered, and advanced.</summary>
    public double Principal(int period)
    {
        var i = period - 1;
        return this[CashflowColumn.Scheduled][i] + this[CashflowColumn.Prepaid][i] + this[CashflowColumn.Recovery][i] + this[CashflowColumn.AdvancedPrincipal][i];
    }

    /// <summary>Interest to the investors in a period: received less servicing fee, and advanced.</summary>
    public double NetInterest(int period)
    {
        var i = period - 1;
        return this[CashflowColumn.Interest][i] - this[CashflowColumn.ServicingFee][i] + this[CashflowColumn.AdvancedInterest][i];
    }

    /// <summary>Adds another table, which is not longer.</summary>
    public void Add(CashflowTable other)
    {
        for (var c = 0; c < Columns; c++)
        {
            var from = other.columns[c];
            var to = columns[c];
            for (var i = 0; i < from.Length; i++) to[i] += from[i];
        }
    }

    /// <summary>Sum of any number of tables, as long as the longest.</summary>
    public static CashflowTable Sum(IEnumerable<CashflowTable> tables)
    {
        var all = tables.ToArray();
        var sum = new CashflowTable(all.Length == 0 ? 0 : all.Max(table => table.Periods));
        foreach (var table in all) sum.Add(table);
        return sum;
    }

    /// <summary>
    /// Average life of the principal in years: Σ t · P / 12 ÷ Σ P, less a delay. Source: BMA Standard Formulas, chapter SF (30/360 from settlement, so a month is a twelfth).
    /// </summary>
    /// <param name="delayDays">Days by which payments come earlier than period ends, of 360; 0 is the plain figure.</param>
    public double AverageLifeYears(double delayDays = 0)
    {
        double weighted = 0, principal = 0;
        for (var period = 1; period <= Periods; period++)
        {
            weighted += period * Principal(period);
            principal += Principal(period);
        }

        return principal == 0 ? 0 : weighted / principal / 12 - delayDays / 360;
    }
}
