using System.Collections.Immutable;
using CreditGrains.Domain.Draws;

namespace CreditGrains.Securitisation.Measures;

/// <summary>A loan, or many alike, in a loss simulation.</summary>
/// <param name="Exposure">Minor units or any other unit, at least 0.</param>
/// <param name="Probability">Of default over the horizon, 0 to 1.</param>
/// <param name="Severity">Part lost, 0 to 1.</param>
public readonly record struct Obligor(double Exposure, double Probability, double Severity);

/// <summary>Seeded simulations of losses. Every trial has its own stream of numbers, and its outcome is worked out by one thread: the same bits whatever the core count.</summary>
public static class MonteCarlo
{
    /// <summary>
    /// One-factor Gaussian copula: obligor i defaults when √ρ · Z + √(1 − ρ) · ε is below Φ⁻¹(p). Source: Li 2000; Vasicek 2002. Losses as a part of the exposure.
    /// </summary>
    /// <param name="obligors">At least one.</param>
    /// <param name="correlation">Of assets, from 0 to below 1.</param>
    /// <param name="trials">2 to 100,000,000.</param>
    /// <param name="seed">Gives the same outcome again.</param>
    /// <param name="parallelism">Threads at most; −1 is as many as the current scheduler has, one a core in the pool.</param>
    public static LossDistribution GaussianCopula(IReadOnlyList<Obligor> obligors, double correlation, int trials, long seed, int parallelism = -1)
    {
        Check(trials);
        if (obligors.Count == 0) throw new InvalidInputException("ObligorsMissing", "obligors", "there is nobody to default; give at least one");
        if (correlation is not (>= 0 and < 1)) throw new InvalidInputException("RateOutOfRange", "correlation", "write 0 up to but below 1");
        var total = obligors.Sum(obligor => obligor.Exposure);
        var outcomes = new double[trials];
        Parallel.For(0, trials, new ParallelOptions { MaxDegreeOfParallelism = parallelism, TaskScheduler = null }, trial =>
        {
            var draws = Xoshiro256.Stream(seed, trial);
            var factor = Normal.Quantile(draws.Uniform());
            double loss = 0, known = -1, conditional = 0;
            for (var i = 0; i < obligors.Count; i++)
            {
                var obligor = obligors[i];
                if (obligor.Probability != known)
                {
                    known = obligor.Probability;
                    conditional = Vasicek.Conditional(known, correlation, factor);
                }

                // ε below its bound is a uniform number below its probability given the factor.
                if (draws.Uniform() < conditional) loss += obligor.Exposure * obligor.Severity;
            }

            outcomes[trial] = total == 0 ? 0 : loss / total;
        });
        return new LossDistribution(outcomes);
    }

    /// <summary>
    /// Block bootstrap of vintages: a path of monthly default rates is put together from runs of consecutive months of vintages drawn at random, each run at the same
    /// month on book where it came from, so that seasoning stays. The outcome is the cumulative default rate. Source: Künsch 1989, moving blocks.
    /// </summary>
    /// <param name="vintages">Conditional monthly default rates by month on book; lengths may differ.</param>
    /// <param name="months">Length of a path; some vintage must be as long.</param>
    /// <param name="block">Months of a run, at least 1.</param>
    /// <param name="trials">Paths, 2 to 100,000,000.</param>
    /// <param name="seed">Gives the same paths again.</param>
    public static LossDistribution BlockBootstrap(IReadOnlyList<ImmutableArray<double>> vintages, int months, int block, int trials, long seed)
    {
        Check(trials);
        var bootstrap = new VintageBootstrap(vintages, months, block);
        var outcomes = new double[trials];
        Parallel.For(0, trials, new ParallelOptions { TaskScheduler = null }, trial => outcomes[trial] = 1 - bootstrap.Path(Xoshiro256.Stream(seed, trial)).Aggregate(1.0, (left, rate) => left * (1 - rate)));
        return new LossDistribution(outcomes);
    }

    private static void Check(int trials)
    {
        if (trials is < LossDistribution.TrialsMin or > 100_000_000) throw new InvalidInputException("TrialsOutOfRange", "trials", "write 2 to 100,000,000 trials; of one the standard error is not known");
    }
}
