namespace CreditGrains.Securitisation.Pools;

/// <summary>Loans that enter and leave.</summary>
public sealed partial class PoolLedger
{
    /// <summary>Why a loan in no pool may not enter; null when it may. Faults in the order of <see cref="PoolFault"/>, rules in the order of the terms.</summary>
    /// <param name="loan">The loan as it is.</param>
    /// <param name="kind">A way in.</param>
    /// <param name="date">Business date.</param>
    /// <param name="concentration">What the whole pool says of its concentration rules, where it is kept in parts; a part cannot look at them itself and lets nothing in without.</param>
    public PoolRefusal? Check(in LoanCandidate loan, TransferKind kind, DateOnly date, PoolVerdict? concentration = null)
    {
        if (loan.Currency != Terms.Currency) return new(PoolFault.CurrencyDiffers, "", $"the loan is in {loan.Currency}, the pool in {Terms.Currency}; choose a pool of its currency");
        if (loan.Principal <= 0) return new(PoolFault.NothingOwed, "", "no principal is owed; only a loan with a balance can enter");
        if (Terms.LoanDefault.CoversDays(loan.DaysPastDue)) return new(PoolFault.LoanInDefault, "", Text($"{loan.DaysPastDue} days past due are a default in this pool; a loan in default cannot enter"));
        if (kind == TransferKind.Purchase && date > Terms.CutOff && !(Terms.RevolvingUntil >= date))
            return new(PoolFault.PurchasesEnded, "", Text($"the pool buys until {Terms.RevolvingUntil ?? Terms.CutOff:yyyy-MM-dd}, and this is {date:yyyy-MM-dd}; only a substitute may enter now"));
        if (IsBeyond(date)) return TooManyMonths(date);
        if (loan.Principal > SumMax - balance - DefaultedStock || loan.Principal > SumMax - PurchasedTotal) return TooLarge;
        foreach (var rule in Terms.Eligibility)
            if (rule.WhyNot(loan, date) is { } why) return new(PoolFault.NotEligible, rule.Name, why);
        if (CheckConcentrations(loan, concentration) is { } concentrated) return concentrated;
        return IsFull(industries, loan.Industry) || IsFull(regions, loan.Region) || IsFull(origins, Terms.PeriodOf(loan.Origination))
            ? new(PoolFault.TooManyCodes, "", $"the pool has {CodesMax} codes of an industry, a region or a month of origination already; use fewer")
            : null;
    }

    /// <summary>Takes a loan in. <see cref="Check"/> said that it may.</summary>
    /// <param name="member">Its row, in no pool.</param>
    /// <param name="place">Place of this pool in its book.</param>
    /// <param name="loan">The loan as it is.</param>
    /// <param name="kind">A way in.</param>
    /// <param name="date">Business date.</param>
    public void Enter(ref PoolMember member, int place, in LoanCandidate loan, TransferKind kind, DateOnly date)
    {
        if (member.State != MemberState.None || !kind.IsIn()) throw new InvalidOperationException("the loan is in a pool, or the transfer is no way in");
        AdvanceTo(date);
        Changed();
        member = new PoolMember
        {
            Pool = place + 1,
            Principal = loan.Principal,
            Period = open.Period,
            From = RollCounts.NoRow,
            To = RollCounts.NoRow,
            Bucket = (byte)Terms.Buckets.Of(loan.DaysPastDue),
            TermBand = (byte)PoolTerms.BandOf(Terms.TermBands, loan.RemainingMonths),
            RateBand = (byte)PoolTerms.BandOf(Terms.RateBands, loan.RatePpm),
            Industry = (ushort)PlaceOf(PoolDimension.Industry, industries, loan.Industry),
            Region = (ushort)PlaceOf(PoolDimension.Region, regions, loan.Region),
            Obligor = PlaceOf(PoolDimension.Obligor, obligors, loan.Obligor),
            Vintage = VintageOf(loan.Origination),
        };
        Join(ref member);
        PurchasedTotal += loan.Principal;
        open.LoansPurchased++;
        var vintage = Change(member.Vintage);
        vintage.Loans++;
        vintage.Purchased += loan.Principal;
        if (kind == TransferKind.SubstituteIn) open.SubstitutedIn += loan.Principal;
        else if (date > Terms.CutOff) open.PurchasedRevolving += loan.Principal;
        else open.PurchasedAtCutOff += loan.Principal;
    }

    /// <summary>Lets a loan go; its row is then in no pool. One in default leaves at nothing: it is in the balance no more.</summary>
    public void Exit(ref PoolMember member, TransferKind kind, DateOnly date)
    {
        if (member.State == MemberState.None || kind.IsIn()) throw new InvalidOperationException("the loan is in no pool, or the transfer is no way out");
        AdvanceTo(date);
        Changed();
        Touch(ref member);
        if (member.State == MemberState.Defaulted) DefaultedStock -= member.Principal;
        if (member.State == MemberState.Performing)
        {
            var amount = member.Principal;
            Leave(ref member, MemberState.None, roll.Removed);
            open.LoansRepurchased++;
            switch (kind)
            {
                case TransferKind.Sale: open.Sold += amount; break;
                case TransferKind.SubstituteOut: open.SubstitutedOut += amount; break;
                case TransferKind.CleanUp: open.CleanedUp += amount; break;
                default: open.RepurchasedBySeller += amount; break;
            }
        }

        member = default;
    }

    private PoolRefusal? CheckConcentrations(in LoanCandidate loan, PoolVerdict? verdict)
    {
        if (Terms.Concentrations.IsEmpty) return null;
        if (Parts > 1)
        {
            verdict ??= new PoolVerdict(Terms.Concentrations[0].Name, "the pool lies in several partitions and takes loans under concentration rules only as the servicer's loans, one by one; leave the rules out of the terms for others");
            return verdict.Rule.Length == 0 ? null : new(PoolFault.TooConcentrated, verdict.Rule, verdict.Text);
        }

        foreach (var rule in Terms.Concentrations)
            if (rule.WhyNot(loan, GroupBalance(rule.By, rule.GroupOf(Terms, loan)), balance) is { } why) return new(PoolFault.TooConcentrated, rule.Name, why);
        return null;
    }

    /// <summary>What a group holds here, minor units; 0 when it was never seen.</summary>
    /// <param name="by">Term band, rate band, industry, region or obligor.</param>
    /// <param name="group">As <see cref="ConcentrationRule.GroupOf"/> names it.</param>
    public long GroupBalance(PoolDimension by, long group) => by switch
    {
        PoolDimension.TermBand or PoolDimension.RateBand => By(by).Balance((int)group),
        PoolDimension.Industry => industries.TryGet(group, out var place) ? By(by).Balance(place) : 0,
        PoolDimension.Region => regions.TryGet(group, out var place) ? By(by).Balance(place) : 0,
        PoolDimension.Obligor => obligors.TryGet(group, out var place) ? By(by).Balance(place) : 0,
        _ => throw new InvalidOperationException($"no concentration by {by}"),
    };

    private static bool IsFull(CodeIndex codes, long code) => codes.Count >= CodesMax && !codes.TryGet(code, out _);

    private int PlaceOf(PoolDimension dimension, CodeIndex codes, long code)
    {
        var place = codes.PlaceOf(code);
        strata[(int)dimension].MakeRoom(place + 1);
        return place;
    }

    private ushort VintageOf(DateOnly origination)
    {
        var period = Terms.PeriodOf(origination);
        var place = PlaceOf(PoolDimension.Vintage, origins, period);
        if (place == vintages.Count) vintages.Add(new VintageCurve(period, copies));
        return (ushort)place;
    }
}
