using CreditGrains.Domain.Commands;
using CreditGrains.Engine;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Dashboard.Live;

/// <summary>
/// The newest decisions of a tenant, found by looking back from the newest event; what was found stays until newer ones come. Looks are bounded, so a tenant that is quiet beside a busy one may miss some.
/// </summary>
internal sealed class LatestDecisions(ICreditEngine engine, ushort tenant, bool isWhole)
{
    /// <summary>Most decisions shown.</summary>
    public const int Shown = 12;

    private const int LooksOfWhole = 3 * Shown;
    private const int LooksOfTenant = 300;
    private const int LooksAtFirst = 2_000;
    private long lookedTo;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<EventRecord> Newest { get; private set; } = [];

    /// <summary>Looks at what came since.</summary>
    /// <param name="end">Sequence of the newest durable event. Those of a standalone engine have no gaps; on a cluster they name a partition too, and what is found is that partition's.</param>
    public async Task TurnAsync(long end)
    {
        var looks = isWhole ? LooksOfWhole : lookedTo == 0 ? LooksAtFirst : LooksOfTenant;
        var fresh = new List<EventRecord>();
        for (var sequence = end; sequence > Math.Max(lookedTo, end - looks) && sequence > 0 && fresh.Count < Shown; sequence--)
        {
            // Of a reader of one tenant, an event of another is none.
            if (await ReadAsync(sequence) is not { } e)
            {
                if (isWhole) break;
                continue;
            }
            if (e.Kind < CommandKind.OpenNode && e.Key.Tenant == tenant && e.Id != default) fresh.Add(e);
        }

        lookedTo = end;
        if (fresh.Count > 0) Newest = [.. fresh.Concat(Newest).Take(Shown)];
    }

    private async ValueTask<EventRecord?> ReadAsync(long sequence)
    {
        try
        {
            return await engine.GetDecisionAsync(sequence);
        }
        catch (JournalException old) when (old.Code == JournalErrorCode.NotRetained)
        {
            // Deleted with older journal.
            return null;
        }
    }
}
