using System.Globalization;
using CreditGrains.Api.Mapping;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Measures;

namespace CreditGrains.Api.Services;

/// <summary>Results of deals to their messages.</summary>
internal static class DealRows
{
    public static V1.CollateralRow Collateral(PeriodReport p) => new()
    {
        Period = p.Period, Actual = p.IsActual, Opening = p.Pool.Opening, Scheduled = p.Pool.Scheduled, Prepaid = p.Pool.Prepaid, Interest = p.Pool.Interest, Recovered = p.Pool.Recovered,
        Defaulted = p.Pool.Defaulted, Loss = p.Pool.Loss, Delinquent = p.Pool.Delinquent, Closing = p.Pool.Closing, CumulativeDefault = p.CumulativeDefault,
        Breached = { p.Triggers.Where(trigger => trigger.IsBreached).Select(trigger => trigger.Name) },
    };

    public static V1.TrancheRow Tranche(PeriodReport p, in TranchePeriod t) => new()
    {
        Period = p.Period, Payment = p.Payment is { } day ? PoolCommandMapping.Text(day) : "", State = p.State.ToString(), Actual = p.IsActual, Tranche = t.Name, Opening = t.Opening, RateAnnual = t.RateAnnual,
        InterestDue = t.InterestDue, InterestPaid = t.InterestPaid, InterestUnpaid = t.InterestUnpaid, PrincipalPaid = t.PrincipalPaid, ResidualPaid = t.ResidualPaid, WrittenDown = t.WrittenDown, Closing = t.Closing,
    };

    public static string Summary(DealRun run)
    {
        var tranches = run.Terms.Tranches.Select(tranche => run.AverageLifeYears(tranche.Name) is { } life
            ? string.Create(CultureInfo.InvariantCulture, $"{tranche.Name} average life {life:F2} y, last principal in period {run.LastPrincipalPeriod(tranche.Name)}, {run.Periods[^1].Tranches.First(t => t.Name == tranche.Name).Closing:N0} left")
            : $"{tranche.Name} no principal");
        return string.Create(CultureInfo.InvariantCulture, $"{run.Terms.Name}: {run.Periods.Count} periods, {run.Periods.Count(period => period.IsActual)} of them actual; {string.Join("; ", tranches)}");
    }

    public static V1.TrancheMeasureRow Measures(TrancheFigures f)
    {
        var row = new V1.TrancheMeasureRow
        {
            Tranche = f.Tranche, Balance = f.Balance, Yields = { f.Yields }, InternalRates = { f.InternalRates }, DiscountMargins = { f.DiscountMargins }, Spreads = { f.Spreads },
            PrincipalUnpaid = f.Shortfall.PrincipalUnpaid, InterestUnpaid = f.Shortfall.InterestUnpaid, LossRatio = f.Shortfall.LossRatio, Loses = f.Shortfall.IsLoss,
            Refusals = { f.Refusals.Select(refusal => $"{refusal.Measure}: {refusal.Name}: {refusal.Why}") },
        };
        if (f.AverageLifeYears is { } life) row.AverageLifeYears = life;
        if (f.Price is { } price) row.Price = price;
        if (f.ModifiedDurationYears is { } modified) row.ModifiedDurationYears = modified;
        if (f.MacaulayDurationYears is { } macaulay) row.MacaulayDurationYears = macaulay;
        if (f.Convexity is { } convexity) row.Convexity = convexity;
        if (f.EffectiveDurationYears is { } effective) row.EffectiveDurationYears = effective;
        if (f.EffectiveConvexity is { } curved) row.EffectiveConvexity = curved;
        if (f.BreakEvenCdr?.First is { } even) row.BreakEvenCdr = even.Bearable;
        if (f.CriticalCumulativeDefault?.First is { } critical) row.CriticalCumulativeDefault = critical.Bearable;
        if (f.FirstLoss is { } first) row.FirstLoss = first.Ratio;
        return row;
    }

    public static V1.GridRow Cell(GridCell c)
    {
        var row = new V1.GridRow { Tranche = c.Tranche, LossRatio = c.Shortfall.LossRatio, Loses = c.Shortfall.IsLoss, CumulativeDefault = c.CumulativeDefault };
        if (c.Cpr is { } cpr) row.Cpr = cpr;
        if (c.Cdr is { } cdr) row.Cdr = cdr;
        if (c.Severity is { } severity) row.Severity = severity;
        if (c.LagMonths is { } lag) row.LagMonths = lag;
        if (c.IndexShift is { } shift) row.IndexShift = shift;
        if (c.AverageLifeYears is { } life) row.AverageLifeYears = life;
        if (c.Price is { } price) row.Price = price;
        if (c.YieldAnnual is { } yield) row.Yield = yield;
        if (c.ModifiedDurationYears is { } duration) row.ModifiedDurationYears = duration;
        return row;
    }

    public static V1.LossRow Loss(string name, LossDistribution loss) => new()
    {
        Of = name, Trials = loss.Trials, Mean = loss.Mean, StandardError = loss.StandardError, Deviation = loss.Deviation, P50 = loss.Percentile(0.5), P90 = loss.Percentile(0.9), P95 = loss.Percentile(0.95),
        P99 = loss.Percentile(0.99), P999 = loss.Percentile(0.999), AboveZero = loss.Above(0),
    };
}
