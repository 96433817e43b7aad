using CreditGrains.Simulation.Model;

namespace CreditGrains.Simulation.Workload;

/// <summary>
/// The fake clock: mostly ticks on, sometimes stands, goes back or leaps; likes to stop just before, at and after the end of
/// something.
/// </summary>
internal sealed class TimeSource(Dice dice, World world, long start)
{
    public const long Second = 1_000_000;
    private const long Hour = 3_600 * Second;

    /// <summary>What the clock shows, microseconds.</summary>
    public long Now { get; private set; } = start;

    /// <summary>What the clock shows after something took its time.</summary>
    public void Pass(long micros) => Now += micros;

    public void Advance()
    {
        Now += dice.Weighted([120, 160, 40, 12, 4, 1, 8]) switch
        {
            0 => 0,
            1 => dice.Between(1, 900_000),
            2 => dice.Between(1, 40) * Second,
            3 => dice.Between(1, 30) * 60 * Second,
            4 => dice.Between(1, 12) * Hour,
            5 => dice.Between(24, 80) * Hour,
            _ => -dice.Between(1, 90 * Second),
        };
        if (dice.Percent(6)) Approach();
    }

    // Stops within a microsecond of the next moment at which something starts or ends.
    private void Approach()
    {
        List<long> moments = [.. Moments().Where(moment => moment > Now && moment < Now + 30 * Hour)];
        if (moments.Count > 0) Now = moments.Min() + dice.Between(-1, 1);
    }

    private IEnumerable<long> Moments()
    {
        foreach (ModelRate rate in world.Rates.Values) yield return rate.ValidUntil;
        foreach (ModelNode node in world.Nodes.Values)
        {
            foreach (DatedCeiling entry in node.Ceiling.Entries)
            {
                yield return entry.From;
                yield return entry.Until;
            }
            if (node is not ModelFacility facility) continue;
            foreach (ModelItem item in facility.Items.Values) yield return item.End;
        }
    }
}
