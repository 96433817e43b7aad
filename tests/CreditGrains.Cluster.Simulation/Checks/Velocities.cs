using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Cluster.Simulation.Checks;

/// <summary>
/// Windows of shared nodes, counted again from events. A partition's window begins when it has the limit; all windows together hold approvals of at most the largest limit that is in force
/// or about to be; a change is in force when it is answered. A decline needs windows that were as full at some time since its request was sent.
/// </summary>
internal sealed class Velocities
{
    // Clocks of silos differ by less.
    private const long SkewMicros = 400_000;
    private readonly Dictionary<(NodeKey Node, int Seconds), List<Bound>> limits = [];
    private readonly Dictionary<(NodeKey Node, int Seconds, int Partition), PartWindow> windows = [];

    /// <summary>Approvals that were counted.</summary>
    public int Counted { get; private set; }

    /// <summary>Declines that were held against what windows held.</summary>
    public int DeclinesHeld { get; private set; }

    /// <summary>The register has a limit.</summary>
    public void LimitIs(SetVelocityLimit limit, RequestId id)
    {
        if (!limits.TryGetValue((limit.Key, limit.WindowSeconds), out var all)) limits[(limit.Key, limit.WindowSeconds)] = all = [];
        all.Add(new Bound(id, limit.AmountMax < 0 ? long.MaxValue : limit.AmountMax, limit.CountMax < 0 ? int.MaxValue : limit.CountMax, IsNone(limit)));
    }

    /// <summary>A change of a limit was answered: it is in force from now on at the latest.</summary>
    public void Told(RequestId id, long now)
    {
        foreach (var bound in limits.Values.SelectMany(l => l))
            if (bound.Id == id) bound.ToldAt = Math.Min(bound.ToldAt, now);
    }

    /// <summary>A partition has a row of it, or another allowance.</summary>
    public void Mirrored(SetVelocityLimit limit, int partition)
    {
        if (!windows.TryGetValue((limit.Key, limit.WindowSeconds, partition), out var window)) windows[(limit.Key, limit.WindowSeconds, partition)] = window = new PartWindow();
        if (!IsNone(limit) && !window.IsOn) window.Approvals = VelocityWindow.Start(limit.WindowSeconds);
        window.IsOn = !IsNone(limit);
    }

    /// <summary>An approval or a fact that counts is durable.</summary>
    public void Used(NodeKey node, int partition, long amount, int count, bool isApproval, long recordedAtMicros, long now, string what)
    {
        foreach (var (key, window) in windows)
        {
            if (key.Node != node || key.Partition != partition || !window.IsOn) continue;
            window.Entries.Add((recordedAtMicros, amount, count));
            if (!isApproval) continue;
            Counted++;
            window.Approvals.Add(recordedAtMicros / 1_000_000, amount, count);
            Int128 amounts = 0, counts = 0;
            foreach (var (other, held) in windows)
            {
                if (other.Node != node || other.Seconds != key.Seconds || !held.IsOn) continue;
                var (sum, number, _) = held.Approvals.Sum((recordedAtMicros + SkewMicros) / 1_000_000);
                amounts += sum;
                counts += number;
            }
            var asked = InForceSince(node, key.Seconds, now).Where(l => !l.IsNone).ToArray();
            // Removed, and this partition is not told yet.
            if (asked.Length == 0) continue;
            var (amountMax, countMax) = (asked.Max(l => l.Amount), asked.Max(l => l.Count));
            Checker.Require(amounts <= amountMax && counts <= countMax, $"{what}: approved in partition {partition} under {node}, whose window of {key.Seconds} s now holds {amounts} and {counts} approvals of at most {amountMax} and {countMax}");
        }
    }

    /// <summary>A request was declined by windows of shared nodes alone: what they held at some time since it was sent left no room for it.</summary>
    public void CheckDecline(FailingLimit[] failing, long amount, int count, long sentAtMicros, long sentAt, string what)
    {
        DeclinesHeld++;
        foreach (var limit in failing)
        {
            var inForce = InForceSince(limit.Node, limit.Detail, sentAt).ToArray();
            // A window may count up to a bucket more than its length.
            var oldest = sentAtMicros - SkewMicros - (limit.Detail + 2 * VelocityWindow.Start(limit.Detail).BucketSeconds) * 1_000_000L;
            var used = windows.Where(w => w.Key.Node == limit.Node && w.Key.Seconds == limit.Detail).SelectMany(w => w.Value.Entries).Where(e => e.At >= oldest).ToArray();
            if (limit.Kind == LimitKind.VelocityAmount ? used.Sum(e => e.Amount) + amount > inForce.Min(l => l.Amount) : used.Sum(e => e.Count) + count > inForce.Min(l => l.Count)) return;
        }
        Checker.Require(false, $"{what}: declined although there was room in {string.Join(", ", failing)}");
    }

    /// <summary>Limits that were in force, or about to be, at some time since a time.</summary>
    private IEnumerable<Bound> InForceSince(NodeKey node, int seconds, long at) =>
        limits[(node, seconds)].Skip(Math.Max(0, limits[(node, seconds)].FindLastIndex(l => l.ToldAt <= at)));

    private static bool IsNone(SetVelocityLimit limit) => limit is { AmountMax: < 0, CountMax: < 0 };

    private sealed record Bound(RequestId Id, long Amount, int Count, bool IsNone)
    {
        public long ToldAt { get; set; } = long.MaxValue;
    }

    private sealed class PartWindow
    {
        public VelocityWindow Approvals;

        public bool IsOn { get; set; }

        public List<(long At, long Amount, int Count)> Entries { get; } = [];
    }
}
