using System.Collections.Immutable;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans.Schedules;

namespace CreditGrains.Domain.Loans.Servicing;

/// <summary>
/// The state of one loan on a date, immutable. Invariants: the amount and what was capitalised equal principal paid and owed; money received and
/// not taken back equals what was allocated and what waits; nothing is negative. Made and changed by <see cref="LoanServicing"/>.
/// </summary>
public sealed record LoanAccount
{
    internal LoanAccount(LoanTerms terms, DateOnly vintage)
    {
        Terms = terms;
        Vintage = vintage;
        AsOf = AccruedTo = PeriodStart = terms.Drawdown;
        Amortisation = terms.Amortisation;
    }

    /// <summary>The terms it was opened with.</summary>
    public LoanTerms Terms { get; }

    /// <summary>The day of the first drawdown: renewals keep it.</summary>
    public DateOnly Vintage { get; }

    /// <summary>How often it was renewed without repaying.</summary>
    public int RenewalCount { get; init; }

    /// <summary>The business date to which everything is counted.</summary>
    public DateOnly AsOf { get; init; }

    /// <summary>Instalments not yet due, in order.</summary>
    public ImmutableArray<Instalment> Upcoming { get; init; } = [];

    /// <summary>Instalments due and not wholly paid, oldest first.</summary>
    public ImmutableArray<DueInstalment> Dues { get; init; } = [];

    /// <summary>Money that waits for the next due date, minor units.</summary>
    public long Unapplied { get; init; }

    /// <summary>What was paid, by component.</summary>
    public LoanAllocation Paid { get; init; }

    /// <summary>Interest that became principal, minor units.</summary>
    public long Capitalised { get; init; }

    /// <summary>Days that do not count for ageing.</summary>
    public ImmutableArray<FrozenSpan> Frozen { get; init; } = [];

    /// <summary>
    /// Until when its class is held at 次级 or worse because it was non-performing: the last day of its observation, or <see cref="Observation.UntilCured"/> while something is overdue.
    /// Null: it is not.
    /// </summary>
    public DateOnly? HeldUntil { get; init; }

    /// <summary>Whether it was opened under observation.</summary>
    internal bool WasHeldOpened { get; init; }

    /// <summary>Since when interest is not recognised; null while it is.</summary>
    public DateOnly? NonAccrualSince { get; init; }

    /// <summary>The best class it may have: worse than normal after a concession.</summary>
    public Classification ClassificationBest { get; init; }

    /// <summary>All acts, in order.</summary>
    public ImmutableArray<LoggedAct> Acts { get; init; } = [];

    /// <summary>The best class it could have when it was opened.</summary>
    internal Classification ClassificationOpened { get; init; }

    /// <summary>What is left of the schedule kind.</summary>
    internal Amortisation Amortisation { get; init; }

    /// <summary>The place of the first upcoming instalment among the due dates of the terms.</summary>
    internal int NextSlot { get; init; }

    /// <summary>Where the current period started.</summary>
    internal DateOnly PeriodStart { get; init; }

    /// <summary>Up to which day of the period interest is counted in <see cref="Carried"/>.</summary>
    internal DateOnly AccruedTo { get; init; }

    /// <summary>Interest counted and not yet due, minor units.</summary>
    internal long Carried { get; init; }

    /// <summary>Principal not yet due.</summary>
    public long PrincipalNotDue => Upcoming.IsEmpty ? 0 : Upcoming[0].Opening;

    /// <summary>Principal due and unpaid.</summary>
    public long PrincipalDue => Dues.Sum(due => due.Principal);

    /// <summary>All principal owed.</summary>
    public long PrincipalOwed => PrincipalNotDue + PrincipalDue;

    /// <summary>All that is due and unpaid.</summary>
    public long AmountDue => Dues.Sum(due => due.Total(Terms));

    /// <summary>Contract interest due and unpaid that counts as income: nothing while interest is not recognised.</summary>
    public long InterestRecognised => NonAccrualSince is null ? Dues.Sum(due => due.Interest) : 0;

    /// <summary>Whether nothing is owed or to come.</summary>
    public bool IsClosed => Upcoming.IsEmpty && Dues.IsEmpty;

    /// <summary>Days past due.</summary>
    public int DaysPastDue => Delinquency.DaysPastDue.Of(OldestUnpaid, AsOf, Terms.Overdue.GraceDays, Frozen.AsSpan());

    /// <summary>The class by a product's table, no better than <see cref="ClassificationBest"/>, and no better than 次级 while it is observed.</summary>
    public Classification Classify(ClassificationTable table)
    {
        var own = Classifications.Worse(table.Of(DaysPastDue, AsOf), ClassificationBest);
        return HeldUntil is null ? own : Classifications.Worse(own, Classification.Substandard);
    }

    /// <summary>The oldest due date with interest or principal unpaid.</summary>
    internal DateOnly? OldestUnpaid
    {
        get
        {
            foreach (var due in Dues)
                if (due.Ages) return due.Due;
            return null;
        }
    }
}
