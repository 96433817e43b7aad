using System.Globalization;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Api.Mapping;

/// <summary>Loans from and to their messages.</summary>
internal static class LoanMapping
{
    /// <summary>What a command agrees about a loan; null when it agrees nothing.</summary>
    public static ControlCommand? ReadRecord(IAccountMessage message, NodeKey facility, ref Fields fields) => message switch
    {
        V1.DrawdownRequest m => Read(m.Loan, facility, ref fields),
        V1.RenewLoanRequest m => Read(m.Loan ?? new V1.LoanOffer(), facility, ref fields),
        V1.ImportLoanRequest m => ReadTakeover(m, facility, ref fields),
        V1.GrantHolidayRequest m => new LoanHoliday(facility, m.Count, (HolidayInterest)((int)m.Interest & 0xFF), m.ExtendsTerm),
        V1.ExtendLoanRequest m => new LoanExtension(facility, m.Count, m.Concession),
        _ => null,
    };

    /// <summary>The same into a fresh message.</summary>
    public static void WriteRecord(ControlCommand? record, IAccountMessage message)
    {
        switch (record, message)
        {
            case (LoanOffer offer, V1.DrawdownRequest m): m.Loan = Write(offer); break;
            case (LoanOffer offer, V1.RenewLoanRequest m): m.Loan = Write(offer); break;
            case (LoanTakeover takeover, V1.ImportLoanRequest m):
                (m.Loan, m.StartedOn, m.Vintage) = (Write(takeover.Offer), LoanProductMapping.ToText(takeover.StartedOn), LoanProductMapping.ToText(takeover.Vintage));
                break;
            case (LoanHoliday holiday, V1.GrantHolidayRequest m):
                (m.Count, m.Interest, m.ExtendsTerm) = (holiday.Count, (V1.HolidayInterest)(int)holiday.Interest, holiday.ExtendsTerm);
                break;
            case (LoanExtension extension, V1.ExtendLoanRequest m): (m.Count, m.Concession) = (extension.AdditionalCount, extension.IsConcession); break;
        }
    }

    private static LoanTakeover ReadTakeover(V1.ImportLoanRequest message, NodeKey facility, ref Fields fields)
    {
        var offer = Read(message.Loan ?? new V1.LoanOffer(), facility, ref fields)!;
        var start = LoanProductMapping.Date("started_on", message.StartedOn, ref fields);
        return new LoanTakeover(facility, offer, start, message.Vintage.Length == 0 ? start : LoanProductMapping.Date("vintage", message.Vintage, ref fields));
    }

    private static LoanOffer? Read(V1.LoanOffer? message, NodeKey facility, ref Fields fields)
    {
        if (message is null) return null;
        if (message.ProductHash.Length > 0) fields.Fail(Reason.InvalidField, "loan.product_hash belongs to events; give loan.product");
        if (message.DueDay > 31) fields.Fail(Reason.InvalidField, $"loan.due_day is {message.DueDay}; use 1 to 31, or 0 for that of the first due date");
        var first = message.FirstDue.Length == 0 ? (DateOnly?)null : LoanProductMapping.Date("loan.first_due", message.FirstDue, ref fields);
        var figures = new LoanFigures(new RateAnnual(message.RateNano), message.Instalments, first, message.DueDay is 0 or > 31 ? null : (int)message.DueDay);
        var product = LoanProductMapping.Read(message.Product ?? new V1.LoanProduct(), ref fields);
        // What cannot be meant has no canonical bytes; the command is refused by the fault.
        return LoanProductCheck.Fault(product) is { } fault ? Refused(fault, facility, figures, ref fields) : new LoanOffer(facility, SealedProduct.Of(product), figures);
    }

    public static V1.LoanOffer Write(LoanOffer offer) => new()
    {
        Product = offer.Product is { } product ? LoanProductMapping.Write(product.Product) : null,
        RateNano = offer.Figures.Rate.Nano,
        Instalments = offer.Figures.InstalmentCount,
        FirstDue = offer.Figures.FirstDue is { } first ? LoanProductMapping.ToText(first) : "",
        DueDay = (uint)(offer.Figures.DueDay ?? 0),
        ProductHash = "",
    };

    /// <summary>As an event has it: the product by its hash.</summary>
    public static V1.LoanOffer WriteOfEvent(LoanOffer offer)
    {
        var message = Write(offer);
        message.ProductHash = offer.ProductHash.ToString("x32", CultureInfo.InvariantCulture);
        return message;
    }

    public static V1.LoanView Write(LoanView view) => new()
    {
        LoanId = view.Reference,
        ProductHash = view.Product,
        Amount = view.Amount,
        RateNano = view.RateNano,
        Drawdown = LoanProductMapping.ToText(view.Drawdown),
        Vintage = LoanProductMapping.ToText(view.Vintage),
        AsOf = LoanProductMapping.ToText(view.AsOf),
        PrincipalNotDue = view.PrincipalNotDue,
        Remaining = view.Remaining,
        NextDue = view.NextDue is { } next ? LoanProductMapping.ToText(next) : "",
        NextPrincipal = view.NextPrincipal,
        NextInterest = view.NextInterest,
        NextFees = view.NextFees,
        Dues = { view.Dues.Select(due => new V1.LoanDue
        {
            Number = due.Number, Due = LoanProductMapping.ToText(due.Due), Fees = due.Fees, Penalty = due.Penalty, Compound = due.Compound, Interest = due.Interest, Principal = due.Principal,
        }) },
        DaysPastDue = view.DaysPastDue,
        Bucket = view.Bucket,
        Classification = (V1.Classification)(int)view.Class,
        OwnClassification = (V1.Classification)(int)view.OwnClass,
        NonAccrualSince = view.NonAccrualSince is { } since ? LoanProductMapping.ToText(since) : "",
        Held = view.IsHeld,
        HeldUntil = view.HeldUntil is { } until ? LoanProductMapping.ToText(until) : "",
        Renewals = view.RenewalCount,
        WrittenOff = view.WrittenOff,
    };

    public static V1.LoanEvent Write(LoanEventView view) => new()
    {
        LoanId = view.Reference,
        Deed = view.Deed,
        Charged = view.Charged,
        FeesPaid = view.Paid.Fees,
        PenaltyPaid = view.Paid.Penalty,
        CompoundPaid = view.Paid.Compound,
        InterestPaid = view.Paid.Interest,
        PrincipalPaid = view.Paid.Principal,
        PrincipalOwed = view.PrincipalOwed,
        Remaining = view.Remaining,
        Unpaid = view.UnpaidCount,
        DaysPastDue = view.DaysPastDue,
        Bucket = view.Bucket,
        Classification = (V1.Classification)(int)view.Class,
        Ended = view.HasEnded,
    };

    private static LoanOffer Refused(string fault, NodeKey facility, LoanFigures figures, ref Fields fields)
    {
        fields.Fail(Reason.InvalidField, fault);
        return new LoanOffer(facility, default, null, figures);
    }
}
