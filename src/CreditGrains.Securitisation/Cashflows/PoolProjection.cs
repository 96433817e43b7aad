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

    /// <summary>Checks and projects.</summary>
    /// <param name="lines">Each follows the scenario of its segment.</param>
    /// <param name="scenarios">One a segment; a single one is for all.</param>
    /// <param name="conventions">For all.</param>
    /// <param name="calendar">For all.</param>
    /// <param name="parallelism">Threads at most; −1 is as many as the current scheduler has, one a core in the pool.</param>
    /// <exception cref="InvalidInputException">Naming the line by its place.</exception>
    public static PoolCashflows Run(
        IReadOnlyList<LoanLine> lines, IReadOnlyList<Scenario> scenarios, ProjectionConventions conventions, ProjectionCalendar calendar = default, int parallelism = -1)
    {
        Check(lines, scenarios, conventions);
        scenarios = [.. scenarios.Select(scenario => scenario.Resolve(calendar))];
        var slices = new CashflowTable[(lines.Count + SliceLength - 1) / SliceLength][];
        if (parallelism == 1)
        {
            for (var slice = 0; slice < slices.Length; slice++) Project(slice);
        }
        else
            Parallel.For(0, slices.Length, new ParallelOptions { MaxDegreeOfParallelism = parallelism, TaskScheduler = null }, Project);
        var segments = Enumerable.Range(0, scenarios.Count).Select(segment => CashflowTable.Sum(slices.Select(slice => slice[segment]))).ToArray();
        return new PoolCashflows(CashflowTable.Sum(segments), segments);

        void Project(int slice)
        {
            var from = slice * SliceLength;
            var part = Enumerable.Range(from, Math.Min(SliceLength, lines.Count - from)).Select(i => lines[i]);
            slices[slice] = [.. Enumerable.Range(0, scenarios.Count).Select(segment => CashflowTable.Sum(
                part.Where(line => SegmentOf(line, scenarios) == segment).Select(line => LineProjection.Run(line, scenarios[segment], conventions, calendar))))];
        }
    }

    private static int SegmentOf(LoanLine line, IReadOnlyList<Scenario> scenarios) => scenarios.Count == 1 ? 0 : line.Segment;

    private static void Check(IReadOnlyList<LoanLine> lines, IReadOnlyList<Scenario> scenarios, ProjectionConventions conventions)
    {
        if (scenarios.Count == 0) throw new InvalidInputException("ScenarioMissing", "scenarios", "give at least one scenario");
        conventions.Check();
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
            }
            catch (InvalidInputException e)
            {
                throw e.Under($"lines[{i}]");
            }

            if (scenarios.Count > 1 && (lines[i].Segment < 0 || lines[i].Segment >= scenarios.Count))
                throw new InvalidInputException("SegmentUnknown", $"lines[{i}].segment", $"{lines[i].Segment} has no scenario; there are {scenarios.Count}, from 0");
        }
    }
}
