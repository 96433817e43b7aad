using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;

namespace CreditGrains.Cli.Uci;

/// <summary>
/// The accounts as a book: facility → borrower, and facility → limit band → product → portfolio. A band's limit is the sum of its
/// accounts' limits; so are those of product and portfolio. The data name no limit of the borrower, so it has none of its own.
/// </summary>
internal sealed class UciBook(ushort tenant, IReadOnlyList<UciAccount> accounts, Func<UciAccount, bool>? isScored = null)
{
    /// <summary>Minor units of a New Taiwan dollar (ISO 4217 gives it two digits).</summary>
    public const long MinorPerDollar = 100;

    /// <summary>Upper edges of the bands, inclusive; the last band is open.</summary>
    public static readonly long[] BandEdges = [50_000, 100_000, 200_000, 300_000, 500_000];

    private const ushort LegalEntity = 1;
    private const long FirstBandId = 101;

    public static Currency Currency { get; } = Currency.Parse("TWD");

    /// <summary>The whole.</summary>
    public NodeKey Portfolio { get; } = new(1, tenant, LegalEntity, NodeKind.Portfolio);

    /// <summary>The accounts that are scored, when some are: the scope of models and policy.</summary>
    public NodeKey Scored { get; } = new(201, tenant, LegalEntity, NodeKind.Portfolio);

    /// <summary>Tenant and legal entity of the book.</summary>
    public NodeKey Entity { get; } = new(0, tenant, LegalEntity, NodeKind.None);

    /// <summary>Credit cards.</summary>
    public NodeKey Product { get; } = new(1, tenant, LegalEntity, NodeKind.Product);

    public ushort Tenant { get; } = tenant;

    public NodeKey Facility(UciAccount account) => NodeKey.Facility(Tenant, LegalEntity, account.Id);

    /// <summary>0 to the number of edges.</summary>
    public static int BandOf(long limit)
    {
        var place = Array.FindIndex(BandEdges, edge => limit <= edge);
        return place >= 0 ? place : BandEdges.Length;
    }

    public NodeKey Band(int band) => new(FirstBandId + band, Tenant, LegalEntity, NodeKind.Portfolio);

    /// <summary>What a node stands for, for people.</summary>
    public IEnumerable<(NodeKey Key, string Label)> LabelledNodes()
    {
        yield return (Portfolio, "portfolio");
        yield return (Product, "product credit card");
        for (var band = 0; band <= BandEdges.Length; band++) yield return (Band(band), BandLabel(band));
    }

    /// <summary>The nodes that accounts share, with their limits: portfolio, product, bands.</summary>
    public IEnumerable<(NodeKey Key, long Limit)> SharedNodes()
    {
        var sums = BandSums();
        yield return (Portfolio, sums.Sum());
        yield return (Product, sums.Sum());
        for (var band = 0; band < sums.Length; band++) yield return (Band(band), sums[band]);
    }

    /// <summary>The shared nodes over an account.</summary>
    public IEnumerable<NodeKey> PathOf(UciAccount account) => [Band(BandOf(account.Limit)), Product, Portfolio];

    /// <summary>Nodes, then each borrower with its facility.</summary>
    public IEnumerable<ControlCommand> OpenCommands()
    {
        var sums = BandSums();
        var total = sums.Sum();
        yield return Node(Portfolio, total);
        yield return Node(Product, total, Portfolio);
        for (var band = 0; band < sums.Length; band++) yield return Node(Band(band), sums[band], Product);
        if (isScored is not null) yield return Node(Scored, Command.AmountMax);
        foreach (var account in accounts)
        {
            var borrower = new NodeKey(account.Id, Tenant, LegalEntity, NodeKind.Borrower);
            yield return isScored?.Invoke(account) == true ? Node(borrower, Command.AmountMax, Scored) : Node(borrower, Command.AmountMax);
            yield return Open(account, borrower);
        }
    }

    private long[] BandSums()
    {
        var sums = new long[BandEdges.Length + 1];
        foreach (var account in accounts) sums[BandOf(account.Limit)] += account.Limit * MinorPerDollar;
        return sums;
    }

    /// <summary>
    /// Opened with what the first bill says is owed. A credit may be spent above the limit, as a card issuer lets a customer
    /// spend what was overpaid: so a drawdown passes exactly when the bill after it is within the limit.
    /// </summary>
    private OpenFacility Open(UciAccount account, NodeKey borrower) => new(
        Facility(account), Currency, account.Limit * MinorPerDollar, default, CreditAddsHeadroom: true,
        OpeningPrincipal: Math.Max(0, account.Bills[0]) * MinorPerDollar, [new ParentShare(borrower), new ParentShare(Band(BandOf(account.Limit)))]);

    private static OpenNode Node(NodeKey key, long limit, params NodeKey[] parents) =>
        new(key, Currency, limit, default, [.. parents.Select(parent => new ParentShare(parent))]);

    private static string BandLabel(int band)
    {
        if (band == BandEdges.Length) return FormattableString.Invariant($"limit above {BandEdges[^1]:N0}");
        return band == 0
            ? FormattableString.Invariant($"limit to {BandEdges[0]:N0}")
            : FormattableString.Invariant($"limit {BandEdges[band - 1] + 1:N0} to {BandEdges[band]:N0}");
    }
}
