using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Securitisation.Deals;

/// <summary>How a loan stands at the end of a month.</summary>
public enum LoanState
{
    /// <summary>It has a performing balance.</summary>
    Performing = 0,

    /// <summary>Nothing performs any more; recoveries may still come.</summary>
    Ended = 1,

    /// <summary>The servicer bought it with the clean-up call.</summary>
    Called = 2,
}

/// <summary>One loan in one month of the projection; minor units. Opening − scheduled − prepaid − defaulted = closing.</summary>
public readonly record struct LoanMonth(
    string Pool, string Loan, int Segment, int Month, int PaymentPeriod, DateOnly? End, double RateAnnual, int AgeMonths, int RemainingMonths, double Opening, double Scheduled, double Prepaid, double Defaulted, double Interest,
    double ServicingFee, double Recovery, double Loss, double Delinquent, double Closing, LoanState State);

/// <summary>The loan-level export for investors: what a run says of each loan in each month that is projected. Its sums are those of the pool.</summary>
public static class LoanExport
{
    /// <summary>As the defaults are named that a pool has from before the projection: one row for all of them, with recoveries and losses.</summary>
    public const string StockName = "defaulted-before";

    /// <summary>Loan by loan, in the order of pools and lines, the stock of defaults after those of its pool; then loans bought.</summary>
    /// <param name="run">A deal run to its end.</param>
    /// <param name="period">A payment period only; null is all.</param>
    public static IEnumerable<LoanMonth> Of(DealRun run, int? period = null)
    {
        var deal = run.Terms;
        var pools = deal.AllPools;
        foreach (var pool in pools)
        {
            var calendar = new ProjectionCalendar(deal.CutOff?.AddMonths(pool.Actuals.Length));
            foreach (var line in pool.Lines)
            {
                var scenario = pool.Scenarios.Length == 1 ? pool.Scenarios[0] : pool.Scenarios[line.Segment];
                var table = LineProjection.Of(line, scenario, deal.Conventions, calendar);
                foreach (var month in Months(run, pool, line, table, pool.Actuals.Length, period)) yield return month;
            }

            if (pool.DefaultedStock == 0) continue;
            foreach (var month in Months(run, pool, new LoanLine { Id = StockName, Balance = 0, RateAnnual = 0, RemainingMonths = 1 }, pool.StockOf(deal.Conventions), pool.Actuals.Length, period)) yield return month;
        }

        foreach (var purchase in run.Bought)
        {
            var named = purchase.Line with { Id = $"bought-{purchase.AfterMonth}" };
            foreach (var month in Months(run, pools[purchase.Pool], named, DealPool.TableOf(deal, pools[purchase.Pool], purchase), purchase.AfterMonth, period)) yield return month;
        }
    }

    private static IEnumerable<LoanMonth> Months(DealRun run, CollateralPool pool, LoanLine line, CashflowTable table, int after, int? only)
    {
        var step = run.Terms.Dates.MonthsPerPayment;
        var calledAfter = run.Periods[^1].CleanUpProceeds > 0 ? run.Periods.Count * step : int.MaxValue;
        for (var i = 0; i < table.Periods && after + i < run.Periods.Count * step; i++)
        {
            var month = after + i + 1;
            var payment = (month - 1) / step + 1;
            if (only is { } one && payment != one) continue;
            var closing = table[CashflowColumn.Closing][i];
            yield return new LoanMonth(
                pool.Name, line.Id, line.Segment, month, payment, run.Terms.CutOff?.AddMonths(month), line.RateAt(i + 1), line.AgeMonths + i + 1, Math.Max(0, line.RemainingMonths - i - 1), table[CashflowColumn.Opening][i],
                table[CashflowColumn.Scheduled][i], table[CashflowColumn.Prepaid][i], table[CashflowColumn.Defaulted][i], table[CashflowColumn.Interest][i], table[CashflowColumn.ServicingFee][i],
                table[CashflowColumn.Recovery][i], table[CashflowColumn.Loss][i], table[CashflowColumn.Delinquent][i], closing,
                closing == 0 ? LoanState.Ended : month >= calledAfter ? LoanState.Called : LoanState.Performing);
        }
    }
}
