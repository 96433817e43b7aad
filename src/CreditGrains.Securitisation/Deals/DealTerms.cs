using System.Collections.Immutable;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Money;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Tranches;
using CreditGrains.Securitisation.Waterfall;

namespace CreditGrains.Securitisation.Deals;

/// <summary>A deal as its document has it: collateral, accounts, liabilities and the order of payments. Amounts are minor units.</summary>
public sealed record DealTerms
{
    public string Name { get; init; } = "deal";

    public required Currency Currency { get; init; }

    /// <summary>Date of the balances; null for a deal without dates.</summary>
    public DateOnly? CutOff { get; init; }

    /// <summary>The loans of a deal with one pool; empty when <see cref="Pools"/> has several.</summary>
    public ImmutableArray<LoanLine> Lines { get; init; } = [];

    /// <summary>Several pools, each with loans, scenarios and actuals of its own; then <see cref="Lines"/>, <see cref="Scenarios"/> and <see cref="Actuals"/> are not read, and what was before the run is said of each pool.</summary>
    public ImmutableArray<CollateralPool> Pools { get; init; } = [];

    /// <summary>One for all lines, or one a segment.</summary>
    public ImmutableArray<Scenario> Scenarios { get; init; } = [new Scenario()];

    public ProjectionConventions Conventions { get; init; } = new();

    /// <summary>Collections that have come already: periods before the projection, whose lines stand as of the last of them.</summary>
    public ImmutableArray<PoolMonth> Actuals { get; init; } = [];

    /// <summary>Pool balance that ratios are measured by; null is the balance when the run begins.</summary>
    public long? OriginalPool { get; init; }

    /// <summary>Defaulted before the run begins.</summary>
    public long DefaultedBefore { get; init; }

    /// <summary>Lost before the run begins.</summary>
    public long LostBefore { get; init; }

    /// <summary>Balance that defaulted before the projection, in actual months too, and is not liquidated yet. The months after the actuals recover and lose it by the scenario's recovery terms.</summary>
    public long DefaultedStock { get; init; }

    /// <summary>Payment periods before the run: coupons that step up, levels of triggers, planned schedules, legal finals and revolving periods count from the deal's first.</summary>
    public int PeriodsBefore { get; init; }

    /// <summary>Day from which tranches accrue when they accrue between payment dates; null is the cut-off, and with periods before the run the payment date of the last of them.</summary>
    public DateOnly? Closing { get; init; }

    /// <summary>Cash in the income sub-account when the run begins.</summary>
    public long IncomeBalance { get; init; }

    /// <summary>Cash in the principal sub-account when the run begins.</summary>
    public long PrincipalBalance { get; init; }

    public DealDates Dates { get; init; } = new();

    public ImmutableArray<Fee> Fees { get; init; } = [];

    public ImmutableArray<Reserve> Reserves { get; init; } = [];

    public ImmutableArray<LiquidityFacility> Facilities { get; init; } = [];

    public ImmutableArray<Swap> Swaps { get; init; } = [];

    public required ImmutableArray<TrancheTerms> Tranches { get; init; }

    public ImmutableArray<Trigger> Triggers { get; init; } = [];

    public ImmutableDictionary<string, IndexCurve> Indices { get; init; } = ImmutableDictionary<string, IndexCurve>.Empty;

    public LossTreatment Losses { get; init; }

    /// <summary>Tranches that bear losses, the first to bear first; by default the tranches from last to first.</summary>
    public ImmutableArray<string> LossOrder { get; init; } = [];

    /// <summary>Whether recoveries are income; principal otherwise.</summary>
    public bool RecoveriesAreIncome { get; init; }

    /// <summary>Periods in which principal buys loans; 0 is none.</summary>
    public int RevolvingPeriods { get; init; }

    /// <summary>What is bought; needed for a purchase step.</summary>
    public PurchaseTerms? Purchase { get; init; }

    public CleanUpCall? CleanUp { get; init; }

    /// <summary>Steps by state; a state without steps follows those of the nearest state before it.</summary>
    public required ImmutableDictionary<DealState, ImmutableArray<Step>> Waterfalls { get; init; }

    /// <summary>The pools, of which there is always one.</summary>
    public ImmutableArray<CollateralPool> AllPools => !Pools.IsEmpty ? Pools :
    [
        new CollateralPool
        {
            Name = "pool", Lines = Lines, Scenarios = Scenarios, Actuals = Actuals, OriginalBalance = OriginalPool, DefaultedBefore = DefaultedBefore, LostBefore = LostBefore, DefaultedStock = DefaultedStock,
        },
    ];

    /// <summary>The same deal with the rates of floating loans by month, from its indices.</summary>
    internal DealTerms WithRatePaths()
    {
        if (AllPools.All(pool => pool.Lines.All(line => line.Floating is null))) return this;
        return this with { Lines = Resolve(Lines, Actuals.Length), Pools = [.. Pools.Select(pool => pool with { Lines = Resolve(pool.Lines, pool.Actuals.Length) })] };

        ImmutableArray<LoanLine> Resolve(ImmutableArray<LoanLine> lines, int before) => [.. lines.Select(line => line.Floating is not { } floating || !line.RatePath.IsDefaultOrEmpty ? line : line with
        {
            RatePath = floating.Path(line, month => Indices[floating.Index].RateOf((before + month - 1) / Dates.MonthsPerPayment + 1, CutOff?.AddMonths(before + month - 1)), new ProjectionCalendar(CutOff?.AddMonths(before)).MonthsBefore(line)),
        })];
    }

    /// <summary>The same deal with other assumptions, in every pool and segment.</summary>
    public DealTerms Assume(Func<Scenario, Scenario> other) => this with
    {
        Scenarios = [.. Scenarios.Select(other)],
        Pools = [.. Pools.Select(pool => pool with { Scenarios = [.. pool.Scenarios.Select(other)] })],
    };

    /// <summary>The same deal with the sets of a scenario file: one for all, or one a segment, for every pool.</summary>
    public DealTerms Assume(ImmutableArray<Scenario> sets) => this with
    {
        Scenarios = sets,
        Pools = [.. Pools.Select(pool => pool with { Scenarios = sets })],
    };
}

/// <summary>When cash is counted and paid. Period t ends t × months after the cut-off.</summary>
/// <param name="MonthsPerPayment">1 to 12.</param>
/// <param name="PaymentDelayDays">Calendar days from the end of a period to its payment date, before adjustment.</param>
/// <param name="DeterminationDaysBefore">Business days before the payment date.</param>
/// <param name="Rule">How a payment date moves to a business day.</param>
/// <param name="Calendar">Null is Monday to Friday.</param>
/// <param name="Accrual">Between which days coupons that count days accrue.</param>
public sealed record DealDates(
    int MonthsPerPayment = 1, int PaymentDelayDays = 0, int DeterminationDaysBefore = 0, BusinessDayRule Rule = BusinessDayRule.None, BusinessCalendar? Calendar = null,
    AccrualSpan Accrual = AccrualSpan.PeriodEnds)
{
    /// <summary>Whether a year of payment dates begins with a period of the deal, from 1.</summary>
    internal bool StartsYear(int dealPeriod) => (dealPeriod - 1) % Math.Max(1, 12 / MonthsPerPayment) == 0;
}

/// <summary>Between which days actual days of a coupon run.</summary>
public enum AccrualSpan
{
    /// <summary>From the end of one period to that of the next.</summary>
    PeriodEnds = 0,

    /// <summary>From one payment date to the next; the first from the closing date.</summary>
    PaymentDates = 1,
}

/// <summary>What a fee is counted on.</summary>
public enum FeeBase
{
    /// <summary>The same amount each period.</summary>
    Fixed = 0,

    /// <summary>A yearly part of the pool balance at the start of the period.</summary>
    PoolBalance = 1,

    /// <summary>A yearly part of all tranche balances at the start.</summary>
    TrancheBalance = 2,

    /// <summary>A part of the interest collected in the period: taxes such as VAT.</summary>
    InterestCollected = 3,
}

/// <summary>A fee or tax.</summary>
/// <param name="Name">As steps and reports name it.</param>
/// <param name="Base">What it is counted on.</param>
/// <param name="Amount">Of a fixed fee, a period.</param>
/// <param name="Rate">Of the others; 0.01 is 1 %.</param>
/// <param name="CapPerPayment">Most paid at one payment date; null is no cap.</param>
/// <param name="CarriesShortfall">Whether what is not paid is owed on; otherwise it falls away.</param>
public sealed record Fee(string Name, FeeBase Base, long Amount, double Rate, long? CapPerPayment, bool CarriesShortfall)
{
    /// <summary>Most paid in a year of payment dates, counted from the deal's first; null is no cap.</summary>
    public long? CapPerYear { get; init; }

    /// <summary>Most paid at a payment date as a yearly part of the pool balance at the start of the period; null is no cap.</summary>
    public double? CapOfPool { get; init; }

    /// <summary>Owed when the run begins.</summary>
    public long Unpaid { get; init; }

    /// <summary>Paid in the year of payment dates that is under way when the run begins: what is left of <see cref="CapPerYear"/> until it ends.</summary>
    public long PaidThisYear { get; init; }
}

/// <summary>A reserve account and its target: the sum of the parts, within floor and cap; 0 once pool or tranches are gone.</summary>
public sealed record Reserve(string Name, long Opening, long Fixed, double OfPool, double OfOriginalPool, double OfTranches, long Floor, long? Cap);

/// <summary>Cash a bank lends the deal up to a limit.</summary>
public sealed record LiquidityFacility(string Name, long Limit, double RateAnnual)
{
    /// <summary>Lent when the run begins.</summary>
    public long Drawn { get; init; }
}

/// <summary>An interest-rate swap: the deal pays a fixed rate and receives an index with a spread, on the opening balance of tranches or of the pool; net.</summary>
public sealed record Swap(string Name, double PaysAnnual, string ReceivesIndex, double ReceivesSpread, ImmutableArray<string> NotionalOf, AccrualClock Clock)
{
    /// <summary>Notional by period of the deal; after the last 0. Empty: the opening balance of tranches or pool.</summary>
    public ImmutableArray<long> NotionalSchedule { get; init; } = [];

    /// <summary>Owed by the deal when the run begins.</summary>
    public long Unpaid { get; init; }
}

/// <summary>What becomes of losses.</summary>
public enum LossTreatment
{
    /// <summary>Nothing is booked: cash alone decides.</summary>
    None = 0,

    /// <summary>They are booked on the principal-deficiency ledger, junior first.</summary>
    Ledger = 1,

    /// <summary>They are taken off tranche balances, junior first.</summary>
    WriteDown = 2,
}

/// <summary>New loans: like a line of the collateral, with a new term.</summary>
public sealed record PurchaseTerms(int LikeLine, int RemainingMonths, double Price)
{
    /// <summary>Pool that buys; null is the first.</summary>
    public string? Pool { get; init; }

    internal int PoolOf(DealTerms deal) => Pool is null ? 0 : deal.AllPools.Select(pool => pool.Name).ToList().IndexOf(Pool);
}

/// <summary>The servicer buys the rest of the pool once it is small.</summary>
/// <param name="PoolFactorBelow">Pool over original pool.</param>
/// <param name="Price">Paid for one unit of performing balance.</param>
/// <param name="NeedsFullRepayment">Whether it is only called when the cash repays every note.</param>
public sealed record CleanUpCall(double PoolFactorBelow, double Price, bool NeedsFullRepayment);
