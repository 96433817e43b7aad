using System.Numerics;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Simulation.Model;

/// <summary>What a facility adds to one limit, and the exposure there.</summary>
/// <param name="Node">The facility itself or a node of its path.</param>
/// <param name="Added">What the facility adds: its own exposure on itself, its contribution times share on a node.</param>
/// <param name="Exposure">The whole exposure there; null where a rate is missing or stale.</param>
internal sealed record Exposed(ModelNode Node, BigInteger Added, BigInteger? Exposure);

/// <summary>The limits of a facility and its path at one moment, to be compared with another.</summary>
internal sealed class Exposures
{
    private readonly World _world;
    private readonly ModelFacility _facility;
    private readonly long _now;
    private readonly List<Exposed> _limits;

    public Exposures(World world, ModelFacility facility, long now)
    {
        _world = world;
        _facility = facility;
        _now = now;
        var book = new Book(world, facility.Key.Tenant, now);
        _limits =
        [
            new Exposed(facility, Book.Own(facility, 0), Book.Own(facility, 0)),
            .. book.NodesOf(facility).Select(entry =>
                new Exposed(entry.Node, Book.Contribution(entry.Node.Basis, facility, 0) * entry.Share, Valid(book, entry.Node, facility))),
        ];
    }

    private Exposures(World world, ModelFacility facility, long now, List<Exposed> limits) =>
        (_world, _facility, _now, _limits) = (world, facility, now, limits);

    /// <summary>The limits above a facility that is not there yet.</summary>
    public static Exposures BeforeOpening(World world, ModelFacility facility, long now)
    {
        var book = new Book(world, facility.Key.Tenant, now);
        List<Exposed> limits = [.. Graph.Path(world, facility).Ordered.Select(entry => entry.Key).Select(key => new Exposed(world.Nodes[key], 0, Valid(book, world.Nodes[key], facility)))];
        return new Exposures(world, facility, now, [new Exposed(facility, 0, 0), .. limits]);
    }

    private static BigInteger? Valid(Book book, ModelNode node, ModelFacility facility) =>
        book.RateGaps(node, facility.Currency) is (false, false) ? book.Exposure(node) : null;

    /// <summary>The limits whose exposure has risen since by this facility, with their exposures then and now.</summary>
    public IEnumerable<(ModelNode Node, BigInteger? Before, BigInteger? After)> Risen()
    {
        foreach (Exposed now in new Exposures(_world, _facility, _now)._limits)
        {
            Exposed? before = _limits.Find(each => each.Node == now.Node);
            if (now.Added > (before?.Added ?? 0)) yield return (now.Node, before?.Exposure, now.Exposure);
        }
    }

    /// <summary>The limits whose exposure has risen since and which are now above their ceiling. One that lacks a valid rate is not listed.</summary>
    public List<FailingLimit> Excess()
    {
        List<FailingLimit> excess = [];
        foreach ((ModelNode node, _, BigInteger? after) in Risen())
        {
            BigInteger limit = node.Ceiling.InForceAt(_now);
            if (after > limit) excess.Add(new FailingLimit(node.Key, LimitKind.Node, Exact.ToLong(limit), Exact.Headroom(limit, after.Value), 0));
        }
        return excess;
    }
}
