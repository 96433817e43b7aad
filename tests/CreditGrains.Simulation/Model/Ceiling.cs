using System.Numerics;

namespace CreditGrains.Simulation.Model;

/// <summary>A limit that waits or is temporary.</summary>
/// <param name="Limit">Minor units.</param>
/// <param name="From">Start, inclusive, writer time.</param>
/// <param name="Until">End, exclusive; 0 makes the limit the base from its start on.</param>
internal sealed record DatedCeiling(BigInteger Limit, long From, long Until);

/// <summary>
/// The limit of a facility or node through time, docs/rules.md "Limits". <see cref="InForceAt"/> is the limit by the clock;
/// <see cref="Counted"/> the one that took effect by an event, which is what ancestors count of a facility.
/// </summary>
internal sealed class Ceiling(BigInteger limit, long now)
{
    public const int EntriesMax = 8;

    private readonly List<DatedCeiling> _entries = [];
    private BigInteger _base = limit;
    private long _settledAt = now;

    public IReadOnlyList<DatedCeiling> Entries => _entries;

    public BigInteger Counted => InForceAt(_settledAt);

    /// <summary>The temporary limit with the latest start that holds the time, else the base.</summary>
    public BigInteger InForceAt(long now)
    {
        DatedCeiling? temporary = null;
        DatedCeiling? started = null;
        foreach (DatedCeiling entry in _entries)
        {
            if (entry.From > now) continue;
            if (entry.Until == 0)
            {
                if (started is null || entry.From >= started.From) started = entry;
            }
            else if (now < entry.Until && (temporary is null || entry.From >= temporary.From))
            {
                temporary = entry;
            }
        }
        return temporary?.Limit ?? started?.Limit ?? _base;
    }

    /// <summary>Whether a start or an end has come that no event has told of.</summary>
    public bool IsDue(long now) => _entries.Any(entry =>
        (entry.From > _settledAt && entry.From <= now) || (entry.Until > _settledAt && entry.Until <= now));

    /// <summary>Takes every start and end up to now into effect.</summary>
    public void Settle(long now)
    {
        foreach (DatedCeiling entry in _entries.Where(entry => entry.Until == 0 && entry.From <= now).OrderBy(entry => entry.From)) _base = entry.Limit;
        _entries.RemoveAll(entry => (entry.Until == 0 && entry.From <= now) || (entry.Until != 0 && entry.Until <= now));
        _settledAt = now;
    }

    public bool CanAdd(long from, long until, long now) =>
        IsForNow(from, until, now) || _entries.Count < EntriesMax || _entries.Exists(entry => IsSamePlace(entry, from, until, now));

    /// <summary>Sets a limit: now, from a time, or for a time.</summary>
    public void Set(BigInteger limit, long from, long until, long now)
    {
        if (IsForNow(from, until, now))
        {
            _base = limit;
        }
        else
        {
            _entries.RemoveAll(entry => IsSamePlace(entry, from, until, now));
            _entries.Add(new DatedCeiling(limit, Start(from, now), until));
        }
        _settledAt = now;
    }

    /// <summary>A copy to try a change on.</summary>
    public Ceiling Copy()
    {
        var copy = new Ceiling(_base, _settledAt);
        copy._entries.AddRange(_entries);
        return copy;
    }

    private static bool IsForNow(long from, long until, long now) => until == 0 && from <= now;

    private static long Start(long from, long now) => from == 0 ? now : from;

    private static bool IsSamePlace(DatedCeiling entry, long from, long until, long now) =>
        entry.From == Start(from, now) && entry.Until == until;
}
