using System.Numerics;
using CreditGrains.Simulation.Model;

namespace CreditGrains.Simulation.Workload;

/// <summary>Amounts that matter: at a limit, just above and just below it, and now and then absurd.</summary>
internal sealed class Amounts(Dice dice, World world)
{
    public const long Max = 1L << 60;

    /// <summary>An amount for a request or fact on a facility.</summary>
    public long Near(ModelFacility? facility, long now, bool isDebit)
    {
        if (facility is null || dice.Percent(45)) return Small();
        if (isDebit && dice.Below(1_500) == 0) return dice.Pick<long>([Max, Max - 1, Max / 2, Max / 2 + 1]);
        return Clamp(dice.Pick(Edges(facility, now)) + dice.Between(-2, 2));
    }

    public long Small() => dice.Weighted([6, 5, 1]) switch
    {
        0 => dice.Between(1, 60),
        1 => dice.Between(1, 800),
        _ => dice.Between(1, 12_000),
    };

    /// <summary>An amount about as large as a given one.</summary>
    public long About(BigInteger amount) => dice.Weighted([4, 3, 2, 1]) switch
    {
        0 => Clamp(amount),
        1 => Clamp(amount * dice.Below(100) / 100),
        2 => Clamp(amount + dice.Between(-1, 1)),
        _ => Clamp(amount + dice.Between(1, 500)),
    };

    // Where something changes for the facility: its limits and its balances.
    private List<BigInteger> Edges(ModelFacility facility, long now)
    {
        var book = new Book(world, facility.Key.Tenant, now);
        List<BigInteger> edges = [ReferenceModel.HeadroomOf(facility, now), facility.Purse.Principal, facility.Purse.Drawn, facility.Purse.Credit];
        edges.AddRange(facility.SubLimits.Select(limit => limit.Limit - limit.Used));
        edges.AddRange(facility.Velocity.Where(limit => limit.AmountMax.Sign >= 0).Select(limit => limit.AmountMax - limit.AmountAt(now)));
        if (facility.Review is { } threshold) edges.Add(threshold);
        foreach ((ModelNode node, BigInteger share) in book.NodesOf(facility))
        {
            BigInteger? unit = book.Convert(node, facility.Currency, 1_000_000 * share);
            if (unit is not { IsZero: false } million || book.Exposure(node) is not { } exposure) continue;
            edges.Add((node.Ceiling.InForceAt(now) - exposure) * 1_000_000 / million);
            if (node.Review is { } above) edges.Add(above * 1_000_000 / million);
        }
        return edges;
    }

    private static long Clamp(BigInteger amount) => (long)BigInteger.Clamp(amount, 1, Max);
}
