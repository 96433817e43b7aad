using System.Text.Json;

namespace CreditGrains.Engine.Scoring;

/// <summary>
/// The report of a backtest. Bad rates of accounts that were approved then are observed. Nobody observed those approved only under the policy (swap-ins): their rate
/// is inferred from observed accounts of the same score band, and marked so, with an interval of 95 %.
/// </summary>
internal static class BacktestReport
{
    private const int Bands = 10;
    private const int BandRowsMin = 20;
    private const double Normal95 = 1.959964;

    private const string Assumptions =
        "Holds approved only under the policy are captured whole at once; captures of holds declined under it do not happen; repayments pay at most what is owed under it; "
        + "a loan drawn only under it is paid as its instalments fall due, and what was paid of a loan declined under it is not paid; "
        + "a limit below what is used under it stops approvals there until it is repaid.";

    private const string Leases =
        " Each partition ran its own journal: of limits that partitions share, each has the headroom that was leased to it then, so what the policy frees in one partition is not used in another, and what it uses more does not lead to a larger lease.";

    /// <summary>The report of all parts, as JSON.</summary>
    /// <param name="title">What was tested.</param>
    /// <param name="parts">One a journal, 1 or more.</param>
    public static string Of(string title, IReadOnlyList<BacktestPart> parts)
    {
        var sum = BacktestPart.Sum(parts);
        var counts = sum.Counts;
        AccountGroup Group(bool was, bool isNow) => sum.Groups[BacktestPart.PlaceOf(was, isNow)];
        return JsonSerializer.Serialize(new
        {
            title,
            partitions = parts.Count,
            requests = counts.Requests,
            approvals = new { then = counts.ApprovedThen, now = counts.ApprovedNow, ratioThen = Ratio(counts.ApprovedThen, counts.Requests), ratioNow = Ratio(counts.ApprovedNow, counts.Requests) },
            approvedMinorUnits = new { then = counts.AmountThen, now = counts.AmountNow },
            exposureMinorUnits = new { then = sum.ExposureThen, now = sum.ExposureNow },
            swapsIn = new { requests = counts.SwapsIn, minorUnits = counts.AmountIn, accounts = Group(was: false, isNow: true).Accounts },
            swapsOut = new { requests = counts.SwapsOut, minorUnits = counts.AmountOut, accounts = Group(was: true, isNow: false).Accounts },
            badRates = new
            {
                approvedThen = Observed(Group(was: true, isNow: false) + Group(was: true, isNow: true)), approvedInBoth = Observed(Group(was: true, isNow: true)),
                swapsOut = Observed(Group(was: true, isNow: false)), swapsIn = Inferred(sum),
            },
            historyLeftOut = counts.LeftOut,
            limitsSetBelowExposure = counts.LimitsBelowExposure,
            assumptions = parts.Count == 1 ? Assumptions : Assumptions + Leases,
        });
    }

    private static object Observed(AccountGroup group) => new { observed = true, accounts = group.Told, bads = group.Bads, rate = Ratio(group.Bads, group.Told) };

    /// <summary>Bands by the observed accounts' scores; a band's rate with Wilson's centre, weighted by where the swap-ins lie.</summary>
    private static object Inferred(BacktestPart sum)
    {
        const string method = "bad rate of observed accounts in the same tenth of the score, weighted by the swap-ins' scores; normal interval over Wilson-centred band rates";
        // By outcome where scores are equal: the order of accounts, which differs between hosts, must not show.
        var observed = sum.Observed.Order().ToArray();
        var swapped = sum.SwappedIn;
        if (swapped.Count == 0 || observed.Length < Bands * BandRowsMin)
        {
            var why = swapped.Count == 0 ? "there is none with a score" : $"{observed.Length} accounts with score and outcome are too few; {Bands * BandRowsMin} are needed";
            return new { observed = false, inferred = true, method, accounts = swapped.Count, rate = (double?)null, why };
        }

        double rate = 0, variance = 0;
        for (var band = 0; band < Bands; band++)
        {
            var part = observed[(int)((long)band * observed.Length / Bands)..(int)((band + 1L) * observed.Length / Bands)];
            var low = band == 0 ? double.NegativeInfinity : part[0].Score;
            var high = band == Bands - 1 ? double.PositiveInfinity : observed[(int)((band + 1L) * observed.Length / Bands)].Score;
            var weight = swapped.Count(score => score >= low && score < high) / (double)swapped.Count;
            var bads = part.Count(one => one.IsBad);
            var z2 = Normal95 * Normal95;
            var centre = (bads + z2 / 2) / (part.Length + z2);
            rate += weight * bads / part.Length;
            variance += weight * weight * centre * (1 - centre) / (part.Length + z2);
        }

        var half = Normal95 * Math.Sqrt(variance);
        return new { observed = false, inferred = true, method, accounts = swapped.Count, rate = (double?)rate, low = Math.Max(0, rate - half), high = Math.Min(1, rate + half) };
    }

    private static double? Ratio(long part, long whole) => whole == 0 ? null : (double)part / whole;
}
