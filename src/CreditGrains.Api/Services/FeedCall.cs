using CreditGrains.Api.Mapping;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Engine.Alerts;

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
        var desk = request.WithAlerts ? access.AlertsFor(context) : null;
        var told = after;
        // Begun before what stands is listed, so that nothing falls between.
        var alerts = desk is null ? null : await desk.FollowAsync(after, request.FromNow).Guarded();
        if (desk is not null && request.FromNow) WriteStanding(desk, request, after, responses);
        await responses.FlushAsync();
        var unsent = 0;
        Func<ValueTask> meanwhile = () => TellMeanwhileAsync(alerts, request, told, responses);
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
            if (!await NextAsync(next, context, stop, meanwhile)) throw new RpcException(StatusCode.Unavailable, "The engine stopped; go on from the last cursor once it is back.");
            var record = events.Current;
            // Whoever has the event has its alerts.
            if (alerts is not null) unsent += WriteChanges(await alerts.BeforeAsync(record.Sequence, stop.Token).Guarded(), request, told, responses);
            told = record.Sequence;
            if (request.Tenant != 0 && record.Key.Tenant != request.Tenant) continue;
            responses.Write(new V1.FeedEvent
            {
                Cursor = OpaqueToken.OfSequence(OpaqueToken.Use.Feed, record.Sequence),
                Event = ViewMapping.Write(record),
            });
            unsent++;
        }
    }

    private static void WriteStanding(IAlertDesk desk, V1.FeedRequest request, long after, IMessageWriter<V1.FeedEvent> responses)
    {
        foreach (var alert in desk.Read((ushort)request.Tenant, AlertMapping.ListedMax).Raised)
            responses.Write(new V1.FeedEvent { Cursor = OpaqueToken.OfSequence(OpaqueToken.Use.Feed, after), Alert = AlertMapping.Write(alert) });
    }

    /// <summary>Writes changes; who returns with their cursor, that of the event before, gets them again.</summary>
    private static int WriteChanges(IReadOnlyList<AlertChange> changes, V1.FeedRequest request, long told, IMessageWriter<V1.FeedEvent> responses)
    {
        var count = 0;
        foreach (var change in changes)
        {
            if (request.Tenant != 0 && change.Alert.Subject.Key.Tenant != request.Tenant) continue;
            responses.Write(new V1.FeedEvent { Cursor = OpaqueToken.OfSequence(OpaqueToken.Use.Feed, told), Alert = AlertMapping.Write(change) });
            count++;
        }

        return count;
    }

    private static async ValueTask TellMeanwhileAsync(IAlertReader? alerts, V1.FeedRequest request, long told, IMessageWriter<V1.FeedEvent> responses)
    {
        if (alerts is not null && WriteChanges(alerts.Meanwhile(), request, told, responses) > 0) await responses.FlushAsync();
    }

    /// <summary>Waits for the next event, and sees to it that the wait ends with the caller's credentials; every second it tells what came meanwhile.</summary>
    private static async ValueTask<bool> NextAsync(ValueTask<bool> next, CallContext context, CancellationTokenSource stop, Func<ValueTask> meanwhile)
    {
        if (next.IsCompleted) return await next.Guarded();
        var waiting = next.AsTask();
        while (await Task.WhenAny(waiting, Task.Delay(RecheckEvery, stop.Token)) != waiting)
        {
            await RecheckAsync(waiting, context, stop, meanwhile);
        }
        return await new ValueTask<bool>(waiting).Guarded();
    }

    /// <summary>Ends the wait before it says that the credentials have ended, or that the caller has gone: an enumerator must not be left in the middle of a step.</summary>
    private static async ValueTask RecheckAsync(Task waiting, CallContext context, CancellationTokenSource stop, Func<ValueTask> meanwhile)
    {
        try
        {
            context.Recheck();
            await meanwhile();
        }
        catch
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
