using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;

namespace CreditGrains.Simulation.Workload;

/// <summary>
/// A small world laid out by a seed: tenants, entities, a graph with diamonds and co-lending shares, facilities, rates. What it
/// lays out is a list of control commands, parents first.
/// </summary>
internal sealed class WorldPlan
{
    private const int WholePpm = 1_000_000;

    private static readonly NodeKind[] Kinds =
    [
        NodeKind.Borrower, NodeKind.Borrower, NodeKind.Enterprise, NodeKind.ObligorGroup, NodeKind.Product, NodeKind.Industry,
        NodeKind.Region, NodeKind.Funder, NodeKind.Portfolio, NodeKind.Pool,
    ];

    private static readonly ushort[] CurrencyCodes = [978, 840, 392, 414, 156, 826];

    private readonly Dice _dice;
    private readonly Dictionary<ushort, List<NodeKey>> _nodes = [];
    private readonly Dictionary<ushort, List<NodeKey>> _facilities = [];
    private readonly bool _isDeep;
    private long _nextId = 1;

    public WorldPlan(Dice dice, long start)
    {
        _dice = dice;
        Start = start;
        Tenants = dice.Percent(50) ? [1] : [1, 2];
        LegalEntities = [.. Enumerable.Range(1, 1 + dice.Below(3)).Select(each => (ushort)each)];
        _isDeep = dice.Percent(12);
        int currencies = 1 + dice.Below(4);
        Currencies = [.. CurrencyCodes.Take(currencies).Select(code => new Currency(code))];
        Loans = new LoanPlan(dice.Fork(), LoanPlan.DateOf((int)(start / 86_400_000_000)));
        Setup = [.. Tenants.SelectMany(LayOut), .. Tenants.SelectMany(Dates)];
    }

    public long Start { get; }

    public IReadOnlyList<ushort> Tenants { get; }

    public IReadOnlyList<ushort> LegalEntities { get; }

    public IReadOnlyList<Currency> Currencies { get; }

    /// <summary>The loans that drawdowns may ask for.</summary>
    public LoanPlan Loans { get; }

    /// <summary>The commands that set the world up, in order.</summary>
    public IReadOnlyList<ControlCommand> Setup { get; }

    /// <summary>Keys of nodes planned or opened since, oldest first.</summary>
    public IReadOnlyList<NodeKey> Nodes(ushort tenant) => _nodes[tenant];

    /// <summary>Keys of facilities planned or opened since, oldest first.</summary>
    public IReadOnlyList<NodeKey> Facilities(ushort tenant) => _facilities[tenant];

    public OpenNode NewNode(ushort tenant)
    {
        List<NodeKey> known = _nodes[tenant];
        List<ParentShare> parents = _isDeep && known.Count > 0 ? [Share(known[^1])] : PickParents(known, _dice.Weighted([3, 5, 3, 1]));
        var key = new NodeKey(_nextId++, tenant, _dice.Pick(LegalEntities), _dice.Pick(Kinds));
        ExposureBasis basis = NewBasis();
        long limit = _dice.Percent(15) ? 1L << 60 : _dice.Between(5_000, 150_000) * (basis.Measure >= ExposureMeasure.Committed ? 12 : 1);
        known.Add(key);
        return new OpenNode(key, _dice.PickEarly(Currencies), limit, basis, parents);
    }

    public OpenFacility NewFacility(ushort tenant)
    {
        List<ParentShare> parents = PickParents([.. _nodes[tenant].Where(key => key.Kind != NodeKind.Pool || _dice.Percent(30))], 1 + _dice.Weighted([5, 4, 2, 1]));
        if (parents.Count == 0) parents = [new ParentShare(_dice.Pick(_nodes[tenant]))];
        var key = NodeKey.Facility(tenant, _dice.Pick(LegalEntities), _nextId++);
        ExposureBasis basis = _dice.Percent(60) ? default : NewBasis();
        long opening = _dice.Percent(25) ? _dice.Between(1, 3_000) : 0;
        _facilities[tenant].Add(key);
        return new OpenFacility(key, _dice.PickEarly(Currencies), _dice.Between(500, 20_000), basis, _dice.Percent(25), opening, parents);
    }

    /// <summary>A rate of plausible size with awkward digits.</summary>
    public SetFxRate NewRate(ushort tenant, Currency from, Currency to, long validUntil)
    {
        long nano = (from.Numeric == 392, to.Numeric == 392) switch
        {
            (true, false) => _dice.Between(5_000_000, 9_000_000),
            (false, true) => _dice.Between(110_000_000_000, 200_000_000_000),
            _ => _dice.Between(300_000_000, 3_500_000_000),
        };
        return new SetFxRate(new NodeKey(0, tenant, _dice.Pick(LegalEntities), NodeKind.None), from, to, nano, validUntil);
    }

    /// <summary>A few parents to link to: whole, co-lending 80 to 20, or an odd share.</summary>
    public ParentShare Share(NodeKey parent) => new(parent, _dice.Weighted([6, 2, 2, 1, 1]) switch
    {
        0 => WholePpm,
        1 => 800_000,
        2 => 200_000,
        3 => (int)_dice.Between(1, WholePpm),
        _ => 1,
    });

    private IEnumerable<ControlCommand> LayOut(ushort tenant)
    {
        _nodes[tenant] = [];
        _facilities[tenant] = [];
        List<ControlCommand> commands = [];
        int nodes = tenant != 1 ? 2 + _dice.Below(4) : _isDeep ? 14 + _dice.Below(5) : 3 + _dice.Below(_dice.Percent(20) ? 22 : 9);
        int facilities = tenant == 1 ? 2 + _dice.Below(11) : 1 + _dice.Below(4);
        for (int i = 0; i < nodes; i++) commands.Add(NewNode(tenant));
        foreach (ushort entity in LegalEntities)
        {
            foreach (Currency from in Currencies)
            {
                foreach (Currency to in Currencies.Where(to => to != from && !_dice.Percent(4)))
                {
                    SetFxRate rate = NewRate(tenant, from, to, Start + _dice.Between(1, 90) * 24 * 3_600_000_000);
                    commands.Add(rate with { Key = rate.Key with { LegalEntity = entity } });
                }
            }
        }
        for (int i = 0; i < facilities; i++) commands.Add(NewFacility(tenant));
        commands.AddRange(Rules(tenant));
        return commands;
    }

    // A few limits of the finer kinds from the start.
    // Loans need a business date; one legal entity may lack it.
    private IEnumerable<ControlCommand> Dates(ushort tenant) => LegalEntities.Where(_ => !_dice.Percent(10))
        .Select(entity => new AdvanceBusinessDate(new NodeKey(0, tenant, entity, NodeKind.None), (int)(Start / 86_400_000_000)));

    private IEnumerable<ControlCommand> Rules(ushort tenant)
    {
        foreach (NodeKey facility in _facilities[tenant])
        {
            if (_dice.Percent(35)) yield return new SetSubLimit(facility, (Channel)_dice.Below(4), 0, 9_999, _dice.Between(0, 1_500));
            if (_dice.Percent(25)) yield return new SetVelocityLimit(facility, _dice.Pick<int>([10, 600, 86_400]), _dice.Between(50, 4_000), _dice.Percent(50) ? -1 : _dice.Below(6));
            if (_dice.Percent(25)) yield return new SetReviewThreshold(facility, _dice.Between(50, 1_200));
        }
        NodeKey node = _dice.Pick(_nodes[tenant]);
        if (_dice.Percent(40)) yield return new SetVelocityLimit(node, 3_600, _dice.Between(100, 20_000), -1);
        if (_dice.Percent(40)) yield return new SetReviewThreshold(node, _dice.Between(100, 3_000));
    }

    private List<ParentShare> PickParents(List<NodeKey> known, int count)
    {
        if (known.Count == 0) return [];
        if (count >= 2 && known.Count >= 2 && _dice.Percent(30))
        {
            NodeKey first = _dice.Pick(known);
            NodeKey second = _dice.Pick(known);
            if (first != second) return [new ParentShare(first, 800_000), new ParentShare(second, 200_000)];
        }
        return [.. Enumerable.Range(0, count).Select(_ => _dice.PickLate(known)).Distinct().Select(Share)];
    }

    private ExposureBasis NewBasis()
    {
        bool keeps = _dice.Percent(20);
        return _dice.Weighted([10, 3, 3, 4]) switch
        {
            0 => new ExposureBasis(ExposureMeasure.DrawnAndHeld, keeps, 0),
            1 => new ExposureBasis(ExposureMeasure.PrincipalAndHeld, keeps, 0),
            2 => new ExposureBasis(ExposureMeasure.Committed, keeps, 0),
            _ => new ExposureBasis(ExposureMeasure.DrawnPlusUndrawnFactor, keeps, (int)_dice.Between(0, WholePpm)),
        };
    }
}
