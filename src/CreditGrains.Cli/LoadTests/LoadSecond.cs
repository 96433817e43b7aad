namespace CreditGrains.Cli.LoadTests;

/// <summary>One second of a run, as the generator and the machine saw it.</summary>
/// <param name="AtSeconds">End of the second, counted from the start of the run.</param>
/// <param name="Offered">Requests that came due.</param>
/// <param name="Completed">Decisions received and checked, of whatever second they were due in; refusals are none.</param>
/// <param name="Approved">Those that approved.</param>
/// <param name="Rejected">Named rejections of an overloaded server.</param>
/// <param name="Failed">Requests that ended without a decision that passed the checks.</param>
/// <param name="GivenUp">Requests not sent within a caller's patience.</param>
/// <param name="P50Ms">Median latency from when a request was due, milliseconds; NaN when nothing was decided.</param>
/// <param name="P99Ms">99 of 100 were no slower.</param>
/// <param name="P999Ms">999 of 1,000.</param>
/// <param name="P9999Ms">9,999 of 10,000.</param>
/// <param name="MaxMs">The slowest.</param>
/// <param name="GapMs">Longest time between two answers.</param>
/// <param name="ServerCores">Processor time of the server ÷ time; 0 when the server was not started here.</param>
/// <param name="GeneratorCores">The same of the generator.</param>
/// <param name="ResidentGiB">Resident memory of the server; NaN when it was not seen: the server was not started here, or is gone.</param>
/// <param name="CollectorMs">Time the server's collector held its threads; NaN when the server did not say.</param>
/// <param name="Flushes">Syncs of the journal.</param>
/// <param name="JournalMiB">Growth of the journal.</param>
internal sealed record LoadSecond(
    double AtSeconds, long Offered, long Completed, long Approved, long Rejected, long Failed, long GivenUp,
    double P50Ms, double P99Ms, double P999Ms, double P9999Ms, double MaxMs, double GapMs,
    double ServerCores, double GeneratorCores, double ResidentGiB, double CollectorMs, long Flushes, double JournalMiB)
{
    /// <summary>Answers that decide nothing, those of an overloaded server among them; 0 also in reports from before they were told apart.</summary>
    public long Refused { get; init; }
}
