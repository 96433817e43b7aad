using CreditGrains.Securitisation.Assumptions;

namespace CreditGrains.Securitisation.Cashflows;

/// <summary>What a projection of many lines gives.</summary>
/// <param name="Total">All lines.</param>
/// <param name="Segments">By segment, in order.</param>
public sealed record PoolCashflows(CashflowTable Total, IReadOnlyList<CashflowTable> Segments);

/// <summary>
/// Projects many lines by <see cref="LineProjection"/>, in parallel. Lines are cut into slices of a fixed length whose tables are added up in their order, so that the
/// result has the same bits whatever the core count.
/// </summary>
public static class PoolProjection
{
    private const int SliceLength = 256;

    private static readonly CashflowTable Nothing = new(0);

    /// <summary>Checks and projects.</summary>
    /// <param name="lines">Each follows the scenario of its segment.</param>
    /// <param name="scenarios">One a segment; a single one is for all segments that the lines name.</param>
    /// <param name="conventions">For all.</param>
    /// <param name="calendar">For all.</param>
    /// <param name="parallelism">Threads at most; −1 is as many as the current scheduler has, one a core in the pool.</param>
    /// <exception cref="InvalidInputException">Naming the line by its place.</exception>
    public static PoolCashflows Run(
        IReadOnlyList<LoanLine> lines, IReadOnlyList<Scenario> scenarios, ProjectionConventions conventions, ProjectionCalendar calendar = default, int parallelism = -1)
    {
        Check(lines, scenarios, conventions, calendar);
        scenarios = [.. scenarios.Select(scenario => scenario.Resolve(calendar))];
        var count = scenarios.Count > 1 ? scenarios.Count : lines.Count == 0 ? 1 : lines.Max(line => line.Segment) + 1;
        var slices = new CashflowTable[(lines.Count + SliceLength - 1) / SliceLength][];
        if (parallelism == 1)
        {
            for (var slice = 0; slice < slices.Length; slice++) Project(slice);
        }
        else
            Parallel.For(0, slices.Length, new ParallelOptions { MaxDegreeOfParallelism = parallelism, TaskScheduler = null }, Project);
        var segments = Enumerable.Range(0, count).Select(segment => CashflowTable.Sum(slices.Select(slice => slice[segment]))).ToArray();
        return new PoolCashflows(CashflowTable.Sum(segments), segments);

        void Project(int slice)
        {
            var from = slice * SliceLength;
            var tables = new CashflowTable[count];
            Array.Fill(tables, Nothing);
            foreach (var part in Enumerable.Range(from, Math.Min(SliceLength, lines.Count - from)).Select(i => lines[i]).GroupBy(line => line.Segment))
                tables[part.Key] = CashflowTable.Sum(part.Select(line => LineProjection.Run(line, scenarios[scenarios.Count > 1 ? part.Key : 0], conventions, calendar)));
            slices[slice] = tables;
        }
    }

    private static void Check(IReadOnlyList<LoanLine> lines, IReadOnlyList<Scenario> scenarios, ProjectionConventions conventions, ProjectionCalendar calendar)
    {
        if (scenarios.Count == 0) throw new InvalidInputException("ScenarioMissing", "scenarios", "give at least one scenario");
        conventions.Check();
        calendar.CheckFor(conventions);
        foreach (var scenario in scenarios)
        {
            scenario.Check();
            LineProjection.CheckTogether(scenario, conventions);
        }

        for (var i = 0; i < lines.Count; i++)
        {
            try
            {
                lines[i].Check();
                LineProjection.CheckWhole(lines[i], conventions);
                if (lines[i].FirstPayment is { } first) calendar.PeriodOf(first);
            }
            catch (InvalidInputException e)
            {
                throw e.Under($"lines[{i}]");
            }

            if (scenarios.Count > 1 && lines[i].Segment >= scenarios.Count)
                throw new InvalidInputException("SegmentUnknown", $"lines[{i}].segment", $"{lines[i].Segment} has no scenario; there are {scenarios.Count}, from 0");
        }
    }
}
