using System.Collections.Immutable;
using CreditGrains.Domain.Draws;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Measures;

/// <summary>Simulated losses of a deal.</summary>
/// <param name="DefaultRate">Drawn rates: of the copula before the deal is run, of the bootstrap the cumulative rate of each path.</param>
/// <param name="PoolDefault">Cumulative default as it came about in the runs, over the original pool.</param>
/// <param name="PoolLoss">Losses of the runs over the original pool.</param>
/// <param name="Tranches">Principal unpaid ÷ balance of each tranche, in their order.</param>
public sealed record DealLosses(LossDistribution DefaultRate, LossDistribution PoolDefault, LossDistribution PoolLoss, ImmutableArray<(string Tranche, LossDistribution Loss)> Tranches);

/// <summary>What a copula draws from.</summary>
/// <param name="Probability">Of default of a loan over its life, 0 to 1.</param>
/// <param name="Correlation">Of assets, 0 up to below 1.</param>
/// <param name="Obligors">Equal loans of the pool; 0 is the large-pool limit, in which the rate follows from the factor alone.</param>
/// <param name="Timing">Parts of defaults by month.</param>
public sealed record CopulaTerms(double Probability, double Correlation, int Obligors, ImmutableArray<double> Timing);

/// <summary>
/// Runs the deal once a trial. Every trial has its own stream of numbers, and its outcome is worked out by one thread: the same bits whatever the core count.
/// </summary>
public static class DealMonteCarlo
{
    /// <summary>Most trials: each is a run of the deal.</summary>
    public const int TrialsMax = 10_000_000;

    private const int ObligorsMax = 10_000_000;

    /// <summary>One-factor Gaussian copula: each trial draws the pool's cumulative default rate, spreads it over the timing, and runs the deal. Source: Li 2000; Vasicek 2002.</summary>
    /// <exception cref="InvalidInputException">A number is out of range.</exception>
    public static DealLosses Copula(DealTerms deal, CopulaTerms terms, int trials, long seed, int parallelism = -1, RunControl? control = null)
    {
        RateCheck.Ratio(terms.Probability, "probability");
        if (terms.Correlation is not (>= 0 and < 1)) throw new InvalidInputException("RateOutOfRange", "correlation", "write 0 up to but below 1");
        if (terms.Obligors is < 0 or > ObligorsMax) throw new InvalidInputException("ObligorsOutOfRange", "obligors", $"write 1 to {ObligorsMax} equal loans, or 0 for the large pool");
        Timings.Check(terms.Timing, "timing");
        return Run(deal, trials, parallelism, control, trial =>
        {
            var draws = Xoshiro256.Stream(seed, trial);
            var rate = Vasicek.Conditional(terms.Probability, terms.Correlation, Normal.Quantile(draws.Uniform()));
            if (terms.Obligors > 0)
            {
                var count = 0;
                for (var i = 0; i < terms.Obligors; i++)
                    if (draws.Uniform() < rate) count++;
                rate = (double)count / terms.Obligors;
            }

            return (rate, new LoanDefaultCurve.Cumulative(new CumulativeDefaultRate(rate), terms.Timing));
        });
    }

    /// <summary>Block bootstrap of vintages: each trial draws a path of monthly default rates by period and runs the deal on it; after the path its last rate goes on. Source: Künsch 1989, moving blocks.</summary>
    /// <exception cref="InvalidInputException">A number is out of range, or no vintage is as long as the path.</exception>
    public static DealLosses Bootstrap(DealTerms deal, IReadOnlyList<ImmutableArray<double>> vintages, int months, int block, int trials, long seed, int parallelism = -1, RunControl? control = null)
    {
        var bootstrap = new VintageBootstrap(vintages, months, block);
        return Run(deal, trials, parallelism, control, trial =>
        {
            var path = bootstrap.Path(Xoshiro256.Stream(seed, trial));
            return (1 - path.Aggregate(1.0, (left, rate) => left * (1 - rate)), new LoanDefaultCurve.Vector(path, RateUnit.Monthly, CurveClock.Period));
        });
    }

    private static DealLosses Run(DealTerms deal, int trials, int parallelism, RunControl? control, Func<long, (double Rate, LoanDefaultCurve Curve)> draw)
    {
        if (trials is < LossDistribution.TrialsMin or > TrialsMax) throw new InvalidInputException("TrialsOutOfRange", "trials", $"write {LossDistribution.TrialsMin} to {TrialsMax} trials; of one the standard error is not known");
        double[] rates = new double[trials], defaults = new double[trials], losses = new double[trials];
        var tranches = deal.Tranches.Select(_ => new double[trials]).ToArray();
        // Rounding costs nothing here: a loss ratio is principal only, and its allowance is not asked.
        var rule = new LossRule(Allowance: 0);
        var within = ParallelRuns.Within(trials);
        ParallelRuns.For(trials, parallelism, trial =>
        {
            var (rate, curve) = draw(trial);
            rates[trial] = rate;
            var run = DealRunner.Run(deal.Assume(scenario => scenario with { LoanDefault = curve }), within);
            defaults[trial] = run.Periods[^1].CumulativeDefault;
            losses[trial] = run.OriginalPool == 0 ? 0 : (double)run.Periods.Sum(period => period.Pool.Loss) / run.OriginalPool;
            for (var i = 0; i < tranches.Length; i++) tranches[i][trial] = TrancheShortfall.Of(run, run.Terms.Tranches[i], rule).LossRatio;
        }, control);
        return new DealLosses(
            new LossDistribution(rates), new LossDistribution(defaults), new LossDistribution(losses), [.. deal.Tranches.Select((tranche, i) => (tranche.Name, new LossDistribution(tranches[i])))]);
    }
}
