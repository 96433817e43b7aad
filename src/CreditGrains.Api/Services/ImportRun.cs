using CreditGrains.Api.Mapping;
using CreditGrains.Api.Transport;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;

namespace CreditGrains.Api.Services;

/// <summary>
/// Numbers and executes the rows of a file. A malformed row takes no place in the session, or the rows after it would be a
/// gap; since malformedness is a matter of the row alone, a file gets the same ids each time. One batch executes at a
/// time; <see cref="Prepare"/> may run beside it.
/// </summary>
internal sealed class ImportRun(ICreditEngine engine, ulong session, ushort tenant, uint malformedMax)
{
    private const int OverloadedRetriesMax = 1_000;
    private static readonly TimeSpan OverloadedPause = TimeSpan.FromMilliseconds(10);
    private readonly ImportTally tally = new();
    private long nextRow = 1;
    private long nextSequence = 1;

    /// <summary>Whether too many rows were malformed to go on.</summary>
    public bool IsStopped => tally.Malformed > malformedMax;

    public V1.ImportReply Reply() => tally.ToReply(IsStopped);

    /// <summary>Maps a batch into <paramref name="rows"/>.</summary>
    /// <exception cref="RpcException">InvalidArgument: the batch is empty, too long, or does not follow the one before.</exception>
    public void Prepare(V1.ImportBatch batch, ImportRows rows)
    {
        if (batch.Commands.Count is 0 or > ICreditEngine.BatchLengthMax)
            throw new RpcException(StatusCode.InvalidArgument, $"The batch at row {batch.FirstRow} has {batch.Commands.Count} rows; send 1 to {ICreditEngine.BatchLengthMax}.");
        if (batch.FirstRow != nextRow)
            throw new RpcException(StatusCode.InvalidArgument, $"The batch starts at row {batch.FirstRow}; the next row is {nextRow}.");
        rows.Clear(batch.Commands.Count);
        foreach (var message in batch.Commands)
        {
            var refusal = CommandMapping.TryReadRow(message, out var command);
            if (refusal.IsNone && command.Facility.Tenant != tenant)
                refusal = new Refusal(Reason.InvalidKey, $"the row is of tenant {command.Facility.Tenant}, the import of tenant {tenant}");
            if (refusal.IsNone) rows.Add(nextRow, command);
            else tally.AddMalformed(nextRow, refusal.Reason, refusal.Message);
            nextRow++;
        }

        tally.Rows += batch.Commands.Count;
    }

    /// <summary>Executes prepared rows and gives them back.</summary>
    /// <exception cref="RpcException">The engine cannot serve, or the file is not the one of that hash.</exception>
    public async Task<ImportRows> ExecuteAsync(ImportRows rows, CancellationToken cancelled)
    {
        var retries = 0;
        for (var start = 0; start < rows.Count && !IsStopped;)
        {
            SetIds(rows.CommandsFrom(start).Span);
            await engine.ExecuteAsync(rows.CommandsFrom(start), rows.OutcomesFrom(start));
            var done = Count(rows, start);
            retries = done == 0 ? retries + 1 : 0;
            start += done;
            nextSequence += done;
            if (start == rows.Count) break;
            var stuck = rows.OutcomesFrom(start).Span[0];
            if (stuck.Reason == Reason.Overloaded && retries <= OverloadedRetriesMax) await Task.Delay(OverloadedPause, cancelled);
            else start = PassMalformed(rows, start, stuck);
        }

        return rows;
    }

    private void SetIds(Span<Command> commands)
    {
        for (var i = 0; i < commands.Length; i++) commands[i].Id = RequestId.ForSession(session, nextSequence + i);
    }

    /// <summary>Counts the outcomes up to the first row that took no place in the session.</summary>
    private int Count(ImportRows rows, int start)
    {
        var outcomes = rows.OutcomesFrom(start).Span;
        for (var i = 0; i < outcomes.Length; i++)
        {
            ref readonly var outcome = ref outcomes[i];
            if (outcome.Kind == OutcomeKind.Refused && outcome.Reason != Reason.OutcomeArchived) return i;
            tally.Add(rows.RowAt(start + i), outcome);
        }

        return outcomes.Length;
    }

    private int PassMalformed(ImportRows rows, int place, in Outcome outcome)
    {
        Statuses.ThrowIfUnavailable(outcome);
        var row = rows.RowAt(place);
        if (outcome.Reason is Reason.RequestIdReused)
            throw new RpcException(StatusCode.InvalidArgument, $"Row {row} was imported under this hash as another command: file_sha256 is not the hash of this file.");
        if (outcome.Reason is Reason.SessionGap)
            throw new RpcException(StatusCode.Aborted, $"Row {row} is ahead of the session: the same file is being imported by another caller; send it again from the start.");
        tally.AddMalformed(row, outcome.Reason, outcome.Message);
        return place + 1;
    }
}
