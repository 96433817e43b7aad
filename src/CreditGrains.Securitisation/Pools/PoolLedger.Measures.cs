using CreditGrains.Securitisation.Assumptions;

namespace CreditGrains.Securitisation.Pools;

/// <summary>What is read off a pool.</summary>
public sealed partial class PoolLedger
{
    /// <summary>Defaulted to date ÷ purchased to date, after each closed month.</summary>
    public IEnumerable<(int Period, double Ratio)> CumulativeDefaults()
    {
        long defaulted = 0, purchased = 0;
        foreach (var month in history)
        {
            defaulted += month.Defaulted;
            purchased += month.Purchased - month.Drawn;
            yield return (month.Period, purchased == 0 ? 0 : (double)defaulted / purchased);
        }
    }

    /// <summary>The roll matrix of the last closed months, estimated by frequency.</summary>
    /// <param name="months">At most so many; months without an opening balance have nothing to say.</param>
    /// <param name="byBalance">Weighted by opening principal, with prepayments in part; else by number of loans.</param>
    public RollRateMatrix RollRates(int months, bool byBalance)
    {
        var moves = new TransitionCounts(Terms.Buckets.Count);
        foreach (var month in rolls.TakeLast(months)) month.AddTo(moves, byBalance);
        return moves.Estimate();
    }

    /// <summary>Mean SMM of the last closed months that had a balance; null when there is none.</summary>
    public Smm? PrepaymentRate(int months)
    {
        var rates = history.TakeLast(months).Select(month => month.Smm).OfType<Smm>().ToArray();
        return rates.Length == 0 ? null : new Smm(rates.Average(rate => rate.Ratio));
    }

    /// <summary>Mean MDR of the last closed months that had a balance; null when there is none.</summary>
    public Mdr? DefaultRate(int months)
    {
        var rates = history.TakeLast(months).Select(month => month.Mdr).OfType<Mdr>().ToArray();
        return rates.Length == 0 ? null : new Mdr(rates.Average(rate => rate.Ratio));
    }

    /// <summary>Where each trigger stands now.</summary>
    public IEnumerable<TriggerDistance> Triggers() => Terms.Triggers.Select(DistanceOf);

    private TriggerDistance DistanceOf(PoolTrigger trigger)
    {
        var (part, whole) = trigger.Measure switch
        {
            PoolMeasure.CumulativeDefault => (DefaultedTotal, PurchasedTotal),
            PoolMeasure.CumulativeLoss => (DefaultedTotal - RecoveredTotal, PurchasedTotal),
            PoolMeasure.Delinquency => (By(PoolDimension.Bucket).BalanceFrom(Terms.Buckets.Of(trigger.FromDays)), balance),
            PoolMeasure.PoolFactor => (balance, PurchasedTotal),
            _ => (0L, 0L),
        };
        double? value = trigger.Measure switch
        {
            PoolMeasure.DefaultRateAnnual => DefaultRate(trigger.Months)?.ToCdr().Ratio,
            PoolMeasure.PrepaymentRateAnnual => PrepaymentRate(trigger.Months)?.ToCpr().Ratio,
            _ => whole == 0 ? null : (double)part / whole,
        };
        var distance = trigger.IsBadBelow ? value - trigger.Level : trigger.Level - value;
        var room = (decimal)trigger.Level * whole - part;
        long? headroom = whole == 0 ? null : (long)decimal.Floor(trigger.IsBadBelow ? -room : room);
        return new TriggerDistance(trigger, value, distance, headroom);
    }
}
