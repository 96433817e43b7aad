using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Loans;

/// <summary>Loans as rows keep them, read as what they mean and stored again. Holds no rules.</summary>
internal sealed class LoanBook(PartitionState state)
{
    private const int RareBytesMax = 64 << 10;
    private readonly LoanPages pages = new(state.LoanPages);

    /// <summary>The first loan of a facility, 0 when it has none.</summary>
    public int First(in FacilityRow facility) => FacilityRulesOf.FirstLoan(state, facility);

    /// <summary>A facility's loan by its reference, 0 when there is none.</summary>
    public int Find(in FacilityRow facility, long reference)
    {
        var row = First(facility);
        while (row != 0 && state.Loans.Read(row).Reference != reference) row = state.Loans.Read(row).NextOfFacility;
        return row;
    }

    /// <summary>Loans of a facility.</summary>
    public int Count(in FacilityRow facility)
    {
        var count = 0;
        for (var row = First(facility); row != 0; row = state.Loans.Read(row).NextOfFacility) count++;
        return count;
    }

    /// <summary>What all loans of a facility owe.</summary>
    public LoanOwed Owed(in FacilityRow facility)
    {
        var owed = default(LoanOwed);
        for (var row = First(facility); row != 0; row = state.Loans.Read(row).NextOfFacility) owed += Owed(row);
        return owed;
    }

    /// <summary>What a loan owes.</summary>
    public LoanOwed Owed(int row)
    {
        ref readonly var loan = ref state.Loans.Read(row);
        var owed = new LoanOwed(loan.PrincipalNotDue, 0, 0);
        for (var due = loan.FirstUnpaid; due != 0; due = state.LoanDues.Read(due).Next)
        {
            ref readonly var unpaid = ref state.LoanDues.Read(due);
            owed += new LoanOwed(unpaid.Principal, unpaid.Interest + unpaid.LatenessOwed, unpaid.Fees);
        }
        return owed;
    }

    /// <summary>The oldest day with interest or principal unpaid, 0 when there is none.</summary>
    public int OldestUnpaid(int row)
    {
        for (var due = state.Loans.Read(row).FirstUnpaid; due != 0; due = state.LoanDues.Read(due).Next)
        {
            ref readonly var unpaid = ref state.LoanDues.Read(due);
            if (unpaid.Interest > 0 || unpaid.Principal > 0) return unpaid.Due;
        }
        return 0;
    }

    /// <summary>A loan's class by its own days past due on a date, whether or not its turn has come.</summary>
    public Classification OwnClass(int row, DateOnly today)
    {
        ref readonly var loan = ref state.Loans.Read(row);
        var product = ProductOf(row);
        // One that stands still although instalments are to come is worked out like one whose turn has not come.
        if (loan.Rare == 0 && (loan.WakeDay > today.DayNumber || (loan.WakeDay == 0 && loan.Remaining == 0)))
        {
            var late = DaysPastDue.Of(LoanDays.Maybe(OldestUnpaid(row)), today, product.Overdue.GraceDays, default);
            return ClassOf(loan, product, late, today);
        }
        var account = new LoanLook(this, state, row, today).Account;
        var advanced = LoanServicing.Advance(account, today);
        return (advanced.Refusal is null ? advanced.Value : account).Classify(product.Classes);
    }

    /// <summary>The class of so many days past due, of a loan as its row has it.</summary>
    public static Classification ClassOf(in LoanRow loan, LoanProduct product, int daysPastDue, DateOnly today)
    {
        var own = Classifications.Worse(product.Classes.Of(daysPastDue, today), (Classification)loan.ClassBest);
        return loan.HeldUntil == 0 ? own : Classifications.Worse(own, Classification.Substandard);
    }

    /// <summary>A loan's product.</summary>
    public LoanProduct ProductOf(int row) => state.LoanProductBook.Get(state.Loans.Read(row).Product, pages).Product;

    /// <summary>Row of a product, 0 when it is not known.</summary>
    public int FindProduct(UInt128 hash) => state.LoanProductBook.Find(hash);

    /// <summary>Keeps a product that is not known yet.</summary>
    public void AddProduct(SealedProduct product)
    {
        if (FindProduct(product.Hash) == 0) state.LoanProductBook.Add(product, pages);
    }

    /// <summary>A loan's terms.</summary>
    public LoanTerms TermsOf(int row)
    {
        ref readonly var loan = ref state.Loans.Read(row);
        var figures = new LoanFigures(new RateAnnual(loan.RateNano), loan.InstalmentCount, LoanDays.Maybe(loan.FirstDue), loan.DueDay == 0 ? null : loan.DueDay);
        return ProductOf(row).TermsOf(loan.Amount, state.Facilities.Read(loan.Facility).Currency, LoanDays.Date(loan.Drawdown), figures);
    }

    /// <summary>What is kept of a loan.</summary>
    public LoanStanding Read(int row)
    {
        ref readonly var loan = ref state.Loans.Read(row);
        var standing = new LoanStanding
        {
            AsOf = LoanDays.Date(loan.AsOf), NextNumber = loan.NextNumber, NextSlot = loan.NextSlot, Remaining = loan.Remaining,
            PeriodStart = LoanDays.Date(loan.PeriodStart), AccruedTo = LoanDays.Date(loan.AccruedTo), PrincipalNotDue = loan.PrincipalNotDue,
            Carried = loan.Carried, Regular = loan.Regular, NonAccrualSince = LoanDays.Maybe(loan.NonAccrualSince),
            HeldUntil = LoanDays.Maybe(loan.HeldUntil), ClassificationBest = (Classification)loan.ClassBest, Dues = loan.FirstUnpaid == 0 ? [] : [.. Dues(loan.FirstUnpaid)],
        };
        return WithRare(row, standing);
    }

    /// <summary>A standing with what few loans have, as the loan's row keeps it.</summary>
    public LoanStanding WithRare(int row, LoanStanding standing)
    {
        if (state.Loans.Read(row).Rare is not (var first and not 0)) return standing;
        var rare = new EventReader(pages.Read(first));
        return LoanPartCodec.ReadRare(ref rare, standing);
    }

    /// <summary>Makes a loan.</summary>
    public int Add(int facility, long reference, in LoanOrigin origin, UInt128 product, in LoanFigures figures, LoanPart part)
    {
        var row = state.Loans.Add();
        ref var loan = ref state.Loans.Write(row);
        loan.Facility = facility;
        loan.Reference = reference;
        loan.Amount = origin.Amount;
        loan.RateNano = figures.Rate.Nano;
        loan.Product = FindProduct(product);
        loan.Drawdown = origin.Drawdown.DayNumber;
        loan.Vintage = origin.Vintage.DayNumber;
        loan.RenewalCount = (ushort)origin.RenewalCount;
        loan.FirstDue = LoanDays.Of(figures.FirstDue);
        loan.DueDay = (byte)(figures.DueDay ?? 0);
        loan.InstalmentCount = (ushort)figures.InstalmentCount;
        loan.NextOfFacility = First(state.Facilities.Read(facility));
        FacilityRulesOf.SetFirstLoan(state, facility, row);
        Store(row, part);
        return row;
    }

    /// <summary>Stores a loan as an event left it.</summary>
    public void Store(int row, LoanPart part)
    {
        var kept = part.Kept!;
        ref readonly var after = ref kept.Row;
        var wake = state.Loans.Read(row).WakeDay;
        if (wake != part.WakeDay) state.LoanCalendar.Remove(row);
        ref var loan = ref state.Loans.Write(row);
        loan.AsOf = after.AsOf;
        loan.NextNumber = after.NextNumber;
        loan.NextSlot = after.NextSlot;
        loan.Remaining = after.Remaining;
        loan.PeriodStart = after.PeriodStart;
        loan.AccruedTo = after.AccruedTo;
        loan.PrincipalNotDue = after.PrincipalNotDue;
        loan.Carried = after.Carried;
        loan.Regular = after.Regular;
        loan.NonAccrualSince = after.NonAccrualSince;
        loan.ClassBest = after.ClassBest;
        loan.HeldUntil = after.HeldUntil;
        loan.Bucket = part.Bucket;
        loan.Class = part.Class;
        if (part.GivesRare) StoreRare(ref loan, part.After!);
        StoreDues(ref loan, kept);
        if (wake == part.WakeDay) return;
        loan.WakeDay = part.WakeDay;
        state.LoanCalendar.Add(row);
    }

    /// <summary>Ends a loan with nothing left of it.</summary>
    public void Remove(int row)
    {
        state.LoanCalendar.Remove(row);
        ref var loan = ref state.Loans.Write(row);
        pages.Free(loan.Rare);
        for (var due = loan.FirstUnpaid; due != 0;) due = FreeDue(due);
        var before = First(state.Facilities.Read(loan.Facility));
        if (before == row)
        {
            FacilityRulesOf.SetFirstLoan(state, loan.Facility, loan.NextOfFacility);
        }
        else
        {
            while (state.Loans.Read(before).NextOfFacility != row) before = state.Loans.Read(before).NextOfFacility;
            state.Loans.Write(before).NextOfFacility = loan.NextOfFacility;
        }
        state.Loans.Free(row);
    }

    private IEnumerable<DueInstalment> Dues(int first)
    {
        for (var row = first; row != 0; row = state.LoanDues.Read(row).Next) yield return state.LoanDues.Read(row).ToInstalment();
    }

    /// <summary>Writes over the rows there are, then adds or frees. The first ones may be only later.</summary>
    private void StoreDues(ref LoanRow loan, KeptLoan kept)
    {
        var (last, next, place) = (0, loan.FirstUnpaid, 0);
        foreach (ref readonly var due in kept.Dues)
        {
            var row = next != 0 ? next : state.LoanDues.Add();
            ref var stored = ref state.LoanDues.Write(row);
            next = stored.Next;
            if (place++ < kept.LaterCount)
            {
                (stored.DaysLate, stored.PrincipalDays, stored.InterestDays) = (due.DaysLate, due.PrincipalDays, due.InterestDays);
            }
            else
            {
                stored = due;
                (stored.Next, stored.Reference) = (next, loan.Reference);
            }
            if (last == 0) loan.FirstUnpaid = row;
            else if (state.LoanDues.Read(last).Next != row) state.LoanDues.Write(last).Next = row;
            last = row;
        }
        if (last == 0) loan.FirstUnpaid = 0;
        else if (next != 0) state.LoanDues.Write(last).Next = 0;
        while (next != 0) next = FreeDue(next);
    }

    private int FreeDue(int row)
    {
        var next = state.LoanDues.Read(row).Next;
        state.LoanDues.Free(row);
        return next;
    }

    private void StoreRare(ref LoanRow loan, LoanStanding after)
    {
        pages.Free(loan.Rare);
        loan.Rare = 0;
        if (after.Capitalised == 0 && after.WrittenOff == 0 && after.Frozen.IsEmpty && after.Listed.IsEmpty) return;
        var bytes = new byte[RareBytesMax];
        var w = new EventWriter(bytes);
        LoanPartCodec.WriteRare(ref w, after);
        loan.Rare = pages.Write((ulong)loan.Reference, bytes.AsSpan(0, w.Length));
    }
}
