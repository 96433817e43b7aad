using CreditGrains.Dashboard.Live;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Dashboard.Approvals;

/// <summary>
/// Which requests of a legal entity wait for a person, those that end soonest first. Finds them by sweeps in short looks over the open items, and looks at those shown again each time, so that one that is decided goes at once.
/// </summary>
internal sealed class ReviewBoard(Sight sight, ushort legalEntity)
{
    private const int Page = 12;
    private const int KeptMax = 500;
    private const int PageLength = 1_000;
    private const int LooksAtFirst = 32;
    private const int LooksAfter = 2;
    private readonly Dictionary<long, (EventRecord? Referred, EventRecord? Declined)> known = [];
    private Dictionary<long, ReferralView> sweep = [];
    private Dictionary<long, ReferralView> whole = [];
    private long cursor;

    /// <summary>Whether the host keeps such a list; a cluster does not.</summary>
    public bool IsListed { get; private set; } = true;

    /// <summary>Whether a sweep has been through all items.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Most shown.</summary>
    public int Shown { get; private set; } = Page;

    /// <summary>What waits, the soonest end first; at most <see cref="Shown"/>.</summary>
    public IReadOnlyList<ReviewSight> Reviews { get; private set; } = [];

    /// <summary>How many wait, as far as they were found.</summary>
    public int Count { get; private set; }

    /// <summary>Shows more from the next turn on.</summary>
    public void ShowMore() => Shown += Page;

    /// <summary>Goes on with the sweep and reads what is shown again.</summary>
    /// <param name="tick">Of the board, which reads each account once for all viewers; null reads anew.</param>
    public async Task TurnAsync(long? tick)
    {
        await SweepAsync();
        if (!IsListed) return;
        var waiting = whole.Values.Concat(sweep.Values.Where(one => !whole.ContainsKey(one.Reference))).OrderBy(one => one.ExpiresAtMicros).ThenBy(one => one.Reference).ToArray();
        var shown = new List<ReviewSight>();
        var gone = 0;
        foreach (var referral in waiting)
        {
            if (shown.Count == Shown) break;
            if (await ReadAsync(referral.Facility, tick) is { } now && now.OpenItems.Any(item => item.Kind == OpenItemKind.Referral && item.Reference == referral.Reference))
            {
                var (referred, declined) = await WhyAsync(referral);
                shown.Add(new ReviewSight(referral, referred, declined, now));
            }
            else
            {
                gone++;
                whole.Remove(referral.Reference);
                sweep.Remove(referral.Reference);
                known.Remove(referral.Reference);
            }
        }

        (Reviews, Count) = (shown, waiting.Length - gone);
    }

    private Task<FacilityView?> ReadAsync(NodeKey facility, long? tick) => tick is { } at ? sight.Board.Facilities.ReadAsync(facility, at) : sight.Engine.GetFacilityAsync(facility).AsTask();

    private async Task SweepAsync()
    {
        for (var look = 0; look < (IsComplete ? LooksAfter : LooksAtFirst); look++)
        {
            if (await sight.Engine.ListReferralsAsync(sight.Tenant, legalEntity, cursor, PageLength) is not { } page)
            {
                IsListed = false;
                return;
            }

            foreach (var one in page.Referrals) sweep[one.Reference] = one;
            if (sweep.Count > KeptMax) sweep = sweep.Values.OrderBy(one => one.ExpiresAtMicros).ThenBy(one => one.Reference).Take(KeptMax).ToDictionary(one => one.Reference);
            cursor = page.NextCursor;
            if (cursor != 0) continue;
            (whole, sweep, IsComplete) = (sweep, [], true);
            return;
        }
    }

    private async ValueTask<(EventRecord? Referred, EventRecord? Declined)> WhyAsync(ReferralView referral)
    {
        if (known.TryGetValue(referral.Reference, out var why)) return why;
        var referred = await ReadAsync(referral.Reference);
        var declined = referred is { Kind: Domain.Commands.CommandKind.RequestReview } review ? await ReadAsync(review.Reference) : null;
        if (known.Count > KeptMax) known.Clear();
        return known[referral.Reference] = (referred, declined);
    }

    private async ValueTask<EventRecord?> ReadAsync(long sequence)
    {
        try
        {
            return await sight.Engine.GetDecisionAsync(sequence);
        }
        catch (JournalException old) when (old.Code == JournalErrorCode.NotRetained)
        {
            return null;
        }
    }
}
