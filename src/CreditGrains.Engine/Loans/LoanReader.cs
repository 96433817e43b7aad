using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Loans;

/// <summary>Loans as callers see them.</summary>
/// <param name="state">Holds them.</param>
/// <param name="executor">Knows what an obligor owes in all; null shows each loan's class as if it stood alone.</param>
internal sealed class LoanReader(PartitionState state, Execution.Executor? executor = null)
{
    private readonly LoanBook book = new(state);

    /// <summary>The loans of a facility by reference, each looked at on the business date.</summary>
    public LoanView[] Of(in FacilityRow facility)
    {
        var first = book.First(facility);
        if (first == 0) return [];
        var today = LoanDays.Date(LoanDays.BusinessDay(state, facility.Tenant, facility.LegalEntity));
        var views = new List<LoanView>();
        // What is spread is asked only where it could matter.
        var spreads = false;
        for (var row = first; row != 0 && !spreads; row = state.Loans.Read(row).NextOfFacility) spreads = !book.ProductOf(row).IsRetail;
        spreads = spreads && executor is not null && new ObligorClaims(state, book, executor.Graph, executor.Exposures).Spreads(state.Loans.Read(first).Facility, executor.LastRecordedAtMicros);
        for (var row = first; row != 0; row = state.Loans.Read(row).NextOfFacility) views.Add(One(row, today, spreads));
        views.Sort((a, b) => a.Reference.CompareTo(b.Reference));
        return [.. views];
    }

    /// <summary>What an event did to loans.</summary>
    public static LoanEventView[] Of(in LedgerEvent e)
    {
        if (e.Loans is null) return [];
        var views = new LoanEventView[e.Loans.Length];
        for (var i = 0; i < views.Length; i++)
        {
            var part = e.Loans[i];
            views[i] = new LoanEventView(
                part.Deed == LoanDeed.Made ? e.Sequence : part.Loan, part.Deed.ToString(), part.Charged, part.Paid, part.After?.PrincipalOwed ?? 0, part.After?.Remaining ?? 0,
                part.After?.Dues.Length ?? 0, part.DaysPastDue, part.Bucket, (Classification)part.Class, part.After is null);
        }
        return views;
    }

    private LoanView One(int row, DateOnly today, bool spreads)
    {
        var look = new LoanLook(book, state, row, today);
        ref readonly var loan = ref state.Loans.Read(row);
        // A loan whose turn has not come is shown as its turn will find it; credit that waits is taken only then.
        var advanced = LoanServicing.Advance(look.Account, today);
        var account = advanced.Refusal is null ? advanced.Value : look.Account;
        var standing = look.Before.After(account);
        var next = account.Upcoming.IsEmpty ? default : account.Upcoming[0];
        var own = account.Classify(look.Product.Classes);
        return new LoanView
        {
            Reference = loan.Reference,
            Product = state.LoanProducts.Read(loan.Product).Hash.ToString("x32", System.Globalization.CultureInfo.InvariantCulture),
            Amount = loan.Amount,
            RateNano = loan.RateNano,
            Drawdown = LoanDays.Date(loan.Drawdown),
            Vintage = LoanDays.Date(loan.Vintage),
            AsOf = account.AsOf,
            PrincipalNotDue = account.PrincipalNotDue,
            Remaining = standing.Remaining,
            NextDue = account.Upcoming.IsEmpty ? null : next.Due,
            NextPrincipal = next.Principal,
            NextInterest = next.Interest,
            NextFees = next.Fees,
            Dues = [.. account.Dues.Select(due => new LoanDueView(due.Number, due.Due, due.Fees, due.Penalty(look.Terms), due.Compound(look.Terms), due.Interest, due.Principal))],
            DaysPastDue = account.DaysPastDue,
            Bucket = look.Product.Buckets.Of(account.DaysPastDue),
            Class = spreads && !look.Product.IsRetail ? Classifications.Worse(own, Classification.Substandard) : own,
            OwnClass = own,
            NonAccrualSince = account.NonAccrualSince,
            IsHeld = account.HeldUntil is not null,
            HeldUntil = account.HeldUntil is { } until && until < Observation.UntilCured ? until : null,
            RenewalCount = loan.RenewalCount,
            WrittenOff = standing.WrittenOff,
        };
    }
}
