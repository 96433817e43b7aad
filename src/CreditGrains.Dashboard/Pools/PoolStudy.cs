using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Measures;
using CreditGrains.Securitisation.Tranches;

namespace CreditGrains.Dashboard.Pools;

/// <summary>What is assumed of a pool: flat annual rates and the part of a defaulted balance that is lost, 0 to 1.</summary>
public sealed record PoolAssumption(double Cpr, double Cdr, double Severity)
{
    /// <summary>Months from default to the money that comes back.</summary>
    public const int RecoveryLagMonths = 6;

    private const int PastMonths = 6;

    /// <summary>What the pool itself did in its last months; a usual guess where it has no past.</summary>
    public static PoolAssumption Of(PoolSight pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        var cpr = pool.Ledger?.PrepaymentRate(PastMonths)?.ToCpr().Ratio ?? 0.10;
        var cdr = pool.Ledger?.DefaultRate(PastMonths)?.ToCdr().Ratio ?? 0.02;
        return new PoolAssumption(Math.Round(cpr, 3), Math.Round(cdr, 3), 0.6);
    }

    internal Scenario ToScenario() => new()
    {
        Name = "sliders", Prepayment = new PrepaymentCurve.FlatCpr(new Cpr(Cpr)), LoanDefault = new LoanDefaultCurve.FlatCdr(new Cdr(Cdr)), Recovery = new RecoveryTerms(Severity, RecoveryLagMonths),
    };
}

/// <summary>What one tranche is worth under an assumption.</summary>
/// <param name="Name">As the deal names it.</param>
/// <param name="Kind">Of tranche.</param>
/// <param name="Balance">Now, minor units.</param>
/// <param name="AverageLifeYears">Null when no principal is paid.</param>
/// <param name="Yield">At par, nominal a year; null when there is none.</param>
/// <param name="Unpaid">Principal never paid, minor units.</param>
public sealed record TrancheFigure(string Name, TrancheKind Kind, long Balance, double? AverageLifeYears, double? Yield, long Unpaid);

/// <summary>A pool, and the deal on it, projected by an assumption.</summary>
/// <param name="Assumption">Assumed.</param>
/// <param name="Months">The pool by period; those that have been come first.</param>
/// <param name="Run">The deal; null when there is none.</param>
/// <param name="Tranches">Of the deal; empty when there is none.</param>
public sealed record PoolProjected(PoolAssumption Assumption, IReadOnlyList<PoolMonth> Months, DealRun? Run, IReadOnlyList<TrancheFigure> Tranches);

/// <summary>Projects pools and deals; pure, and safe to run beside others.</summary>
public static class PoolStudy
{
    /// <summary>Projects by an assumption.</summary>
    /// <exception cref="Securitisation.InvalidInputException">The deal cannot be run on this pool as meant.</exception>
    public static PoolProjected Run(PoolSight pool, PoolAssumption assumption)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(assumption);
        var scenario = assumption.ToScenario();
        if (pool.Deal is not { } deal)
        {
            var months = PoolMonth.Of(PoolProjection.Run(pool.Lines, [scenario], new ProjectionConventions(), default).Total);
            return new PoolProjected(assumption, months, null, []);
        }
        var run = DealRunner.Run(deal.Assume(_ => scenario));
        return new PoolProjected(assumption, [.. run.Periods.Select(period => period.Pool)], run, [.. deal.Tranches.Select(tranche => FigureOf(run, tranche))]);
    }

    /// <summary>By tranche, the highest flat annual default rate at which it is paid; null for equity, 1 when none costs it anything. Some hundred runs.</summary>
    public static IReadOnlyDictionary<string, double?> BreakEvens(PoolSight pool, PoolAssumption assumption, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(assumption);
        var found = new Dictionary<string, double?>(StringComparer.Ordinal);
        if (pool.Deal is not { } deal) return found;
        var search = new LossSearch(deal.Assume(_ => assumption.ToScenario()), new LossRule());
        foreach (var tranche in deal.Tranches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (tranche.Kind == TrancheKind.Equity) found[tranche.Name] = null;
            else if (search.BreakEvenCdr(tranche.Name) is var threshold) found[tranche.Name] = threshold.IsPaidWithoutDefaults ? threshold.First?.Bearable ?? 1 : 0;
        }
        return found;
    }

    private static TrancheFigure FigureOf(DealRun run, TrancheTerms tranche)
    {
        var measures = new TrancheMeasures(run, tranche.Name);
        var periods = run.Of(tranche.Name).ToArray();
        var balance = periods.Length > 0 ? periods[0].Opening : 0;
        return new TrancheFigure(tranche.Name, tranche.Kind, balance, measures.WeightedAverageLifeYears, balance > 0 ? measures.Yield(measures.ValueOf(1)) : null, periods.Length > 0 ? periods[^1].Closing : 0);
    }
}
