namespace CreditGrains.Securitisation.Pools;

/// <summary>Loans that enter and leave.</summary>
public sealed partial class PoolLedger
{
    /// <summary>Why a loan in no pool may not enter; null when it may. Faults in the order of <see cref="PoolFault"/>, rules in the order of the terms.</summary>
    public PoolRefusal? Check(in LoanCandidate loan, TransferKind kind, DateOnly date)
    {
        if (loan.Currency != Terms.Currency) return new(PoolFault.CurrencyDiffers, "", $"the loan is in {loan.Currency}, the pool in {Terms.Currency}; choose a pool of its currency");
        if (loan.Principal <= 0) return new(PoolFault.NothingOwed, "", "no principal is owed; only a loan with a balance can enter");
        if (Terms.LoanDefault.CoversDays(loan.DaysPastDue)) return new(PoolFault.LoanInDefault, "", Text($"{loan.DaysPastDue} days past due are a default in this pool; a loan in default cannot enter"));
        if (kind == TransferKind.Purchase && date > Terms.CutOff && !(Terms.RevolvingUntil >= date))
            return new(PoolFault.PurchasesEnded, "", Text($"the pool buys until {Terms.RevolvingUntil ?? Terms.CutOff:yyyy-MM-dd}, and this is {date:yyyy-MM-dd}; only a substitute may enter now"));
        if (IsBeyond(date)) return TooManyMonths(date);
        if (loan.Principal > BalanceMax - balance - DefaultedStock || loan.Principal > BalanceMax - PurchasedTotal) return new(PoolFault.PoolTooLarge, "", "the pool, or all it ever bought, would pass 2^60 minor units; open another");
        foreach (var rule in Terms.Eligibility)
            if (rule.WhyNot(loan, date) is { } why) return new(PoolFault.NotEligible, rule.Name, why);
        foreach (var rule in Terms.Concentrations)
        {
            var group = GroupBalance(rule.By, loan) + loan.Principal;
            if (rule.By == PoolDimension.Obligor && loan.Obligor == 0) continue;
            if (rule.IsAbove(group, balance + loan.Principal))
                return new(PoolFault.TooConcentrated, rule.Name, Text($"{rule.By} would have {group} of {Math.Max(balance + loan.Principal, rule.Floor)} minor units, above {rule.MaxPpm} parts per million"));
        }

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
        var vintage = vintages[member.Vintage];
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

    private long GroupBalance(PoolDimension by, in LoanCandidate loan) => by switch
    {
        PoolDimension.TermBand => By(by).Balance(PoolTerms.BandOf(Terms.TermBands, loan.RemainingMonths)),
        PoolDimension.RateBand => By(by).Balance(PoolTerms.BandOf(Terms.RateBands, loan.RatePpm)),
        PoolDimension.Industry => industries.TryGet(loan.Industry, out var place) ? By(by).Balance(place) : 0,
        PoolDimension.Region => regions.TryGet(loan.Region, out var place) ? By(by).Balance(place) : 0,
        PoolDimension.Obligor => obligors.TryGet(loan.Obligor, out var place) ? By(by).Balance(place) : 0,
        _ => throw new InvalidOperationException($"no concentration by {by}"),
    };

    private static bool IsFull(CodeIndex codes, long code) => codes.IsFull && !codes.TryGet(code, out _);

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
        if (place == vintages.Count) vintages.Add(new VintageCurve(period));
        return (ushort)place;
    }
}
