using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Engine.Graph;
using CreditGrains.Engine.Loans;
using CreditGrains.Engine.Tables;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Engine.Pools;

/// <summary>
/// The engine's own loans in pools: they enter and leave with their facility, and every change of one is told to its pool at once. What it does is a function of the state and
/// of what it is told, so replay does the same.
/// </summary>
internal sealed partial class PooledLoans : ILoanObserver
{
    private readonly PartitionState state;
    private readonly LoanBook book;
    private readonly LimitGraph graph;

    public PooledLoans(PartitionState state, LoanBook book, LimitGraph graph)
    {
        (this.state, this.book, this.graph) = (state, book, graph);
        state.Pools.ScheduleOf = row => state.Pools.OwnSchedules.TryGetValue(row, out var loan) ? new LiveSchedule(book.TermsOf(loan), book.Read(loan)) : null;
        if (state.Pools.HasNoOwn) return;
        for (var loan = 1; loan < state.Loans.End; loan++)
            if (state.Loans.Read(loan).Reference != 0 && state.Pools.FindOwn(KeyOf(state.Loans.Read(loan).Facility), state.Loans.Read(loan).Reference) is var row and not 0) NoteSchedule(row, loan);
    }

    private const int NanoToPpm = 1_000;

    /// <summary>Why the loans of a facility may not enter a pool together; null when they may, or when there is none.</summary>
    /// <param name="facility">Its row.</param>
    /// <param name="pool">The pool.</param>
    /// <param name="others">What its other parts hold, where this is a part.</param>
    public PoolRefusal? Check(int facility, LivePool pool, OtherParts? others)
    {
        var date = DateOf(facility, pool);
        if (pool.Ledger.CheckDate(date) is { } beyond) return beyond;
        long total = 0;
        LoanCandidate? any = null;
        for (var loan = First(facility); loan != 0; loan = state.Loans.Read(loan).NextOfFacility)
        {
            var candidate = CandidateOf(loan);
            if (pool.Ledger.Check(candidate, TransferKind.Purchase, date, VerdictOf(pool, candidate, others)) is { } refusal) return refusal;
            total += candidate.Principal;
            any = candidate;
        }

        // Together they must fit too: concentrations look at the sum.
        return any is { } one && one.Principal != total && one with { Principal = total } is var sum ? pool.Ledger.Check(sum, TransferKind.Purchase, date, VerdictOf(pool, sum, others)) : null;
    }

    /// <summary>Moves the loans of a facility out of the pool they are in and into another.</summary>
    /// <param name="facility">Its row.</param>
    /// <param name="to">Null or a pool without terms: they are in none then.</param>
    public void Move(int facility, LivePool? to)
    {
        for (var loan = First(facility); loan != 0; loan = state.Loans.Read(loan).NextOfFacility)
        {
            var row = state.Pools.FindOwn(KeyOf(facility), state.Loans.Read(loan).Reference);
            if (row != 0 && PoolOf(row) is { } from) from.Ledger.Exit(ref state.Pools.WriteLoan(row).Member, to is null ? TransferKind.Repurchase : TransferKind.Sale, DateOf(facility, from));
            if (to is not null) Enter(loan, to, TransferKind.Purchase);
        }
    }

    /// <summary>After a facility's links changed other than by a transfer: its loans leave a pool it is no longer in, and enter the one it is in where the rules let them.</summary>
    /// <param name="facility">Its row.</param>
    public void Follow(int facility)
    {
        var to = PoolAbove(facility);
        for (var loan = First(facility); loan != 0; loan = state.Loans.Read(loan).NextOfFacility)
        {
            var row = state.Pools.FindOwn(KeyOf(facility), state.Loans.Read(loan).Reference);
            var from = row == 0 ? null : PoolOf(row);
            if (from == to) continue;
            from?.Ledger.Exit(ref state.Pools.WriteLoan(row).Member, to is null ? TransferKind.Repurchase : TransferKind.Sale, DateOf(facility, from));
            if (to is not null) TryEnter(loan, to);
        }
    }

    /// <inheritdoc/>
    public void Changing(int row)
    {
        if (!state.Pools.IsCopied) return;
        ref readonly var loan = ref state.Loans.Read(row);
        if (state.Pools.FindOwn(KeyOf(loan.Facility), loan.Reference) is var pooled and not 0 && state.Pools.OwnSchedules.ContainsKey(pooled)) state.Pools.KeepForCopies(pooled);
    }

    /// <summary>Notes whether a loan has a schedule of its own, which projections read then.</summary>
    private void NoteSchedule(int row, int loan)
    {
        ref readonly var own = ref state.Loans.Read(loan);
        var product = book.ProductOf(loan);
        var isByPlan = product.Amortisation is Amortisation.Level or Amortisation.EqualPrincipal or Amortisation.Bullet or Amortisation.InterestOnlyThenLevel && product.Interval == PaymentInterval.Monthly;
        // A schedule that was changed has its instalments listed, and no regular amount; after a holiday they are due later than their numbers say.
        var isListed = own is { Regular: 0, Remaining: > 0, Rare: not 0 } && product.Amortisation is not Amortisation.Bullet;
        var isLater = own.NextSlot != own.NextNumber - 1;
        if (!isByPlan || isListed || isLater) state.Pools.OwnSchedules[row] = loan;
        else state.Pools.OwnSchedules.Remove(row);
    }

    /// <inheritdoc/>
    public bool WatchesNewOnly => state.Pools.HasNoOwn;

    /// <inheritdoc/>
    public void Changed(in LoanChange change)
    {
        var row = state.Pools.FindOwn(change.Key, change.Reference);
        if (row == 0 || PoolOf(row) is not { } pool)
        {
            // A loan drawn later enters if the rules let it; else it stays outside.
            if (change.Deed == LoanDeed.Made && PoolAbove(change.Facility) is { } above) TryEnter(change.Row, above);
            return;
        }

        ref var loan = ref state.Pools.WriteLoan(row);
        if (change.HasEnded) state.Pools.OwnSchedules.Remove(row);
        else if (change.Deed is not (LoanDeed.Aged or LoanDeed.Paid)) NoteSchedule(row, change.Row);
        var movement = MovementOf(change);
        // A drawdown undone is no payment, and a renewal takes another loan's place; what sums cannot hold leaves the pool, since a loan's event is never refused for its pool's sake.
        if (change.Deed is LoanDeed.Undone or LoanDeed.Renewed || pool.Ledger.CheckMovement(loan.Member, movement) is not null)
        {
            pool.Ledger.Exit(ref loan.Member, change.Deed == LoanDeed.Renewed ? TransferKind.SubstituteOut : TransferKind.Repurchase, DateOf(change.Facility, pool));
            return;
        }

        pool.Ledger.Apply(ref loan.Member, movement);
        (loan.DaysPastDue, loan.RemainingMonths, loan.RatePpm) = (change.DaysPastDue, (ushort)change.Remaining, movement.RatePpm);
    }

    private LivePool? PoolAbove(int facility) =>
        state.Pools.All.Count > 0 && graph.FindPoolLink(facility) is var link and not 0 ? state.Pools.Find(state.Nodes.Read(state.Links.Read(link).Parent).Key) : null;

    private void TryEnter(int loan, LivePool pool)
    {
        var (kind, facility) = (KindOf(loan), state.Loans.Read(loan).Facility);
        if (pool.Ledger.Check(CandidateOf(loan), kind, DateOf(facility, pool)) is not { } refusal) Enter(loan, pool, kind);
        else if (refusal.Fault == PoolFault.TooConcentrated && pool.Ledger.Parts > 1) Undecided.Add(new UndecidedLoan(KeyOf(facility), state.Loans.Read(loan).Reference, pool.Key));
    }

    /// <summary>One that renews another stands in for it, so the end of purchases does not keep it out.</summary>
    private TransferKind KindOf(int loan) => state.Loans.Read(loan).RenewalCount > 0 ? TransferKind.SubstituteIn : TransferKind.Purchase;

    private void Enter(int loan, LivePool pool, TransferKind kind)
    {
        ref readonly var own = ref state.Loans.Read(loan);
        var key = KeyOf(own.Facility);
        var row = state.Pools.FindOwn(key, own.Reference);
        if (row == 0) row = state.Pools.AddOwn(key, own.Reference);
        var candidate = CandidateOf(loan);
        ref var member = ref state.Pools.WriteLoan(row);
        pool.Ledger.Enter(ref member.Member, pool.Place, candidate, kind, DateOf(own.Facility, pool));
        PoolApplier.Store(ref member, candidate);
        NoteSchedule(row, loan);
    }

    private LoanCandidate CandidateOf(int loan)
    {
        ref readonly var own = ref state.Loans.Read(loan);
        ref readonly var facility = ref state.Facilities.Read(own.Facility);
        var oldest = book.OldestUnpaid(loan);
        var (plan, level) = PlanOf(book.TermsOf(loan));
        var (industry, region, obligor) = CodesOf(facility);
        return new LoanCandidate
        {
            Currency = facility.Currency,
            Principal = book.Owed(loan).Principal,
            RatePpm = (int)(own.RateNano / NanoToPpm),
            RemainingMonths = own.Remaining,
            DaysPastDue = oldest == 0 ? 0 : Math.Max(0, own.AsOf - oldest),
            Industry = industry,
            Region = region,
            Obligor = obligor,
            Origination = LoanDays.Date(own.Vintage),
            Plan = plan,
            LevelMonths = level,
        };
    }

    /// <summary>Of the nodes the facility counts in: ids of an industry and a region, where they fit, and of its borrower.</summary>
    private (int Industry, int Region, long Obligor) CodesOf(in FacilityRow facility)
    {
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        var (industry, region, obligor) = (0, 0, 0L);
        foreach (var entry in state.PathOf(facility, buffer))
        {
            ref readonly var node = ref state.Nodes.Read(entry.Node);
            if (node.Kind == NodeKind.Industry && node.Id <= int.MaxValue) industry = (int)node.Id;
            else if (node.Kind == NodeKind.Region && node.Id <= int.MaxValue) region = (int)node.Id;
            else if (node.Kind == NodeKind.Borrower) obligor = node.Id;
        }

        return (industry, region, obligor);
    }

    /// <summary>The plan a projection takes; those it does not know count as level.</summary>
    private static (LoanPlan Plan, int LevelMonths) PlanOf(LoanTerms terms) => terms.Amortisation switch
    {
        Amortisation.EqualPrincipal => (LoanPlan.EqualPrincipal, 0),
        Amortisation.Bullet => (LoanPlan.AtMaturity, 0),
        Amortisation.InterestOnlyThenLevel only when terms.InstalmentCount > only.InterestOnlyCount => (LoanPlan.InterestOnlyThenLevel, terms.InstalmentCount - only.InterestOnlyCount),
        _ => (LoanPlan.Level, 0),
    };

    private static LoanMovement MovementOf(in LoanChange change)
    {
        var isBack = change.Deed == LoanDeed.Bounced;
        var interest = change.Paid.Total - change.Paid.Principal;
        return new LoanMovement
        {
            Date = change.Date,
            Cause = CauseOf(change),
            Principal = change.Principal,
            Scheduled = isBack ? 0 : change.Paid.Principal - change.Prepaid,
            Prepaid = isBack ? 0 : change.Prepaid,
            Interest = isBack ? -interest : interest,
            Recovery = change.Deed == LoanDeed.Recovered ? -change.WrittenOff : 0,
            DaysPastDue = change.DaysPastDue,
            RemainingMonths = change.Remaining,
            RatePpm = (int)(change.RateNano / NanoToPpm),
        };
    }

    private static MovementCause CauseOf(in LoanChange change) => change.Deed switch
    {
        LoanDeed.Bounced => MovementCause.Bounced,
        LoanDeed.WrittenOff => MovementCause.WrittenOff,
        LoanDeed.Recovered => MovementCause.Recovered,
        _ when change.Prepaid > 0 => change.Principal == 0 ? MovementCause.PrepaidWhole : MovementCause.PrepaidPart,
        LoanDeed.Paid => MovementCause.Paid,
        _ when change.Principal > change.PrincipalBefore => MovementCause.Capitalised,
        _ => change.FellDue ? MovementCause.InstalmentDue : MovementCause.Aged,
    };

    private int First(int facility) => book.First(state.Facilities.Read(facility));

    private NodeKey KeyOf(int facility) => state.Facilities.Read(facility).Key;

    private LivePool? PoolOf(int row) => state.PoolLoans.Read(row).Member.Pool is var place and > 0 ? state.Pools.All[place - 1] : null;

    /// <summary>The business date, or the pool's open month when there is none or it is beyond what the pool can reach.</summary>
    private DateOnly DateOf(int facility, LivePool pool)
    {
        var key = KeyOf(facility);
        var day = LoanDays.BusinessDay(state, key.Tenant, key.LegalEntity);
        var open = pool.Ledger.Terms.EndOf(pool.Ledger.Open.Period);
        return day == 0 || pool.Ledger.CheckDate(LoanDays.Date(day)) is not null ? open : LoanDays.Date(day);
    }
}
