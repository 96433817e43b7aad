using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Securitisation.Pools;

/// <summary>
/// What a pool is expected to do, from what it did: loans that are alike in bucket, months left and rate are one rep line, and the pool's own roll rates move them. Level
/// payment is taken for all.
/// </summary>
public sealed class PoolForecast
{
    private const int RateStepPpm = 2_500;
    private readonly SortedDictionary<(int Bucket, int Remaining, int RateStep), (long Balance, double Weighted)> lines = [];

    /// <summary>Rep lines so far.</summary>
    public int Lines => lines.Count;

    /// <summary>Adds a performing loan as it is now.</summary>
    /// <param name="bucket">Its bucket.</param>
    /// <param name="remainingMonths">Instalments not yet due; one past its maturity counts as having one.</param>
    /// <param name="ratePpm">Annual rate, parts per million.</param>
    /// <param name="balance">Principal, minor units.</param>
    public void Add(int bucket, int remainingMonths, int ratePpm, long balance)
    {
        var key = (bucket, Math.Max(1, remainingMonths), ratePpm / RateStepPpm);
        lines.TryGetValue(key, out var sum);
        lines[key] = (sum.Balance + balance, sum.Weighted + (double)balance * ratePpm);
    }

    /// <summary>Projects to the end by a roll matrix; recoveries are not part of it.</summary>
    public CashflowTable Project(RollRateMatrix matrix)
    {
        var scenario = new Scenario { Name = "rolls", LoanDefault = new LoanDefaultCurve.RollRate(matrix) };
        return PoolProjection.Run([.. lines.Where(line => line.Value.Balance > 0).Select(LineOf)], [scenario], new ProjectionConventions(), default).Total;
    }

    private static LoanLine LineOf(KeyValuePair<(int Bucket, int Remaining, int RateStep), (long Balance, double Weighted)> line) => new()
    {
        Balance = line.Value.Balance,
        RateAnnual = line.Value.Weighted / line.Value.Balance / 1_000_000,
        RemainingMonths = line.Key.Remaining,
        MissedInstalments = line.Key.Bucket,
    };
}
