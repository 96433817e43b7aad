using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Waterfall;

/// <summary>What an account did in a period.</summary>
public readonly record struct AccountPeriod(string Name, long Opening, long In, long Out, long Closing, long? Target);

/// <summary>
/// The cash of a deal: the collection account's sub-accounts income and principal, reserves, and facilities that lend. Invariant: no account is negative, and opening + collections
/// + advances + draws = payments + purchases + closing; <see cref="Close"/> checks it.
/// </summary>
internal sealed class CashAccounts
{
    public const string Income = "income";
    public const string Principal = "principal";

    private readonly List<string> names = [Income, Principal];
    private readonly Dictionary<string, (long Opening, long In, long Out, long Balance)> cash = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FacilityBook> facilities = new(StringComparer.Ordinal);
    private readonly HashSet<string> principalAccounts = [Principal];

    public CashAccounts(DealTerms deal)
    {
        foreach (var pool in deal.AllPools.Where(pool => pool.HasOwnAccounts))
        {
            names.AddRange([pool.IncomeAccount, pool.PrincipalAccount]);
            principalAccounts.Add(pool.PrincipalAccount);
        }

        foreach (var reserve in deal.Reserves) names.Add(reserve.Name);
        foreach (var name in names) cash[name] = (0, 0, 0, 0);
        cash[Income] = (deal.IncomeBalance, 0, 0, deal.IncomeBalance);
        cash[Principal] = (deal.PrincipalBalance, 0, 0, deal.PrincipalBalance);
        foreach (var reserve in deal.Reserves) cash[reserve.Name] = (reserve.Opening, 0, 0, reserve.Opening);
        foreach (var facility in deal.Facilities) facilities[facility.Name] = new FacilityBook(facility);
    }

    /// <summary>Accounts without the reserves: income and principal, of the deal and of pools that have their own.</summary>
    public IEnumerable<string> CollectionAccounts(DealTerms deal) => names.Where(name => deal.Reserves.All(reserve => reserve.Name != name));

    /// <summary>Whether an account holds principal of a pool.</summary>
    public bool IsPrincipal(string name) => principalAccounts.Contains(name);

    public long Collections { get; private set; }

    public long Advances { get; private set; }

    /// <summary>Cash from facilities and swap counterparties.</summary>
    public long Draws { get; private set; }

    public long Payments { get; private set; }

    public long Purchases { get; private set; }

    public long Balance(string name) => cash[name].Balance;

    /// <summary>What accounts hold and facilities can still lend, together; at most the amount wanted.</summary>
    public long Available(IEnumerable<string> from, long wanted)
    {
        long there = 0;
        foreach (var name in from.Distinct(StringComparer.Ordinal)) there = Math.Min(wanted, there + Math.Min(wanted, facilities.TryGetValue(name, out var facility) ? facility.Left : Balance(name)));
        return there;
    }

    public long Drawn(string facility) => facilities[facility].Owed;

    public FacilityPeriod ReportFacility(string name) => facilities[name].Report();

    public void Begin(int months)
    {
        Collections = Advances = Draws = Payments = Purchases = 0;
        foreach (var name in names) cash[name] = (cash[name].Balance, 0, 0, cash[name].Balance);
        foreach (var facility in facilities.Values) facility.Begin(months);
    }

    public void Collect(string to, long amount)
    {
        Collections += amount;
        Put(to, amount);
    }

    public void Advance(string to, long amount)
    {
        Advances += amount;
        Put(to, amount);
    }

    public void Draw(string to, long amount)
    {
        Draws += amount;
        Put(to, amount);
    }

    /// <summary>Pays out of the deal from an account or facility.</summary>
    /// <returns>What was there, at most the amount wanted.</returns>
    public long Pay(string from, long wanted)
    {
        if (facilities.TryGetValue(from, out var facility))
        {
            var lent = facility.Lend(wanted);
            Draws += lent;
            Payments += lent;
            return lent;
        }

        var taken = Take(from, wanted);
        Payments += taken;
        return taken;
    }

    public long Buy(string from, long wanted)
    {
        var taken = Take(from, wanted);
        Purchases += taken;
        return taken;
    }

    /// <summary>Moves cash between accounts; a facility lends what is moved.</summary>
    public long Move(string from, string to, long wanted)
    {
        if (facilities.TryGetValue(from, out var facility))
        {
            var lent = facility.Lend(wanted);
            Draw(to, lent);
            return lent;
        }

        var taken = Take(from, wanted);
        Put(to, taken);
        return taken;
    }

    /// <summary>Books a repayment already taken by <see cref="Pay"/>, interest first.</summary>
    public void Repaid(string facility, long amount) => facilities[facility].Repay(amount);

    /// <summary>Ends a period.</summary>
    /// <exception cref="CashIdentityException">Cash has appeared or vanished.</exception>
    public (long Opening, long Closing) Close(int period)
    {
        long opening = 0, closing = 0;
        foreach (var name in names)
        {
            opening += cash[name].Opening;
            closing += cash[name].Balance;
            if (cash[name].Balance < 0) throw new CashIdentityException(period, $"account {name} is at {cash[name].Balance}");
        }

        var came = opening + Collections + Advances + Draws;
        var went = Payments + Purchases + closing;
        return came == went ? (opening, closing) : throw new CashIdentityException(period, $"{came} came and {went} went or stayed");
    }

    public AccountPeriod Report(string name, long? target)
    {
        var (opening, paidIn, paidOut, balance) = cash[name];
        return new AccountPeriod(name, opening, paidIn, paidOut, balance, target);
    }

    private void Put(string to, long amount)
    {
        var (opening, paidIn, paidOut, balance) = cash[to];
        cash[to] = (opening, paidIn + amount, paidOut, balance + amount);
    }

    private long Take(string from, long wanted)
    {
        var (opening, paidIn, paidOut, balance) = cash[from];
        var taken = Math.Clamp(wanted, 0, balance);
        cash[from] = (opening, paidIn, paidOut + taken, balance - taken);
        return taken;
    }
}

/// <summary>A bug: the cash of a period does not add up.</summary>
public sealed class CashIdentityException(int period, string what) : Exception($"period {period}: {what}")
{
    /// <summary>From 1.</summary>
    public int Period { get; } = period;
}

/// <summary>Parts of whole amounts, rounded to the minor unit, a half to even.</summary>
internal static class Part
{
    public static long Of(long amount, double ratio) => Of(amount, ratio, 1, 1);

    public static long Of(long amount, double ratio, int numerator, int denominator) =>
        (long)Math.Round(amount * (decimal)ratio * numerator / denominator, MidpointRounding.ToEven);

    /// <summary>Splits by weight; what rounding leaves goes to the last that has a weight. No share is above its weight when the amount is not above their sum.</summary>
    public static long[] Split(long amount, IReadOnlyList<long> weights)
    {
        var shares = new long[weights.Count];
        long weightLeft = 0;
        foreach (var weight in weights) weightLeft += weight;
        for (var i = 0; i < shares.Length && weightLeft > 0; i++)
        {
            shares[i] = (long)((Int128)amount * weights[i] / weightLeft);
            amount -= shares[i];
            weightLeft -= weights[i];
        }

        return shares;
    }
}
