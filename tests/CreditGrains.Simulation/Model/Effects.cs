using System.Numerics;
using CreditGrains.Domain.Commands;
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

    private static IEnumerable<ModelSubLimit> Covering(ModelFacility facility, Channel channel, ushort category) =>
        facility.SubLimits.Where(limit => limit.Covers(channel, category));
}
