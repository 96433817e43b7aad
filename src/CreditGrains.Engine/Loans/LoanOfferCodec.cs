using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Engine.Events;

namespace CreditGrains.Engine.Loans;

/// <summary>The bytes of a loan offer: the hash of its product, the product's bytes where given, and what is the loan's own.</summary>
internal static class LoanOfferCodec
{
    public static void Write(ref EventWriter w, LoanOffer offer)
    {
        w.UInt64((ulong)(offer.ProductHash >> 64));
        w.UInt64((ulong)(offer.ProductHash & ulong.MaxValue));
        w.Unsigned((ulong)(offer.Product?.Bytes.Length ?? 0));
        if (offer.Product is { } product) w.Bytes(product.Bytes.Span);
        WriteFigures(ref w, offer.Figures);
    }

    /// <summary>What is the loan's own.</summary>
    public static void WriteFigures(ref EventWriter w, in LoanFigures figures)
    {
        w.Unsigned(figures.Rate.Nano);
        w.Unsigned((ulong)figures.InstalmentCount);
        w.Unsigned((ulong)LoanDays.Of(figures.FirstDue));
        w.Byte((byte)(figures.DueDay ?? 0));
    }

    public static LoanOffer Read(ref EventReader r, NodeKey key)
    {
        var hash = new UInt128(r.UInt64(), r.UInt64());
        var length = r.Int();
        var product = length == 0 ? null : SealedProduct.Read(r.Bytes(length).ToArray());
        var (rate, count, first, day) = (r.Long(), r.Int(), r.Int(), r.Byte());
        return new LoanOffer(key, hash, product, new LoanFigures(new RateAnnual(rate), count, LoanDays.Maybe(first), day == 0 ? null : day));
    }
}
