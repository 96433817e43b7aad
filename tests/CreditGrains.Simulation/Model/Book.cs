using System.Numerics;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;

namespace CreditGrains.Simulation.Model;

/// <summary>Exposures of one tenant at one moment, summed from its facilities at every question. Lives for one decision.</summary>
internal sealed class Book
{
    private readonly World _world;
    private readonly long _now;
    private readonly List<(ModelFacility Facility, SharePath Path)> _facilities;

    public Book(World world, ushort tenant, long now)
    {
        _world = world;
        _now = now;
        _facilities = [.. world.Facilities(tenant).Select(facility => (facility, facility.CountedPath ?? Graph.Path(world, facility)))];
    }

    /// <summary>The path in which a facility counts.</summary>
    public SharePath PathOf(ModelFacility facility) =>
        _facilities.Find(entry => entry.Facility == facility).Path;

    /// <summary>The nodes of a facility's path, in order, each with its share.</summary>
    public IEnumerable<(ModelNode Node, BigInteger Share)> NodesOf(ModelFacility facility) =>
        PathOf(facility).Ordered.Select(entry => (_world.Nodes[entry.Key], (BigInteger)entry.SharePpm));

    public long FacilityCount(ModelNode node) => _facilities.Count(entry => entry.Path.Contains(node.Key));

    /// <summary>A facility's contribution before share: docs/rules.md "What a node counts".</summary>
    public static BigInteger Contribution(ExposureBasis basis, ModelFacility facility, BigInteger extraHeld)
    {
        Purse purse = facility.Purse;
        BigInteger limit = facility.Ceiling.Counted;
        BigInteger used = purse.Principal + purse.Held + extraHeld;
        if (basis.KeepsRepaid) used += purse.Released;
        if (basis.Measure != ExposureMeasure.PrincipalAndHeld) used += purse.Interest + purse.Fees;
        return basis.Measure switch
        {
            ExposureMeasure.Committed => BigInteger.Max(limit, used),
            ExposureMeasure.DrawnPlusUndrawnFactor =>
                used + Exact.CeilDiv(basis.UndrawnFactorPpm * BigInteger.Max(0, limit - used), Exact.Million),
            _ => used,
        };
    }

    /// <summary>A facility's exposure on itself.</summary>
    public static BigInteger Own(ModelFacility facility, BigInteger extraHeld) =>
        Contribution(facility.Basis, facility, extraHeld) - (facility.CreditAddsHeadroom ? facility.Purse.Credit : 0);

    /// <summary>Exact sums by currency, in minor units times parts per million, with an amount more held on one facility.</summary>
    public Dictionary<Currency, BigInteger> Sums(ModelNode node, ModelFacility? subject, BigInteger extraHeld)
    {
        var sums = new Dictionary<Currency, BigInteger>();
        foreach ((ModelFacility facility, SharePath path) in _facilities)
        {
            long share = path.ShareIn(node.Key);
            if (share == 0) continue;
            BigInteger contribution = Contribution(node.Basis, facility, facility == subject ? extraHeld : 0);
            if (contribution.IsZero) continue;
            sums[facility.Currency] = sums.GetValueOrDefault(facility.Currency) + contribution * share;
        }
        return sums;
    }

    /// <summary>A node's exposure in its currency; null when a rate is missing. A stale rate serves.</summary>
    public BigInteger? Exposure(ModelNode node, ModelFacility? subject = null, BigInteger extraHeld = default)
    {
        BigInteger total = 0;
        foreach ((Currency currency, BigInteger sum) in Sums(node, subject, extraHeld))
        {
            BigInteger? converted = Convert(node, currency, sum);
            if (converted is null) return null;
            total += converted.Value;
        }
        return total;
    }

    /// <summary>An amount times ppm in the node's currency, rounded up; null when the rate is missing.</summary>
    public BigInteger? Convert(ModelNode node, Currency from, BigInteger amountPpm)
    {
        if (from == node.Currency) return Exact.CeilDiv(amountPpm, Exact.Million);
        return RateOf(node, from) is { } rate
            ? Exact.ConvertPpm(amountPpm, rate.Nano, Exact.DigitsOf(from), Exact.DigitsOf(node.Currency))
            : null;
    }

    /// <summary>Whether a rate the node needs is missing, then whether one is stale, for its exposure and a request's currency.</summary>
    public (bool IsMissing, bool IsStale) RateGaps(ModelNode node, Currency requested)
    {
        HashSet<Currency> needed = [requested, .. Sums(node, null, 0).Keys];
        needed.Remove(node.Currency);
        bool isMissing = needed.Any(currency => RateOf(node, currency) is null);
        bool isStale = needed.Any(currency => RateOf(node, currency) is { } rate && rate.ValidUntil < _now);
        return (isMissing, isStale);
    }

    private ModelRate? RateOf(ModelNode node, Currency from) =>
        _world.Rates.GetValueOrDefault((node.Key.Tenant, node.Key.LegalEntity, from, node.Currency));
}
