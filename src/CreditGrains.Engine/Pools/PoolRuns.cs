using System.Collections.Immutable;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Engine.Pools;

/// <summary>Projections of live pools: loan by loan over columns where scenarios and conventions allow it, else by lines.</summary>
internal static class PoolRuns
{
    private const int ScenariosAtOnce = 16;

    /// <summary>Whether scenarios go over columns, whatever the loans are.</summary>
    public static bool IsByColumns(IReadOnlyList<Scenario> scenarios, ProjectionConventions conventions)
    {
        var none = new LoanColumns(0);
        return scenarios.All(scenario => ColumnProjection.WhyNot(none, scenario, conventions) is null);
    }

    /// <summary>The calendar of a pool whose payments fall on month ends after a day.</summary>
    public static ProjectionCalendar CalendarOf(DateOnly start) => new(start);

    /// <summary>Projects a pool that lies here whole.</summary>
    public static PoolForecasts Project(LivePoolLoans pool, PoolAssumptions assumptions, string conventionsText, Action<double>? progress, CancellationToken cancellationToken)
    {
        var conventions = PoolAssumptions.Conventions(conventionsText);
        var ledger = pool.State.Ledger;
        var scenarios = assumptions.Of(ledger);
        var start = LiveCollateral.StartOf(ledger);
        if (IsByColumns(scenarios, conventions)) return new(pool.State, scenarios, ByColumns(pool, start, scenarios, conventions, -1, progress, cancellationToken), 0);
        var lines = LiveCollateral.Lines(pool, start);
        return new(pool.State, scenarios, ByLines(lines, start, scenarios, conventions, progress, cancellationToken), lines.Length);
    }

    /// <summary>Projects every loan by itself.</summary>
    public static CashflowTable[] ByColumns(
        LivePoolLoans pool, DateOnly start, IReadOnlyList<Scenario> scenarios, ProjectionConventions conventions, int parallelism, Action<double>? progress, CancellationToken cancellationToken)
    {
        var columns = LiveCollateral.Columns(pool, start);
        var tables = new List<CashflowTable>(scenarios.Count);
        foreach (var part in scenarios.Chunk(ScenariosAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            tables.AddRange(ColumnProjection.Run(columns, [.. part.Select(one => (IReadOnlyList<Scenario>)[one])], conventions, CalendarOf(start), parallelism).Select(result => result.Total));
            progress?.Invoke((double)tables.Count / scenarios.Count);
        }

        return [.. tables];
    }

    /// <summary>Projects lines.</summary>
    public static CashflowTable[] ByLines(
        ImmutableArray<LoanLine> lines, DateOnly start, IReadOnlyList<Scenario> scenarios, ProjectionConventions conventions, Action<double>? progress, CancellationToken cancellationToken)
    {
        var tables = new CashflowTable[scenarios.Count];
        for (var i = 0; i < tables.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            tables[i] = PoolProjection.Run(lines, [scenarios[i]], conventions, CalendarOf(start)).Total;
            progress?.Invoke((double)(i + 1) / tables.Length);
        }

        return tables;
    }
}
