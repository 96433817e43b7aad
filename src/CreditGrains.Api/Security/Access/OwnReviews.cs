using CreditGrains.Api.Transport;
using CreditGrains.Domain.Commands;
using CreditGrains.Engine;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Api.Security.Access;

/// <summary>
/// Nobody decides a review that they asked for. The journal has the request; who sent it is remembered beside it (<see cref="AccessRecords.Reviews"/>), and over restarts where there is an audit log.
/// </summary>
internal static class OwnReviews
{
    /// <exception cref="RpcException">PermissionDenied: it decides a review that this principal asked for.</exception>
    public static async ValueTask DemandAsync(ICreditEngine engine, Principal principal, Command command, AccessRecords? records)
    {
        // Without credentials nobody is known apart.
        if (command.Kind != CommandKind.ResolveReferral || records is null || ReferenceEquals(principal, Principal.Local)) return;
        if (await ReadAsync(engine, command.Reference) is not { Kind: CommandKind.RequestReview } asked) return;
        // It may have been asked for at another process; its line was durable before the request was.
        records.Audit?.CatchUp();
        if (records.Reviews.HasAsked(principal, asked.Id))
            throw new RpcException(StatusCode.PermissionDenied, $"OwnReview: {principal.Id} asked for this review; somebody else decides it.");
    }

    private static async ValueTask<EventRecord?> ReadAsync(ICreditEngine engine, long reference)
    {
        try
        {
            return await engine.GetDecisionAsync(reference);
        }
        catch (JournalException old) when (old.Code == JournalErrorCode.NotRetained)
        {
            // Archived: nothing that old still waits.
            return null;
        }
    }
}
