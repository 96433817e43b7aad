using System.Collections.Immutable;

namespace CreditGrains.Securitisation.Tranches;

/// <summary>How a tranche gets principal and interest.</summary>
public enum TrancheKind
{
    /// <summary>Interest each period, principal as the waterfall pays it.</summary>
    Note = 0,

    /// <summary>A Z tranche: its interest is added to its balance, and the cash goes to principal, until the tranches named are paid.</summary>
    Accrual = 1,

    /// <summary>Interest on a notional amount, no principal.</summary>
    InterestOnly = 2,

    /// <summary>Takes what is left; its balance falls by what it is paid as principal and it bears losses first.</summary>
    Equity = 3,

    /// <summary>Planned amortisation: has a schedule of balances that principal is paid down to first.</summary>
    PlannedAmortisation = 4,
}

/// <summary>By which clock a coupon is counted.</summary>
public enum AccrualClock
{
    /// <summary>Whole months of a year of twelve (30/360).</summary>
    Thirty360 = 0,

    /// <summary>Actual days over 360.</summary>
    Actual360 = 1,

    /// <summary>Actual days over 365.</summary>
    Actual365 = 2,
}

/// <summary>A coupon, fixed or on an index.</summary>
/// <param name="Index">Name of the index; null is a fixed coupon.</param>
/// <param name="RateAnnual">The fixed rate, or the spread over the index; 0.05 is 5 %.</param>
/// <param name="Floor">Lowest annual rate; null is none. A rate never falls below 0.</param>
/// <param name="Cap">Highest annual rate; null is none.</param>
/// <param name="StepUpFromPeriod">First period of the step-up; 0 is none.</param>
/// <param name="StepUpRate">What is added from then on.</param>
public sealed record Coupon(string? Index, double RateAnnual, double? Floor = null, double? Cap = null, int StepUpFromPeriod = 0, double StepUpRate = 0)
{
    /// <summary>The annual rate of a period.</summary>
    /// <param name="indexRate">The index's rate; 0 for a fixed coupon.</param>
    /// <param name="period">From 1.</param>
    public double RateOf(double indexRate, int period)
    {
        var rate = indexRate + RateAnnual + (StepUpFromPeriod > 0 && period >= StepUpFromPeriod ? StepUpRate : 0);
        if (Floor is { } floor) rate = Math.Max(rate, floor);
        if (Cap is { } cap) rate = Math.Min(rate, cap);
        return Math.Max(rate, 0);
    }
}

/// <summary>One tranche as the deal document has it.</summary>
public sealed record TrancheTerms
{
    /// <summary>As steps, tests and reports name it.</summary>
    public required string Name { get; init; }

    public TrancheKind Kind { get; init; }

    /// <summary>Balance when the run begins, in minor units; 0 for interest only.</summary>
    public long Balance { get; init; }

    public Coupon Coupon { get; init; } = new(null, 0);

    public AccrualClock Clock { get; init; }

    /// <summary>Interest unpaid when the run begins, in minor units.</summary>
    public long InterestUnpaid { get; init; }

    /// <summary>On its principal-deficiency ledger when the run begins.</summary>
    public long Deficiency { get; init; }

    /// <summary>Payment period of the deal by which all must be repaid; null is the end of the run.</summary>
    public int? LegalFinalPeriod { get; init; }

    /// <summary>Whether unpaid interest bears interest at the coupon.</summary>
    public bool InterestOnUnpaid { get; init; }

    /// <summary>Of an accrual tranche: it accrues as long as one of these has a balance.</summary>
    public ImmutableArray<string> AccruesUntilPaid { get; init; } = [];

    /// <summary>Of an interest-only tranche: its notional is the balance of these; empty is the pool.</summary>
    public ImmutableArray<string> NotionalOf { get; init; } = [];

    /// <summary>Of a planned tranche: balances at the end of periods 1, 2, …; after the last one 0.</summary>
    public ImmutableArray<long> Schedule { get; init; } = [];

    /// <summary>Of a planned tranche without schedule: the lower and upper PSA speed of its bands, in percent.</summary>
    public (double Lower, double Upper)? PsaBands { get; init; }
}
