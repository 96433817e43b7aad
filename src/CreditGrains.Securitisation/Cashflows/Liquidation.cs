using CreditGrains.Securitisation.Assumptions;

namespace CreditGrains.Securitisation.Cashflows;

/// <summary>What comes back of defaults that stand still until they are liquidated; the ones with advances are <see cref="AdvancedDefaults"/>.</summary>
internal static class Liquidation
{
    /// <summary>How many periods after the last default the last recovery may be.</summary>
    public static int Tail(Scenario scenario) => scenario.Recovery.LagMonths + scenario.Recovery.Parts.Length - 1;

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
