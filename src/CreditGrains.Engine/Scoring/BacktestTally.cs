using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Scoring;

/// <summary>Counts of a backtest over one journal.</summary>
internal sealed class BacktestTally
{
    private readonly Dictionary<NodeKey, AccountChange> accounts = [];

    /// <summary>What was counted.</summary>
    public BacktestCounts Counts { get; private set; }

    /// <summary>Notes a command of the history that had nothing to be about in the second book.</summary>
    public void LeaveOut() => Counts += new BacktestCounts { LeftOut = 1 };

    /// <summary>Notes a limit that was set below the second book's exposure, though not below that of then.</summary>
    public void NoteLimitBelow() => Counts += new BacktestCounts { LimitsBelowExposure = 1 };

    /// <summary>Notes a request.</summary>
    /// <param name="facility">Its account.</param>
    /// <param name="was">Whether it was approved.</param>
    /// <param name="isNow">Whether it is under the policy.</param>
    /// <param name="amountThen">What was approved, minor units.</param>
    /// <param name="amountNow">What is.</param>
    /// <param name="score">Under the policy; NaN without one.</param>
    public void Add(NodeKey facility, bool was, bool isNow, long amountThen, long amountNow, double score)
    {
        Counts += new BacktestCounts
        {
            Requests = 1,
            ApprovedThen = was ? 1 : 0, AmountThen = was ? amountThen : 0,
            ApprovedNow = isNow ? 1 : 0, AmountNow = isNow ? amountNow : 0,
            SwapsIn = isNow && !was ? 1 : 0, AmountIn = isNow && !was ? amountNow : 0,
            SwapsOut = was && !isNow ? 1 : 0, AmountOut = was && !isNow ? amountThen : 0,
        };
        accounts[facility] = accounts.GetValueOrDefault(facility, AccountChange.None).With(was, isNow, score);
    }

    /// <summary>What was counted, to be added to what others counted.</summary>
    /// <param name="exposureThen">At the end, as it was.</param>
    /// <param name="exposureNow">At the end, under the policy.</param>
    /// <param name="labels">What became of accounts, as far as was told: whether the bad event happened.</param>
    public BacktestPart Part(SortedDictionary<string, long> exposureThen, SortedDictionary<string, long> exposureNow, IReadOnlyDictionary<NodeKey, bool> labels)
    {
        var groups = new AccountGroup[BacktestPart.GroupCount];
        List<(double, bool)> observed = [];
        List<double> swappedIn = [];
        foreach (var (facility, change) in accounts)
        {
            var isTold = labels.TryGetValue(facility, out var isBad);
            groups[BacktestPart.PlaceOf(change.Was, change.IsNow)] += new AccountGroup(1, isTold ? 1 : 0, isTold && isBad ? 1 : 0);
            if (change is { Was: true, HasScore: true } && isTold) observed.Add((change.Score, isBad));
            if (change is { Was: false, IsNow: true, HasScore: true }) swappedIn.Add(change.Score);
        }

        return new BacktestPart(Counts, groups, exposureThen, exposureNow, observed, swappedIn);
    }
}
