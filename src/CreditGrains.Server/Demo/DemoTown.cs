using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Draws;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;

namespace CreditGrains.Server.Demo;

/// <summary>
/// A larger book beside the demo portfolio, for traffic to act on: cards of six hundred consumers in six regions, and lines of companies in groups and industries, under funders and a portfolio.
/// The same whenever it is made.
/// </summary>
internal static class DemoTown
{
    /// <summary>Its session; the demo portfolio has another.</summary>
    internal const ulong Session = 0xDE_3000_0000_0002;

    private const ushort Tenant = 1;
    private const ushort LegalEntity = 1;
    private const int Consumers = 600;
    private const int Enterprises = 24;
    private const int Groups = 6;
    private const int Regions = 6;
    private const int Industries = 5;
    private const int LinesOfEnterprise = 3;
    private const int DaySeconds = 86_400;
    private static readonly Currency Eur = Currency.Parse("EUR");
    private static readonly ExposureBasis Usual = new(ExposureMeasure.DrawnAndHeld, false, 0);
    private static readonly NodeKey Portfolio = Key(NodeKind.Portfolio, 700);
    private static readonly NodeKey Cards = Key(NodeKind.Product, 101);
    private static readonly NodeKey Instalments = Key(NodeKind.Product, 102);
    private static readonly NodeKey CompanyLines = Key(NodeKind.Product, 103);

    /// <summary>The facilities that traffic acts on: first those of consumers, then those of companies.</summary>
    public static IReadOnlyList<NodeKey> Facilities { get; } =
    [
        .. Enumerable.Range(0, Consumers).Select(i => NodeKey.Facility(Tenant, LegalEntity, 10_001 + i)),
        .. Enumerable.Range(0, Enterprises * LinesOfEnterprise).Select(i => NodeKey.Facility(Tenant, LegalEntity, 20_001 + i)),
    ];

    /// <summary>The commands in order.</summary>
    public static IReadOnlyList<ControlCommand> Commands()
    {
        var draws = new Xoshiro256(0xC0FFEE);
        return [.. Nodes(), .. ConsumerBook(draws), .. CompanyBook(draws)];
    }

    /// <summary>Whether a facility is a consumer's.</summary>
    public static bool IsConsumer(NodeKey facility) => facility.Id < 20_000;

    private static IEnumerable<ControlCommand> Nodes()
    {
        yield return Node(Portfolio, 60_000_000_00);
        yield return Node(Cards, 2_400_000_00, Portfolio);
        yield return Node(Instalments, 1_600_000_00, Portfolio);
        yield return Node(CompanyLines, 45_000_000_00, Portfolio);
        for (var i = 0; i < Regions; i++) yield return Node(Key(NodeKind.Region, 201 + i), 420_000_00 + 90_000_00 * i);
        for (var i = 0; i < Industries; i++) yield return Node(Key(NodeKind.Industry, 301 + i), 7_500_000_00 + 1_500_000_00 * i);
        for (var i = 0; i < 3; i++) yield return Node(Key(NodeKind.Funder, 401 + i), 9_000_000_00 + 4_000_000_00 * i);
        for (var i = 0; i < Groups; i++) yield return Node(Key(NodeKind.ObligorGroup, 501 + i), 5_500_000_00 + 1_000_000_00 * i);
        for (var i = 0; i < Enterprises; i++)
            yield return Node(Key(NodeKind.Enterprise, 601 + i), 1_300_000_00 + 100_000_00 * (i % 7), Key(NodeKind.ObligorGroup, 501 + i % Groups), Key(NodeKind.Industry, 301 + i % Industries));
    }

    private static IEnumerable<ControlCommand> ConsumerBook(Xoshiro256 draws)
    {
        for (var i = 0; i < Consumers; i++)
        {
            var borrower = Key(NodeKind.Borrower, 10_001 + i);
            var limit = (1 + draws.Below(8)) * 1_000_00;
            yield return Node(borrower, limit + 500_00, Key(NodeKind.Region, 201 + i % Regions));
            yield return Open(10_001 + i, limit, limit * draws.Below(70) / 100, borrower, i % 3 == 0 ? Instalments : Cards);
            if (i % 10 == 0) yield return new SetVelocityLimit(NodeKey.Facility(Tenant, LegalEntity, 10_001 + i), DaySeconds, 1_500_00, 12);
            if (i % 15 == 0) yield return new SetSubLimit(NodeKey.Facility(Tenant, LegalEntity, 10_001 + i), Channel.Cash, 0, 9_999, 300_00);
            if (i % 75 == 0) yield return new Freeze(NodeKey.Facility(Tenant, LegalEntity, 10_001 + i));
        }
    }

    private static IEnumerable<ControlCommand> CompanyBook(Xoshiro256 draws)
    {
        for (var i = 0; i < Enterprises; i++)
        {
            var borrower = Key(NodeKind.Borrower, 20_001 + i);
            yield return Node(borrower, Command.AmountMax, Key(NodeKind.Enterprise, 601 + i));
            for (var line = 0; line < LinesOfEnterprise; line++)
            {
                var id = 20_001 + i * LinesOfEnterprise + line;
                var limit = (3 + draws.Below(5)) * 100_000_00;
                yield return new OpenFacility(
                    NodeKey.Facility(Tenant, LegalEntity, id), Eur, limit, Usual, true, limit * (20 + draws.Below(55)) / 100,
                    [new ParentShare(borrower), new ParentShare(CompanyLines), new ParentShare(Key(NodeKind.Funder, 401 + id % 3), 600_000)]);
                if (line == 0) yield return new SetReviewThreshold(NodeKey.Facility(Tenant, LegalEntity, id), limit * 3 / 10);
            }
        }
    }

    private static OpenFacility Open(long id, long limit, long principal, params NodeKey[] parents) =>
        new(NodeKey.Facility(Tenant, LegalEntity, id), Eur, limit, Usual, true, principal, [.. parents.Select(parent => new ParentShare(parent))]);

    private static OpenNode Node(NodeKey key, long limit, params NodeKey[] parents) => new(key, Eur, limit, Usual, [.. parents.Select(parent => new ParentShare(parent))]);

    private static NodeKey Key(NodeKind kind, long id) => new(id, Tenant, LegalEntity, kind);
}
