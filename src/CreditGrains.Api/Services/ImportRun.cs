using CreditGrains.Api.Mapping;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Transport;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;

namespace CreditGrains.Api.Services;

/// <summary>
/// Executes the rows of a file under (session, row number), whatever else is wrong with the file: were a malformed row to
/// give up its number, the rows after it would move onto others' ids in a second import. One batch executes at a time;
/// <see cref="Prepare"/> may run beside it.
/// </summary>
internal sealed class ImportRun(PrincipalEngine engine, ulong session, ushort tenant, uint malformedMax, long deadlineMicros)
{
    private const int OverloadedRetriesMax = 1_000;
    private static readonly TimeSpan OverloadedPause = TimeSpan.FromMilliseconds(10);
    private readonly ImportTally tally = new();
    private long nextRow = 1;

    /// <summary>Whether too many rows were malformed to go on.</summary>
    public bool IsStopped => tally.Malformed > malformedMax;

    public V1.ImportReply Reply() => tally.ToReply(IsStopped);

    /// <summary>Maps a batch into <paramref name="rows"/>. A row the principal may not send ends the import: its place may not be passed over.</summary>
    /// <exception cref="RpcException">InvalidArgument: the batch is empty, too long, or does not follow the one before. PermissionDenied: a row is outside the principal's rights.</exception>
    public void Prepare(V1.ImportBatch batch, ImportRows rows)
    {
        var count = batch.Commands.Count;
        if (count is 0 or > ICreditEngine.BatchLengthMax)
            throw new RpcException(StatusCode.InvalidArgument, $"The batch at row {batch.FirstRow} has {count} rows; send 1 to {ICreditEngine.BatchLengthMax}.");
        if (batch.FirstRow != nextRow)
            throw new RpcException(StatusCode.InvalidArgument, $"The batch starts at row {batch.FirstRow}; the next row is {nextRow}.");
        rows.Clear(nextRow, count);
        foreach (var message in batch.Commands)
        {
            var refusal = Read(message, nextRow++, out var command);
            rows.Add(command);
            if (!refusal.IsNone) Refuse(rows, rows.Count - 1, refusal);
        }

        tally.Rows += count;
    }

    /// <summary>Executes prepared rows and gives them back.</summary>
    /// <exception cref="RpcException">The engine cannot serve, or the file is not the one of that hash.</exception>
    public async Task<ImportRows> ExecuteAsync(ImportRows rows, CancellationToken cancelled)
    {
        var retries = 0;
        for (var start = 0; start < rows.Count;)
        {
            await engine.Unchecked.ExecuteAsync(rows.CommandsFrom(start), rows.OutcomesFrom(start), deadlineMicros).Guarded();
            var done = Count(rows, start);
            retries = done == 0 ? retries + 1 : 0;
            start += done;
            if (start == rows.Count) break;
            var stuck = rows.OutcomesFrom(start).Span[0];
            if (stuck.Reason == Reason.Overloaded && retries <= OverloadedRetriesMax) await Task.Delay(OverloadedPause, cancelled);
            else Pass(rows, start, stuck);
            if (IsStopped) break;
        }

        return rows;
    }

    private Refusal Read(V1.Command message, long row, out Command command)
    {
        var id = RequestId.ForSession(session, row);
        var refusal = CommandMapping.TryReadRow(message, id, out command);
        command.Id = id;
        if (!refusal.IsNone) return refusal;
        if (command.Facility.Tenant != tenant)
            return new Refusal(Reason.InvalidKey, $"the row is of tenant {command.Facility.Tenant}, the import of tenant {tenant}");
        var (reason, text) = CommandValidation.Check(command);
        if (reason == Reason.None) engine.Demand(command);
        return new Refusal(reason, text);
    }

    private void Refuse(ImportRows rows, int place, Refusal refusal)
    {
        tally.AddMalformed(rows.FirstRow + place, refusal.Reason, refusal.Message);
        rows.MarkMalformed(place, rows.CommandsFrom(place).Span[0], tenant);
    }

    /// <summary>Counts the outcomes up to the first that left its id free.</summary>
    private int Count(ImportRows rows, int start)
    {
        var outcomes = rows.OutcomesFrom(start).Span;
        for (var i = 0; i < outcomes.Length; i++)
        {
            ref readonly var outcome = ref outcomes[i];
            if (outcome.Kind == OutcomeKind.Refused && outcome.Reason != Reason.OutcomeArchived) return i;
            if (rows.IsMalformed(start + i)) tally.AddPlaceholder(outcome);
            else tally.Add(rows.FirstRow + start + i, outcome);
        }

        return outcomes.Length;
    }

    /// <summary>A row the engine refused: the rows after it wait for its place to be taken.</summary>
    private void Pass(ImportRows rows, int place, in Outcome outcome)
    {
        Statuses.ThrowIfUnavailable(outcome);
        var row = rows.FirstRow + place;
        if (outcome.Reason is Reason.RequestIdReused)
            throw new RpcException(StatusCode.InvalidArgument, $"Row {row} was imported under this hash as another command: file_sha256 is not the hash of this file.");
        if (outcome.Reason is Reason.SessionGap)
            throw new RpcException(StatusCode.Aborted, $"Row {row} is ahead of its session: an earlier import of this file is missing rows; send it from the start.");
        if (rows.IsMalformed(place))
            throw new RpcException(StatusCode.Internal, $"The place of row {row} could not be taken: {ReasonNames.Of(outcome.Reason)}.");
        Refuse(rows, place, new Refusal(outcome.Reason, outcome.Message));
    }
}
