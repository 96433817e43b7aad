namespace CreditGrains.Securitisation.Pools;

/// <summary>
/// A pool's state as bytes. Closed months never change, so each is a record of its own; what the rows of the loans say (balances and numbers by group) is added up from
/// them again. Equal states have equal bytes, however they came about.
/// </summary>
public sealed partial class PoolLedger
{
    private PoolLedger(PoolLedger other)
    {
        (buckets, termBands, rateBands) = (other.buckets, other.termBands, other.rateBands);
        Terms = other.Terms;
        (history, rolls, vintages) = (other.history.Copy(), other.rolls.Copy(), [.. other.vintages]);
        copies = ++other.copies;
        (industries, regions, origins, obligors) = (other.industries.Freeze(), other.regions.Freeze(), other.origins.Freeze(), new CodeIndex(0));
        strata = [.. other.strata.Select((one, place) => place == (int)PoolDimension.Obligor ? new Strata(4) : new Strata(one))];
        (open, roll, balance, loans) = (other.open, new RollCounts(other.roll), other.balance, other.loans);
        (DefaultedStock, PurchasedTotal, DefaultedTotal, RecoveredTotal) = (other.DefaultedStock, other.PurchasedTotal, other.DefaultedTotal, other.RecoveredTotal);
    }

    /// <summary>
    /// A copy to look at while this goes on; obligors are left out of it, and it takes no loans. It shares what does not change: closed months, codes, and vintages until something happens to them here. So it
    /// takes a microsecond or two, however old the pool is. The writer's own; any thread may look at the copy.
    /// </summary>
    public PoolLedger Freeze() => new(this);

    /// <summary>A closed month as bytes; the same however long ago it closed.</summary>
    /// <param name="index">Place in <see cref="History"/>.</param>
    public byte[] SaveMonth(int index)
    {
        using var stream = new MemoryStream();
        using var w = new BinaryWriter(stream);
        var period = history[index].Period;
        SaveFlows(w, history[index]);
        rolls[index].Save(w);
        foreach (var vintage in vintages.Where(vintage => vintage.Period <= period).OrderBy(vintage => vintage.Period))
        {
            var age = vintage.AgeIn(period);
            if (vintage.Defaulted(age) == 0 && vintage.Prepaid(age) == 0 && vintage.Balance(age) == 0) continue;
            w.Write7BitEncodedInt64(vintage.Period);
            w.Write7BitEncodedInt64(vintage.Defaulted(age));
            w.Write7BitEncodedInt64(vintage.Prepaid(age));
            w.Write7BitEncodedInt64(vintage.Balance(age));
        }

        w.Write7BitEncodedInt64(0);
        w.Flush();
        return stream.ToArray();
    }

    /// <summary>The open month, totals and codes as bytes.</summary>
    public byte[] SaveOpen()
    {
        using var stream = new MemoryStream();
        using var w = new BinaryWriter(stream);
        SaveFlows(w, open);
        roll.Save(w);
        foreach (var total in (long[])[DefaultedStock, PurchasedTotal, DefaultedTotal, RecoveredTotal]) w.Write7BitEncodedInt64(total);
        SaveCodes(w, industries);
        SaveCodes(w, regions);
        SaveCodes(w, origins);
        foreach (var vintage in vintages)
        {
            var age = vintage.AgeIn(open.Period);
            foreach (var value in (long[])[vintage.Loans, vintage.Purchased, vintage.Defaulted(age), vintage.Prepaid(age)]) w.Write7BitEncodedInt64(value);
        }

        w.Flush();
        return stream.ToArray();
    }

    /// <summary>A pool from what was saved; <see cref="Restore(ref PoolMember, long)"/> is then run for every row of its loans.</summary>
    /// <param name="terms">Checked terms.</param>
    /// <param name="months">Every closed month in order.</param>
    /// <param name="openMonth">The rest.</param>
    public static PoolLedger Restore(PoolTerms terms, IEnumerable<ReadOnlyMemory<byte>> months, ReadOnlyMemory<byte> openMonth)
    {
        var pool = new PoolLedger(terms);
        var closing = new List<(int Period, int Vintage, long Defaulted, long Prepaid, long Balance)>();
        foreach (var month in months) pool.RestoreMonth(month, closing);
        using var r = new BinaryReader(new MemoryStream(openMonth.ToArray()));
        pool.open = RestoreFlows(r);
        pool.roll = RollCounts.Restore(r, terms.Buckets.Count);
        (pool.DefaultedStock, pool.PurchasedTotal, pool.DefaultedTotal, pool.RecoveredTotal) = (r.Read7BitEncodedInt64(), r.Read7BitEncodedInt64(), r.Read7BitEncodedInt64(), r.Read7BitEncodedInt64());
        pool.RestoreCodes(r, PoolDimension.Industry, pool.industries);
        pool.RestoreCodes(r, PoolDimension.Region, pool.regions);
        pool.RestoreCodes(r, PoolDimension.Vintage, pool.origins);
        for (var place = 0; place < pool.origins.Count; place++)
        {
            var vintage = new VintageCurve((int)pool.origins[place], pool.copies) { Loans = r.Read7BitEncodedInt64(), Purchased = r.Read7BitEncodedInt64() };
            foreach (var (period, _, defaulted, prepaid, left) in closing.Where(entry => entry.Vintage == vintage.Period))
            {
                vintage.AddDefaulted(period, defaulted);
                vintage.AddPrepaid(period, prepaid);
                vintage.Close(period, left);
            }

            vintage.AddDefaulted(pool.open.Period, r.Read7BitEncodedInt64());
            vintage.AddPrepaid(pool.open.Period, r.Read7BitEncodedInt64());
            pool.vintages.Add(vintage);
        }

        return pool;
    }

    /// <summary>Counts a row that was kept apart.</summary>
    /// <param name="member">As it was saved; its place of the obligor is given anew.</param>
    /// <param name="obligor">The debtor's number.</param>
    public void Restore(ref PoolMember member, long obligor)
    {
        member.Obligor = PlaceOf(PoolDimension.Obligor, obligors, obligor);
        if (member.State == MemberState.Performing) Count(member, 1);
    }

    /// <summary>All that can be read of the pool as bytes, groups included and obligors left out: for a reader elsewhere.</summary>
    public byte[] SaveWhole()
    {
        using var stream = new MemoryStream();
        using var w = new BinaryWriter(stream);
        w.Write7BitEncodedInt(history.Count);
        for (var i = 0; i < history.Count; i++) SavePart(w, SaveMonth(i));
        SavePart(w, SaveOpen());
        w.Write7BitEncodedInt64(balance);
        w.Write7BitEncodedInt64(loans);
        for (var dimension = 0; dimension < (int)PoolDimension.Obligor; dimension++) strata[dimension].Save(w);
        w.Flush();
        return stream.ToArray();
    }

    /// <summary>A pool to look at, from <see cref="SaveWhole"/>.</summary>
    public static PoolLedger RestoreWhole(PoolTerms terms, ReadOnlyMemory<byte> whole)
    {
        using var r = new BinaryReader(new MemoryStream(whole.ToArray()));
        var months = new ReadOnlyMemory<byte>[r.Read7BitEncodedInt()];
        for (var i = 0; i < months.Length; i++) months[i] = RestorePart(r);
        var pool = Restore(terms, months, RestorePart(r));
        (pool.balance, pool.loans) = (r.Read7BitEncodedInt64(), r.Read7BitEncodedInt64());
        for (var dimension = 0; dimension < (int)PoolDimension.Obligor; dimension++) pool.strata[dimension] = Strata.Restore(r);
        return pool;
    }

    private static void SavePart(BinaryWriter w, byte[] part)
    {
        w.Write7BitEncodedInt(part.Length);
        w.Write(part);
    }

    private static byte[] RestorePart(BinaryReader r) => r.ReadBytes(r.Read7BitEncodedInt());

    private void RestoreMonth(ReadOnlyMemory<byte> month, List<(int, int, long, long, long)> closing)
    {
        using var r = new BinaryReader(new MemoryStream(month.ToArray()));
        history.Add(RestoreFlows(r));
        rolls.Add(RollCounts.Restore(r, Terms.Buckets.Count));
        for (var vintage = (int)r.Read7BitEncodedInt64(); vintage != 0; vintage = (int)r.Read7BitEncodedInt64())
            closing.Add((history[^1].Period, vintage, r.Read7BitEncodedInt64(), r.Read7BitEncodedInt64(), r.Read7BitEncodedInt64()));
    }

    private static void SaveCodes(BinaryWriter w, CodeIndex codes)
    {
        w.Write7BitEncodedInt(codes.Count);
        for (var place = 0; place < codes.Count; place++) w.Write7BitEncodedInt64(codes[place]);
    }

    private void RestoreCodes(BinaryReader r, PoolDimension dimension, CodeIndex codes)
    {
        for (var left = r.Read7BitEncodedInt(); left > 0; left--) PlaceOf(dimension, codes, r.Read7BitEncodedInt64());
    }

    private static void SaveFlows(BinaryWriter w, in PoolFlows m)
    {
        w.Write7BitEncodedInt(m.Period);
        foreach (var value in (long[])[
            m.Opening, m.PurchasedAtCutOff, m.PurchasedRevolving, m.SubstitutedIn, m.Drawn, m.Capitalised, m.Scheduled, m.Bounced, m.Prepaid, m.Defaulted, m.RepurchasedBySeller, m.SubstitutedOut, m.Sold,
            m.CleanedUp, m.Interest, m.Recovered, m.WrittenOff, m.Closing, m.Delinquent, m.Loans, m.LoansPurchased, m.LoansDefaulted, m.LoansPrepaid, m.LoansMatured, m.LoansRepurchased])
            w.Write7BitEncodedInt64(value);
    }

    private static PoolFlows RestoreFlows(BinaryReader r) => new()
    {
        Period = r.Read7BitEncodedInt(),
        Opening = r.Read7BitEncodedInt64(),
        PurchasedAtCutOff = r.Read7BitEncodedInt64(),
        PurchasedRevolving = r.Read7BitEncodedInt64(),
        SubstitutedIn = r.Read7BitEncodedInt64(),
        Drawn = r.Read7BitEncodedInt64(),
        Capitalised = r.Read7BitEncodedInt64(),
        Scheduled = r.Read7BitEncodedInt64(),
        Bounced = r.Read7BitEncodedInt64(),
        Prepaid = r.Read7BitEncodedInt64(),
        Defaulted = r.Read7BitEncodedInt64(),
        RepurchasedBySeller = r.Read7BitEncodedInt64(),
        SubstitutedOut = r.Read7BitEncodedInt64(),
        Sold = r.Read7BitEncodedInt64(),
        CleanedUp = r.Read7BitEncodedInt64(),
        Interest = r.Read7BitEncodedInt64(),
        Recovered = r.Read7BitEncodedInt64(),
        WrittenOff = r.Read7BitEncodedInt64(),
        Closing = r.Read7BitEncodedInt64(),
        Delinquent = r.Read7BitEncodedInt64(),
        Loans = r.Read7BitEncodedInt64(),
        LoansPurchased = r.Read7BitEncodedInt64(),
        LoansDefaulted = r.Read7BitEncodedInt64(),
        LoansPrepaid = r.Read7BitEncodedInt64(),
        LoansMatured = r.Read7BitEncodedInt64(),
        LoansRepurchased = r.Read7BitEncodedInt64(),
    };
}
