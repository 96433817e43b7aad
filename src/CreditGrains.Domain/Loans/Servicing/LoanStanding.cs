using System.Collections.Immutable;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans.Schedules;

namespace CreditGrains.Domain.Loans.Servicing;

/// <summary>Principal and interest of an instalment to come that no rule gives, minor units.</summary>
public readonly record struct ListedInstalment(long Principal, long Interest);

/// <summary>
/// What must be kept of a loan beside its terms, so that the account follows from it: where its schedule stands and what is due. A level, equal-principal,
/// interest-only, balloon or bullet loan keeps one amount (<see cref="Regular"/>) instead of its schedule; any other the amounts of all instalments to come
/// (<see cref="Listed"/>). What was paid and done before is not kept.
/// </summary>
public sealed record LoanStanding
{
    /// <summary>The business date to which everything is counted.</summary>
    public DateOnly AsOf { get; init; }

    /// <summary>Number of the next instalment.</summary>
    public int NextNumber { get; init; }

    /// <summary>Its place among the due dates of the terms, from 0.</summary>
    public int NextSlot { get; init; }

    /// <summary>Instalments to come; 0 when all are due.</summary>
    public int Remaining { get; init; }

    /// <summary>Where the current period started.</summary>
    public DateOnly PeriodStart { get; init; }

    /// <summary>Up to which day of the period interest is counted in <see cref="Carried"/>.</summary>
    public DateOnly AccruedTo { get; init; }

    /// <summary>Principal not yet due, minor units.</summary>
    public long PrincipalNotDue { get; init; }

    /// <summary>Interest counted and not yet due, minor units.</summary>
    public long Carried { get; init; }

    /// <summary>The regular instalment, or the regular part of principal; 0 when the instalments are listed.</summary>
    public long Regular { get; init; }

    /// <summary>The instalments to come, from the next; empty when they follow from <see cref="Regular"/>.</summary>
    public ImmutableArray<ListedInstalment> Listed { get; init; } = [];

    /// <summary>Instalments due and not wholly paid, oldest first.</summary>
    public ImmutableArray<DueInstalment> Dues { get; init; } = [];

    /// <summary>Interest that became principal, minor units.</summary>
    public long Capitalised { get; init; }

    /// <summary>Written off and not recovered, minor units; the account knows nothing of it.</summary>
    public long WrittenOff { get; init; }

    /// <summary>Days that do not count for ageing.</summary>
    public ImmutableArray<FrozenSpan> Frozen { get; init; } = [];

    /// <summary>Since when interest is not recognised; null while it is.</summary>
    public DateOnly? NonAccrualSince { get; init; }

    /// <summary>Until when its class is held at 次级 or worse; see <see cref="LoanAccount.HeldUntil"/>.</summary>
    public DateOnly? HeldUntil { get; init; }

    /// <summary>The best class it may have.</summary>
    public Classification ClassificationBest { get; init; }

    /// <summary>Principal due and unpaid.</summary>
    public long PrincipalDue => Dues.Sum(due => due.Principal);

    /// <summary>All principal owed.</summary>
    public long PrincipalOwed => PrincipalNotDue + PrincipalDue;

    /// <summary>Whether nothing is owed, to come or to be recovered.</summary>
    public bool IsClosed => Remaining == 0 && Dues.IsEmpty && WrittenOff == 0;

    /// <summary>The instalments to come, in order; each is worked out when it is asked for.</summary>
    /// <param name="terms">The loan's terms.</param>
    public IEnumerable<Instalment> Upcoming(LoanTerms terms)
    {
        var stand = new ScheduleStand(NextNumber, NextSlot, Remaining, PeriodStart, AccruedTo, PrincipalNotDue, Carried, Regular);
        for (var i = 0; stand.HasNext; i++)
        {
            var next = Listed.IsEmpty ? stand.Next(terms, isFirst: i == 0) : stand.Next(terms, Listed[i]);
            yield return next;
            stand = stand.After(next);
        }
    }

    /// <summary>The account that follows from it. Of the instalments to come it has those due up to a date and one more, or all.</summary>
    /// <param name="terms">The loan's terms.</param>
    /// <param name="vintage">The day of the first drawdown.</param>
    /// <param name="renewals">How often it was renewed.</param>
    /// <param name="until">The date; null is all.</param>
    public LoanAccount ToAccount(LoanTerms terms, DateOnly vintage, int renewals, DateOnly? until)
    {
        var upcoming = ImmutableArray.CreateBuilder<Instalment>(until is null ? Remaining : 2);
        foreach (var one in Upcoming(terms))
        {
            upcoming.Add(one);
            if (one.Due > until) break;
        }

        return new LoanAccount(terms, vintage)
        {
            RenewalCount = renewals,
            AsOf = AsOf,
            Upcoming = upcoming.DrainToImmutable(),
            Dues = Dues,
            Capitalised = Capitalised,
            Frozen = Frozen,
            NonAccrualSince = NonAccrualSince,
            HeldUntil = HeldUntil,
            WasHeldOpened = HeldUntil is not null,
            ClassificationBest = ClassificationBest,
            ClassificationOpened = ClassificationBest,
            Amortisation = Respread.After(terms.Amortisation, NextNumber - 1),
            NextSlot = NextSlot,
            PeriodStart = PeriodStart,
            AccruedTo = AccruedTo,
            Carried = Carried,
        };
    }

    /// <summary>What is kept of an account that came of this one by time and payments alone: its schedule is as it was.</summary>
    /// <param name="account">Of <see cref="ToAccount"/>, advanced and paid.</param>
    public LoanStanding After(LoanAccount account)
    {
        var billed = account.NextSlot - NextSlot;
        return Same(account) with
        {
            NextNumber = NextNumber + billed,
            Remaining = account.Upcoming.IsEmpty ? 0 : Remaining - billed,
            Regular = Regular,
            WrittenOff = WrittenOff,
            Listed = account.Upcoming.IsEmpty || Listed.IsEmpty ? [] : Listed[billed..],
        };
    }

    /// <summary>What is kept of an account with all of its instalments.</summary>
    public static LoanStanding Of(LoanAccount account)
    {
        var standing = Same(account) with { NextNumber = account.Upcoming.IsEmpty ? account.NextSlot + 1 : account.Upcoming[0].Number, Remaining = account.Upcoming.Length };
        if (account.Upcoming.IsEmpty) return standing;
        standing = standing with { Regular = RegularOf(account) };
        // The rule is taken at its word only when it gives every instalment.
        return account.Terms.Amortisation is Amortisation.Stepped or Amortisation.Custom or Amortisation.Seasonal || !standing.Upcoming(account.Terms).SequenceEqual(account.Upcoming)
            ? standing with { Regular = 0, Listed = [.. account.Upcoming.Select(one => new ListedInstalment(one.Principal, one.Interest))] }
            : standing;
    }

    private static LoanStanding Same(LoanAccount account) => new()
    {
        AsOf = account.AsOf,
        NextSlot = account.NextSlot,
        PeriodStart = account.PeriodStart,
        AccruedTo = account.AccruedTo,
        PrincipalNotDue = account.PrincipalNotDue,
        Carried = account.Carried,
        Dues = account.Dues,
        Capitalised = account.Capitalised,
        Frozen = account.Frozen,
        NonAccrualSince = account.NonAccrualSince,
        HeldUntil = account.HeldUntil,
        ClassificationBest = account.ClassificationBest,
    };

    private static long RegularOf(LoanAccount account)
    {
        var first = account.Upcoming[0];
        var interestOnly = account.Amortisation is Amortisation.InterestOnlyThenLevel only ? Math.Min(only.InterestOnlyCount, account.Upcoming.Length - 1) : 0;
        return account.Amortisation switch
        {
            Amortisation.EqualPrincipal => account.Upcoming[Math.Min(1, account.Upcoming.Length - 1)].Principal,
            Amortisation.Bullet => 0,
            _ => interestOnly == 0 ? first.Payment : account.Upcoming[interestOnly].Payment,
        };
    }
}
