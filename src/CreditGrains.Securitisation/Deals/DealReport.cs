using CreditGrains.Securitisation.Waterfall;

namespace CreditGrains.Securitisation.Deals;

/// <summary>A tranche in one period; minor units. Unpaid interest and the deficiency on its principal-deficiency ledger are what is left after the payment date.</summary>
public readonly record struct TranchePeriod(
    string Name, long Opening, double RateAnnual, long InterestDue, long InterestPaid, long InterestUnpaid, long Accreted, long PrincipalPaid, long ResidualPaid, long WrittenDown,
    long Deficiency, long Closing)
{
    /// <summary>All cash to the holders.</summary>
    public long Cash => InterestPaid + PrincipalPaid + ResidualPaid;

    /// <summary>What interest of the period was counted on, unpaid interest that bears interest included.</summary>
    public long Notional { get; init; }

    /// <summary>Rate of the index of a floating coupon; 0 for a fixed one.</summary>
    public double IndexRate { get; init; }
}

/// <summary>One of several pools in one period.</summary>
public readonly record struct PoolPeriod(string Name, PoolMonth Month, double CumulativeDefault);

/// <summary>A liquidity facility in one period: what it lent, the interest that fell due, what was repaid of both, and what it has lent at the end, interest included.</summary>
public readonly record struct FacilityPeriod(string Name, long Opening, long Drawn, long Interest, long Repaid, long Closing);

/// <summary>A fee, tax, swap or facility in one period.</summary>
public readonly record struct DuePeriod(string Name, long Due, long Paid, long Unpaid);

/// <summary>A trigger on a determination date. Its value is null when there was nothing to measure.</summary>
public readonly record struct TriggerPeriod(string Name, double? Value, double Level, bool IsBreached);

/// <summary>The trustee's report of one payment date.</summary>
public sealed record PeriodReport
{
    /// <summary>From 1.</summary>
    public required int Period { get; init; }

    public required DateOnly? CutOff { get; init; }

    public required DateOnly? Determination { get; init; }

    public required DateOnly? Payment { get; init; }

    /// <summary>Whether collections are actuals and not projected.</summary>
    public required bool IsActual { get; init; }

    public required DealState State { get; init; }

    /// <summary>All pools.</summary>
    public required PoolMonth Pool { get; init; }

    /// <summary>Each of several pools; empty when there is one.</summary>
    public required IReadOnlyList<PoolPeriod> Pools { get; init; }

    /// <summary>Defaulted to date over original pool.</summary>
    public required double CumulativeDefault { get; init; }

    /// <summary>Delinquent over pool balance; 0 without pool.</summary>
    public required double Delinquency { get; init; }

    /// <summary>Proceeds of the clean-up call; 0 when there was none.</summary>
    public required long CleanUpProceeds { get; init; }

    public required IReadOnlyList<TriggerPeriod> Triggers { get; init; }

    public required IReadOnlyList<DuePeriod> Dues { get; init; }

    public required IReadOnlyList<TranchePeriod> Tranches { get; init; }

    public required IReadOnlyList<AccountPeriod> Accounts { get; init; }

    public required IReadOnlyList<FacilityPeriod> Facilities { get; init; }

    public required long OpeningCash { get; init; }

    public required long Collections { get; init; }

    public required long Advances { get; init; }

    public required long Draws { get; init; }

    public required long Payments { get; init; }

    public required long Purchases { get; init; }

    public required long ClosingCash { get; init; }
}

/// <summary>A deal run to its end.</summary>
public sealed record DealRun(DealTerms Terms, IReadOnlyList<PeriodReport> Periods)
{
    /// <summary>Loans bought meanwhile, in the order they were bought.</summary>
    public IReadOnlyList<BoughtLoans> Bought { get; init; } = [];

    /// <summary>What ratios of all pools are measured by: that of the deal, else the sum of its pools', each its original balance or what it opens with.</summary>
    public long OriginalPool { get; init; }

    /// <summary>A tranche by period.</summary>
    public IEnumerable<TranchePeriod> Of(string tranche)
    {
        var at = Terms.Tranches.Select(t => t.Name).ToList().IndexOf(tranche);
        return Periods.Select(period => period.Tranches[at]);
    }

    /// <summary>Σ t · P / 12 ÷ Σ P in years, t the month of payment; null when no principal was paid.</summary>
    public double? AverageLifeYears(string tranche)
    {
        double weighted = 0, principal = 0;
        var t = 0;
        foreach (var period in Of(tranche))
        {
            t += Terms.Dates.MonthsPerPayment;
            weighted += (double)t * period.PrincipalPaid;
            principal += period.PrincipalPaid;
        }

        return principal == 0 ? null : weighted / principal / 12;
    }

    /// <summary>Period of the last principal; null when none was paid.</summary>
    public int? LastPrincipalPeriod(string tranche)
    {
        var last = Of(tranche).Select((period, i) => period.PrincipalPaid > 0 ? i + 1 : 0).DefaultIfEmpty().Max();
        return last == 0 ? null : last;
    }
}
