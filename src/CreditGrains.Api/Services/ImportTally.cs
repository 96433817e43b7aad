using CreditGrains.Api.Mapping;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Api.Services;

/// <summary>What became of the rows of an import. <see cref="AddMalformed"/> may be called from two threads.</summary>
internal sealed class ImportTally
{
    private const int FirstErrorsMax = 100;
    private readonly SortedDictionary<Reason, long> declined = [];
    private readonly SortedList<long, V1.ImportError> errors = [];
    private readonly Lock gate = new();
    private long applied;
    private long repeated;
    private long placeholders;
    private long malformed;

    /// <summary>Rows read.</summary>
    public long Rows { get; set; }

    public long Malformed => Interlocked.Read(ref malformed);

    public void Add(long row, in Outcome outcome)
    {
        if (outcome.Duplicate || outcome.Reason == Reason.OutcomeArchived)
        {
            repeated++;
        }
        else if (outcome.Kind == OutcomeKind.Declined)
        {
            declined[outcome.Reason] = declined.GetValueOrDefault(outcome.Reason) + 1;
            AddError(row, outcome.Reason, "");
        }
        else
        {
            applied++;
        }
    }

    public void AddMalformed(long row, Reason reason, string? message)
    {
        Interlocked.Increment(ref malformed);
        AddError(row, reason, message ?? "");
    }

    /// <summary>What became of the command that takes a malformed row's place.</summary>
    public void AddPlaceholder(in Outcome outcome) => placeholders += outcome.Duplicate || outcome.Reason == Reason.OutcomeArchived ? 0 : 1;

    public V1.ImportReply ToReply(bool isStopped) => new()
    {
        Rows = Rows,
        Applied = applied,
        Repeated = repeated,
        Declined = { declined.Select(pair => new V1.ReasonCount { Reason = (V1.Reason)pair.Key, Count = pair.Value, ReasonName = ReasonNames.Of(pair.Key) }) },
        Malformed = Malformed,
        FirstErrors = { errors.Values },
        Changed = applied + placeholders > 0 || declined.Count > 0,
        Stopped = isStopped,
    };

    /// <summary>Keeps the first by row number: rows are mapped ahead of those that execute.</summary>
    private void AddError(long row, Reason reason, string message)
    {
        lock (gate)
        {
            if (errors.Count == FirstErrorsMax && row > errors.GetKeyAtIndex(FirstErrorsMax - 1)) return;
            errors[row] = new V1.ImportError { Row = row, Reason = (V1.Reason)reason, ReasonName = ReasonNames.Of(reason), Message = message };
            if (errors.Count > FirstErrorsMax) errors.RemoveAt(FirstErrorsMax);
        }
    }
}
