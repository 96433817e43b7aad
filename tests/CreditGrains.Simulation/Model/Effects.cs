using System.Numerics;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Simulation.Model;

/// <summary>Changes that several commands share: holds, counters, status, and the list of limits left in excess.</summary>
internal static class Effects
{
    public const int DefaultLifetimeSeconds = 7 * 86_400;

    public static long EndOf(long now, int lifetimeSeconds) => Exact.CeilSecond(now + lifetimeSeconds * Exact.MicrosPerSecond);

    public static long EndOrDefault(long now, int lifetimeSeconds) =>
        EndOf(now, lifetimeSeconds == 0 ? DefaultLifetimeSeconds : lifetimeSeconds);

    /// <summary>Releases part of a hold without a capture; its sub-limits are used less.</summary>
    public static void Release(ModelFacility facility, ModelItem hold, BigInteger amount)
    {
        Take(facility, hold, amount);
        facility.Purse.Held -= amount;
        foreach (ModelSubLimit limit in Covering(facility, hold.Channel, hold.Category)) limit.Used = BigInteger.Max(0, limit.Used - amount);
    }

    /// <summary>Takes part of an item; what has nothing left is resolved.</summary>
    public static void Take(ModelFacility facility, ModelItem item, BigInteger amount)
    {
        item.Remaining -= amount;
        if (item.Remaining.IsZero) facility.Items.Remove(item.Reference);
    }

    public static void UseSubLimits(ModelFacility facility, Channel channel, ushort category, BigInteger amount)
    {
        foreach (ModelSubLimit limit in Covering(facility, channel, category)) limit.Used += amount;
    }

    /// <summary>Counts an amount in every velocity limit of the facility and its path. A rate never set marks the bucket.</summary>
    public static void CountVelocity(World world, ModelFacility facility, BigInteger amount, int count, long now)
    {
        foreach (ModelVelocity velocity in facility.Velocity) velocity.Count(now, amount, count);
        var book = new Book(world, facility.Key.Tenant, now);
        foreach ((ModelNode node, BigInteger share) in book.NodesOf(facility))
        {
            BigInteger? converted = book.Convert(node, facility.Currency, amount * share);
            foreach (ModelVelocity velocity in node.Velocity)
            {
                if (converted is { } known) velocity.Count(now, known, count);
                else velocity.Mark(now, count);
            }
        }
    }

    /// <summary>After any event on a facility: sub-limits hold no more than is drawn and held, and a closing facility may have closed.</summary>
    public static void Finish(ModelFacility facility)
    {
        foreach (ModelSubLimit limit in facility.SubLimits) limit.Used = BigInteger.Min(limit.Used, facility.Purse.Drawn + facility.Purse.Held);
        bool isEmpty = facility.Purse.IsClear && facility.Items.Count == 0;
        facility.Status = facility.Status switch
        {
            NodeStatus.Closing when isEmpty => NodeStatus.Closed,
            NodeStatus.Closed when !isEmpty => NodeStatus.Closing,
            var same => same,
        };
    }

    /// <summary>Exposures of a facility and its path now, to be compared after a change; null where a rate is missing.</summary>
    public static List<(ModelNode Node, BigInteger? Exposure)> Exposures(World world, ModelFacility facility, long now)
    {
        var book = new Book(world, facility.Key.Tenant, now);
        return [(facility, Book.Own(facility, 0)), .. book.NodesOf(facility).Select(entry => (entry.Node, book.Exposure(entry.Node)))];
    }

    /// <summary>The limits whose exposure rose and which are now above their ceiling.</summary>
    public static List<FailingLimit> Excess(World world, ModelFacility facility, List<(ModelNode Node, BigInteger? Exposure)> before, long now)
    {
        List<FailingLimit> excess = [];
        var risen = before.ToDictionary(entry => entry.Node.Key, entry => entry.Exposure);
        foreach ((ModelNode node, BigInteger? exposure) in Exposures(world, facility, now))
        {
            BigInteger limit = node.Ceiling.InForceAt(now);
            if (exposure is not { } after || risen.GetValueOrDefault(node.Key) is { } was && after <= was || after <= limit) continue;
            excess.Add(new FailingLimit(node.Key, LimitKind.Node, Exact.ToLong(limit), Exact.ToLong(limit - after), 0));
        }
        return excess;
    }

    private static IEnumerable<ModelSubLimit> Covering(ModelFacility facility, Channel channel, ushort category) =>
        facility.SubLimits.Where(limit => limit.Covers(channel, category));
}
