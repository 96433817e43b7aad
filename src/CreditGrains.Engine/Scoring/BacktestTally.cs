using System.Text.Json;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Scoring;

/// <summary>
/// Counts of a backtest and its report. Bad rates of accounts that were approved then are observed. Nobody observed those approved only under the policy (swap-ins): their rate
/// is inferred from observed accounts of the same score band, and marked so, with an interval of 95 %.
/// </summary>
internal sealed class BacktestTally
{
    private const int Bands = 10;
    private const int BandRowsMin = 20;
    private const double Normal95 = 1.959964;
    private readonly Dictionary<NodeKey, AccountChange> accounts = [];

    public long Requests { get; private set; }
    public long ApprovedThen { get; private set; }
    public long ApprovedNow { get; private set; }
    public long SwapsIn { get; private set; }
    public long SwapsOut { get; private set; }
    public long AmountThen { get; private set; }
    public long AmountNow { get; private set; }
    public long AmountIn { get; private set; }
    public long AmountOut { get; private set; }

    /// <summary>Commands of the history that had nothing to be about in the second book.</summary>
    public long LeftOut { get; set; }

    /// <summary>Notes a request.</summary>
    public void Add(NodeKey facility, bool was, bool isNow, long amountThen, long amountNow, double score)
    {
        Requests++;
        if (was) (ApprovedThen, AmountThen) = (ApprovedThen + 1, AmountThen + amountThen);
        if (isNow) (ApprovedNow, AmountNow) = (ApprovedNow + 1, AmountNow + amountNow);
        if (isNow && !was) (SwapsIn, AmountIn) = (SwapsIn + 1, AmountIn + amountNow);
        if (was && !isNow) (SwapsOut, AmountOut) = (SwapsOut + 1, AmountOut + amountThen);
        accounts.TryGetValue(facility, out var change);
        accounts[facility] = new AccountChange(change.Was | was, change.IsNow | isNow, double.IsNaN(score) ? change.Score : score, change.HasScore | !double.IsNaN(score));
    }

    /// <summary>The report as JSON.</summary>
    /// <param name="title">What was tested.</param>
    /// <param name="exposureThen">At the end, as it was.</param>
    /// <param name="exposureNow">At the end, under the policy.</param>
    /// <param name="labels">What became of accounts, as far as was told.</param>
    public string Report(string title, SortedDictionary<string, long> exposureThen, SortedDictionary<string, long> exposureNow, IReadOnlyDictionary<NodeKey, bool> labels)
    {
        var kept = Rate(change => change.Was && change.IsNow, labels);
        var lost = Rate(change => change.Was && !change.IsNow, labels);
        var then = Rate(change => change.Was, labels);
        return JsonSerializer.Serialize(new
        {
            title,
            requests = Requests,
            approvals = new { then = ApprovedThen, now = ApprovedNow, ratioThen = Ratio(ApprovedThen, Requests), ratioNow = Ratio(ApprovedNow, Requests) },
            approvedMinorUnits = new { then = AmountThen, now = AmountNow },
            exposureMinorUnits = new { then = exposureThen, now = exposureNow },
            swapsIn = new { requests = SwapsIn, minorUnits = AmountIn, accounts = accounts.Values.Count(one => one.IsNow && !one.Was) },
            swapsOut = new { requests = SwapsOut, minorUnits = AmountOut, accounts = accounts.Values.Count(one => one.Was && !one.IsNow) },
            badRates = new { approvedThen = then, approvedInBoth = kept, swapsOut = lost, swapsIn = Inferred(labels) },
            historyLeftOut = LeftOut,
            assumptions = "Holds approved only under the policy are captured whole at once; captures of holds declined under it do not happen; repayments pay at most what is owed under it; commands undone by id are not undone here.",
        });
    }

    private object Rate(Func<AccountChange, bool> isMeant, IReadOnlyDictionary<NodeKey, bool> labels)
    {
        long rows = 0, bads = 0;
        foreach (var (facility, change) in accounts)
        {
            if (!isMeant(change) || !labels.TryGetValue(facility, out var isBad)) continue;
            rows++;
            if (isBad) bads++;
        }
        return new { observed = true, accounts = rows, bads, rate = Ratio(bads, rows) };
    }

    /// <summary>Bands by the observed accounts' scores; a band's rate with Wilson's centre, weighted by where the swap-ins lie.</summary>
    private object Inferred(IReadOnlyDictionary<NodeKey, bool> labels)
    {
        const string method = "bad rate of observed accounts in the same tenth of the score, weighted by the swap-ins' scores; normal interval over Wilson-centred band rates";
        var observed = accounts.Where(pair => pair.Value.Was && pair.Value.HasScore && labels.ContainsKey(pair.Key)).OrderBy(pair => pair.Value.Score).ToArray();
        var swapped = accounts.Values.Where(one => one.IsNow && !one.Was && one.HasScore).ToArray();
        if (swapped.Length == 0 || observed.Length < Bands * BandRowsMin) return new { observed = false, inferred = true, method, accounts = swapped.Length, rate = (double?)null, why = swapped.Length == 0 ? "there is none with a score" : $"{observed.Length} accounts with score and outcome are too few; {Bands * BandRowsMin} are needed" };
        double rate = 0, variance = 0;
        for (var band = 0; band < Bands; band++)
        {
            var part = observed[(int)((long)band * observed.Length / Bands)..(int)((band + 1L) * observed.Length / Bands)];
            var low = band == 0 ? double.NegativeInfinity : part[0].Value.Score;
            var high = band == Bands - 1 ? double.PositiveInfinity : observed[(int)((band + 1L) * observed.Length / Bands)].Value.Score;
            var weight = swapped.Count(one => one.Score >= low && one.Score < high) / (double)swapped.Length;
            var bads = part.Count(pair => labels[pair.Key]);
            var z2 = Normal95 * Normal95;
            var centre = (bads + z2 / 2) / (part.Length + z2);
            rate += weight * bads / part.Length;
            variance += weight * weight * centre * (1 - centre) / (part.Length + z2);
        }
        var half = Normal95 * Math.Sqrt(variance);
        return new { observed = false, inferred = true, method, accounts = swapped.Length, rate = (double?)rate, low = Math.Max(0, rate - half), high = Math.Min(1, rate + half) };
    }

    private static double? Ratio(long part, long whole) => whole == 0 ? null : (double)part / whole;

    private readonly record struct AccountChange(bool Was, bool IsNow, double Score, bool HasScore);
}
