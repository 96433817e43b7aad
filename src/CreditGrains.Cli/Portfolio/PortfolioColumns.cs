namespace CreditGrains.Cli.Portfolio;

/// <summary>
/// The columns of a portfolio file, in the order they are written. Read by name, in any order; a missing column is empty in
/// every row. Documented for users in docs/command-line.md.
/// </summary>
internal static class PortfolioColumns
{
    /// <summary>"node", "facility" or "rate"; empty: facility when kind is empty, else node.</summary>
    public const string Record = "record";

    public const string Tenant = "tenant";

    /// <summary>Empty: 1.</summary>
    public const string LegalEntity = "legal_entity";

    /// <summary>Of a node: Borrower, Enterprise, ObligorGroup, Product, Industry, Region, Funder, Portfolio, Pool.</summary>
    public const string Kind = "kind";

    public const string Id = "id";

    /// <summary>ISO 4217; of a rate: from.</summary>
    public const string Currency = "currency";

    /// <summary>An amount or "unlimited".</summary>
    public const string Limit = "limit";

    /// <summary>DrawnAndHeld (empty), PrincipalAndHeld, Committed, DrawnPlusUndrawnFactor.</summary>
    public const string Measure = "measure";

    /// <summary>true or false (empty).</summary>
    public const string KeepsRepaid = "keeps_repaid";

    public const string UndrawnFactorPpm = "undrawn_factor_ppm";

    /// <summary>Parents KIND/ENTITY/ID or KIND/ID with an optional @share in parts per million, separated by spaces or semicolons.</summary>
    public const string Parents = "parents";

    /// <summary>Of a facility: true or false (empty).</summary>
    public const string CreditAddsHeadroom = "credit_adds_headroom";

    /// <summary>Of a facility: an amount; empty is 0.</summary>
    public const string OpeningPrincipal = "opening_principal";

    /// <summary>Of a rate: to.</summary>
    public const string ToCurrency = "to_currency";

    /// <summary>Of a rate: billionths of TO for one FROM.</summary>
    public const string RateNano = "rate_nano";

    /// <summary>Of a rate: ISO 8601.</summary>
    public const string ValidUntil = "valid_until";

    /// <summary>All of them.</summary>
    public static readonly string[] All =
    [
        Record, Tenant, LegalEntity, Kind, Id, Currency, Limit, Measure, KeepsRepaid, UndrawnFactorPpm, Parents, CreditAddsHeadroom,
        OpeningPrincipal, ToCurrency, RateNano, ValidUntil,
    ];
}
