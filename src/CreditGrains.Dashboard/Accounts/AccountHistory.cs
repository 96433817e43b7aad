using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Dashboard.Accounts;

/// <summary>The events of a facility that were read, oldest first; kept up to date by reading only what is new. Belongs to one page: reads that overlap take turns.</summary>
public sealed class AccountHistory(ICreditEngine engine, NodeKey key)
{
    private const int AtFirst = 300;
    private const int AtOnce = 50;

    /// <summary>Most events kept.</summary>
    public const int EventsMax = 2_000;

    private readonly List<EventRecord> events = [];
    private long nextBefore;
    private Task turn = Task.CompletedTask;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<EventRecord> Events => events;

    /// <summary>Whether there are older ones that can be read.</summary>
    public bool HasOlder => nextBefore > 0 && events.Count < EventsMax;

    /// <summary>Reads the newest events, or those that came since.</summary>
    public Task UpdateAsync() => turn = After(turn, ReadNewerAsync);

    /// <summary>Reads a page of older events.</summary>
    public Task ReadOlderAsync() => turn = After(turn, OlderAsync);

    // Who began the turn before is told what it threw.
    private static async Task After(Task before, Func<Task> read)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await read();
    }

    private async Task ReadNewerAsync()
    {
        var newest = events.Count > 0 ? events[^1].Sequence : 0;
        var fresh = new List<EventRecord>();
        var page = await engine.GetHistoryAsync(key, 0, newest == 0 ? AtFirst : AtOnce);
        while (true)
        {
            fresh.AddRange(page.Events.TakeWhile(e => e.Sequence > newest));
            if (newest == 0) nextBefore = page.NextBefore;
            if (newest == 0 || page.NextBefore == 0 || page.Events.Any(e => e.Sequence <= newest)) break;
            page = await engine.GetHistoryAsync(key, page.NextBefore, AtOnce);
        }
        fresh.Reverse();
        events.AddRange(fresh);
        if (events.Count > EventsMax) Shorten();
    }

    private async Task OlderAsync()
    {
        if (!HasOlder) return;
        var page = await engine.GetHistoryAsync(key, nextBefore, AtFirst);
        nextBefore = page.NextBefore;
        events.InsertRange(0, page.Events.Reverse());
    }

    private void Shorten()
    {
        nextBefore = events[events.Count - EventsMax - 1].Sequence;
        events.RemoveRange(0, events.Count - EventsMax);
    }
}
