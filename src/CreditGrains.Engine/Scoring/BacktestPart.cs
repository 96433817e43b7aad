namespace CreditGrains.Engine.Scoring;

/// <summary>What a backtest found in one journal. Parts over different accounts add up; no account is named in them.</summary>
/// <param name="Counts">Of requests.</param>
/// <param name="Groups">Of accounts that asked, at <see cref="PlaceOf"/>.</param>
/// <param name="ExposureThen">At the end, as it was, minor units by currency.</param>
/// <param name="ExposureNow">At the end, under the policy.</param>
/// <param name="Observed">Newest score and outcome of accounts that were approved then, have a score and whose outcome was told.</param>
/// <param name="SwappedIn">Newest score of accounts that are approved only under the policy and have one.</param>
internal sealed record BacktestPart(
    BacktestCounts Counts, IReadOnlyList<AccountGroup> Groups, SortedDictionary<string, long> ExposureThen, SortedDictionary<string, long> ExposureNow,
    IReadOnlyList<(double Score, bool IsBad)> Observed, IReadOnlyList<double> SwappedIn)
{
    /// <summary>Groups of accounts: approved then or not, approved under the policy or not.</summary>
    public const int GroupCount = 4;

    /// <summary>The place of a group.</summary>
    public static int PlaceOf(bool was, bool isNow) => (was ? 2 : 0) + (isNow ? 1 : 0);

    /// <summary>The sum of parts.</summary>
    public static BacktestPart Sum(IReadOnlyList<BacktestPart> parts) => new(
        parts.Aggregate(default(BacktestCounts), (sum, part) => sum + part.Counts),
        [.. Enumerable.Range(0, GroupCount).Select(place => parts.Aggregate(default(AccountGroup), (sum, part) => sum + part.Groups[place]))],
        Sum(parts.Select(part => part.ExposureThen)), Sum(parts.Select(part => part.ExposureNow)),
        [.. parts.SelectMany(part => part.Observed)], [.. parts.SelectMany(part => part.SwappedIn)]);

    private static SortedDictionary<string, long> Sum(IEnumerable<SortedDictionary<string, long>> parts)
    {
        var sum = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var part in parts)
            foreach (var (currency, amount) in part) sum[currency] = sum.GetValueOrDefault(currency) + amount;
        return sum;
    }
}

/// <summary>Accounts whose requests ended alike.</summary>
/// <param name="Accounts">How many.</param>
/// <param name="Told">Of these, with an outcome that was told.</param>
/// <param name="Bads">Of those, with the bad event.</param>
internal readonly record struct AccountGroup(long Accounts, long Told, long Bads)
{
    public static AccountGroup operator +(AccountGroup a, AccountGroup b) => new(a.Accounts + b.Accounts, a.Told + b.Told, a.Bads + b.Bads);
}

/// <summary>What became of an account's requests, then and under the policy.</summary>
/// <param name="Was">Whether any was approved then.</param>
/// <param name="IsNow">Whether any is under the policy.</param>
/// <param name="Score">Newest under the policy; NaN without one.</param>
internal readonly record struct AccountChange(bool Was, bool IsNow, double Score)
{
    /// <summary>An account that has not asked.</summary>
    public static readonly AccountChange None = new(false, false, double.NaN);

    /// <summary>Whether it was scored.</summary>
    public bool HasScore => !double.IsNaN(Score);

    /// <summary>With one request more.</summary>
    public AccountChange With(bool was, bool isNow, double score) => new(Was | was, IsNow | isNow, double.IsNaN(score) ? Score : score);
}

/// <summary>Requests of a backtest; amounts in minor units, whatever the currency.</summary>
internal readonly record struct BacktestCounts
{
    public long Requests { get; init; }
    public long ApprovedThen { get; init; }
    public long ApprovedNow { get; init; }
    public long SwapsIn { get; init; }
    public long SwapsOut { get; init; }
    public long AmountThen { get; init; }
    public long AmountNow { get; init; }
    public long AmountIn { get; init; }
    public long AmountOut { get; init; }

    /// <summary>Commands of the history that had nothing to be about in the second book.</summary>
    public long LeftOut { get; init; }

    /// <summary>Limits of nodes, which on a cluster are grants too, that were set to what the exposure of then fitted and that of the second book did not.</summary>
    public long LimitsBelowExposure { get; init; }

    public static BacktestCounts operator +(BacktestCounts a, BacktestCounts b) => new()
    {
        Requests = a.Requests + b.Requests, ApprovedThen = a.ApprovedThen + b.ApprovedThen, ApprovedNow = a.ApprovedNow + b.ApprovedNow,
        SwapsIn = a.SwapsIn + b.SwapsIn, SwapsOut = a.SwapsOut + b.SwapsOut, AmountThen = a.AmountThen + b.AmountThen, AmountNow = a.AmountNow + b.AmountNow,
        AmountIn = a.AmountIn + b.AmountIn, AmountOut = a.AmountOut + b.AmountOut, LeftOut = a.LeftOut + b.LeftOut, LimitsBelowExposure = a.LimitsBelowExposure + b.LimitsBelowExposure,
    };
}
