using CreditGrains.Api.Mapping;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Server;

namespace CreditGrains.Api.Services;

/// <summary>
/// The event feed. A cursor is the place of the last event a caller has; so nothing is lost or sent twice when it comes
/// back with it. Events are flushed when none is at hand, or every <see cref="FlushEvery"/>.
/// </summary>
internal sealed class FeedCall(EngineAccess access)
{
    private const int FlushEvery = 128;
    private static readonly TimeSpan RecheckEvery = TimeSpan.FromSeconds(1);

    public async ValueTask RunAsync(V1.FeedRequest request, IMessageWriter<V1.FeedEvent> responses, CallContext context)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var engine = access.For(context);
        var after = await StartAsync(request, engine);
        await responses.FlushAsync();
        var unsent = 0;
        await using var events = engine.ReadFeedAsync(after, stop.Token).GetAsyncEnumerator(stop.Token);
        while (true)
        {
            var next = events.MoveNextAsync();
            if (unsent > 0 && (unsent == FlushEvery || !next.IsCompleted))
            {
                await responses.FlushAsync();
                unsent = 0;
            }

            if (unsent == 0) context.Recheck();
            if (!await NextAsync(next, context, stop)) throw new RpcException(StatusCode.Unavailable, "The engine stopped; go on from the last cursor once it is back.");
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

    /// <summary>Waits for the next event, and sees to it that the wait ends with the caller's credentials.</summary>
    private static async ValueTask<bool> NextAsync(ValueTask<bool> next, CallContext context, CancellationTokenSource stop)
    {
        if (next.IsCompleted) return await next.Guarded();
        var waiting = next.AsTask();
        while (await Task.WhenAny(waiting, Task.Delay(RecheckEvery, stop.Token)) != waiting) await RecheckAsync(waiting, context, stop);
        return await new ValueTask<bool>(waiting).Guarded();
    }

    /// <summary>Ends the wait before it says that the credentials have ended: an enumerator must not be left in the middle of a step.</summary>
    private static async ValueTask RecheckAsync(Task waiting, CallContext context, CancellationTokenSource stop)
    {
        try
        {
            context.Recheck();
        }
        catch (RpcException)
        {
            await stop.CancelAsync();
            await Task.WhenAny(waiting);
            throw;
        }
    }

    private static async ValueTask<long> StartAsync(V1.FeedRequest request, PrincipalEngine own)
    {
        var engine = own.Unchecked;
        if (request.Tenant > ushort.MaxValue) throw new RpcException(StatusCode.InvalidArgument, $"tenant is {request.Tenant}; use 1 to 65535, or 0 for all");
        if (request.Tenant != 0 && !own.Principal.Covers((ushort)(request.Tenant & 0xFFFF))) throw Denials.Scope(own.Principal, (ushort)(request.Tenant & 0xFFFF), 0);
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
