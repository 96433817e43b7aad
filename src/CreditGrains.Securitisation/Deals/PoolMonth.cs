using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Securitisation.Deals;

/// <summary>What the pool did in a month or payment period; minor units.</summary>
public readonly record struct PoolMonth
{
    public long Opening { get; init; }

    /// <summary>Of an actual month: principal that came in without cash of the deal, such as capitalised interest, or further drawings the seller paid.</summary>
    public long Added { get; init; }

    public long Scheduled { get; init; }

    public long Prepaid { get; init; }

    /// <summary>Interest, the servicing fee of the lines taken off.</summary>
    public long Interest { get; init; }

    public long Recovered { get; init; }

    public long AdvancedPrincipal { get; init; }

    public long AdvancedInterest { get; init; }

    public long Defaulted { get; init; }

    public long Loss { get; init; }

    /// <summary>At the end, before what was bought.</summary>
    public long Closing { get; init; }

    /// <summary>Of an actual month: principal of loans bought at its end with the deal's cash. The next opening has it.</summary>
    public long Purchased { get; init; }

    public long Delinquent { get; init; }

    /// <summary>Cash collected from borrowers.</summary>
    public long Collections => Scheduled + Prepaid + Interest + Recovered;

    /// <summary>Two months of the same period after each other.</summary>
    public PoolMonth Then(PoolMonth next) => Flows(this, next) with { Opening = Opening, Closing = next.Closing, Delinquent = next.Delinquent };

    /// <summary>Two pools in the same month.</summary>
    public PoolMonth And(PoolMonth other) =>
        Flows(this, other) with { Opening = Opening + other.Opening, Closing = Closing + other.Closing, Delinquent = Delinquent + other.Delinquent };

    /// <summary>
    /// Whole minor units of a table. Each column is rounded on its running total, so that its sum is right to half a unit; scheduled principal takes what brings the balance
    /// to the table's, so that months add up exactly.
    /// </summary>
    public static PoolMonth[] Of(CashflowTable table)
    {
        var months = new PoolMonth[table.Periods];
        var prepaid = new Running(table[CashflowColumn.Prepaid]);
        var interest = new Running([.. Enumerable.Range(0, table.Periods).Select(i => table[CashflowColumn.Interest][i] - table[CashflowColumn.ServicingFee][i])]);
        var recovered = new Running(table[CashflowColumn.Recovery]);
        var advanced = new Running(table[CashflowColumn.AdvancedPrincipal]);
        var advancedInterest = new Running(table[CashflowColumn.AdvancedInterest]);
        var defaulted = new Running(table[CashflowColumn.Defaulted]);
        var loss = new Running(table[CashflowColumn.Loss]);
        var closing = table.Periods == 0 ? 0 : Whole(table[CashflowColumn.Opening][0]);
        for (var i = 0; i < months.Length; i++)
        {
            var month = new PoolMonth
            {
                Opening = closing,
                Prepaid = prepaid.At(i),
                Interest = interest.At(i),
                Recovered = recovered.At(i),
                AdvancedPrincipal = advanced.At(i),
                AdvancedInterest = advancedInterest.At(i),
                Defaulted = defaulted.At(i),
                Loss = loss.At(i),
                Delinquent = Whole(table[CashflowColumn.Delinquent][i]),
            };
            var left = closing - month.Prepaid - month.Defaulted;
            // A table of unrounded formulas ends a few units beside zero, which are part of its last instalment.
            var ends = i == table.Periods - 1 || table[CashflowColumn.Opening][i + 1] == 0 ? 0 : Whole(table[CashflowColumn.Closing][i]);
            closing = Math.Min(left, ends);
            months[i] = month with { Scheduled = left - closing, Closing = closing };
        }

        return months;
    }

    private static PoolMonth Flows(PoolMonth one, PoolMonth two) => new()
    {
        Added = one.Added + two.Added,
        Scheduled = one.Scheduled + two.Scheduled,
        Prepaid = one.Prepaid + two.Prepaid,
        Interest = one.Interest + two.Interest,
        Recovered = one.Recovered + two.Recovered,
        AdvancedPrincipal = one.AdvancedPrincipal + two.AdvancedPrincipal,
        AdvancedInterest = one.AdvancedInterest + two.AdvancedInterest,
        Defaulted = one.Defaulted + two.Defaulted,
        Loss = one.Loss + two.Loss,
        Purchased = one.Purchased + two.Purchased,
    };

    private static long Whole(double amount) => (long)Math.Round(amount);

    private sealed class Running(double[] column)
    {
        private double total;
        private long given;

        public long At(int i)
        {
            total += column[i];
            var part = Whole(total) - given;
            given += part;
            return part;
        }
    }
}
