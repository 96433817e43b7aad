using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Cluster.Simulation.Checks;

/// <summary>
/// Windows of shared nodes, counted again from approvals. A partition's window begins when it has the limit; all windows together hold at most the largest limit that was asked for within their
/// length, for a lower one is in force only when partitions have given back.
/// </summary>
internal sealed class Velocities
{
    // Clocks of silos differ by less.
    private const long SkewMicros = 400_000;
    private readonly Dictionary<(NodeKey Node, int Seconds), List<(long At, long Amount, int Count)>> limits = [];
    private readonly Dictionary<(NodeKey Node, int Seconds, int Partition), VelocityWindow> windows = [];

    /// <summary>Approvals that were counted.</summary>
    public int Counted { get; private set; }

    /// <summary>The register has a limit.</summary>
    public void LimitIs(SetVelocityLimit limit, long now)
    {
        if (!limits.TryGetValue((limit.Key, limit.WindowSeconds), out var all)) limits[(limit.Key, limit.WindowSeconds)] = all = [];
        all.Add((now, limit.AmountMax < 0 ? long.MaxValue : limit.AmountMax, limit.CountMax < 0 ? int.MaxValue : limit.CountMax));
    }

    /// <summary>A partition has a row of it, or another allowance.</summary>
    public void Mirrored(SetVelocityLimit limit, int partition) => windows.TryAdd((limit.Key, limit.WindowSeconds, partition), VelocityWindow.Start(limit.WindowSeconds));

    /// <summary>An approval is durable.</summary>
    public void Approved(NodeKey node, int partition, long amount, int count, long recordedAtMicros, string what)
    {
        foreach (var key in windows.Keys.Where(k => k.Node == node && k.Partition == partition).ToArray())
        {
            Counted++;
            var window = windows[key];
            window.Add(recordedAtMicros / 1_000_000, amount, count);
            windows[key] = window;
            Int128 amounts = 0, counts = 0;
            foreach (var (other, held) in windows)
            {
                if (other.Node != node || other.Seconds != key.Seconds) continue;
                var (sum, number, _) = held.Sum((recordedAtMicros + SkewMicros) / 1_000_000);
                amounts += sum;
                counts += number;
            }
            var (amountMax, countMax) = (limits[(node, key.Seconds)].Max(l => l.Amount), limits[(node, key.Seconds)].Max(l => l.Count));
            Checker.Require(amounts <= amountMax && counts <= countMax, $"{what}: approved in partition {partition} under {node}, whose window of {key.Seconds} s now holds {amounts} and {counts} approvals of at most {amountMax} and {countMax}");
        }
    }
}
