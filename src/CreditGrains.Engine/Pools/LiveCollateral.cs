using System.Collections.Immutable;
using System.Globalization;
using CreditGrains.Securitisation;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Engine.Pools;

/// <summary>
/// The loans of a live pool as projections take them: each by itself as columns, or put together in lines by plan, months left, age, rate and bucket. Loans in default are no part of it.
/// </summary>
public static class LiveCollateral
{
    /// <summary>Rates of a line lie within so many parts per million.</summary>
    public const int RateStepPpm = 2_500;

    /// <summary>Ages of a line lie within so many months.</summary>
    public const int AgeStepMonths = 3;

    private const int PpmToColumns = LoanColumns.RateScale / 1_000_000;

    /// <summary>Every performing loan as a place of columns, checked.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="from">First day projected, for ages.</param>
    /// <exception cref="InvalidInputException">The balances add up to more than columns take.</exception>
    public static LoanColumns Columns(LivePoolLoans pool, DateOnly from)
    {
        var loans = new LoanColumns((int)pool.State.Ledger.Loans, hasInterestOnly: true);
        var at = 0;
        foreach (var slice in pool.Slices)
            foreach (ref readonly var loan in slice.Span)
            {
                if (loan.IsDefaulted) continue;
                loans.Balance[at] = loan.Principal;
                loans.RateAnnual[at] = loan.RatePpm * PpmToColumns;
                loans.RemainingMonths[at] = MonthsOf(loan);
                loans.AgeMonths[at] = (ushort)AgeOf(loan, from);
                loans.Plan[at] = (ColumnPlan)loan.Plan;
                loans.InterestOnlyMonths[at] = InterestOnlyOf(loan);
                if (OwnMonths(loan, pool, from) is { } own)
                {
                    loans.RemainingMonths[at] = (ushort)own.Length;
                    loans.Plan[at] = ColumnPlan.Listed;
                    loans.Listed[at] = LoanGroups.PartsOf(own, loan.Principal);
                }
                at++;
            }

        loans.Check();
        return loans;
    }

    /// <summary>Performing loans put together in lines, smallest key first. Balances are exact; rates are the balance-weighted mean of a line.</summary>
    public static ImmutableArray<LoanLine> Lines(LivePoolLoans pool, DateOnly from)
    {
        var groups = new LoanGroups();
        groups.Add(pool, from);
        return groups.Lines();
    }

    /// <summary>Principal by month of a loan with a schedule of its own; null when its plan gives it.</summary>
    internal static long[]? OwnMonths(in LiveLoan loan, LivePoolLoans pool, DateOnly from)
    {
        if (loan.Schedule is not { } schedule) return null;
        var terms = pool.State.Ledger.Terms;
        var months = schedule.ByMonth(terms, terms.PeriodOf(from) + 1);
        // Beyond a hundred years, or of another moment than the loan, it is level after all.
        return months.Length <= LoanLine.MonthsMax && months.Sum() == loan.Principal && loan.Principal > 0 ? months : null;
    }

    /// <summary>
    /// A deal whose collateral is this pool: what it collected since its cut-off are the actuals, its loans as they are the lines. Principal that left by transfer counts as prepaid, at par; what was
    /// given up as lost. Loans that came in for others that left are an exchange: only the difference is cash. Other purchases are paid by the deal's purchase steps. An open month in which something
    /// happened counts as it stands; run at the start of a month for whole ones.
    /// </summary>
    /// <exception cref="InvalidInputException">Another currency, or no loan that performs.</exception>
    public static DealTerms Deal(PoolState pool, DealTerms deal, ImmutableArray<LoanLine> lines)
    {
        var ledger = pool.Ledger;
        if (deal.Currency != ledger.Terms.Currency) throw new InvalidInputException("CurrencyMismatch", "collateral.currency", $"the deal is in {deal.Currency}, the pool in {ledger.Terms.Currency}; write the pool's");
        if (lines.IsEmpty) throw new InvalidInputException("PoolEmpty", "", "no loan of the pool performs; there is nothing to run a deal on");
        var cutOff = ledger.Terms.PeriodOf(ledger.Terms.CutOff);
        var months = ledger.History.Where(month => month.Period > cutOff).ToList();
        if (ledger.Open.Period > cutOff && HasFlows(ledger.Open)) months.Add(ledger.Open);
        return deal with
        {
            Pools = [],
            Lines = lines,
            CutOff = ledger.Terms.EndOf(cutOff),
            Actuals = [.. months.Select(MonthOf)],
            OriginalPool = ledger.PurchasedTotal - months.Sum(month => month.PurchasedRevolving + month.SubstitutedIn),
            DefaultedBefore = 0,
            LostBefore = 0,
            DefaultedStock = ledger.DefaultedStock,
        };
    }

    /// <summary>The first month a projection covers: the open one, or the next when the open one has begun.</summary>
    public static int FirstPeriod(PoolLedger ledger) => ledger.Open.Period + (HasFlows(ledger.Open) ? 1 : 0);

    /// <summary>The last day before it: ages are reckoned from there, and payments fall on the ends of the months after it.</summary>
    public static DateOnly StartOf(PoolLedger ledger) => ledger.Terms.EndOf(FirstPeriod(ledger) - 1);

    /// <summary>yyyy-MM of a month of a pool.</summary>
    public static string MonthText(int period) => string.Create(CultureInfo.InvariantCulture, $"{period / 12:D4}-{period % 12 + 1:D2}");

    /// <summary>What the pool did in its last closed months, as a scenario.</summary>
    /// <param name="ledger">The pool.</param>
    /// <param name="months">Closed months looked at.</param>
    /// <param name="byRates">Mean SMM and MDR; else the roll matrix by balance.</param>
    /// <exception cref="InvalidInputException">No month has closed since the first purchase.</exception>
    public static Scenario OwnPast(PoolLedger ledger, int months, bool byRates)
    {
        if (months is < 1 or > PoolLedger.PeriodsMax) throw new InvalidInputException("MonthsOutOfRange", "own.months", $"write 1 to {PoolLedger.PeriodsMax}");
        if (ledger.History.All(month => month.Opening == 0)) throw new InvalidInputException("NoHistory", "own", "the pool has no closed month after its first purchase, so no past of its own; advance the business date, or give scenarios");
        return byRates
            ? new Scenario { Name = "own rates", Prepayment = new PrepaymentCurve.FlatSmm(ledger.PrepaymentRate(months) ?? default), LoanDefault = new LoanDefaultCurve.FlatMdr(ledger.DefaultRate(months) ?? default) }
            : new Scenario { Name = "own roll matrix", LoanDefault = new LoanDefaultCurve.RollRate(ledger.RollRates(months, byBalance: true)) };
    }

    /// <summary>Monthly default rates of each month of origination by months on book, as a bootstrap draws from: defaulted over the balance a month before.</summary>
    /// <exception cref="InvalidInputException">No vintage has a closed month behind it.</exception>
    public static ImmutableArray<ImmutableArray<double>> DefaultRates(PoolLedger ledger)
    {
        var rates = ledger.Vintages.Select(RatesOf).Where(vintage => !vintage.IsEmpty).ToImmutableArray();
        return rates.IsEmpty ? throw new InvalidInputException("NoHistory", "bootstrap", "no month of origination has a closed month of its own to draw from; advance the business date, or use the copula") : rates;
    }

    private static ImmutableArray<double> RatesOf(VintageCurve vintage) =>
        [.. Enumerable.Range(1, Math.Max(0, vintage.Ages - 1)).Where(age => vintage.Balance(age - 1) > 0).Select(age => Math.Clamp((double)vintage.Defaulted(age) / vintage.Balance(age - 1), 0, 1))];

    private static bool HasFlows(in PoolFlows month) =>
        month.Scheduled != 0 || month.Prepaid != 0 || month.Defaulted != 0 || month.Interest != 0 || month.Recovered != 0 || month.Repurchased != 0 || month.WrittenOff != 0
        || month.PurchasedRevolving != 0 || month.SubstitutedIn != 0;

    /// <summary>A month of a pool as a deal's actuals have it.</summary>
    public static PoolMonth MonthOf(PoolFlows month)
    {
        var exchanged = Math.Min(month.SubstitutedIn, month.Repurchased);
        var purchased = month.PurchasedRevolving + month.SubstitutedIn - exchanged;
        return new PoolMonth
        {
            Opening = month.Opening,
            // More may have been taken back of earlier months than was paid in this one: that came into the pool again, and no cash of the deal with it.
            Added = month.Capitalised + month.Drawn + Math.Max(0, -month.Scheduled),
            Scheduled = Math.Max(0, month.Scheduled),
            Prepaid = month.Prepaid + month.Repurchased - exchanged,
            Interest = month.Interest,
            Recovered = month.Recovered,
            Defaulted = month.Defaulted,
            Loss = month.WrittenOff,
            Closing = month.Closing - purchased,
            Purchased = purchased,
            Delinquent = month.Delinquent,
        };
    }

    // One past its maturity counts as having a month; instalments beyond a hundred years of months are cut.
    internal static ushort MonthsOf(in LiveLoan loan) => Math.Clamp(loan.RemainingMonths, (ushort)1, (ushort)LoanLine.MonthsMax);

    private static ushort InterestOnlyOf(in LiveLoan loan) =>
        loan.Plan == LoanPlan.InterestOnlyThenLevel ? (ushort)Math.Clamp(MonthsOf(loan) - loan.LevelMonths, 0, MonthsOf(loan) - 1) : (ushort)0;

    internal static int AgeOf(in LiveLoan loan, DateOnly from)
    {
        var origin = DateOnly.FromDayNumber(loan.OriginDay);
        return Math.Clamp((from.Year - origin.Year) * 12 + from.Month - origin.Month, 0, LoanLine.MonthsMax);
    }
}
