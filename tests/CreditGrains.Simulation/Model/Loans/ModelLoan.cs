using System.Numerics;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Simulation.Model.Loans;

/// <summary>An instalment as planned.</summary>
internal sealed record ModelInstalment(int Number, DateOnly Due, BigInteger Principal, BigInteger Interest, BigInteger Fees);

/// <summary>What is unpaid of an instalment that is due. Interest for lateness is kept as a sum of amount × days.</summary>
internal sealed class ModelDue
{
    public required int Number { get; init; }

    public required DateOnly Due { get; init; }

    public BigInteger Fees { get; set; }

    public BigInteger Interest { get; set; }

    public BigInteger Principal { get; set; }

    public BigInteger PrincipalDays { get; set; }

    public BigInteger InterestDays { get; set; }

    public BigInteger PenaltyPaid { get; set; }

    public BigInteger CompoundPaid { get; set; }

    public BigInteger PenaltyCharged { get; set; }

    public BigInteger CompoundCharged { get; set; }

    /// <summary>Interest for lateness that was charged and is unpaid.</summary>
    public BigInteger LatenessOwed => BigInteger.Max(0, PenaltyCharged - PenaltyPaid) + BigInteger.Max(0, CompoundCharged - CompoundPaid);

    public ModelDue Copy() => (ModelDue)MemberwiseClone();
}

/// <summary>An event of a loan: how it stood before, the business date, the money it took, and whether that had waited and was taken on due dates.</summary>
internal sealed record LoanEntry(long Sequence, ModelLoan Before, DateOnly Day, BigInteger Money, long TakesBack, bool IsByTime);

/// <summary>docs/loans.md "The life of a loan" a second time: a whole schedule, day by day, whole numbers without bound.</summary>
internal sealed class ModelLoan
{
    private static readonly BigInteger Billion = 1_000_000_000;

    public required long Reference { get; init; }

    public required UInt128 ProductHash { get; init; }

    public required LoanProduct Product { get; init; }

    public required BigInteger Amount { get; init; }

    public required long RateNano { get; init; }

    public required DateOnly Drawdown { get; init; }

    /// <summary>The drawdown, but of a loan taken over.</summary>
    public DateOnly? Vintage { get; init; }

    public required LoanFigures Figures { get; init; }

    /// <summary>Instalments that fell due.</summary>
    public int Billed { get; private set; }

    /// <summary>Whether its class is held at substandard or worse.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>The last day of its observation; null while something is overdue.</summary>
    public DateOnly? ObservedTo { get; private set; }

    /// <summary>Whether a balance would have passed its bound when it aged: it does not age until something else happens to it.</summary>
    public bool StandsStill { get; set; }

    public required List<ModelInstalment> ToCome { get; init; }

    public List<ModelDue> Dues { get; private init; } = [];

    public DateOnly AsOf { get; private set; }

    public DateOnly? NonAccrualSince { get; private set; }

    /// <summary>Paid since the last <see cref="Copy"/>, by component.</summary>
    public BigInteger[] Paid { get; } = new BigInteger[5];

    public BigInteger Principal => Sum(ToCome.Select(each => each.Principal)) + Sum(Dues.Select(each => each.Principal));

    public BigInteger Interest => Sum(Dues.Select(each => each.Interest + each.LatenessOwed));

    public BigInteger Fees => Sum(Dues.Select(each => each.Fees));

    public BigInteger PaidTotal => Sum(Paid);

    public bool HasEnded => ToCome.Count == 0 && Dues.Count == 0;

    public DateOnly? OldestUnpaid => Dues.Find(due => !due.Interest.IsZero || !due.Principal.IsZero)?.Due;

    public int DaysPastDue => OldestUnpaid is { } oldest && AsOf.DayNumber - oldest.DayNumber is var days && days > Product.Overdue.GraceDays ? days : 0;

    public int Bucket => Product.Buckets.LastDays.Count(edge => DaysPastDue > edge);

    public Classification Class
    {
        get
        {
            ClassificationRow row = Product.Classes.Rows.LastOrDefault(each => each.From <= AsOf);
            if (row == default) row = Product.Classes.Rows[0];
            int own = new[] { row.SpecialMention, row.Substandard, row.Doubtful, row.Loss }.Count(days => DaysPastDue >= days);
            return (Classification)(IsHeld ? Math.Max(2, own) : own);
        }
    }

    /// <summary>A loan on its first day.</summary>
    public ModelLoan Start()
    {
        AsOf = Drawdown;
        return this;
    }

    /// <summary>The same loan, with nothing paid yet.</summary>
    public ModelLoan Copy() => new()
    {
        Reference = Reference, ProductHash = ProductHash, Product = Product, Amount = Amount, RateNano = RateNano, Drawdown = Drawdown, Vintage = Vintage,
        Figures = Figures, Billed = Billed, IsHeld = IsHeld, ObservedTo = ObservedTo, StandsStill = StandsStill, ToCome = [.. ToCome], Dues = [.. Dues.Select(due => due.Copy())], AsOf = AsOf, NonAccrualSince = NonAccrualSince,
    };

    /// <summary>Whether something that a caller could see has happened to it by time alone since it was last looked at.</summary>
    public bool IsBehind(DateOnly today)
    {
        if (StandsStill) return false;
        if (ToCome.Count > 0 && ToCome[0].Due <= today) return true;
        if (AsOf >= today) return false;
        if (ChargesUpTo(today)) return true;
        if (OldestUnpaid is null && !IsHeld) return false;
        ModelLoan copy = Copy();
        BigInteger none = 0;
        // By one row all that is seen changes one way. By several its class may be another for some days and then as it was.
        for (DateOnly day = Product.Classes.Rows.Length == 1 ? today : AsOf.AddDays(1); day <= today; day = day.AddDays(1))
        {
            copy.Advance(day, ref none);
            if ((copy.Bucket, copy.Class, copy.DaysPastDue > 0, copy.NonAccrualSince, copy.IsHeld) != (Bucket, Class, DaysPastDue > 0, NonAccrualSince, IsHeld)) return true;
        }
        return false;
    }

    // Up to a date before which nothing falls due: whether a month end finds interest for lateness, or something it grows on, past the days of grace.
    private bool ChargesUpTo(DateOnly today)
    {
        ModelLoan copy = Copy();
        for (DateOnly day = AsOf.AddDays(1); day <= today; day = day.AddDays(1))
        {
            if (day.AddDays(1).Day != 1 || !Product.Overdue.ChargesAtMonthEnd || Product.Overdue.PenaltyPpm == 0) continue;
            copy.Count(day);
            bool compounds = Product.Overdue.Compounding == Compounding.OnInterest;
            if (copy.Dues.Exists(due => copy.IsLate(due) && (due.Principal > 0 || (compounds && due.Interest > 0) || copy.Whole(due, DueComponent.Penalty) > due.PenaltyCharged || copy.Whole(due, DueComponent.Compound) > due.CompoundCharged)))
                return true;
        }
        return false;
    }

    /// <summary>Brings it to a date; money that waits is taken when an instalment falls due.</summary>
    public void Advance(DateOnly date, ref BigInteger waiting)
    {
        while (ToCome.Count > 0 && ToCome[0].Due <= date)
        {
            ModelInstalment next = ToCome[0];
            Pass(next.Due);
            ToCome.RemoveAt(0);
            Billed++;
            if (next.Fees + next.Interest + next.Principal > 0)
                Dues.Add(new ModelDue { Number = next.Number, Due = next.Due, Fees = next.Fees, Interest = next.Interest, Principal = next.Principal });
            waiting -= Take(waiting);
        }
        Pass(date);
    }

    /// <summary>Takes money over what is due.</summary>
    /// <returns>What was taken.</returns>
    public BigInteger Take(BigInteger money)
    {
        AllocationOrder order = Product.Overdue.Allocation.Orders.Last(each => each.FromDaysPastDue <= DaysPastDue);
        IEnumerable<(ModelDue Due, DueComponent Component)> places = order.Scope == AllocationScope.ByInstalment
            ? Dues.SelectMany(due => order.Order.Select(component => (due, component)))
            : order.Order.SelectMany(component => Dues.Select(due => (due, component)));
        BigInteger left = money;
        foreach ((ModelDue due, DueComponent component) in places)
        {
            BigInteger part = BigInteger.Min(left, Owed(due, component));
            Pay(due, component, part);
            Paid[(int)component] += part;
            left -= part;
        }
        Dues.RemoveAll(due => Enum.GetValues<DueComponent>().All(component => Owed(due, component).IsZero));
        Recognise();
        return money - left;
    }

    /// <summary>Makes a fee due today; none changes nothing.</summary>
    public void ChargeFee(BigInteger fee)
    {
        if (fee.IsZero) return;
        Dues.Add(new ModelDue { Number = 0, Due = AsOf, Fees = fee });
        Recognise();
    }

    public LoanEventView Event(string deed, BigInteger charged) => HasEnded
        ? new LoanEventView(Reference, deed, (long)charged, Allocation(), 0, 0, 0, 0, 0, Classification.Normal, true)
        : new LoanEventView(Reference, deed, (long)charged, Allocation(), (long)Principal, ToCome.Count, Dues.Count, DaysPastDue, Bucket, Class, false);

    public LoanView View(DateOnly today)
    {
        ModelLoan seen = Copy();
        BigInteger none = 0;
        seen.Advance(today, ref none);
        ModelInstalment? next = seen.ToCome.FirstOrDefault();
        return new LoanView
        {
            Reference = Reference, Product = ProductHash.ToString("x32", System.Globalization.CultureInfo.InvariantCulture), Amount = (long)Amount, RateNano = RateNano, Drawdown = Drawdown,
            Vintage = Vintage ?? Drawdown, AsOf = seen.AsOf, PrincipalNotDue = (long)Sum(seen.ToCome.Select(each => each.Principal)), Remaining = seen.ToCome.Count, NextDue = next?.Due,
            NextPrincipal = (long)(next?.Principal ?? 0), NextInterest = (long)(next?.Interest ?? 0), NextFees = (long)(next?.Fees ?? 0), DaysPastDue = seen.DaysPastDue, Bucket = seen.Bucket,
            Class = seen.Class, OwnClass = seen.Class, NonAccrualSince = seen.NonAccrualSince,
            IsHeld = seen.IsHeld, HeldUntil = seen.ObservedTo,
            Dues = [.. seen.Dues.Select(due => new LoanDueView(
                due.Number, due.Due, (long)due.Fees, (long)seen.Owed(due, DueComponent.Penalty), (long)seen.Owed(due, DueComponent.Compound), (long)due.Interest, (long)due.Principal))],
        };
    }

    private LoanAllocation Allocation() => new((long)Paid[0], (long)Paid[1], (long)Paid[2], (long)Paid[3], (long)Paid[4]);

    // Day by day, so that each month end charges what there is then.
    private void Pass(DateOnly date)
    {
        for (DateOnly day = AsOf.AddDays(1); Product.Overdue.ChargesAtMonthEnd && day <= date; day = day.AddDays(1))
        {
            if (day.AddDays(1).Day != 1) continue;
            Count(day);
            foreach (ModelDue due in Dues.Where(IsLate))
            {
                due.PenaltyCharged = BigInteger.Max(due.PenaltyCharged, Whole(due, DueComponent.Penalty));
                due.CompoundCharged = BigInteger.Max(due.CompoundCharged, Whole(due, DueComponent.Compound));
            }
        }
        Count(date);
    }

    private bool IsLate(ModelDue due) => AsOf.DayNumber - due.Due.DayNumber > Product.Overdue.GraceDays;

    // Of a late instalment, paid or not.
    private BigInteger Whole(ModelDue due, DueComponent component) => Owed(due, component) + (component == DueComponent.Penalty ? due.PenaltyPaid : due.CompoundPaid);

    private void Count(DateOnly date)
    {
        int days = Math.Max(0, date.DayNumber - AsOf.DayNumber);
        foreach (ModelDue due in Dues)
        {
            due.PrincipalDays += due.Principal * days;
            due.InterestDays += due.Interest * days;
        }
        AsOf = AsOf.AddDays(days);
        Recognise();
    }

    // Interest is recognised again only when nothing is past due.
    private void Recognise()
    {
        if (OldestUnpaid is not { } oldest) NonAccrualSince = null;
        else if (NonAccrualSince is null && DaysPastDue >= Product.Overdue.NonAccrualFromDays)
            NonAccrualSince = oldest.AddDays(Math.Max(Product.Overdue.NonAccrualFromDays, Product.Overdue.GraceDays + 1));
        Observe();
    }

    // Held once it was late enough; the observation runs from the day all was paid, and anew from the next such day when it was late meanwhile.
    private void Observe()
    {
        if (Product.Overdue.Observation is not { } rule) return;
        if (OldestUnpaid is not null)
        {
            if (DaysPastDue >= rule.FromDays) IsHeld = true;
            if (DaysPastDue > 0) ObservedTo = null;
            return;
        }
        if (!IsHeld) return;
        if (HasEnded)
        {
            (IsHeld, ObservedTo) = (false, null);
            return;
        }
        if (ObservedTo is not { } end)
        {
            DateOnly months = AsOf.AddMonths(rule.Months);
            DateOnly due = rule.Instalments == 0 ? months : ModelSchedule.DueDate(Product, Figures, Drawdown, Billed + rule.Instalments - 1);
            ObservedTo = due > months ? due : months;
        }
        else if (AsOf > end)
        {
            (IsHeld, ObservedTo) = (false, null);
        }
    }

    private BigInteger Owed(ModelDue due, DueComponent component)
    {
        bool isLate = IsLate(due);
        return component switch
        {
            DueComponent.Fees => due.Fees,
            DueComponent.Interest => due.Interest,
            DueComponent.Principal => due.Principal,
            DueComponent.Penalty => isLate ? Lateness(due.PrincipalDays) - due.PenaltyPaid : 0,
            _ => isLate && Product.Overdue.Compounding == Compounding.OnInterest ? Lateness(due.InterestDays) - due.CompoundPaid : 0,
        };
    }

    private BigInteger Lateness(BigInteger amountDays)
    {
        BigInteger nano = BigInteger.Min(10 * Billion, ModelSchedule.HalfUp(RateNano * (BigInteger)Product.Overdue.PenaltyPpm, Exact.Million));
        int year = Product.Overdue.PenaltyDayCount == Domain.Loans.Calendars.DayCount.Actual360 ? 360 : 365;
        return ModelSchedule.HalfUp(amountDays * nano, Billion * year);
    }

    private static void Pay(ModelDue due, DueComponent component, BigInteger part)
    {
        switch (component)
        {
            case DueComponent.Fees: due.Fees -= part; break;
            case DueComponent.Interest: due.Interest -= part; break;
            case DueComponent.Principal: due.Principal -= part; break;
            case DueComponent.Penalty: due.PenaltyPaid += part; break;
            default: due.CompoundPaid += part; break;
        }
    }

    private static BigInteger Sum(IEnumerable<BigInteger> parts) => parts.Aggregate(BigInteger.Zero, (sum, part) => sum + part);
}
