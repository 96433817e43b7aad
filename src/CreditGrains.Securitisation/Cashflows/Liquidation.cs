using CreditGrains.Securitisation.Assumptions;

namespace CreditGrains.Securitisation.Cashflows;

/// <summary>What comes back of defaults that stand still until they are liquidated; the ones with advances are <see cref="AdvancedDefaults"/>.</summary>
internal static class Liquidation
{
    private static readonly CashflowColumn[] Booked = [CashflowColumn.Liquidated, CashflowColumn.Recovery, CashflowColumn.Loss];

    /// <summary>How many periods after the last default the last recovery may be.</summary>
    public static int Tail(Scenario scenario) => scenario.Recovery.LagMonths + scenario.Recovery.Parts.Length - 1;

    /// <summary>
    /// What comes back of a stock of earlier defaults, as if all of it had defaulted in the month before the first period: what would have come by then comes in the first. Its severity is that of the
    /// terms; stresses are of later defaults. Nothing is advanced on it.
    /// </summary>
    /// <param name="stock">Defaulted before and not liquidated.</param>
    /// <param name="scenario">Severity, lag and timing.</param>
    /// <param name="rounding">Of amounts.</param>
    /// <returns>Recovery, loss, liquidated balance and stock by period.</returns>
    public static CashflowTable OfStock(double stock, Scenario scenario, AmountRounding rounding)
    {
        // A table of its own in which the stock is a default of period 1, which has no columns but these; period 1 of the projection is its second.
        var own = new CashflowTable(1 + Math.Max(1, Tail(scenario)));
        Spread(own, 1, stock, scenario with { Stresses = [] }, rounding);
        var table = new CashflowTable(own.Periods - 1);
        foreach (var column in Booked)
        {
            for (var i = 0; i < own.Periods; i++) table[column][Math.Max(0, i - 1)] += own[column][i];
        }

        for (var i = 0; i < table.Periods; i++) table[CashflowColumn.DefaultedStock][i] = stock -= table[CashflowColumn.Liquidated][i];
        return table;
    }

    /// <summary>Spreads a default over its recovery periods; the last part takes what rounding leaves.</summary>
    /// <param name="table">Gets recovery, loss and liquidated balance.</param>
    /// <param name="period">Of the default, from 1.</param>
    /// <param name="amount">Defaulted balance.</param>
    /// <param name="scenario">Severity, lag and timing.</param>
    /// <param name="rounding">Of amounts.</param>
    public static void Spread(CashflowTable table, int period, double amount, Scenario scenario, AmountRounding rounding)
    {
        if (amount == 0) return;
        var parts = scenario.Recovery.Parts;
        var recoverable = amount - Rounded.Of(rounding, amount * scenario.SeverityRatio(period));
        double liquidated = 0, recovered = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            var isLast = i == parts.Length - 1;
            var balance = isLast ? amount - liquidated : Math.Min(Rounded.Of(rounding, amount * parts[i]), amount - liquidated);
            var back = isLast ? recoverable - recovered : Math.Min(Rounded.Of(rounding, recoverable * parts[i]), balance);
            liquidated += balance;
            recovered += back;
            var at = period - 1 + scenario.Recovery.LagMonths + i;
            table[CashflowColumn.Liquidated][at] += balance;
            table[CashflowColumn.Recovery][at] += back;
            table[CashflowColumn.Loss][at] += balance - back;
        }
    }

    /// <summary>Fills the stock of defaults: before + defaulted − liquidated − principal advanced.</summary>
    public static void FillStock(CashflowTable table)
    {
        double stock = 0;
        for (var i = 0; i < table.Periods; i++)
        {
            stock += table[CashflowColumn.Defaulted][i] - table[CashflowColumn.Liquidated][i] - table[CashflowColumn.AdvancedPrincipal][i];
            table[CashflowColumn.DefaultedStock][i] = stock;
        }
    }
}
