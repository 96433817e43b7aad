using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Dashboard.Accounts;

/// <summary>
/// An account as one page shows it. Reads overlap, so one that was begun before an act of the visitor may end after it: what is older than what is shown is left out, or the act would seem undone.
/// </summary>
public sealed class AccountSight(ICreditEngine engine, NodeKey key)
{
    /// <summary>As last shown; null before the first read, and when it is unknown.</summary>
    public FacilityView? Facility { get; private set; }

    /// <summary>Whether the last read found no such account.</summary>
    public bool IsUnknown { get; private set; }

    /// <summary>Its events; at least as new as <see cref="Facility"/>.</summary>
    public AccountHistory History { get; } = new(engine, key);

    /// <summary>Shows what was read, and what has happened until then.</summary>
    /// <param name="now">Null when there is no such account.</param>
    public async Task ShowAsync(FacilityView? now)
    {
        IsUnknown = now is null;
        if (now is null)
        {
            Facility = null;
            return;
        }

        if (IsOld(now)) return;
        if (Facility?.LastSequence != now.LastSequence) await History.UpdateAsync();
        if (!IsOld(now)) Facility = now;
    }

    private bool IsOld(FacilityView now) => now.LastSequence < Facility?.LastSequence;
}
