using CreditGrains.Securitisation.Assumptions;

namespace CreditGrains.Securitisation.Cashflows;

/// <summary>
/// Projects a pool of columns loan by loan, on all cores, many scenarios in one pass. Loans are taken in slices; a fixed number of strands shares the slices, each
/// strand adds up its own in order, and the strands are added in order: the same bits whatever the core count. With whole minor units every sum is exact besides.
/// Recoveries follow from the defaults of a segment and month, and are rounded on that sum.
/// </summary>
public static partial class ColumnProjection
{
    private const int StrandsMax = 64;
    private const int ScenariosAtOnce = 16;
    private const int ShapesMax = 1 << 20;
    private const int StatesPerMonth = ColumnKernel.Sums * ColumnKernel.Lanes;

    /// <summary>Why the columns cannot be projected by the kernel; null when they can. The line projection can do everything.</summary>
    public static string? WhyNot(LoanColumns loans, Scenario scenario, ProjectionConventions conventions)
    {
        if (!scenario.LoanDefault.IsConditional) return "defaults are not a rate on the performing balance";
        if (scenario.Advances.Kind != AdvanceKind.None) return "the servicer advances";
        if (conventions.PrepaymentEffect != PrepaymentEffect.ShrinkInstalment) return "prepayments shorten the term";
        if (conventions.DefaultTiming != DefaultTiming.BeforeScheduledPrincipal) return "loans default after scheduled principal";
        if (conventions.PeriodRateDigits is not null) return "interest rates of periods are rounded";
        var isByAge = scenario.Prepayment.Clock == CurveClock.Age || scenario.LoanDefault.Clock == CurveClock.Age;
        if (isByAge && (conventions.RateClock != PeriodClock.Twelfth || scenario.Stresses.Any(stress => stress.FromPeriod > 1 || stress.ToPeriod != int.MaxValue)))
            return "a curve goes by loan age while days or stresses go by period";
        return loans.Segments * 4L * (loans.MonthsLongest + 1) > ShapesMax ? "there are too many segments" : null;
    }

    /// <summary>Projects one scenario.</summary>
    public static PoolCashflows Run(LoanColumns loans, Scenario scenario, ProjectionConventions conventions, ProjectionCalendar calendar = default, int parallelism = -1) =>
        Run(loans, [[scenario]], conventions, calendar, parallelism)[0];

    /// <summary>Projects many scenarios in one pass.</summary>
    /// <param name="loans">Checked columns, not changed meanwhile.</param>
    /// <param name="scenarios">For each projection a scenario for each segment, or one for all.</param>
    /// <param name="conventions">For all.</param>
    /// <param name="calendar">For conventions that count days; loans pay on period ends.</param>
    /// <param name="parallelism">Threads at most; −1 is as many as the current scheduler has, one a core in the pool.</param>
    /// <returns>One result for each entry of <paramref name="scenarios"/>.</returns>
    /// <exception cref="InvalidInputException">A scenario is out of range, or <see cref="WhyNot"/> says why not.</exception>
    public static IReadOnlyList<PoolCashflows> Run(
        LoanColumns loans, IReadOnlyList<IReadOnlyList<Scenario>> scenarios, ProjectionConventions conventions, ProjectionCalendar calendar = default, int parallelism = -1)
    {
        conventions.Check();
        if (loans.MonthsLongest == 0 && loans.Count > 0) loans.Check();
        foreach (var scenario in scenarios.SelectMany(set => set)) scenario.Check();
        scenarios = [.. scenarios.Select(set => (IReadOnlyList<Scenario>)[.. set.Select(scenario => scenario.Resolve(calendar))])];
        foreach (var scenario in scenarios.SelectMany(set => set))
        {
            if (WhyNot(loans, scenario, conventions) is { } why)
                throw new InvalidInputException("ColumnsNotSupported", "", $"the column projection cannot do this: {why}; use the line projection");
        }

        var years = Enumerable.Range(1, loans.MonthsLongest).Select(t => calendar.YearFraction(conventions.InterestClock, null, t)).ToArray();
        var results = new List<PoolCashflows>(scenarios.Count);
        var step = Math.Max(1, ScenariosAtOnce / loans.Segments);
        for (var from = 0; from < scenarios.Count; from += step)
        {
            var part = scenarios.Skip(from).Take(step).ToArray();
            var rates = part.Select(set => Enumerable.Range(0, loans.Segments)
                .Select(segment => new ScenarioRates(For(set, segment), conventions, calendar, loans.MonthsLongest, loans.AgeHighest)).ToArray()).ToArray();
            var sums = Sum(loans, rates, conventions, years, parallelism);
            for (var s = 0; s < part.Length; s++) results.Add(TablesOf(loans, part[s], s, sums, conventions));
        }

        return results;
    }

    private static Scenario For(IReadOnlyList<Scenario> set, int segment) => set.Count == 1 ? set[0] : segment < set.Count
        ? set[segment]
        : throw new InvalidInputException("SegmentUnknown", "scenarios", $"segment {segment} has no scenario; there are {set.Count}, from 0");

    private static double[] Sum(LoanColumns loans, ScenarioRates[][] rates, ProjectionConventions conventions, double[] years, int parallelism)
    {
        var slices = (loans.Count + ColumnSlice.Length - 1) / ColumnSlice.Length;
        var strands = Math.Min(StrandsMax, slices);
        var perScenario = loans.Segments * loans.MonthsLongest * StatesPerMonth;
        var kernel = ColumnDispatch.Of(conventions);
        var sums = new double[strands][];
        Parallel.For(
            0,
            strands,
            new ParallelOptions { MaxDegreeOfParallelism = parallelism, TaskScheduler = null },
            () => (Slice: new ColumnSlice(loans), Group: new ColumnGroup(loans)),
            (strand, _, own) =>
            {
                var mine = new double[rates.Length * perScenario];
                for (var slice = strand; slice < slices; slice += strands)
                {
                    var from = slice * ColumnSlice.Length;
                    own.Slice.Load(from, Math.Min(ColumnSlice.Length, loans.Count - from));
                    Add(loans, own.Slice, own.Group, rates, years, kernel, mine, perScenario);
                }

                sums[strand] = mine;
                return own;
            },
            _ => { });
        var total = new double[rates.Length * perScenario];
        foreach (var strand in sums)
            for (var i = 0; i < total.Length; i++) total[i] += strand[i];
        return total;
    }

    private static void Add(LoanColumns loans, ColumnSlice slice, ColumnGroup group, ScenarioRates[][] rates, double[] years, ColumnDispatch kernel, double[] sums, int perScenario)
    {
        for (var shape = 0; shape < slice.Shapes; shape++)
        {
            var places = slice.Of(shape);
            var segment = slice.SegmentOf(shape);
            for (var at = 0; at < places.Length; at += ColumnKernel.GroupLength)
            {
                group.Load(places[at..Math.Min(at + ColumnKernel.GroupLength, places.Length)], slice.MonthsOf(shape), slice.PlanOf(shape));
                for (var s = 0; s < rates.Length; s++)
                    kernel.Run(group, rates[s][segment], years, sums.AsSpan(s * perScenario + segment * loans.MonthsLongest * StatesPerMonth, group.Months * StatesPerMonth));
            }
        }
    }

    private static PoolCashflows TablesOf(LoanColumns loans, IReadOnlyList<Scenario> set, int scenario, double[] sums, ProjectionConventions conventions)
    {
        var tables = new CashflowTable[loans.Segments];
        var balances = new double[loans.Segments];
        for (var i = 0; i < loans.Count; i++) balances[loans.Segment.Length > 0 ? loans.Segment[i] : 0] += loans.Balance[i];
        for (var segment = 0; segment < tables.Length; segment++)
        {
            var from = (scenario * loans.Segments + segment) * loans.MonthsLongest * StatesPerMonth;
            tables[segment] = TableOf(balances[segment], For(set, segment), sums.AsSpan(from, loans.MonthsLongest * StatesPerMonth), conventions);
        }

        return new PoolCashflows(CashflowTable.Sum(tables), tables);
    }

    private static CashflowTable TableOf(double balance, Scenario scenario, ReadOnlySpan<double> sums, ProjectionConventions conventions)
    {
        var months = sums.Length / StatesPerMonth;
        var table = new CashflowTable(months + Liquidation.Tail(scenario));
        for (var t = 0; t < months; t++)
        {
            var month = sums.Slice(t * StatesPerMonth, StatesPerMonth);
            table[CashflowColumn.Opening][t] = balance;
            var defaulted = table[CashflowColumn.Defaulted][t] = OfLanes(month, 0);
            var scheduled = table[CashflowColumn.Scheduled][t] = OfLanes(month, 1);
            var prepaid = table[CashflowColumn.Prepaid][t] = OfLanes(month, 2);
            table[CashflowColumn.Interest][t] = OfLanes(month, 3);
            balance = table[CashflowColumn.Closing][t] = balance - defaulted - scheduled - prepaid;
            Liquidation.Spread(table, t + 1, defaulted, scenario, conventions.Rounding);
        }

        Liquidation.FillStock(table);
        return table;
    }

    private static double OfLanes(ReadOnlySpan<double> month, int sum)
    {
        double total = 0;
        foreach (var lane in month.Slice(sum * ColumnKernel.Lanes, ColumnKernel.Lanes)) total += lane;
        return total;
    }
}
