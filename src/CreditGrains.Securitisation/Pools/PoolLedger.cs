using System.Globalization;

namespace CreditGrains.Securitisation.Pools;

/// <summary>
/// One pool kept current per loan event: a constant amount of work an event, none at a scan. Integers only; the order of events of different loans within a month does not
/// matter. Events dated before the open month are booked in it. One writer; <see cref="Check"/> reads only.
/// </summary>
public sealed partial class PoolLedger
{
    /// <summary>Largest balance of a pool, minor units.</summary>
    public const long BalanceMax = 1L << 60;

    /// <summary>Most months of a pool.</summary>
    public const int PeriodsMax = 2_400;

    private const int CodesMax = ushort.MaxValue;
    private readonly GrowingList<PoolFlows> history = new();
    private readonly GrowingList<RollCounts> rolls = new();
    private readonly List<VintageCurve> vintages = [];
    private readonly CodeIndex industries;
    private readonly CodeIndex regions;
    private readonly CodeIndex origins;
    private readonly CodeIndex obligors;
    private readonly Strata[] strata;
    private readonly Bands buckets;
    private readonly Bands termBands;
    private readonly Bands rateBands;
    private PoolFlows open;
    private RollCounts roll;
    private long balance;
    private long loans;
    private long changes;

    // Copies made so far: a vintage that is older than the last is shared with it.
    private long copies;

    // The latest date an event or a look was of: no earlier one opens a month.
    private DateOnly reached;

    /// <param name="terms">Checked terms.</param>
    /// <exception cref="InvalidInputException">The terms are wrong.</exception>
    public PoolLedger(PoolTerms terms)
    {
        terms.Check(isKept: true);
        Terms = terms;
        (buckets, termBands, rateBands) = (new(terms.Buckets.LastDays), new(terms.TermBands), new(terms.RateBands));
        (industries, regions, origins, obligors) = (new(int.MaxValue), new(int.MaxValue), new(int.MaxValue), new(int.MaxValue));
        strata =
        [
            new Strata(terms.Buckets.Count), new Strata(terms.TermBands.Length + 1), new Strata(terms.RateBands.Length + 1), new Strata(4), new Strata(4), new Strata(4), new Strata(4),
        ];
        roll = new RollCounts(terms.Buckets.Count);
        open.Period = terms.PeriodOf(terms.CutOff);
    }

    public PoolTerms Terms { get; }

    /// <summary>Rises with whatever happens to the pool. Any thread: as long as it is the same, so is the pool.</summary>
    public long Changes => Volatile.Read(ref changes);

    /// <summary>Performing principal now, minor units.</summary>
    public long Balance => balance;

    /// <summary>Performing loans now.</summary>
    public long Loans => loans;

    /// <summary>Principal of loans in default that is not recovered or given up.</summary>
    public long DefaultedStock { get; private set; }

    /// <summary>All that was purchased at the cut-off, while revolving and as substitutes: what cumulative rates are of.</summary>
    public long PurchasedTotal { get; private set; }

    /// <summary>Came into default to date.</summary>
    public long DefaultedTotal { get; private set; }

    /// <summary>Cash out of loans in default to date.</summary>
    public long RecoveredTotal { get; private set; }

    /// <summary>The closed months, oldest first.</summary>
    public IReadOnlyList<PoolFlows> History => history;

    /// <summary>The roll matrices of the closed months.</summary>
    public IReadOnlyList<RollCounts> RollHistory => rolls;

    /// <summary>The open month so far.</summary>
    public PoolFlows Open => open with { Closing = balance, Delinquent = strata[(int)PoolDimension.Bucket].BalanceFrom(1), Loans = loans };

    /// <summary>The roll matrix of the open month so far.</summary>
    public RollCounts OpenRoll => roll;

    /// <summary>By month of origination, in the order the months were first seen.</summary>
    public IReadOnlyList<VintageCurve> Vintages => vintages;

    /// <summary>Numbers and balances by a dimension.</summary>
    public Strata By(PoolDimension dimension) => strata[(int)dimension];

    /// <summary>The code of a group: an industry's, a region's, an obligor's, a month; the place itself for buckets and bands.</summary>
    public long CodeOf(PoolDimension dimension, int group) => CodesOf(dimension) is { } codes ? codes[group] : group;

    /// <summary>Groups seen.</summary>
    public int GroupsOf(PoolDimension dimension) => CodesOf(dimension) is { } codes ? codes.Count : strata[(int)dimension].Groups;

    /// <summary>Closes all months before the one of a date.</summary>
    /// <exception cref="InvalidOperationException">The pool would have more than <see cref="PeriodsMax"/> months.</exception>
    public void AdvanceTo(DateOnly date)
    {
        if (date <= reached) return;
        var period = Terms.PeriodOf(date);
        if (period > open.Period)
        {
            if (IsBeyond(date)) throw new InvalidOperationException($"a pool has at most {PeriodsMax} months");
            Changed();
            while (open.Period < period) Close();
        }

        reached = date;
    }

    private void Changed() => Volatile.Write(ref changes, changes + 1);

    /// <summary>A vintage for writing; copies made of the pool keep what it was.</summary>
    private VintageCurve Change(int place)
    {
        var vintage = vintages[place];
        return vintage.Copies == copies ? vintage : vintages[place] = new VintageCurve(vintage, copies);
    }

    /// <summary>What happened to a loan of the pool.</summary>
    /// <param name="member">Its row, which is changed.</param>
    /// <param name="movement">The event. What principal changed beyond the parts it names is taken as paid by plan, or as capitalised.</param>
    public void Apply(ref PoolMember member, in LoanMovement movement)
    {
        if (member.State == MemberState.None) throw new InvalidOperationException("the loan is in no pool");
        AdvanceTo(movement.Date);
        Changed();
        if (member.State == MemberState.Defaulted)
        {
            Recover(ref member, movement);
            return;
        }

        Touch(ref member);
        if (Terms.LoanDefault.Covers(movement) && member.Principal > 0) Default(ref member, movement);
        else Service(ref member, movement);
    }

    private void Service(ref PoolMember member, in LoanMovement movement)
    {
        var after = movement.Principal;
        Book(member.Principal, movement, after);
        if (movement.Prepaid != 0) Change(member.Vintage).AddPrepaid(open.Period, movement.Prepaid);
        if (after == 0)
        {
            if (member.State == MemberState.Performing) Leave(ref member, MemberState.Ended, movement.Prepaid > 0 ? roll.PaidOff : roll.Matured);
            member.Principal = 0;
            return;
        }

        if (member.State == MemberState.Ended)
        {
            // A payment that came back, or money lent again: the loan is as it would have been.
            member.Bucket = (byte)buckets.Of(movement.DaysPastDue, member.Bucket);
            member.TermBand = (byte)termBands.Of(movement.RemainingMonths, member.TermBand);
            member.RateBand = (byte)rateBands.Of(movement.RatePpm, member.RateBand);
            member.Principal = after;
            Join(ref member);
            if (member.From != RollCounts.NoRow) MoveTo(ref member, member.Bucket);
            return;
        }

        PartlyPrepaid(ref member, movement.Prepaid);
        Restate(ref member, movement, after);
    }

    /// <summary>Books what changed the performing principal.</summary>
    private void Book(long before, in LoanMovement movement, long after)
    {
        open.Interest = checked(open.Interest + movement.Interest);
        open.Prepaid = checked(open.Prepaid + movement.Prepaid);
        open.Scheduled = checked(open.Scheduled + movement.Scheduled);
        var grown = after - before + movement.Scheduled + movement.Prepaid;
        if (grown == 0) return;
        switch (movement.Cause)
        {
            case MovementCause.Drawn when grown > 0: open.Drawn += grown; break;
            case MovementCause.Bounced:
                open.Bounced += grown;
                open.Scheduled -= grown;
                break;
            default:
                if (grown > 0) open.Capitalised += grown;
                else open.Scheduled -= grown;
                break;
        }
    }

    private void Default(ref PoolMember member, in LoanMovement movement)
    {
        // A write-off gives principal up; all other ways into default leave it owed.
        var lost = movement.Cause == MovementCause.WrittenOff ? member.Principal - movement.Scheduled - movement.Prepaid - movement.Principal : 0;
        var owed = movement.Principal + lost;
        Book(member.Principal, movement, owed);
        Change(member.Vintage).AddPrepaid(open.Period, movement.Prepaid);
        open.Defaulted += owed;
        open.LoansDefaulted++;
        open.WrittenOff += lost;
        DefaultedTotal += owed;
        DefaultedStock += movement.Principal;
        Change(member.Vintage).AddDefaulted(open.Period, owed);
        if (member.State == MemberState.Performing) Leave(ref member, MemberState.Defaulted, roll.ChargedOff);
        member.State = MemberState.Defaulted;
        member.Principal = movement.Principal;
    }

    private void Recover(ref PoolMember member, in LoanMovement movement)
    {
        var fall = member.Principal - movement.Principal;
        DefaultedStock -= fall;
        member.Principal = movement.Principal;
        if (movement.Cause == MovementCause.WrittenOff)
        {
            open.WrittenOff += fall;
            return;
        }

        // Interest that becomes principal, and further drawings, are no cash.
        var cash = movement.Recovery != 0 ? movement.Recovery : movement.Interest + (movement.Cause is MovementCause.Capitalised or MovementCause.Drawn ? 0 : fall);
        open.Recovered = checked(open.Recovered + cash);
        RecoveredTotal = checked(RecoveredTotal + cash);
    }

    private void Restate(ref PoolMember member, in LoanMovement movement, long after)
    {
        var before = member.Principal;
        var bucket = (byte)buckets.Of(movement.DaysPastDue, member.Bucket);
        var term = (byte)termBands.Of(movement.RemainingMonths, member.TermBand);
        var rate = (byte)rateBands.Of(movement.RatePpm, member.RateBand);
        var grown = after - before;
        // Most events move a loan to no other group, and ageing moves no balance.
        if (grown != 0 || bucket != member.Bucket) strata[(int)PoolDimension.Bucket].Move(member.Bucket, bucket, before, after);
        if (grown != 0 || term != member.TermBand) strata[(int)PoolDimension.TermBand].Move(member.TermBand, term, before, after);
        if (grown != 0 || rate != member.RateBand) strata[(int)PoolDimension.RateBand].Move(member.RateBand, rate, before, after);
        if (grown != 0)
        {
            strata[(int)PoolDimension.Industry].Grow(member.Industry, grown);
            strata[(int)PoolDimension.Region].Grow(member.Region, grown);
            strata[(int)PoolDimension.Vintage].Grow(member.Vintage, grown);
            strata[(int)PoolDimension.Obligor].Grow(member.Obligor, grown);
            balance = checked(balance + grown);
        }

        if (member.From != RollCounts.NoRow) MoveTo(ref member, bucket);
        (member.Bucket, member.TermBand, member.RateBand, member.Principal) = (bucket, term, rate, after);
    }

    private void Count(in PoolMember member, int sign)
    {
        var amount = sign * member.Principal;
        strata[(int)PoolDimension.Bucket].Add(member.Bucket, sign, amount);
        strata[(int)PoolDimension.TermBand].Add(member.TermBand, sign, amount);
        strata[(int)PoolDimension.RateBand].Add(member.RateBand, sign, amount);
        strata[(int)PoolDimension.Industry].Add(member.Industry, sign, amount);
        strata[(int)PoolDimension.Region].Add(member.Region, sign, amount);
        strata[(int)PoolDimension.Vintage].Add(member.Vintage, sign, amount);
        strata[(int)PoolDimension.Obligor].Add(member.Obligor, sign, amount);
        balance = checked(balance + amount);
        loans += sign;
    }

    private void Join(ref PoolMember member)
    {
        member.State = MemberState.Performing;
        Count(member, 1);
    }

    private void Leave(ref PoolMember member, MemberState state, int column)
    {
        Count(member, -1);
        member.State = state;
        if (state == MemberState.Ended)
        {
            if (column == roll.PaidOff) open.LoansPrepaid++;
            else open.LoansMatured++;
        }

        if (member.From != RollCounts.NoRow) MoveTo(ref member, column);
    }

    private void MoveTo(ref PoolMember member, int column)
    {
        if (member.To == column) return;
        roll.Move(member.From, member.To, column, member.Opening);
        member.To = (byte)column;
    }

    private void PartlyPrepaid(ref PoolMember member, long amount)
    {
        if (amount <= 0 || member.From == RollCounts.NoRow) return;
        var part = Math.Min(amount, member.Opening);
        roll.MovePart(member.From, member.To, roll.PaidOff, part);
        member.Opening -= part;
    }

    /// <summary>The first event of a loan in a month fixes where it stood at its start.</summary>
    private void Touch(ref PoolMember member)
    {
        if (member.Period == open.Period) return;
        member.Period = open.Period;
        member.From = member.State == MemberState.Performing ? member.Bucket : RollCounts.NoRow;
        member.To = member.From;
        member.Opening = member.Principal;
    }

    private void Close()
    {
        var closed = Open;
        for (var i = 0; i < vintages.Count; i++) Change(i).Close(closed.Period, strata[(int)PoolDimension.Vintage].Balance(i));
        history.Add(closed);
        rolls.Add(roll);
        open = new PoolFlows { Period = closed.Period + 1, Opening = balance };
        roll = new RollCounts(Terms.Buckets.Count);
        var late = strata[(int)PoolDimension.Bucket];
        for (var bucket = 0; bucket < Terms.Buckets.Count; bucket++) roll.Start(bucket, late.Count(bucket), late.Balance(bucket));
    }

    private CodeIndex? CodesOf(PoolDimension dimension) => dimension switch
    {
        PoolDimension.Industry => industries,
        PoolDimension.Region => regions,
        PoolDimension.Vintage => origins,
        PoolDimension.Obligor => obligors,
        _ => null,
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
