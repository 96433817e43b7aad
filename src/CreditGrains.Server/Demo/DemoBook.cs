using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;

namespace CreditGrains.Server.Demo;

/// <summary>
/// A small bank: consumers with cards, two enterprises of one group with overdrafts, a co-lent term loan. Every kind of
/// limit is in it, each in somebody's way.
/// </summary>
internal static class DemoBook
{
    private const ushort Tenant = 1;
    private const ushort LegalEntity = 1;
    private const int DaySeconds = 86_400;

    /// <summary>2100-01-01, so that the book is the same whenever it is seeded.</summary>
    private const long FarMicros = 4_102_444_800_000_000;

    private static readonly Currency Eur = Currency.Parse("EUR");
    private static readonly Currency Usd = Currency.Parse("USD");
    private static readonly ExposureBasis Usual = new(ExposureMeasure.DrawnAndHeld, false, 0);
    private static readonly ExposureBasis Committed = new(ExposureMeasure.Committed, false, 0);
    private static readonly ExposureBasis OneOff = new(ExposureMeasure.DrawnAndHeld, true, 0);

    private static readonly NodeKey Cards = Key(NodeKind.Product, 1);
    private static readonly NodeKey Overdrafts = Key(NodeKind.Product, 2);
    private static readonly NodeKey TermLoans = Key(NodeKind.Product, 3);
    private static readonly NodeKey Foods = Key(NodeKind.Enterprise, 10);
    private static readonly NodeKey Logistics = Key(NodeKind.Enterprise, 11);
    private static readonly NodeKey Group = Key(NodeKind.ObligorGroup, 20);
    private static readonly NodeKey FoodIndustry = Key(NodeKind.Industry, 30);
    private static readonly NodeKey North = Key(NodeKind.Region, 40);
    private static readonly NodeKey Funder = Key(NodeKind.Funder, 50);

    /// <summary>The commands in order.</summary>
    public static IReadOnlyList<ControlCommand> Commands() => [.. Nodes(), .. Consumers(), .. Companies()];

    private static IEnumerable<ControlCommand> Nodes() =>
    [
        Node(Cards, 50_000_00, Usual),
        Node(Overdrafts, 4_000_000_00, Committed),
        Node(TermLoans, 2_000_000_00, Usual),
        Node(Group, 1_500_000_00, Usual),
        Node(FoodIndustry, 1_200_000_00, Usual),
        Node(North, Command.AmountMax, Usual),
        Node(Funder, 300_000_00, OneOff),
        Node(Foods, 900_000_00, Usual, Group, FoodIndustry),
        Node(Logistics, 600_000_00, Usual, Group),
        new SetFxRate(new NodeKey(0, Tenant, LegalEntity, NodeKind.None), Usd, Eur, 920_000_000, FarMicros),
    ];

    /// <summary>Cards: a cash sub-limit and velocity limits, one nearly used up, one frozen, one raised for a time.</summary>
    private static IEnumerable<ControlCommand> Consumers()
    {
        for (var i = 0; i < 4; i++) yield return Node(Key(NodeKind.Borrower, 100 + i), 6_000_00, Usual, North);
        yield return Facility(1001, Eur, 5_000_00, 0, Key(NodeKind.Borrower, 100), Cards);
        yield return new SetSubLimit(Facility(1001), Channel.Cash, 0, 9999, 500_00);
        yield return new SetVelocityLimit(Facility(1001), DaySeconds, 2_000_00, 20);
        yield return new SetReviewThreshold(Facility(1001), 1_500_00);
        yield return Facility(1002, Eur, 300_00, 250_00, Key(NodeKind.Borrower, 101), Cards);
        yield return Facility(1003, Eur, 2_000_00, 0, Key(NodeKind.Borrower, 102), Cards);
        yield return new Freeze(Facility(1003));
        yield return Facility(1004, Eur, 1_000_00, 400_00, Key(NodeKind.Borrower, 103), Cards);
        yield return new SetLimit(Facility(1004), 3_000_00, 0, FarMicros);
    }

    /// <summary>Overdrafts, one in dollars and one larger than its enterprise's limit; a term loan a funder bears 40 % of.</summary>
    private static IEnumerable<ControlCommand> Companies()
    {
        yield return Node(Key(NodeKind.Borrower, 110), Command.AmountMax, Usual, Foods);
        yield return Node(Key(NodeKind.Borrower, 111), Command.AmountMax, Usual, Foods, North);
        yield return Node(Key(NodeKind.Borrower, 112), Command.AmountMax, Usual, Logistics);
        yield return Facility(2001, Eur, 250_000_00, 40_000_00, Key(NodeKind.Borrower, 110), Overdrafts);
        yield return new SetReviewThreshold(Facility(2001), 100_000_00);
        yield return Facility(2002, Usd, 400_000_00, 150_000_00, Key(NodeKind.Borrower, 111), Overdrafts);
        yield return Facility(2003, Eur, 1_000_000_00, 0, Key(NodeKind.Borrower, 112), Overdrafts);
        yield return new OpenFacility(
            Facility(3001), Eur, 500_000_00, OneOff, false, 320_000_00,
            [new ParentShare(Key(NodeKind.Borrower, 110)), new ParentShare(TermLoans), new ParentShare(Funder, 400_000)]);
    }

    private static NodeKey Key(NodeKind kind, long id) => new(id, Tenant, LegalEntity, kind);

    private static NodeKey Facility(long id) => NodeKey.Facility(Tenant, LegalEntity, id);

    private static OpenNode Node(NodeKey key, long limit, ExposureBasis basis, params NodeKey[] parents) =>
        new(key, Eur, limit, basis, [.. parents.Select(parent => new ParentShare(parent))]);

    private static OpenFacility Facility(long id, Currency currency, long limit, long principal, params NodeKey[] parents) =>
        new(Facility(id), currency, limit, Usual, true, principal, [.. parents.Select(parent => new ParentShare(parent))]);
}
