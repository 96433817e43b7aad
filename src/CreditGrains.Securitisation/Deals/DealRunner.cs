using CreditGrains.Securitisation.Tranches;
using CreditGrains.Securitisation.Waterfall;

namespace CreditGrains.Securitisation.Deals;

/// <summary>
/// Runs a deal period by period: interest and fees fall due, collections come in, losses are booked, triggers are looked at, the steps of the state are carried out. A
/// pure function of its terms; the cash identity is checked each period.
/// </summary>
public static class DealRunner
{
    /// <summary>Most payment periods; a deal that buys loans for ever is stopped by it.</summary>
    public const int PeriodsMax = 2_400;

    /// <summary>Checks and runs.</summary>
    /// <param name="terms">The deal.</param>
    /// <param name="parallelism">Threads that project its pools at most; −1 is one a core. Results have the same bits.</param>
    /// <exception cref="InvalidInputException">The terms cannot be run as meant, naming the path.</exception>
    /// <exception cref="CashIdentityException">A bug: cash does not add up, naming the period.</exception>
    public static DealRun Run(DealTerms terms, int parallelism = -1)
    {
        DealCheck.Check(terms);
        ActualsCheck.Check(terms);
        terms = terms.WithRatePaths();
        var pool = new DealPool(terms, parallelism);
        var deal = terms with { Tranches = PlannedSchedule.Fill(terms) };
        var book = new DealBook(deal, pool);
        var periods = new List<PeriodReport>();
        for (var period = 1; period <= pool.Periods && !book.IsCalled; period++)
        {
            if (period > PeriodsMax) throw new InvalidInputException("TooLong", "purchase", $"the deal is still buying after {PeriodsMax} payment dates; give revolvingPeriods an end");
            periods.Add(Period(deal, pool, book, period));
        }

        return new DealRun(deal, periods) { Bought = pool.Bought, OriginalPool = book.OriginalPool };
    }

    private static InvalidInputException Unfunded(int period, in PoolMonth month, DealBook book) => new(
        "PurchasesUnfunded",
        $"actuals[{(period * book.Deal.Dates.MonthsPerPayment) - 1}].purchased",
        $"{month.Purchased} minor units were bought by payment date {period}, of which the steps of state {book.State} pay for {month.Purchased - book.LeftToBuy}; give that state a purchase step with the sources that paid, lengthen revolvingPeriods, or mend balances and price");

    private static PeriodReport Period(DealTerms deal, DealPool pool, DealBook book, int period)
    {
        var month = pool.Of(period);
        var wasActual = pool.IsActual(period);
        book.Begin(period, month, pool);
        book.Collect(pool);
        book.Look();
        foreach (var step in book.Steps()) StepRun.Carry(step, book, pool);
        if (book.LeftToBuy > 0) throw Unfunded(period, month, book);
        var (opening, closing) = book.Cash.Close(period);
        var end = deal.CutOff?.AddMonths(period * deal.Dates.MonthsPerPayment);
        var payment = DealDays.Payment(deal.Dates, end);
        return new PeriodReport
        {
            Period = period,
            CutOff = end,
            Payment = payment,
            Determination = DealDays.Determination(deal.Dates, payment),
            IsActual = wasActual,
            State = book.State,
            Pool = month,
            Pools = book.PoolReports(),
            CumulativeDefault = book.CumulativeDefault,
            Delinquency = book.Delinquency,
            CleanUpProceeds = book.CleanUpProceeds,
            Triggers = [.. book.Watches.Select(watch => new TriggerPeriod(watch.Trigger.Name, watch.Value, watch.Level, watch.IsBreached))],
            Dues = [.. book.Dues.Values.Select(due => due.Report())],
            Tranches = [.. book.Tranches.Select(book.Report)],
            Accounts = [.. book.Accounts()],
            Facilities = [.. deal.Facilities.Select(facility => book.Cash.ReportFacility(facility.Name))],
            OpeningCash = opening,
            Collections = book.Cash.Collections,
            Advances = book.Cash.Advances,
            Draws = book.Cash.Draws,
            Payments = book.Cash.Payments,
            Purchases = book.Cash.Purchases,
            ClosingCash = closing,
        };
    }
}
