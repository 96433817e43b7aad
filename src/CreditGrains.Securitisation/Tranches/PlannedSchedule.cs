using System.Collections.Immutable;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Tranches;

/// <summary>
/// The schedule of planned tranches from their PSA bands: in each period the smaller of the principal at both speeds, without defaults, until the balance is paid.
/// Source: the definition of a PAC in the CMO market; the schedule holds as long as prepayments stay between the bands.
/// </summary>
internal static class PlannedSchedule
{
    public static ImmutableArray<TrancheTerms> Fill(DealTerms deal) => [.. deal.Tranches.Select(tranche => tranche.PsaBands is { } bands && tranche.Schedule.IsEmpty
        ? tranche with { Schedule = Of(deal, tranche.Balance, bands.Lower, bands.Upper) }
        : tranche)];

    private static ImmutableArray<long> Of(DealTerms deal, long balance, double lower, double upper)
    {
        var slow = Principal(deal, lower);
        var fast = Principal(deal, upper);
        var schedule = ImmutableArray.CreateBuilder<long>();
        for (var period = 0; period < Math.Min(slow.Length, fast.Length) && balance > 0; period++)
        {
            balance -= Math.Min(balance, Math.Min(slow[period], fast[period]));
            schedule.Add(balance);
        }

        return schedule.ToImmutable();
    }

    private static long[] Principal(DealTerms deal, double psa)
    {
        var scenario = new Scenario { Prepayment = new PrepaymentCurve.Psa(new PsaSpeed(psa)) };
        var pool = new DealPool(deal.Assume([scenario]));
        return [.. Enumerable.Range(1, pool.Periods).Select(period => pool.Of(period).Scheduled + pool.Of(period).Prepaid)];
    }
}
