using System.Diagnostics;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Cli.Bench.Measure;

/// <summary>
/// What a run saw: latencies, outcomes, reasons, errors, the longest gap between completions. Times are
/// <see cref="Stopwatch"/> ticks going in and nanoseconds inside. Not thread-safe; one per thread, added up at the end.
/// </summary>
internal sealed class Tally
{
    private const int OutcomeCount = 6;
    private const int ReasonCount = 256;
    private static readonly double NanosPerTick = 1e9 / Stopwatch.Frequency;
    private readonly long[] outcomes = new long[OutcomeCount];
    private readonly long[] reasons = new long[ReasonCount];
    private readonly SortedDictionary<string, long> errors = new(StringComparer.Ordinal);
    private long lastCompletion;

    public LatencyHistogram Latency { get; } = new();

    /// <summary>Decisions received and checked.</summary>
    public long Completed { get; private set; }

    /// <summary>Decisions that repeat an earlier answer.</summary>
    public long Repeated { get; private set; }

    /// <summary>Requests that ended without a decision, or with one that failed a check.</summary>
    public long Failed { get; private set; }

    /// <summary>Highest number of a decision seen; decisions are numbered in the order of the journal.</summary>
    public long DecisionIdMax { get; private set; }

    /// <summary>Lowest number of a decision seen; <see cref="long.MaxValue"/> when there is none.</summary>
    public long DecisionIdMin { get; private set; } = long.MaxValue;

    /// <summary>Longest time between two completions since <see cref="MarkGapStart"/>, nanoseconds.</summary>
    public long GapMaxNanos { get; private set; }

    public IReadOnlyDictionary<string, long> Errors => errors;

    public static long ToNanos(long ticks) => (long)(ticks * NanosPerTick);

    /// <summary>One decision.</summary>
    public void Complete(OutcomeKind kind, Reason reason, bool duplicate, long sentAt, long receivedAt, long decisionId = 0)
    {
        Count(kind, reason, duplicate, decisionId);
        Completed++;
        Latency.Record(ToNanos(receivedAt - sentAt));
        NoteCompletion(receivedAt);
    }

    /// <summary>One decision of a batch; its latency goes in with <see cref="CompleteBatch"/>.</summary>
    public void Count(OutcomeKind kind, Reason reason, bool duplicate, long decisionId = 0)
    {
        outcomes[(int)kind]++;
        if (duplicate) Repeated++;
        if (reason != Reason.None) reasons[Math.Min((int)reason, ReasonCount - 1)]++;
        if (decisionId == 0) return;
        if (decisionId > DecisionIdMax) DecisionIdMax = decisionId;
        if (decisionId < DecisionIdMin) DecisionIdMin = decisionId;
    }

    /// <summary>A whole batch: its latency counts once for each member.</summary>
    public void CompleteBatch(int count, long sentAt, long receivedAt)
    {
        Completed += count;
        Latency.Record(ToNanos(receivedAt - sentAt), count);
        NoteCompletion(receivedAt);
    }

    /// <summary>A request that got no decision that passed the checks.</summary>
    public void Fail(string kind, long count = 1)
    {
        Failed += count;
        errors[kind] = errors.GetValueOrDefault(kind) + count;
    }

    /// <summary>Starts looking for gaps: the first counts from now.</summary>
    public void MarkGapStart(long now)
    {
        lastCompletion = now;
        GapMaxNanos = 0;
    }

    /// <summary>Closes the last gap, so that a standstill up to now counts too.</summary>
    public void MarkGapEnd(long now) => NoteCompletion(now);

    public long CountOf(OutcomeKind kind) => outcomes[(int)kind];

    public long CountOf(Reason reason) => reasons[Math.Min((int)reason, ReasonCount - 1)];

    /// <summary>Decisions by outcome, the ones that occurred.</summary>
    public IEnumerable<(OutcomeKind Kind, long Count)> Outcomes =>
        outcomes.Select((count, kind) => ((OutcomeKind)kind, count)).Where(pair => pair.count > 0);

    /// <summary>Declines and refusals by reason, the ones that occurred.</summary>
    public IEnumerable<(Reason Reason, long Count)> Reasons =>
        reasons.Select((count, reason) => ((Reason)reason, count)).Where(pair => pair.count > 0);

    /// <summary>Adds another tally; gaps do not add up, the longest stays.</summary>
    public void Add(Tally other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Latency.Add(other.Latency);
        Completed += other.Completed;
        Repeated += other.Repeated;
        Failed += other.Failed;
        GapMaxNanos = Math.Max(GapMaxNanos, other.GapMaxNanos);
        DecisionIdMax = Math.Max(DecisionIdMax, other.DecisionIdMax);
        DecisionIdMin = Math.Min(DecisionIdMin, other.DecisionIdMin);
        for (var i = 0; i < OutcomeCount; i++) outcomes[i] += other.outcomes[i];
        for (var i = 0; i < ReasonCount; i++) reasons[i] += other.reasons[i];
        foreach (var (kind, count) in other.errors) errors[kind] = errors.GetValueOrDefault(kind) + count;
    }

    /// <summary>Forgets everything, as between warm-up and measurement.</summary>
    public void Clear()
    {
        Latency.Clear();
        Array.Clear(outcomes);
        Array.Clear(reasons);
        errors.Clear();
        Completed = 0;
        Repeated = 0;
        Failed = 0;
        GapMaxNanos = 0;
        ForgetDecisionIds();
    }

    /// <summary>Looks for the lowest and highest decision anew.</summary>
    public void ForgetDecisionIds()
    {
        DecisionIdMax = 0;
        DecisionIdMin = long.MaxValue;
    }

    private void NoteCompletion(long now)
    {
        var gap = ToNanos(now - lastCompletion);
        if (lastCompletion != 0 && gap > GapMaxNanos) GapMaxNanos = gap;
        lastCompletion = now;
    }
}
