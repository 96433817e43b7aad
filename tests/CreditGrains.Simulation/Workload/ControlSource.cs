using System.Numerics;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Simulation.Model;

namespace CreditGrains.Simulation.Workload;

/// <summary>Makes control commands: limits near what is used, links that make diamonds and try cycles, states that go back and forth.</summary>
internal sealed class ControlSource(Dice dice, WorldPlan plan, World world)
{
    private static readonly int[] Windows = [1, 7, 60, 600, 3_600, 86_400, 30 * 86_400];
    private readonly Amounts _amounts = new(dice, world);

    public ControlCommand Make(CommandKind kind, ushort tenant, long now) => kind switch
    {
        CommandKind.OpenNode => dice.Percent(15) ? Again(tenant) : plan.NewNode(tenant),
        CommandKind.OpenFacility => OpenFacility(tenant),
        CommandKind.LinkNode => new LinkNode(SomeKey(tenant), plan.Share(SomeParent(tenant))),
        CommandKind.UnlinkNode => Unlink(tenant),
        CommandKind.MoveFacility => Move(tenant),
        CommandKind.SetLimit => SetLimit(tenant, now),
        CommandKind.SetSubLimit => SubLimit(tenant),
        CommandKind.SetVelocityLimit => Velocity(tenant),
        CommandKind.SetReviewThreshold => new SetReviewThreshold(SomeKey(tenant), dice.Percent(35) ? -1 : dice.Between(0, 6_000)),
        CommandKind.Freeze => new Freeze(SomeKey(tenant)),
        CommandKind.Unfreeze => new Unfreeze(FrozenKey(tenant)),
        CommandKind.Close => new Close(SomeKey(tenant)),
        CommandKind.SetFxRate => Rate(tenant, now),
        CommandKind.AdvanceBusinessDate => Advance(tenant, now),
        CommandKind.ActivateFeatures => new ActivateFeatures(new NodeKey(0, tenant, dice.Pick(plan.LegalEntities), NodeKind.None), dice.Pick(Catalogues.Sound)),
        CommandKind.ReportBankDebt => Debt(tenant),
        _ => new TransferToPool(dice.Pick(plan.Facilities(tenant)), dice.Percent(25) ? default : SomePool(tenant)),
    };

    private ReportBankDebt Debt(ushort tenant)
    {
        List<NodeKey> borrowers = [.. plan.Nodes(tenant).Where(key => key.Kind == NodeKind.Borrower)];
        NodeKey borrower = borrowers.Count == 0 || dice.Percent(3) ? new NodeKey(700_002, tenant, 1, NodeKind.Borrower) : dice.Pick(borrowers);
        long total = dice.Percent(20) ? 0 : dice.Between(1, 5_000);
        return new ReportBankDebt(borrower, total, dice.Percent(5) ? total + 1 : dice.Between(0, total / (dice.Percent(50) ? 4 : 6)));
    }

    // From a day to a few months, so that loans fall due and grow late.
    private AdvanceBusinessDate Advance(ushort tenant, long now)
    {
        var entity = new NodeKey(0, tenant, dice.Pick(plan.LegalEntities), NodeKind.None);
        int today = world.BusinessDays.TryGetValue((tenant, entity.LegalEntity), out int day) ? day : (int)(now / 86_400_000_000);
        return new AdvanceBusinessDate(entity, today + dice.Weighted([1, 6, 6, 2]) switch { 0 => -dice.Below(2), 1 => dice.Below(4), 2 => (int)dice.Between(5, 40), _ => (int)dice.Between(20, 130) });
    }

    private NodeKey SomeKey(ushort tenant)
    {
        if (dice.Percent(2)) return new NodeKey(700_000, tenant, 1, dice.Percent(50) ? NodeKind.Facility : NodeKind.Region);
        return dice.Percent(55) ? dice.PickEarly(plan.Facilities(tenant)) : dice.Pick(plan.Nodes(tenant));
    }

    private NodeKey SomeParent(ushort tenant) => dice.Weighted([40, 1, 1]) switch
    {
        0 => dice.Pick(plan.Nodes(tenant)),
        1 => dice.Pick(plan.Facilities(tenant)),
        _ => dice.Pick(plan.Nodes(dice.Pick(plan.Tenants))),
    };

    private NodeKey SomePool(ushort tenant)
    {
        List<NodeKey> pools = [.. plan.Nodes(tenant).Where(key => key.Kind == NodeKind.Pool)];
        return pools.Count == 0 ? new NodeKey(800_000, tenant, 1, NodeKind.Pool) : dice.Pick(pools);
    }

    private NodeKey FrozenKey(ushort tenant)
    {
        List<NodeKey> frozen = [.. world.Nodes.Values.Where(node => node.Key.Tenant == tenant && node.Status == Engine.Queries.NodeStatus.Frozen).Select(node => node.Key)];
        return frozen.Count == 0 || dice.Percent(5) ? SomeKey(tenant) : dice.Pick(frozen);
    }

    // The same node again, with the same terms or others.
    private OpenNode Again(ushort tenant)
    {
        List<ModelNode> known = [.. world.Nodes.Values.Where(node => node is not ModelFacility && node.Key.Tenant == tenant)];
        if (known.Count == 0) return plan.NewNode(tenant);
        ModelNode node = dice.Pick(known);
        long limit = Exact.ToLong(node.Ceiling.Counted) - (dice.Percent(50) ? 1 : 0);
        return new OpenNode(node.Key, node.Currency, Math.Max(0, limit), node.Basis, [.. node.Parents]);
    }

    private OpenFacility OpenFacility(ushort tenant)
    {
        OpenFacility open = plan.NewFacility(tenant);
        return dice.Weighted([16, 1, 1, 1, 1]) switch
        {
            1 => open with { Key = dice.Pick(plan.Facilities(tenant)) },
            2 => open with { Parents = [] },
            3 => open with { Parents = [.. open.Parents, new ParentShare(new NodeKey(700_001, tenant, 1, NodeKind.Funder))] },
            4 => open with { Parents = [.. plan.Nodes(tenant).TakeLast(9).Select(plan.Share)] },
            _ => open,
        };
    }

    private UnlinkNode Unlink(ushort tenant)
    {
        NodeKey key = SomeKey(tenant);
        return new UnlinkNode(key, ParentOf(key) ?? SomeParent(tenant));
    }

    private MoveFacility Move(ushort tenant)
    {
        NodeKey key = SomeKey(tenant);
        return new MoveFacility(key, ParentOf(key) ?? dice.Pick(plan.Nodes(tenant)), plan.Share(SomeParent(tenant)));
    }

    private NodeKey? ParentOf(NodeKey key) =>
        world.Node(key) is { Parents.Count: > 0 } node && !dice.Percent(8) ? dice.Pick(node.Parents).Parent : null;

    private SetLimit SetLimit(ushort tenant, long now)
    {
        if (dice.Percent(60) && Relief(tenant, now) is { } relief) return relief;
        NodeKey key = SomeKey(tenant);
        BigInteger used = world.Node(key) is { } node ? UsedOf(node, now) : 1_000;
        long limit = dice.Weighted([3, 4, 2, 1]) switch
        {
            0 => Math.Max(0, _amounts.About(BigInteger.Max(used, 1))),
            1 => Exact.ToLong(BigInteger.Clamp(used, 0, Amounts.Max)) + dice.Between(0, 4_000),
            2 => dice.Between(0, 30_000),
            _ => dice.Percent(50) ? Amounts.Max : 0,
        };
        limit = Math.Min(limit, Amounts.Max);
        long from = dice.Percent(50) ? 0 : now + dice.Between(-5_000_000, 4L * 3_600_000_000);
        long until = dice.Percent(60) ? 0 : Math.Max(from, now) + dice.Between(1, 12L * 3_600_000_000);
        return new SetLimit(key, limit, from, until);
    }

    // Raises a limit that nothing passes any more, so that the world goes on.
    private SetLimit? Relief(ushort tenant, long now)
    {
        List<(ModelNode Node, BigInteger Used)> tight = [.. world.Nodes.Values.Where(node => node.Key.Tenant == tenant)
            .Select(node => (node, UsedOf(node, now))).Where(entry => entry.Item2 + 50 > entry.node.Ceiling.InForceAt(now) && entry.Item2 < Amounts.Max / 4)];
        if (tight.Count == 0) return null;
        (ModelNode chosen, BigInteger exposure) = dice.Pick(tight);
        BigInteger room = BigInteger.Max(2_000, exposure / 2);
        return new SetLimit(chosen.Key, Exact.ToLong(BigInteger.Max(0, exposure) + dice.Between(200, Exact.ToLong(room))));
    }

    private BigInteger UsedOf(ModelNode node, long now) => node is ModelFacility facility
        ? Book.Own(facility, 0)
        : new Book(world, node.Key.Tenant, now).Exposure(node) ?? 1_000;

    private SetSubLimit SubLimit(ushort tenant)
    {
        NodeKey key = dice.Percent(97) ? dice.PickEarly(plan.Facilities(tenant)) : NodeKey.Facility(tenant, 1, 700_000);
        (ushort from, ushort to) = dice.Pick<(ushort, ushort)>([(0, 9_999), (5_000, 5_999), (6_011, 6_011), (0, 4_999), (7_995, 9_999)]);
        long limit = dice.Percent(15) ? -1 : dice.Between(0, 2_500);
        return new SetSubLimit(key, (Channel)dice.Below(7), from, to, limit);
    }

    private SetVelocityLimit Velocity(ushort tenant)
    {
        NodeKey key = SomeKey(tenant);
        if (dice.Percent(12)) return new SetVelocityLimit(key, dice.Pick(Windows), -1, -1);
        long amount = dice.Percent(70) ? dice.Between(0, 9_000) : -1;
        int count = amount < 0 || dice.Percent(40) ? dice.Below(12) : -1;
        return new SetVelocityLimit(key, dice.Pick(Windows), amount, count);
    }

    private SetFxRate Rate(ushort tenant, long now)
    {
        if (plan.Currencies.Count < 2) return plan.NewRate(tenant, plan.Currencies[0], new Domain.Money.Currency(156), now);
        var from = dice.Pick(plan.Currencies);
        var to = dice.Pick([.. plan.Currencies.Where(currency => currency != from)]);
        return plan.NewRate(tenant, from, to, now + dice.Between(dice.Percent(10) ? -10_000_000 : 0, 900L * 3_600_000_000));
    }
}
