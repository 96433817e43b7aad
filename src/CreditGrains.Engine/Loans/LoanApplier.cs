using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Loans;

/// <summary>Carries out what events say of loans, and tells the observer.</summary>
internal sealed class LoanApplier(PartitionState state, LoanBook book)
{
    /// <summary>Who keeps figures of loans; null for nobody.</summary>
    public ILoanObserver? Observer { get; set; }

    /// <summary>Applies an event's loans, after its balances.</summary>
    public void Apply(int facility, in LedgerEvent e)
    {
        // Declines leave nothing in memory, or callers could fill it with offers nobody takes.
        if (e.Outcome != OutcomeKind.Declined && LoanOffer.Of(e.Control) is { Product: { } product }) book.AddProduct(product);
        if (e.Loans is null) return;
        foreach (var part in e.Loans) Apply(facility, e, part);
    }

    private void Apply(int facility, in LedgerEvent e, LoanPart part)
    {
        if (part.Deed == LoanDeed.Made)
        {
            var offer = LoanOffer.Of(e.Control)!;
            var made = book.Add(facility, e.Sequence, part.Origin, offer.ProductHash, offer.Figures, part);
            if (Observer is not null) Tell(e, part, made, default);
            return;
        }
        if (part.Remade is { } remade)
        {
            if (part.After is null) return;
            var again = book.Add(facility, part.Loan, part.Origin, remade.ProductHash, remade.Figures, part);
            if (Observer is not null) Tell(e, part, again, default);
            return;
        }
        var row = part.Row != 0 ? part.Row : book.Find(state.Facilities.Read(facility), part.Loan);
        var isTold = Observer is { WatchesNewOnly: false };
        var before = !isTold ? default : new Former(book.Owed(row).Principal, state.Loans.Read(row).NextNumber, state.Loans.Read(row).Bucket);
        if (isTold) Observer!.Changing(row);
        if (!part.HasEnded) book.Store(row, part);
        if (isTold) Tell(e, part, row, before);
        if (part.HasEnded) book.Remove(row);
    }

    private void Tell(in LedgerEvent e, LoanPart part, int row, Former before)
    {
        ref readonly var loan = ref state.Loans.Read(row);
        ref readonly var facility = ref state.Facilities.Read(loan.Facility);
        var change = new LoanChange
        {
            Row = row,
            Facility = loan.Facility,
            Key = facility.Key,
            Reference = loan.Reference,
            Sequence = e.Sequence,
            Date = LoanDays.Date(part.Day),
            Deed = part.Deed,
            FellDue = part.NextNumberAfter > before.NextNumber && part.Deed != LoanDeed.Made,
            HasEnded = part.HasEnded,
            PrincipalBefore = before.Principal,
            Principal = part.PrincipalAfter,
            Paid = part.Paid,
            Prepaid = part.Prepaid,
            WrittenOff = part.WrittenOff,
            RateNano = loan.RateNano,
            Remaining = part.RemainingAfter,
            DaysPastDue = part.DaysPastDue,
            BucketBefore = before.Bucket,
            Bucket = part.Bucket,
            Class = part.Class,
            Vintage = LoanDays.Date(loan.Vintage),
        };
        Observer!.Changed(change);
    }

    private readonly record struct Former(long Principal, int NextNumber, byte Bucket);
}
