using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;

namespace CreditGrains.Cli.Generating;

/// <summary>
/// A synthetic portfolio of any size: one portfolio in EUR, products, industries, regions, obligor groups, enterprises,
/// borrowers (a quarter as many as facilities) and facilities in five currencies, with heavy-tailed limits. The same
/// numbers give the same commands; they are made one by one, in an order in which each parent comes before its children.
/// </summary>
internal sealed class PortfolioPlan(long facilityCount, ulong seed, ushort tenant)
{
    private const ushort LegalEntity = 1;
    private const int ProductCount = 12;
    private const int IndustryCount = 20;
    private const int RegionCount = 8;
    private const long RatesValidUntilMicros = 4_102_444_799L * 1_000_000;
    private const long FacilityMeanMajor = 6_000;
    private static readonly Currency Eur = Currency.Parse("EUR");

    // Code, billionths of EUR for one, weight in a hundred. The rates are made up once and for all.
    private static readonly (Currency Currency, long RateNano, int Weight)[] Currencies =
    [
        (Eur, FxConversion.RateUnit, 60),
        (Currency.Parse("USD"), 920_000_000, 20),
        (Currency.Parse("GBP"), 1_170_000_000, 10),
        (Currency.Parse("JPY"), 6_200_000, 5),
        (Currency.Parse("CNY"), 128_000_000, 5),
    ];

    private readonly long borrowerCount = Math.Max(1, facilityCount / 4);

    /// <summary>Name of the portfolio: what its import is named by.</summary>
    public string Name { get; } = FormattableString.Invariant($"creditgrains synthetic portfolio 1: {facilityCount} facilities, seed {seed}, tenant {tenant}");

    private long EnterpriseCount => Math.Max(1, borrowerCount / 50);

    private long GroupCount => Math.Max(1, EnterpriseCount / 10);

    /// <summary>Commands in all.</summary>
    public long CommandCount =>
        (Currencies.Length - 1) + 1 + ProductCount + IndustryCount + RegionCount + GroupCount + EnterpriseCount + borrowerCount + facilityCount;

    /// <summary>Rates, then nodes from the top down, then each borrower with its facilities.</summary>
    public IEnumerable<ControlCommand> Commands()
    {
        foreach (var (currency, rateNano, _) in Currencies.Skip(1))
            yield return new SetFxRate(new NodeKey(0, tenant, LegalEntity, NodeKind.None), currency, Eur, rateNano, RatesValidUntilMicros);
        var portfolio = Key(NodeKind.Portfolio, 1);
        yield return Node(portfolio, Total(3));
        for (var id = 1; id <= ProductCount; id++) yield return Node(Key(NodeKind.Product, id), Total(2) / ProductCount * (1 + (id % 3)), portfolio);
        for (var id = 1; id <= IndustryCount; id++) yield return Node(Key(NodeKind.Industry, id), Total(2) / IndustryCount);
        for (var id = 1; id <= RegionCount; id++) yield return Node(Key(NodeKind.Region, id), Total(3) / RegionCount);
        for (var id = 1L; id <= GroupCount; id++) yield return Node(Key(NodeKind.ObligorGroup, id), Limit(NodeKind.ObligorGroup, id, 2_000_000, 9));
        for (var id = 1L; id <= EnterpriseCount; id++) yield return Enterprise(id);
        for (var id = 1L; id <= borrowerCount; id++)
        {
            yield return Borrower(id);
            for (var facility = FirstFacilityOf(id); facility < FirstFacilityOf(id + 1); facility++) yield return Facility(facility, id);
        }
    }

    private long FirstFacilityOf(long borrower) => (long)((Int128)(borrower - 1) * facilityCount / borrowerCount) + 1;

    private OpenNode Enterprise(long id)
    {
        var draw = Draw(NodeKind.Enterprise, id);
        var industry = Key(NodeKind.Industry, 1 + draw.Below(1, IndustryCount));
        var limit = Limit(NodeKind.Enterprise, id, 400_000, 9);
        return draw.Below(2, 10) < 6
            ? Node(Key(NodeKind.Enterprise, id), limit, industry, Key(NodeKind.ObligorGroup, 1 + draw.Below(3, GroupCount)))
            : Node(Key(NodeKind.Enterprise, id), limit, industry);
    }

    /// <summary>Four in ten belong to an enterprise; all to a region.</summary>
    private OpenNode Borrower(long id)
    {
        var draw = Draw(NodeKind.Borrower, id);
        var region = Key(NodeKind.Region, 1 + draw.Below(1, RegionCount));
        var limit = Limit(NodeKind.Borrower, id, 8_000, 12);
        return draw.Below(2, 10) < 4
            ? Node(Key(NodeKind.Borrower, id), limit, region, Key(NodeKind.Enterprise, 1 + draw.Below(3, EnterpriseCount)))
            : Node(Key(NodeKind.Borrower, id), limit, region);
    }

    private OpenFacility Facility(long id, long borrower)
    {
        var draw = Draw(NodeKind.Facility, id);
        var (currency, rateNano, _) = CurrencyOf(draw.Below(1, 100));
        var limit = InCurrency(500 * draw.Eighths(2, 12) / 8, rateNano) * MinorPerMajor(currency);
        // A third is unused; of the rest most is used a little.
        var used = draw.Below(3, 3) == 0 ? 0 : draw.Below(4, 900) * draw.Below(5, 1_000) / 1_000;
        var product = Key(NodeKind.Product, 1 + draw.Below(6, ProductCount));
        return new OpenFacility(
            Key(NodeKind.Facility, id), currency, limit, default, CreditAddsHeadroom: draw.Below(7, 4) == 0, limit * used / 1_000,
            [new ParentShare(Key(NodeKind.Borrower, borrower)), new ParentShare(product)]);
    }

    private static (Currency Currency, long RateNano, int Weight) CurrencyOf(long hundredth)
    {
        var edge = 0L;
        foreach (var entry in Currencies)
        {
            edge += entry.Weight;
            if (hundredth < edge) return entry;
        }

        return Currencies[0];
    }

    /// <summary>The whole book's expected limits in EUR minor units, times a factor; never beyond what a limit may be.</summary>
    private long Total(int factor) =>
        (long)Int128.Min(Command.AmountMax - 1, Int128.Max(1_000_000, (Int128)facilityCount * FacilityMeanMajor * factor * 100));

    private long Limit(NodeKind kind, long id, long baseMajor, int doublingsMax) => baseMajor * Draw(kind, id).Eighths(0, doublingsMax) / 8 * 100;

    private static long InCurrency(long eurMajor, long rateNano) => Math.Max(1, eurMajor * FxConversion.RateUnit / rateNano / 10 * 10);

    private static long MinorPerMajor(Currency currency) => currency.MinorUnitDigits == 0 ? 1 : 100;

    private SeededDraw Draw(NodeKind kind, long id) => new(seed, (ulong)kind, id);

    private NodeKey Key(NodeKind kind, long id) => new(id, tenant, LegalEntity, kind);

    private static OpenNode Node(NodeKey key, long limit, params NodeKey[] parents) =>
        new(key, Eur, limit, default, [.. parents.Select(parent => new ParentShare(parent))]);
}
