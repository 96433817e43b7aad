using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;

namespace CreditGrains.Cli.Bench.Load;

/// <summary>
/// The book that is measured: facilities under borrowers under enterprises under products, four nodes a path. Numbers run
/// from 1; the children of a node lie next to each other. Nothing here is random, so every run and PostgreSQL have the same book.
/// </summary>
/// <param name="Facilities">At least one a borrower.</param>
/// <param name="Borrowers">At least one an enterprise.</param>
/// <param name="Enterprises">At least 1.</param>
/// <param name="Products">At least 1.</param>
internal sealed record PopulationShape(long Facilities, long Borrowers, long Enterprises, int Products)
{
    /// <summary>Tenant and legal entity of the whole book.</summary>
    public const ushort Scope = 1;

    /// <summary>Minor units: 100,000.00. Far above what the holds of a run add up to, so nearly all is approved.</summary>
    public const long FacilityLimit = 10_000_000;

    /// <summary>Minor units.</summary>
    public const long BorrowerLimit = 10 * FacilityLimit;

    /// <summary>Minor units.</summary>
    public const long ProductLimit = 1L << 55;

    /// <summary>Currency of the whole book.</summary>
    public static readonly Currency Currency = Currency.Parse("EUR");

    /// <summary>Minor units: a thousand facilities' limits, or those of all its facilities.</summary>
    public long EnterpriseLimit => Math.Max(1_000, Facilities / Enterprises) * FacilityLimit;

    /// <summary>Every row that builds the book: nodes and facilities.</summary>
    public long Rows => Products + Enterprises + Borrowers + Facilities;

    /// <summary>SHA-256 that names the book as an imported file; its first 60 bits are the session that opens it.</summary>
    public byte[] Hash => SHA256.HashData(Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"creditgrains bench population 1: {Facilities} {Borrowers} {Enterprises} {Products}")));

    /// <summary>Whether the counts agree; says what to change when they do not.</summary>
    public string? Fault =>
        Products < 1 || Enterprises < Products ? "--enterprises must be at least --products, and that at least 1"
        : Borrowers < Enterprises ? "--borrowers must be at least --enterprises"
        : Facilities < Borrowers ? "--facilities must be at least --borrowers"
        : Facilities > 100_000_000 ? "--facilities is at most 100,000,000"
        : null;

    /// <summary>The same book with fewer facilities, and the nodes above them in proportion.</summary>
    public static PopulationShape Part(PopulationShape whole, long facilities)
    {
        if (facilities >= whole.Facilities) return whole;
        var part = (double)facilities / whole.Facilities;
        var enterprises = Math.Max(1, (long)(whole.Enterprises * part));
        return new PopulationShape(facilities, Math.Max(enterprises, (long)(whole.Borrowers * part)), enterprises, (int)Math.Min(whole.Products, enterprises));
    }

    public static NodeKey Facility(long number) => new(number, Scope, Scope, NodeKind.Facility);

    public static NodeKey Borrower(long number) => new(number, Scope, Scope, NodeKind.Borrower);

    public static NodeKey Enterprise(long number) => new(number, Scope, Scope, NodeKind.Enterprise);

    public static NodeKey Product(long number) => new(number, Scope, Scope, NodeKind.Product);

    /// <summary>The borrower of a facility.</summary>
    public long BorrowerOf(long facility) => (facility - 1) * Borrowers / Facilities + 1;

    /// <summary>The enterprise of a borrower.</summary>
    public long EnterpriseOf(long borrower) => (borrower - 1) * Enterprises / Borrowers + 1;

    /// <summary>The product of an enterprise.</summary>
    public long ProductOf(long enterprise) => (enterprise - 1) % Products + 1;
}
