using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Loans;

/// <summary>Makes the part of an event from a loan before and after: what moved, when it wakes next, its bucket and class.</summary>
internal sealed class LoanOutcome(PartitionState state, LoanBook book)
{
    /// <summary>Of an account that came of a look by time and payments.</summary>
    public LoanPart Of(in LoanLook look, LoanDeed deed, LoanAccount account) => Of(look, deed, account, look.Before.After(account));

    /// <summary>Of an account with all of its instalments whose schedule changed.</summary>
    public LoanPart OfChanged(in LoanLook look, LoanDeed deed, LoanAccount account)
    {
        var part = Of(look, deed, account, LoanStanding.Of(account) with { WrittenOff = look.Before.WrittenOff });
        part.GivesRare = true;
        return part;
    }

    /// <summary>Of a standing that was changed by itself.</summary>
    public LoanPart OfStanding(in LoanLook look, LoanDeed deed, LoanStanding after)
    {
        var account = look.AccountOf(after);
        var part = new LoanPart
        {
            Loan = look.Reference, Row = look.Row, Deed = deed, Moved = LoanOwed.Of(after) - book.Owed(look.Row), After = after.IsClosed ? null : after, GivesRare = true,
        };
        Place(part, account, look.Product);
        return part;
    }

    /// <summary>Of a loan run again without a payment.</summary>
    public LoanPart OfRerun(LoanHistory history, LoanProduct product, LoanAccount account)
    {
        var after = LoanStanding.Of(account) with { WrittenOff = history.Standing!.WrittenOff };
        var before = history.Row == 0 ? default : book.Owed(history.Row);
        var part = new LoanPart
        {
            Loan = history.Loan, Row = history.Row, Deed = LoanDeed.Bounced, Moved = LoanOwed.Of(after) - before, After = after.IsClosed ? null : after, GivesRare = true,
        };
        if (history.Row == 0) (part.Origin, part.Remade) = (history.Origin, history.Offer! with { Product = null });
        Place(part, account, product);
        return part;
    }

    /// <summary>Of a loan just opened.</summary>
    public static LoanPart OfNew(LoanAccount account, LoanProduct product)
    {
        var after = LoanStanding.Of(account);
        var part = new LoanPart
        {
            Deed = LoanDeed.Made,
            Origin = new LoanOrigin(account.Terms.Amount, account.Terms.Drawdown, account.Vintage, account.RenewalCount),
            After = after,
            GivesRare = HasRare(after),
            Moved = LoanOwed.Of(after),
        };
        Place(part, account, product);
        return part;
    }

    /// <summary>Of a loan to which nothing more happens by time.</summary>
    public LoanPart StandsStill(int row)
    {
        ref readonly var loan = ref state.Loans.Read(row);
        return new LoanPart { Loan = loan.Reference, Row = row, After = book.Read(row), Bucket = loan.Bucket, Class = loan.Class, Day = loan.AsOf };
    }

    private LoanPart Of(in LoanLook look, LoanDeed deed, LoanAccount account, LoanStanding after)
    {
        var (before, paid) = (book.Owed(look.Row), account.Paid);
        var moved = LoanOwed.Of(after) - before;
        var part = new LoanPart
        {
            Loan = look.Reference, Row = look.Row, Deed = deed, Paid = paid, Moved = moved, Charged = moved.Total + paid.Total, After = after.IsClosed ? null : after,
        };
        Place(part, account, look.Product);
        return part;
    }

    private static bool HasRare(LoanStanding standing) => standing.Capitalised != 0 || standing.WrittenOff != 0 || !standing.Frozen.IsEmpty || !standing.Listed.IsEmpty;

    private static void Place(LoanPart part, LoanAccount account, LoanProduct product)
    {
        part.Day = account.AsOf.DayNumber;
        part.DaysPastDue = account.DaysPastDue;
        part.Bucket = (byte)product.Buckets.Of(part.DaysPastDue);
        part.Class = (byte)account.Classify(product.Classes);
        if (part.After is { } after) part.WakeDay = LoanDays.Of(LoanWake.Next(after, account.Terms, account.Upcoming.IsEmpty ? null : account.Upcoming[0].Due, product));
    }
}
