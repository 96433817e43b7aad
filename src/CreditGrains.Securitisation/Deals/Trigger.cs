using System.Collections.Immutable;
using CreditGrains.Securitisation.Waterfall;

namespace CreditGrains.Securitisation.Deals;

/// <summary>What a trigger measures on the determination date.</summary>
public enum TriggerKind
{
    /// <summary>Defaulted to date over original pool; breached above its level.</summary>
    CumulativeDefault = 0,

    /// <summary>Delinquent balance over pool balance; breached above. Where delinquency is not projected the trigger stays as it is.</summary>
    Delinquency = 1,

    /// <summary>(Pool + principal cash) over balances of the tranches; breached below.</summary>
    Overcollateralisation = 2,

    /// <summary>(Income cash − fees, up to their caps, and swaps owed) over interest due of the tranches; breached below.</summary>
    InterestCoverage = 3,

    /// <summary>Interest of the tranches left unpaid at the last payment date, in minor units; breached above.</summary>
    UnpaidInterest = 4,

    /// <summary>Pool over original pool; breached below.</summary>
    PoolFactor = 5,

    /// <summary>Lost to date over original pool; breached above its level.</summary>
    CumulativeLoss = 6,

    /// <summary>Principal of the tranches left after their legal final, in minor units; breached above.</summary>
    UnpaidPrincipal = 7,
}

/// <summary>A test with what follows from it.</summary>
/// <param name="Name">As conditions and reports name it.</param>
/// <param name="Kind">What it measures.</param>
/// <param name="Levels">By period; the last goes on.</param>
/// <param name="Tranches">Those that coverage tests and unpaid interest look at.</param>
/// <param name="Effect">State the deal is in while it is breached; null changes no state.</param>
/// <param name="CureAfter">Periods in a row that must pass; 0 is never cured.</param>
public sealed record Trigger(string Name, TriggerKind Kind, ImmutableArray<double> Levels, ImmutableArray<string> Tranches, DealState? Effect, int CureAfter)
{
    /// <summary>The one of several pools it looks at; null is all.</summary>
    public string? Pool { get; init; }

    /// <summary>Whether it is breached when the run begins.</summary>
    public bool IsBreachedBefore { get; init; }

    /// <summary>Periods in a row passed when the run begins, of a breached trigger that can be cured.</summary>
    public int PassedBefore { get; init; }

    public double LevelOf(int period) => Levels[Math.Min(period, Levels.Length) - 1];

    /// <summary>Whether a value is bad above the level; below it otherwise.</summary>
    public bool IsBadAbove => Kind is TriggerKind.CumulativeDefault or TriggerKind.CumulativeLoss or TriggerKind.Delinquency or TriggerKind.UnpaidInterest or TriggerKind.UnpaidPrincipal;
}

/// <summary>A trigger while a deal runs.</summary>
internal sealed class TriggerWatch(Trigger trigger)
{
    private int passedInARow = trigger.PassedBefore;

    public Trigger Trigger { get; } = trigger;

    public bool IsBreached { get; private set; } = trigger.IsBreachedBefore;

    public double? Value { get; private set; }

    public double Level { get; private set; }

    /// <summary>A period in which nothing is known of what it measures: it stays as it is, neither breached nor a period nearer to its cure.</summary>
    /// <param name="period">From 1.</param>
    public void Skip(int period)
    {
        Value = null;
        Level = Trigger.LevelOf(period);
    }

    /// <param name="value">Null when there is nothing to measure: that passes.</param>
    /// <param name="period">From 1.</param>
    public void Look(double? value, int period)
    {
        Value = value;
        Level = Trigger.LevelOf(period);
        var isBad = value is { } v && (Trigger.IsBadAbove ? v > Level : v < Level);
        passedInARow = isBad ? 0 : passedInARow + 1;
        if (isBad) IsBreached = true;
        else if (IsBreached && Trigger.CureAfter > 0 && passedInARow >= Trigger.CureAfter) IsBreached = false;
    }
}

/// <summary>Rates of an index, by period or by date. A dated rate holds from its date on.</summary>
public sealed record IndexCurve(ImmutableArray<double> ByPeriod, ImmutableArray<(DateOnly From, double Rate)> Dated)
{
    /// <summary>The same curve, every rate moved by so much.</summary>
    public IndexCurve Shift(double by) => new([.. ByPeriod.Select(rate => rate + by)], [.. Dated.Select(point => (point.From, point.Rate + by))]);

    /// <param name="period">From 1.</param>
    /// <param name="start">First day of the period; null without dates.</param>
    public double RateOf(int period, DateOnly? start)
    {
        if (!ByPeriod.IsEmpty) return ByPeriod[Math.Min(period, ByPeriod.Length) - 1];
        var rate = Dated[0].Rate;
        foreach (var (from, dated) in Dated)
            if (from <= start) rate = dated;
        return rate;
    }
}
