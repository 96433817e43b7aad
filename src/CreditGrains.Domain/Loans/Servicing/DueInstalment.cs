namespace CreditGrains.Domain.Loans.Servicing;

/// <summary>
/// What is unpaid of an instalment that is due, minor units. Interest for lateness is kept as a sum of amount × days, so it does not
/// depend on how often a loan is looked at; it is rounded when it is taken.
/// </summary>
/// <param name="Number">Of the instalment; 0 for a fee or interest of its own.</param>
/// <param name="Due">When it was due.</param>
/// <param name="Fees">Unpaid fees.</param>
/// <param name="Interest">Unpaid contract interest.</param>
/// <param name="Principal">Unpaid principal.</param>
public sealed record DueInstalment(int Number, DateOnly Due, long Fees, long Interest, long Principal)
{
    /// <summary>Unpaid principal × days counted since it was due.</summary>
    public Int128 PrincipalDays { get; init; }

    /// <summary>Unpaid interest × days counted since it was due.</summary>
    public Int128 InterestDays { get; init; }

    /// <summary>Days counted since it was due.</summary>
    public int DaysLate { get; init; }

    /// <summary>Penalty paid so far.</summary>
    public long PenaltyPaid { get; init; }

    /// <summary>Compound interest paid so far.</summary>
    public long CompoundPaid { get; init; }

    /// <summary>The most that is charged of one kind on one instalment, minor units; what is more waits until it is paid.</summary>
    public const long ChargedMax = (1L << 48) - 1;

    /// <summary>Penalty charged so far, paid or not; 0 when the terms charge it only when it is paid.</summary>
    public long PenaltyCharged { get; init; }

    /// <summary>Compound interest charged so far, paid or not.</summary>
    public long CompoundCharged { get; init; }

    /// <summary>Interest for lateness that was charged and is unpaid.</summary>
    public long LatenessOwed => Math.Max(0, PenaltyCharged - PenaltyPaid) + Math.Max(0, CompoundCharged - CompoundPaid);

    /// <summary>Whether it makes the loan past due: interest or principal is unpaid.</summary>
    public bool Ages => Interest > 0 || Principal > 0;

    /// <summary>Unpaid interest for lateness on principal; nothing while the days of grace run.</summary>
    public long Penalty(LoanTerms terms) => IsInGrace(terms) ? 0 : Owed(terms, PrincipalDays) - PenaltyPaid;

    /// <summary>Unpaid interest for lateness on interest; nothing while the days of grace run.</summary>
    public long Compound(LoanTerms terms) => IsInGrace(terms) || terms.Overdue.Compounding == Compounding.None ? 0 : Owed(terms, InterestDays) - CompoundPaid;

    /// <summary>What is unpaid of one component.</summary>
    public long Of(DueComponent component, LoanTerms terms) => component switch
    {
        DueComponent.Fees => Fees,
        DueComponent.Penalty => Penalty(terms),
        DueComponent.Compound => Compound(terms),
        DueComponent.Interest => Interest,
        _ => Principal,
    };

    /// <summary>All that is unpaid.</summary>
    public long Total(LoanTerms terms) => Fees + Interest + Principal + Penalty(terms) + Compound(terms);

    internal DueInstalment After(int days) => this with
    {
        PrincipalDays = PrincipalDays + (Int128)Principal * days,
        InterestDays = InterestDays + (Int128)Interest * days,
        DaysLate = DaysLate + days,
    };

    /// <summary>All interest for lateness so far is charged.</summary>
    internal DueInstalment Charge(LoanTerms terms) => this with
    {
        PenaltyCharged = Math.Max(PenaltyCharged, Math.Min(ChargedMax, Penalty(terms) + PenaltyPaid)),
        CompoundCharged = Math.Max(CompoundCharged, Math.Min(ChargedMax, Compound(terms) + CompoundPaid)),
    };

    /// <summary>Whether there will be interest for lateness to charge at a month end past the days of grace: some that is not charged yet, though nothing while they run, or an amount on which it grows.</summary>
    /// <param name="terms">The loan's terms.</param>
    public bool AwaitsCharge(LoanTerms terms) => terms.Overdue.PenaltyPpm > 0
        && (Principal > 0 || (Interest > 0 && terms.Overdue.Compounding == Compounding.OnInterest) || HasUncharged(terms));

    /// <summary>Whether the days counted so far bring interest for lateness, now or when the days of grace are over, that is not charged yet.</summary>
    /// <param name="terms">The loan's terms.</param>
    public bool HasUncharged(LoanTerms terms) =>
        Owed(terms, PrincipalDays) > PenaltyCharged || (terms.Overdue.Compounding == Compounding.OnInterest && Owed(terms, InterestDays) > CompoundCharged);

    internal DueInstalment Pay(DueComponent component, long amount) => component switch
    {
        DueComponent.Fees => this with { Fees = Fees - amount },
        DueComponent.Penalty => this with { PenaltyPaid = PenaltyPaid + amount },
        DueComponent.Compound => this with { CompoundPaid = CompoundPaid + amount },
        DueComponent.Interest => this with { Interest = Interest - amount },
        _ => this with { Principal = Principal - amount },
    };

    private bool IsInGrace(LoanTerms terms) => DaysLate <= terms.Overdue.GraceDays;

    private static long Owed(LoanTerms terms, Int128 amountDays)
    {
        var rate = terms.Rate.Times(terms.Overdue.PenaltyPpm);
        var year = terms.Overdue.PenaltyDayCount == Calendars.DayCount.Actual360 ? 360 : 365;
        return Rounding.Divide(amountDays * rate.Nano, (Int128)RateAnnual.WholeNano * year, terms.Rounding.Interest);
    }
}
