using System.Collections.Immutable;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Measures;

/// <summary>A place on the range of rates where a tranche turns from paid to not paid.</summary>
/// <param name="Bearable">Highest rate at which it is still paid, to the resolution.</param>
/// <param name="CumulativeDefault">What then defaults in the run, over the original pool.</param>
/// <param name="CumulativeDefaultAtLoss">What defaults just above.</param>
public readonly record struct LossPoint(double Bearable, double CumulativeDefault, double CumulativeDefaultAtLoss);

/// <summary>Where a tranche starts to lose.</summary>
/// <param name="IsPaidWithoutDefaults">Whether it is paid at a rate of 0; otherwise points are where it loses again.</param>
/// <param name="Points">By rising rate. Empty and paid without defaults: it never loses. More than one: it recovers in between, as when more defaults bring a trigger forward.</param>
public sealed record LossThreshold(bool IsPaidWithoutDefaults, ImmutableArray<LossPoint> Points)
{
    /// <summary>The first place; null when it never loses, or loses at once.</summary>
    public LossPoint? First => IsPaidWithoutDefaults && Points.Length > 0 ? Points[0] : null;
}

/// <summary>
/// Searches over default rates with everything else as the deal has it. The range 0 to 1 is looked at in even pieces and each change is narrowed down by halving, so that all changes are found that a
/// piece separates. Runs are kept, so several tranches cost little more than one.
/// </summary>
public sealed class LossSearch
{
    private const int Pieces = 50;
    private const double Resolution = 1e-6;
    private const double Finest = 1e-12;
    private readonly DealTerms deal;
    private readonly LossRule rule;
    private readonly RunControl? control;
    private readonly Dictionary<double, Outcome> byCdr = [];
    private readonly Dictionary<double, Outcome> byCumulative = [];
    private ImmutableArray<double> timing;

    /// <param name="deal">Terms; its default curves are replaced.</param>
    /// <param name="rule">What a loss is.</param>
    /// <param name="control">Asked before each run whether to go on; may be null.</param>
    /// <param name="timing">Parts of defaults by month; empty takes those of the deal's own scenario.</param>
    public LossSearch(DealTerms deal, LossRule rule, ImmutableArray<double> timing = default, RunControl? control = null)
    {
        this.deal = deal;
        this.rule = rule;
        this.control = control;
        this.timing = timing.IsDefault ? [] : timing;
        if (!this.timing.IsEmpty) Timings.Check(this.timing, "timing");
    }

    /// <summary>Break-even CDR: flat annual conditional rates, to 0.0001 %.</summary>
    /// <exception cref="InvalidInputException">No such tranche.</exception>
    public LossThreshold BreakEvenCdr(string tranche) => Search(PlaceOf(tranche), rate => At(byCdr, rate, OfCdr));

    /// <summary>
    /// Critical cumulative default rate (临界违约率): cumulative rates spread over the timing, to 0.0001 %. Source: Chinese rating practice; the least over stress scenarios is
    /// the caller's to take.
    /// </summary>
    /// <exception cref="InvalidInputException">No such tranche, or no timing.</exception>
    public LossThreshold CriticalCumulativeDefault(string tranche) => Search(PlaceOf(tranche), rate => At(byCumulative, rate, OfCumulative));

    /// <summary>
    /// First loss: the smallest cumulative default, as it came about in the run over the original pool, that costs the tranche one unit of principal, spread over the timing. Interest does not
    /// count. When rounding alone costs it principal without defaults, the allowance on top does. Null when none does, or when more than the allowance is lost without any.
    /// </summary>
    /// <exception cref="InvalidInputException">No such tranche, or no timing.</exception>
    public CumulativeDefaultRate? FirstLoss(string tranche)
    {
        var place = PlaceOf(tranche);
        var without = At(byCumulative, 0, OfCumulative).Shortfalls[place];
        if (without.PrincipalUnpaid > without.Allowance) return null;
        var most = without.PrincipalUnpaid == 0 ? 0 : without.PrincipalUnpaid + without.Allowance;
        var changes = Roots.Changes(rate => At(byCumulative, rate, OfCumulative).Shortfalls[place].PrincipalUnpaid <= most, 0, 1, Pieces, Finest);
        return changes.Count == 0 ? null : new CumulativeDefaultRate(At(byCumulative, changes[0].After, OfCumulative).CumulativeDefault);
    }

    /// <summary>
    /// Parts of defaults by month as the deal's own scenario brings them about: that of a cumulative curve, else what its projection defaults in each month over the sum.
    /// </summary>
    /// <exception cref="InvalidInputException">The scenario has no defaults.</exception>
    public static ImmutableArray<double> TimingOf(DealTerms deal)
    {
        foreach (var pool in deal.AllPools)
            if (pool.Scenarios is [{ LoanDefault: LoanDefaultCurve.Cumulative cumulative }, ..]) return cumulative.Timing;
        var table = Projected(deal);
        var total = table.Total(CashflowColumn.Defaulted);
        if (total == 0)
            throw new InvalidInputException("TimingMissing", "timing", "the deal's scenario has no defaults, so it does not say how they are spread over the months; give a timing, or a scenario with defaults");
        var last = Array.FindLastIndex(table[CashflowColumn.Defaulted], amount => amount > 0);
        var parts = table[CashflowColumn.Defaulted].Take(last + 1).Select(amount => amount / total).ToArray();
        parts[^1] += 1 - parts.Sum();
        return [.. parts];
    }

    /// <summary>
    /// Part of the lines as they stand that the deal's own scenario brings to default over their life: what a drawn rate is applied to. Defaults before the projection and of loans bought later are
    /// no part of it. 0 for lines without balance.
    /// </summary>
    /// <exception cref="InvalidInputException">A line cannot be projected.</exception>
    public static double ProbabilityOf(DealTerms deal)
    {
        var table = Projected(deal);
        var opening = table.Periods == 0 ? 0 : table[CashflowColumn.Opening][0];
        return opening == 0 ? 0 : Math.Min(1, table.Total(CashflowColumn.Defaulted) / opening);
    }

    private static CashflowTable Projected(DealTerms deal) => CashflowTable.Sum(deal.WithRatePaths().AllPools.Select(pool =>
        PoolProjection.Run(pool.Lines, pool.Scenarios, deal.Conventions, new ProjectionCalendar(deal.CutOff?.AddMonths(pool.Actuals.Length))).Total));

    private int PlaceOf(string tranche)
    {
        for (var i = 0; i < deal.Tranches.Length; i++)
            if (deal.Tranches[i].Name == tranche) return i;
        throw new InvalidInputException("TrancheUnknown", "tranche", $"there is no tranche '{tranche}'; there are {string.Join(", ", deal.Tranches.Select(one => one.Name))}");
    }

    private static LossThreshold Search(int place, Func<double, Outcome> at)
    {
        var isPaidAtZero = !at(0).Shortfalls[place].IsLoss;
        var changes = Roots.Changes(rate => !at(rate).Shortfalls[place].IsLoss, 0, 1, Pieces, Resolution);
        return new LossThreshold(isPaidAtZero, [.. changes.Where(change => !at(change.Before).Shortfalls[place].IsLoss)
            .Select(change => new LossPoint(change.Before, at(change.Before).CumulativeDefault, at(change.After).CumulativeDefault))]);
    }

    private static Outcome At(Dictionary<double, Outcome> known, double rate, Func<double, LoanDefaultCurve> curve, DealTerms deal, LossRule rule, RunControl? control)
    {
        if (known.TryGetValue(rate, out var outcome)) return outcome;
        control?.CancellationToken.ThrowIfCancellationRequested();
        var run = DealRunner.Run(deal.Assume(scenario => scenario with { LoanDefault = curve(rate) }));
        return known[rate] = new Outcome(run.Periods[^1].CumulativeDefault, [.. run.Terms.Tranches.Select(tranche => TrancheShortfall.Of(run, tranche, rule))]);
    }

    private Outcome At(Dictionary<double, Outcome> known, double rate, Func<double, LoanDefaultCurve> curve) => At(known, rate, curve, deal, rule, control);

    private static LoanDefaultCurve OfCdr(double rate) => new LoanDefaultCurve.FlatCdr(new Cdr(rate));

    private LoanDefaultCurve OfCumulative(double rate)
    {
        if (timing.IsEmpty) timing = TimingOf(deal);
        return new LoanDefaultCurve.Cumulative(new CumulativeDefaultRate(rate), timing);
    }

    private sealed record Outcome(double CumulativeDefault, ImmutableArray<TrancheShortfall> Shortfalls);
}
