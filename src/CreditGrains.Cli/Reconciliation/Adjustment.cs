using CreditGrains.Cli.Connection;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Cli.Reconciliation;

/// <summary>What posting the corrections did.</summary>
/// <param name="WasDone">The file had corrected the engine before; nothing was posted.</param>
/// <param name="Posted">Corrections posted now.</param>
/// <param name="Declined">Corrections that would make a balance negative, or came too late, by facility.</param>
internal sealed record AdjustmentResult(bool WasDone, long Posted, IReadOnlyList<(NodeKey Facility, Reason Reason)> Declined);

/// <summary>
/// Posts corrections in a session named by the file's hash, in the order of the file, and then bars the session's next id
/// (a Reverse of it, which leaves a tombstone): a file corrects the engine once, and never again whatever happened since. A run
/// that broke off leaves the session open, and the next run posts what still differs.
/// </summary>
internal sealed class Adjustment(IBook book, ushort tenant, byte[] fileHash)
{
    private readonly ulong name = OrderedSession.NameOf(fileHash, "reconcile");

    public async Task<AdjustmentResult> RunAsync(IReadOnlyList<Difference> differences, CancellationToken cancellationToken)
    {
        var session = new OrderedSession(book, tenant, name);
        var last = await LastPlaceAsync(cancellationToken);
        if (last > 0 && await KindAtAsync(last, cancellationToken) == CommandKind.Reverse) return new AdjustmentResult(true, 0, []);
        session.Next = last + 1;
        var commands = differences.Where(difference => !difference.IsCurrency).Select(difference => difference.ToAdjust()).ToArray();
        var outcomes = new Outcome[commands.Length];
        await session.ExecuteAsync(commands, outcomes, cancellationToken);
        await CloseAsync(session, cancellationToken);
        var declined = new List<(NodeKey, Reason)>();
        for (var i = 0; i < outcomes.Length; i++)
            if (outcomes[i].Kind == OutcomeKind.Declined) declined.Add((commands[i].Facility, outcomes[i].Reason));
        return new AdjustmentResult(false, outcomes.Length - declined.Count, declined);
    }

    private static async Task CloseAsync(OrderedSession session, CancellationToken cancellationToken)
    {
        var end = new Command[1];
        end[0].Kind = CommandKind.Reverse;
        end[0].Original = session.IdOf(session.Next + 1);
        end[0].Facility = session.TenantKey;
        await session.ExecuteAsync(end, new Outcome[1], cancellationToken);
    }

    /// <summary>The last place taken: doubling, then halving, as places are taken in order.</summary>
    private async Task<long> LastPlaceAsync(CancellationToken cancellationToken)
    {
        if (await KindAtAsync(1, cancellationToken) is null) return 0;
        var taken = 1L;
        var free = 2L;
        while (await KindAtAsync(free, cancellationToken) is not null)
        {
            taken = free;
            free *= 2;
        }

        while (free - taken > 1)
        {
            var middle = taken + ((free - taken) / 2);
            if (await KindAtAsync(middle, cancellationToken) is null) free = middle;
            else taken = middle;
        }

        return taken;
    }

    private Task<CommandKind?> KindAtAsync(long place, CancellationToken cancellationToken) =>
        book.GetDecisionKindAsync(tenant, RequestId.ForSession(name, place), cancellationToken);
}
