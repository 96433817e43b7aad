using System.Collections.Immutable;

namespace CreditGrains.Domain.Loans.Apr;

/// <summary>An advance or payment.</summary>
/// <param name="Date">Its date.</param>
/// <param name="Amount">Minor units, 1 to 2^60.</param>
public readonly record struct AprFlow(DateOnly Date, long Amount);

/// <summary>An advance or payment whose time is already in unit-periods.</summary>
/// <param name="Time">From the start of the term.</param>
/// <param name="Amount">Minor units, 1 to 2^60.</param>
public readonly record struct AprUnitFlow(UnitTime Time, long Amount);

/// <summary>The annual percentage rate of a transaction.</summary>
/// <param name="UnitRate">The rate a unit-period, 0.01 is 1 %.</param>
/// <param name="UnitPeriodsPerYear">Unit-periods in a year.</param>
/// <param name="Unit">The unit-period; null when times were given in unit-periods.</param>
/// <param name="UnitRoots">All unit-period rates that solve the equation, rising; more than one when advances and payments alternate.</param>
public sealed record AprResult(double UnitRate, double UnitPeriodsPerYear, UnitPeriod? Unit, ImmutableArray<double> UnitRoots)
{
    /// <summary>Percent a year: the unit-period rate times their number, Appendix J (b)(1).</summary>
    public double Percent => 100 * UnitRate * UnitPeriodsPerYear;

    /// <summary>Percent a year, rounded half up (away from zero) to some digits.</summary>
    public decimal PercentRounded(int digits = 2) => decimal.Round((decimal)Percent, digits, MidpointRounding.AwayFromZero);

    /// <summary>Percent a year with the unit-period rate compounded: the effective rate.</summary>
    public double EffectivePercent => 100 * (Math.Pow(1 + UnitRate, UnitPeriodsPerYear) - 1);
}

/// <summary>The actuarial method of Regulation Z (12 CFR 1026), Appendix J.</summary>
public static class AnnualPercentageRate
{
    /// <summary>Most advances and payments together.</summary>
    public const int FlowsMax = 20_000;

    private const long AmountMax = 1L << 60;

    /// <summary>The rate of dated advances and payments; the unit-period is chosen as (b)(4) says.</summary>
    /// <param name="advances">Amounts advanced, less prepaid finance charges; at least one.</param>
    /// <param name="payments">Payments; at least one.</param>
    /// <param name="start">When the finance charge starts to be earned; null: the first date of all.</param>
    public static LoanResult<AprResult> Of(IReadOnlyCollection<AprFlow> advances, IReadOnlyCollection<AprFlow> payments, DateOnly? start = null)
    {
        if (CheckAmounts(advances.Select(flow => flow.Amount), payments.Select(flow => flow.Amount)) is { } fault) return fault;
        var paidOut = InOrder(advances);
        var paidIn = InOrder(payments);
        var first = paidOut[0].Date < paidIn[0].Date ? paidOut[0].Date : paidIn[0].Date;
        var from = start ?? first;
        if (from > first) return new LoanRefusal(LoanFault.InvalidDate, $"the term starts on {from:yyyy-MM-dd}, after the first amount on {first:yyyy-MM-dd}; start no later");
        DateOnly[] outDates = [.. paidOut.Select(flow => flow.Date)];
        DateOnly[] inDates = [.. paidIn.Select(flow => flow.Date)];
        if (outDates.Length == 1 && inDates.Length == 1 && outDates[0] == inDates[0]) return new LoanRefusal(LoanFault.NoRate, "the only payment is on the day of the only advance; there is no time between them");
        var unit = outDates.Length == 1 && inDates.Length == 1 && outDates[0] == from
            ? UnitPeriodChoice.OfTerm(from, inDates[0])
            : UnitPeriodChoice.Of(from, outDates, inDates);
        var outTimes = UnitTimes.Of(unit, from, outDates);
        var inTimes = UnitTimes.Of(unit, from, inDates);
        return Solve(
            paidOut.Select((flow, i) => (outTimes[i], (double)flow.Amount)).Concat(paidIn.Select((flow, i) => (inTimes[i], -(double)flow.Amount))), unit.PerYear, unit);
    }

    /// <summary>The rate of advances and payments whose times are given in unit-periods.</summary>
    /// <param name="advances">At least one.</param>
    /// <param name="payments">At least one.</param>
    /// <param name="unitPeriodsPerYear">Above 0, at most 366.</param>
    public static LoanResult<AprResult> Of(IReadOnlyCollection<AprUnitFlow> advances, IReadOnlyCollection<AprUnitFlow> payments, double unitPeriodsPerYear)
    {
        if (unitPeriodsPerYear is not (> 0 and <= 366)) return new LoanRefusal(LoanFault.InvalidTerm, "unit-periods in a year must be above 0 and at most 366");
        if (CheckAmounts(advances.Select(flow => flow.Amount), payments.Select(flow => flow.Amount)) is { } fault) return fault;
        if (advances.Concat(payments).Any(flow => flow.Time.Whole is < 0 or > LoanTerms.TermDaysMax || flow.Time.Fraction is not (>= 0 and <= 1)))
            return new LoanRefusal(LoanFault.InvalidTerm, "a time has 0 or more whole unit-periods, at most a hundred years, and a fraction of 0 to 1");
        return Solve(advances.Select(flow => (flow.Time, (double)flow.Amount)).Concat(payments.Select(flow => (flow.Time, -(double)flow.Amount))), unitPeriodsPerYear, null);
    }

    private static LoanResult<AprResult> Solve(IEnumerable<(UnitTime Time, double Amount)> flows, double perYear, UnitPeriod? unit)
    {
        var roots = new RateEquation(flows).Roots();
        if (roots.IsEmpty) return new LoanRefusal(LoanFault.NoRate, "no rate from -90 % to 10,000 % a unit-period makes the payments equal the advances; check amounts and dates");
        return new AprResult(RateScan.Choose(roots), perYear, unit, roots);
    }

    internal static LoanRefusal? CheckAmounts(IEnumerable<long> advances, IEnumerable<long> payments)
    {
        var (outCount, inCount) = (0, 0);
        foreach (var amount in advances)
        {
            if (amount is < 1 or > AmountMax) return new LoanRefusal(LoanFault.InvalidAmount, "an advance must be 1 to 2^60 minor units");
            outCount++;
        }

        foreach (var amount in payments)
        {
            if (amount is < 1 or > AmountMax) return new LoanRefusal(LoanFault.InvalidAmount, "a payment must be 1 to 2^60 minor units");
            inCount++;
        }

        if (outCount == 0 || inCount == 0) return new LoanRefusal(LoanFault.InvalidTerm, "a rate needs at least one advance and one payment");
        return outCount + inCount <= FlowsMax ? null : new LoanRefusal(LoanFault.InvalidTerm, "there are over 20,000 advances and payments; add up those of a day");
    }

    /// <summary>By date, those of one day added up.</summary>
    private static AprFlow[] InOrder(IEnumerable<AprFlow> flows) =>
        [.. flows.GroupBy(flow => flow.Date).OrderBy(day => day.Key).Select(day => new AprFlow(day.Key, Sum(day)))];

    private static long Sum(IEnumerable<AprFlow> flows)
    {
        var sum = (Int128)0;
        foreach (var flow in flows) sum += flow.Amount;
        // More than a double tells apart anyway.
        return (long)Int128.Min(long.MaxValue, sum);
    }
}
