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

    /// <summary>Decisions received and checked: approvals, postings, referrals, and declines by a limit, a policy or a score.</summary>
    public long Completed { get; private set; }

    /// <summary>Answers that decide nothing: refusals, and declines because what is asked does not fit the book. They have no latency.</summary>
    public long Refused { get; private set; }

    /// <summary>Decisions that repeat an earlier answer.</summary>
    public long Repeated { get; private set; }

    /// <summary>Requests that ended without a decision, or with one that failed a check.</summary>
    public long Failed { get; private set; }

    /// <summary>Highest number of a decision seen; decisions are numbered in the order of the journal.</summary>
    public long DecisionIdMax { get; private set; }

    /// <summary>Lowest number of a decision seen; <see cref="long.MaxValue"/> when there is none.</summary>
    public long DecisionIdMin { get; private set; } = long.MaxValue;

    /// <summary>Stopwatch ticks of the first completion since decisions were last forgotten; 0 when there is none.</summary>
    public long FirstCompletionAt { get; private set; }

    /// <summary>Longest time between two completions since <see cref="MarkGapStart"/>, nanoseconds.</summary>
    public long GapMaxNanos { get; private set; }

    public IReadOnlyDictionary<string, long> Errors => errors;

    public static long ToNanos(long ticks) => (long)(ticks * NanosPerTick);

    /// <summary>Whether an answer decides what was asked, and is not a refusal or a sign that the request does not fit the book.</summary>
    public static bool IsDecision(OutcomeKind kind, Reason reason) => kind switch
    {
        OutcomeKind.Refused => false,
        OutcomeKind.Declined => reason is Reason.LimitExceeded or Reason.SubLimitExceeded or Reason.VelocityExceeded or Reason.TooManyOpenItems or Reason.ReferenceNotOpen
            or Reason.DeclinedByPolicy or Reason.DeclinedByScore or Reason.ReferralTurnedDown or Reason.BalanceNegative,
        _ => true,
    };

    /// <summary>One answer.</summary>
    public void Complete(OutcomeKind kind, Reason reason, bool duplicate, long sentAt, long receivedAt, long decisionId = 0)
    {
        if (Count(kind, reason, duplicate, decisionId)) CompleteBatch(1, sentAt, receivedAt);
    }

    /// <summary>One answer of a batch; the latency of decisions goes in with <see cref="CompleteBatch"/>.</summary>
    /// <returns>Whether it is a decision.</returns>
    public bool Count(OutcomeKind kind, Reason reason, bool duplicate, long decisionId = 0)
    {
        var isDecision = IsDecision(kind, reason);
        if (!isDecision) Refused++;
        outcomes[(int)kind]++;
        if (duplicate) Repeated++;
        if (reason != Reason.None) reasons[Math.Min((int)reason, ReasonCount - 1)]++;
        if (decisionId == 0) return isDecision;
        if (decisionId > DecisionIdMax) DecisionIdMax = decisionId;
        if (decisionId < DecisionIdMin) DecisionIdMin = decisionId;
        return isDecision;
    }

    /// <summary>A whole batch: its latency counts once for each decision.</summary>
    /// <param name="count">Its decisions; with 0 nothing was completed.</param>
    /// <param name="sentAt">Stopwatch ticks from which latency counts.</param>
    /// <param name="receivedAt">Stopwatch ticks.</param>
    public void CompleteBatch(int count, long sentAt, long receivedAt)
    {
        if (count == 0) return;
        Completed += count;
        Latency.Record(ToNanos(receivedAt - sentAt), count);
        if (FirstCompletionAt == 0) FirstCompletionAt = receivedAt;
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

    /// <summary>Counts a standstill up to now too; it goes on until the next completion, also when everything else is forgotten meanwhile.</summary>
    public void MarkGapEnd(long now)
    {
        var gap = ToNanos(now - lastCompletion);
        if (lastCompletion != 0 && gap > GapMaxNanos) GapMaxNanos = gap;
    }

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
        Refused += other.Refused;
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
        Refused = 0;
        Repeated = 0;
        Failed = 0;
        GapMaxNanos = 0;
        ForgetDecisionIds();
    }

    /// <summary>Looks for the lowest, the highest and the first decision anew.</summary>
    public void ForgetDecisionIds()
    {
        FirstCompletionAt = 0;
        DecisionIdMax = 0;
        DecisionIdMin = long.MaxValue;
    }

    private void NoteCompletion(long now)
    {
        MarkGapEnd(now);
        lastCompletion = now;
    }
}
