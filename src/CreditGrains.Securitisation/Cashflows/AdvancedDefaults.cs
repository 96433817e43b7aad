using CreditGrains.Securitisation.Assumptions;

namespace CreditGrains.Securitisation.Cashflows;

/// <summary>
/// Defaults of one line on which the servicer advances, by month of default: each keeps amortising until it is liquidated. Source: BMA Standard Formulas, chapter SF and
/// the table SF-23.
/// </summary>
internal sealed class AdvancedDefaults(Scenario scenario, AmountRounding rounding, int months)
{
    private readonly double[] balances = new double[months + 1];
    private readonly double[] losses = new double[months + 1];
    private readonly double[] bounds = new double[months + 1];
    private readonly double[] advanced = new double[months + 1];
    private readonly double[] interest = new double[months + 1];
    private readonly int lag = scenario.Recovery.LagMonths;

    /// <summary>One month: interest on all that is defaulted, scheduled principal on what is not liquidated now, then the liquidation.</summary>
    /// <param name="instalment">From 1; above <paramref name="lastInstalment"/> nothing falls due any more.</param>
    /// <param name="lastInstalment">Maturity.</param>
    /// <param name="defaulted">New defaults of the month.</param>
    /// <param name="part">Part of the balance due by plan.</param>
    /// <param name="rateOfPeriod">Interest rate of the period.</param>
    /// <param name="table">Gets the amounts.</param>
    /// <param name="period">Of the table, from 1.</param>
    public void Month(int instalment, int lastInstalment, double defaulted, double part, double rateOfPeriod, CashflowTable table, int period)
    {
        var at = period - 1;
        var liquidating = instalment - lag;
        if (instalment <= lastInstalment)
        {
            balances[instalment] = defaulted;
            var severity = scenario.SeverityRatio(period);
            losses[instalment] = Rounded.Of(rounding, defaulted * severity);
            bounds[instalment] = defaulted * (1 - severity);
            for (var cohort = Math.Max(1, liquidating); cohort <= instalment; cohort++)
                if (balances[cohort] > 0) Advance(cohort, cohort == liquidating ? 0 : part, rateOfPeriod, table, at);
        }

        if (liquidating < 1 || liquidating > lastInstalment || balances[liquidating] == 0) return;
        var left = balances[liquidating];
        var loss = Math.Min(losses[liquidating], left);
        var reimbursed = scenario.Advances.ReimbursesInterest ? Math.Min(interest[liquidating], left - loss) : 0;
        table[CashflowColumn.Liquidated][at] += left;
        table[CashflowColumn.Loss][at] += loss;
        table[CashflowColumn.Reimbursed][at] += reimbursed;
        table[CashflowColumn.Recovery][at] += left - loss - reimbursed;
        balances[liquidating] = 0;
    }

    private void Advance(int cohort, double part, double rateOfPeriod, CashflowTable table, int at)
    {
        var due = Rounded.Of(rounding, balances[cohort] * rateOfPeriod);
        var principal = Rounded.Of(rounding, balances[cohort] * part);
        if (scenario.Advances.IsBoundByRecovery && advanced[cohort] + due + principal > bounds[cohort])
        {
            // Not recoverable any more: from here the loan stands still.
            bounds[cohort] = -1;
            table[CashflowColumn.LostInterest][at] += due;
            return;
        }

        advanced[cohort] += due + principal;
        interest[cohort] += due;
        balances[cohort] -= principal;
        table[CashflowColumn.AdvancedInterest][at] += due;
        table[CashflowColumn.AdvancedPrincipal][at] += principal;
    }
}
