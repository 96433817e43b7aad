using CreditGrains.Domain.Decisions;

namespace CreditGrains.Api.Metering;

/// <summary>Counts at one moment, or what came between two.</summary>
public sealed class MeterReading
{
    private readonly long[] counts;

    internal MeterReading(long[] counts)
    {
        this.counts = counts;
    }

    /// <summary>Nothing counted.</summary>
    public static MeterReading Empty { get; } = new(new long[MeterPlaces.Count]);

    /// <summary>Requests approved, whole or in part.</summary>
    public long Approved => Request(OutcomeKind.Approved) + Request(OutcomeKind.ApprovedInPart);

    /// <summary>Requests declined.</summary>
    public long Declined => Request(OutcomeKind.Declined);

    /// <summary>Requests sent to a person.</summary>
    public long Referred => Request(OutcomeKind.Referred);

    /// <summary>Requests not evaluated.</summary>
    public long Refused => Request(OutcomeKind.Refused);

    /// <summary>Requests that were decided: approved, declined or referred.</summary>
    public long Decided => Approved + Declined + Referred;

    /// <summary>Facts and control commands answered, whatever became of them.</summary>
    public long Others => Sum(MeterPlaces.Outcomes, 2 * MeterPlaces.Outcomes);

    /// <summary>All commands answered.</summary>
    public long Commands => Sum(0, 3 * MeterPlaces.Outcomes);

    /// <summary>Answers that repeated an earlier one.</summary>
    public long Repeats => counts[MeterPlaces.Repeats];

    /// <summary>Share of the decided requests that were approved, 0 to 1; null when none was decided.</summary>
    public double? ApprovalRatio => Decided == 0 ? null : (double)Approved / Decided;

    /// <summary>What came after an earlier reading.</summary>
    public MeterReading Since(MeterReading earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        var difference = new long[counts.Length];
        for (var i = 0; i < difference.Length; i++) difference[i] = counts[i] - earlier.counts[i];
        return new MeterReading(difference);
    }

    /// <summary>Reasons that were given, most often first.</summary>
    public IReadOnlyList<(Reason Reason, long Count)> ByReason() =>
    [
        .. Enumerable.Range(1, MeterPlaces.ReasonCount - 1).Select(reason => ((Reason)reason, counts[MeterPlaces.Reasons + reason]))
            .Where(entry => entry.Item2 > 0).OrderByDescending(entry => entry.Item2),
    ];

    /// <summary>Time within which a share of the answers was given, microseconds, from handing the command over to the durable answer; at most an eighth too high. Null when there was none.</summary>
    /// <param name="share">0 to 1, such as 0.99.</param>
    public double? LatencyMicros(double share)
    {
        var total = Sum(MeterPlaces.Latencies, MeterPlaces.LatencyCount);
        if (total == 0) return null;
        var wanted = (long)Math.Ceiling(share * total);
        long seen = 0;
        for (var place = 0; place < MeterPlaces.LatencyCount; place++)
        {
            seen += counts[MeterPlaces.Latencies + place];
            if (seen >= Math.Max(1, wanted)) return MeterPlaces.LatencyEnd(place);
        }
        return MeterPlaces.LatencyEnd(MeterPlaces.LatencyCount - 1);
    }

    private long Request(OutcomeKind kind) => counts[(int)kind];

    private long Sum(int from, int count)
    {
        long sum = 0;
        for (var i = from; i < from + count; i++) sum += counts[i];
        return sum;
    }
}
