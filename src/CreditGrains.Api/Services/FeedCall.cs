using CreditGrains.Api.Mapping;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Engine;

namespace CreditGrains.Api.Services;

/// <summary>
/// The event feed. A cursor is the place of the last event a caller has; so nothing is lost or sent twice when it comes
/// back with it. Events are flushed when none is at hand, or every <see cref="FlushEvery"/>.
/// </summary>
internal sealed class FeedCall(ICreditEngine engine)
{
    private const int FlushEvery = 128;

    public async ValueTask RunAsync(V1.FeedRequest request, IMessageWriter<V1.FeedEvent> responses, CallContext context)
    {
        var cancelled = context.CancellationToken;
        var after = await StartAsync(request);
        await responses.FlushAsync();
        var unsent = 0;
        await using var events = engine.ReadFeedAsync(after, cancelled).GetAsyncEnumerator(cancelled);
        while (true)
        {
            var next = events.MoveNextAsync();
            if (unsent > 0 && (unsent == FlushEvery || !next.IsCompleted))
            {
                await responses.FlushAsync();
                unsent = 0;
            }

            if (!await next.Guarded()) throw new RpcException(StatusCode.Unavailable, "The engine stopped; go on from the last cursor once it is back.");
            var record = events.Current;
            if (request.Tenant != 0 && record.Key.Tenant != request.Tenant) continue;
            responses.Write(new V1.FeedEvent
            {
                Cursor = OpaqueToken.OfSequence(OpaqueToken.Use.Feed, record.Sequence),
                Event = ViewMapping.Write(record),
            });
            unsent++;
        }
    }

    private async ValueTask<long> StartAsync(V1.FeedRequest request)
    {
        if (request.Tenant > ushort.MaxValue) throw new RpcException(StatusCode.InvalidArgument, $"tenant is {request.Tenant}; use 1 to 65535, or 0 for all");
        if (request.Cursor.Length == 0 && !request.FromNow) return 0;
        if (request.Cursor.Length == 0) return await engine.GetFeedEndAsync().Guarded();
        if (request.FromNow) throw new RpcException(StatusCode.InvalidArgument, "Give cursor or from_now, not both.");
        var after = OpaqueToken.ToSequence("cursor", OpaqueToken.Use.Feed, request.Cursor);
        var newest = (await engine.GetStatusAsync().Guarded()).LastSequence;
        // A status may be some seconds old; the event itself is not.
        if (after > newest && await engine.GetDecisionAsync(after).Guarded() is null)
            throw new RpcException(StatusCode.InvalidArgument, $"cursor is after event {newest}, the newest here: it comes from another engine.");
        return after;
    }
}
