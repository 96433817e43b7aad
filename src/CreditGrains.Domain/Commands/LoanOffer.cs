using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;

namespace CreditGrains.Domain.Commands;

/// <summary>
/// The terms under which a Drawdown is made a loan of its facility. A command carries the product whole; its event names it by hash, with the
/// product only where the journal has not held it before.
/// </summary>
/// <param name="Key">The facility.</param>
/// <param name="ProductHash">Names the product.</param>
/// <param name="Product">The product; null in events after the first that named it.</param>
/// <param name="Figures">What is the loan's own. The amount is the command's, the drawdown the business date.</param>
public sealed record LoanOffer(NodeKey Key, UInt128 ProductHash, SealedProduct? Product, LoanFigures Figures) : ControlCommand(CommandKind.Drawdown, Key)
{
    /// <summary>
    /// Most instalments of a loan in the engine, those of holidays and extensions included: so that all that is unpaid of a loan fits in one event.
    /// </summary>
    public const int InstalmentCountMax = 1_000;

    /// <summary>An offer of a product.</summary>
    public LoanOffer(NodeKey key, SealedProduct product, LoanFigures figures)
        : this(key, product.Hash, product, figures)
    {
    }

    /// <summary>The loan that a command makes; null when it makes none.</summary>
    public static LoanOffer? Of(ControlCommand? control) => control as LoanOffer ?? (control as LoanTakeover)?.Offer;

    /// <summary>What can be said of it before the day of the drawdown is known; null when nothing is wrong.</summary>
    internal string? Fault(in Command command)
    {
        if (Product is null || Product.Hash != ProductHash) return "loan.product is missing";
        if (Product.Bytes.Length > SealedProduct.BytesMax) return $"loan.product takes {Product.Bytes.Length} bytes; {SealedProduct.BytesMax} are the most, so give fewer holidays or instalments";
        if (Figures.InstalmentCount > InstalmentCountMax) return $"loan.instalments is {Figures.InstalmentCount}; a loan here has at most {InstalmentCountMax}";
        if (!Product.Product.Classes.IsValid) return "loan.product.classes must hold rows of rising dates with rising days";
        if (!Product.Product.Buckets.IsValid) return "loan.product.buckets must rise from 0 and be at most 30";
        // The amount of a renewal is what is owed, and known only there.
        if (command.Kind == CommandKind.RenewLoan) return null;
        if (command.AmountMin != 0 && Product.Product.Amortisation is Amortisation.Custom) return "loan.product has instalments of its own, so the amount cannot be approved in part; leave amount_min out";
        var terms = Product.Product.TermsOf(command.Amount, command.Currency, EarliestDrawdown(), Figures);
        return LoanTermsCheck.Check(terms) is { } fault ? $"loan is refused, {fault.Fault}: {fault.Message}" : null;
    }

    /// <summary>A day before the first due date, for the checks that no other day would change.</summary>
    private DateOnly EarliestDrawdown()
    {
        var first = Product!.Product.Amortisation is Amortisation.Custom { Instalments: { IsDefaultOrEmpty: false } listed } ? listed[0].Due : Figures.FirstDue;
        return first is { DayNumber: > 0 } day ? day.AddDays(-1) : new DateOnly(2000, 1, 1);
    }
}
