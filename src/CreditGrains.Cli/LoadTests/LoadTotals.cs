using CreditGrains.Cli.Bench.Measure;

namespace CreditGrains.Cli.LoadTests;

/// <summary>A run from its start until its last answer: what verdicts are taken from, beside its seconds.</summary>
/// <param name="Tally">Everything answered, also after the last second, and everything that failed, requests never sent among it.</param>
/// <param name="Offered">Requests that came due.</param>
/// <param name="GivenUp">Those that were not sent within a caller's patience.</param>
internal sealed record LoadTotals(Tally Tally, long Offered, long GivenUp)
{
    private const string OverloadedStatus = "grpc-status 8";

    /// <summary>Requests that ended with the status of an overloaded server; they are among the failed.</summary>
    public long OverloadedStatuses => OverloadedStatusesOf(Tally);

    /// <summary>The same of some of it.</summary>
    public static long OverloadedStatusesOf(Tally tally) =>
        tally.Errors.Where(error => error.Key.StartsWith(OverloadedStatus, StringComparison.Ordinal)).Sum(error => error.Value);
}

/// <summary>What became of decisions over a restart.</summary>
/// <param name="SecondsToDecision">From the start of the new process to its first decision; NaN when there was none.</param>
/// <param name="SeenAtLoss">Highest number of a decision seen before the loss; 0 when the server never went away.</param>
/// <param name="FirstAfterLoss">Lowest number seen after it; 0 when there was none.</param>
/// <param name="AskedAgain">Requests answered before the kill that were sent again after it.</param>
/// <param name="NotTheSame">Those whose answer was not a repetition with the same number.</param>
internal sealed record RestartTotals(double SecondsToDecision, long SeenAtLoss, long FirstAfterLoss, long AskedAgain, long NotTheSame);

/// <summary>What callers who break the rules did, and what the others saw without and beside them.</summary>
/// <param name="Quiet">Latencies before they came, nanoseconds.</param>
/// <param name="Abused">Latencies beside them.</param>
/// <param name="SilentJoined">Silent connections that were made.</param>
/// <param name="SilentAsked">How many should have been made.</param>
/// <param name="StillOpen">Silent connections and callers who never read that the server had not closed at the end.</param>
/// <param name="Text">What they did, in words.</param>
internal sealed record AbuseTotals(LatencyHistogram Quiet, LatencyHistogram Abused, int SilentJoined, int SilentAsked, int StillOpen, string Text);

/// <summary>What became of the queries beside a load.</summary>
/// <param name="Due">Queries that came due.</param>
/// <param name="Failed">Queries without an answer.</param>
/// <param name="Latency">Of the answered, from when they were due, nanoseconds.</param>
internal sealed record QueryTotals(long Due, long Failed, LatencyHistogram Latency);
