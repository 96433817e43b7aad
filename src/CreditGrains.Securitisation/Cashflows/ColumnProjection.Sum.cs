using CreditGrains.Securitisation.Assumptions;

namespace CreditGrains.Securitisation.Cashflows;

/// <summary>A pool whose loans are projected in several places.</summary>
public static partial class ColumnProjection
{
    private static readonly CashflowColumn[] Paid = [CashflowColumn.Defaulted, CashflowColumn.Scheduled, CashflowColumn.Prepaid, CashflowColumn.Interest];

    /// <summary>
    /// Adds up projections of the parts of a pool by one scenario: the same bits as one projection of all loans gives, as long as amounts are rounded to minor units. Recoveries are worked out
    /// again from the defaults of all parts, since they are rounded on that sum.
    /// </summary>
    /// <param name="parts">What <see cref="Run(LoanColumns, Scenario, ProjectionConventions, ProjectionCalendar, int)"/> gave for each part that has loans.</param>
    /// <param name="scenario">The same as of the parts.</param>
    /// <param name="conventions">The same.</param>
    /// <param name="calendar">The same.</param>
    /// <exception cref="InvalidInputException">The balances add up to more than columns take.</exception>
    public static CashflowTable AddUp(IReadOnlyList<CashflowTable> parts, Scenario scenario, ProjectionConventions conventions, ProjectionCalendar calendar)
    {
        scenario = scenario.Resolve(calendar);
        var tail = Liquidation.Tail(scenario);
        var months = parts.Count == 0 ? 0 : parts.Max(part => part.Periods) - tail;
        var table = new CashflowTable(months + tail);
        double balance = 0;
        foreach (var part in parts) balance += part[CashflowColumn.Opening][0];
        if (balance > LoanColumns.TotalMax) throw new InvalidInputException("PoolTooLarge", "", $"the balances add up to more than {LoanColumns.TotalMax} minor units; split the pool");
        for (var t = 0; t < months; t++)
        {
            table[CashflowColumn.Opening][t] = balance;
            foreach (var part in parts)
            {
                if (t >= part.Periods) continue;
                foreach (var column in Paid) table[column][t] += part[column][t];
            }

            var defaulted = table[CashflowColumn.Defaulted][t];
            balance = table[CashflowColumn.Closing][t] = balance - defaulted - table[CashflowColumn.Scheduled][t] - table[CashflowColumn.Prepaid][t];
            Liquidation.Spread(table, t + 1, defaulted, scenario, conventions.Rounding);
        }

        Liquidation.FillStock(table);
        return table;
    }
}
