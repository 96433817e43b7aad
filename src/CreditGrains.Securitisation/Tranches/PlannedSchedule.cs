using System.Collections.Immutable;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Waterfall;

namespace CreditGrains.Securitisation.Tranches;

/// <summary>
/// The schedule of planned tranches from their PSA bands: in each period the smaller of the principal at both speeds, without defaults, less what planned tranches before them take by theirs, until the
/// balance is paid. Before is in the order of the steps that pay them. Source: the definition of a PAC in the CMO market; the schedules hold as long as prepayments stay between the bands.
/// </summary>
internal static class PlannedSchedule
{
    public static ImmutableArray<TrancheTerms> Fill(DealTerms deal)
    {
        if (deal.Tranches.FirstOrDefault(tranche => tranche.PsaBands is not null) is not { PsaBands: { } any }) return deal.Tranches;
        var schedules = new Dictionary<string, ImmutableArray<long>>(StringComparer.Ordinal);
        var bySpeed = new Dictionary<double, long[]>();
        var taken = new long[Principal(deal, any.Lower, bySpeed).Length];
        foreach (var group in InOrder(deal))
        {
            if (group[0].PsaBands is { } bands) Plan(group, Principal(deal, bands.Lower, bySpeed), Principal(deal, bands.Upper, bySpeed), taken, schedules);
            else Take(group[0], taken);
        }

        return [.. deal.Tranches.Select(tranche => schedules.TryGetValue(tranche.Name, out var schedule) ? tranche with { Schedule = schedule, PsaBands = null } : tranche)];
    }

    /// <summary>Planned tranches as the steps of the deal pay them by schedule. Those of the same bands that one step pays pro rata come together.</summary>
    private static IEnumerable<TrancheTerms[]> InOrder(DealTerms deal)
    {
        var planned = deal.Tranches.Where(tranche => tranche.Kind == TrancheKind.PlannedAmortisation).ToList();
        // Amortising is what plans are made for; a tranche that only other states pay, or none, comes after.
        foreach (var step in deal.Waterfalls.OrderBy(entry => entry.Key == DealState.Amortising ? -1 : (int)entry.Key).SelectMany(entry => entry.Value).OfType<Step.PayPrincipal>().Where(step => step.ToSchedule))
        {
            var paid = step.To.Distinct().Select(name => planned.Find(tranche => tranche.Name == name)).OfType<TrancheTerms>().ToArray();
            planned.RemoveAll(paid.Contains);
            var groups = step.Order == PrincipalOrder.ProRata ? paid.Where(tranche => tranche.PsaBands is not null).GroupBy(tranche => tranche.PsaBands).Select(group => group.ToArray()) : [];
            var written = step.Order == PrincipalOrder.ProRata ? paid.Where(tranche => tranche.PsaBands is null) : paid;
            foreach (var group in written.Select(tranche => (TrancheTerms[])[tranche]).Concat(groups)) yield return group;
        }

        foreach (var tranche in planned) yield return [tranche];
    }

    private static void Plan(TrancheTerms[] group, long[] slow, long[] fast, long[] taken, Dictionary<string, ImmutableArray<long>> schedules)
    {
        var balances = group.Select(tranche => tranche.Balance).ToArray();
        var plans = group.Select(_ => ImmutableArray.CreateBuilder<long>()).ToArray();
        for (var period = 0; period < Math.Min(slow.Length, fast.Length) && balances.Any(balance => balance > 0); period++)
        {
            var principal = Math.Min(balances.Sum(), Math.Max(0, Math.Min(slow[period], fast[period]) - taken[period]));
            var shares = Part.Split(principal, balances);
            for (var i = 0; i < group.Length; i++) plans[i].Add(balances[i] -= shares[i]);
            taken[period] += principal;
        }

        for (var i = 0; i < group.Length; i++) schedules[group[i].Name] = plans[i].ToImmutable();
    }

    /// <summary>What a written schedule takes.</summary>
    private static void Take(TrancheTerms tranche, long[] taken)
    {
        var balance = tranche.Balance;
        for (var period = 0; period < taken.Length && balance > 0; period++)
        {
            var left = period < tranche.Schedule.Length ? Math.Min(balance, tranche.Schedule[period]) : 0;
            taken[period] += balance - left;
            balance = left;
        }
    }

    private static long[] Principal(DealTerms deal, double psa, Dictionary<double, long[]> known)
    {
        if (known.TryGetValue(psa, out var principal)) return principal;
        var pool = new DealPool(deal.Assume([new Scenario { Prepayment = new PrepaymentCurve.Psa(new PsaSpeed(psa)) }]));
        return known[psa] = [.. Enumerable.Range(1, pool.Periods).Select(period => pool.Of(period).Scheduled + pool.Of(period).Prepaid)];
    }
}
