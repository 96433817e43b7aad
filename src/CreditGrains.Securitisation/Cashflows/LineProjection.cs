using CreditGrains.Securitisation.Assumptions;

namespace CreditGrains.Securitisation.Cashflows;

/// <summary>
/// Projects one loan or rep line month by month, with every case of assumptions and conventions. The reference that the faster <see cref="ColumnProjection"/> is held to.
/// Invariant: opening − scheduled − prepaid − defaulted = closing in every period.
/// </summary>
public static class LineProjection
{
    /// <summary>Periods a line's table needs: up to its last instalment or last recovery.</summary>
    public static int Periods(LoanLine line, Scenario scenario, ProjectionCalendar calendar) =>
        FirstPeriod(line, calendar) + line.RemainingMonths - 1 + Liquidation.Tail(scenario);

    /// <summary>Checks and projects a line.</summary>
    /// <exception cref="InvalidInputException">Line, scenario or conventions cannot be projected.</exception>
    public static CashflowTable Of(LoanLine line, Scenario scenario, ProjectionConventions conventions, ProjectionCalendar calendar = default)
    {
        line.Check();
        scenario.Check();
        conventions.Check();
        CheckTogether(scenario, conventions);
        CheckWhole(line, conventions);
        return Run(line, scenario.Resolve(calendar), conventions, calendar);
    }

    /// <exception cref="InvalidInputException">A balance has fractions that the rounding does not allow.</exception>
    internal static void CheckWhole(LoanLine line, ProjectionConventions conventions)
    {
        if (line.Floating is { } floating && line.RatePath.IsDefaultOrEmpty)
            throw new InvalidInputException("IndexMissing", "floating.index", $"the rate follows '{floating.Index}', and only a deal has indices; write the rates by month as rates, or run the line in a deal");
        if (conventions.Rounding != AmountRounding.None && line.Balance != Math.Floor(line.Balance))
            throw new InvalidInputException("BalanceNotWhole", "balance", "the balance has fractions of a minor unit; write whole ones, or set rounding to none");
    }

    /// <exception cref="InvalidInputException">Assumptions and conventions that do not go together.</exception>
    internal static void CheckTogether(Scenario scenario, ProjectionConventions conventions)
    {
        if (scenario.Advances.Kind != AdvanceKind.None && scenario.Recovery.Parts.Length > 1)
            throw new InvalidInputException("AssumptionConflict", "advances", "with advances a default is liquidated at once; leave the recovery timing out");
        if (scenario.LoanDefault is LoanDefaultCurve.RollRate)
        {
            if (scenario.Advances.Kind != AdvanceKind.None) throw new InvalidInputException("AssumptionConflict", "advances", "a roll-rate matrix is projected without advances; set them to none");
            if (scenario.Prepayment != PrepaymentCurve.None)
                throw new InvalidInputException("AssumptionConflict", "prepayment", "a roll-rate matrix has its own column of loans paid off; leave the prepayment curve out");
        }
        else if (!scenario.LoanDefault.IsConditional && conventions.DefaultTiming == DefaultTiming.AfterScheduledPrincipal)
        {
            throw new InvalidInputException("ConventionConflict", "defaultTiming", "a cumulative default rate is on the opening principal; set defaultTiming to beforeScheduledPrincipal");
        }

        if (scenario.Advances is { Kind: not AdvanceKind.None, IsBoundByRecovery: false } && scenario.Recovery is { LagMonths: > 0, Severity: > 0 } && scenario.LoanDefault != LoanDefaultCurve.None && !conventions.NoDefaultNearMaturity)
        {
            // A default that is liquidated after maturity would be advanced whole by the last instalment, and nothing of it be left to lose.
            throw new InvalidInputException("AssumptionConflict", "advances", "a default in the last lagMonths months is advanced in full at maturity, whatever its severity; set the convention noDefaultNearMaturity (preset bma has it), or boundByRecovery in advances");
        }
    }

    /// <summary>Projects a checked line.</summary>
    internal static CashflowTable Run(LoanLine line, Scenario scenario, ProjectionConventions conventions, ProjectionCalendar calendar)
    {
        var table = new CashflowTable(Periods(line, scenario, calendar));
        var first = FirstPeriod(line, calendar);
        for (var period = 1; period < first; period++) table[CashflowColumn.Opening][period - 1] = table[CashflowColumn.Closing][period - 1] = line.Balance;
        if (scenario.LoanDefault is LoanDefaultCurve.RollRate rolling) RollRateProjection.Run(line, rolling.Matrix, scenario, conventions, calendar, table, first);
        else Run(line, scenario, conventions, calendar, table, first);
        Liquidation.FillStock(table);
        return table;
    }

    internal static double RateOfPeriod(double annual, double yearFraction, int? digits)
    {
        var rate = annual * yearFraction;
        if (digits is not { } places) return rate;
        var scale = Math.Pow(10, places);
        return Math.Floor(rate * scale + (0.5 + Rounded.Nudge)) / scale;
    }

    private static int FirstPeriod(LoanLine line, ProjectionCalendar calendar) => line.FirstPayment is { } date ? calendar.PeriodOf(date) : 1;

    private static void Run(LoanLine line, Scenario scenario, ProjectionConventions conventions, ProjectionCalendar calendar, CashflowTable table, int first)
    {
        var months = line.RemainingMonths;
        var rounding = conventions.Rounding;
        var plan = new InstalmentPlan(line, conventions);
        var advances = scenario.Advances.Kind == AdvanceKind.None ? null : new AdvancedDefaults(scenario, rounding, months);
        var lastDefault = conventions.NoDefaultNearMaturity ? months - scenario.Recovery.LagMonths : months;
        var open = line.Balance;
        for (var t = 1; t <= months; t++)
        {
            var period = first + t - 1;
            var at = period - 1;
            var age = line.AgeMonths + t;
            var rateYears = calendar.YearFraction(conventions.RateClock, line.FirstPayment, t);
            var interestYears = calendar.YearFraction(conventions.InterestClock, line.FirstPayment, t);
            var rate = RateOfPeriod(line.RateAt(t), interestYears, conventions.PeriodRateDigits);
            var defaultedRatio = t > lastDefault ? 0 : scenario.DefaultedRatio(period, age, rateYears);
            var prepaidRatio = scenario.PrepaidRatio(period, age, rateYears);
            var defaulted = scenario.LoanDefault.IsConditional
                ? Rounded.Of(rounding, open * defaultedRatio)
                : Math.Min(open, Rounded.Of(rounding, line.Balance * defaultedRatio));
            var part = plan.Part(t, open, conventions.DefaultTiming == DefaultTiming.BeforeScheduledPrincipal ? defaulted : 0, rate);
            var month = conventions.PrepaymentEffect == PrepaymentEffect.ShrinkTermByPlan ? MonthPrincipal.ByPlan(rounding, open, plan.Planned(t), prepaidRatio, defaulted)
                : conventions.DefaultTiming == DefaultTiming.AfterScheduledPrincipal ? MonthPrincipal.WithDefaultsAfter(conventions, open, part, prepaidRatio, defaultedRatio)
                : MonthPrincipal.Of(conventions, open, part, prepaidRatio, defaulted);
            plan.Survive(open, month.Defaulted);

            var earning = conventions.InterestBase switch
            {
                InterestBase.Opening => open,
                InterestBase.AfterDefaultsAndPrepayments => open - month.Defaulted - month.Prepaid,
                _ => open - month.Defaulted,
            };
            var close = open - month.Defaulted - month.Scheduled - month.Prepaid;
            table[CashflowColumn.Opening][at] = open;
            table[CashflowColumn.Defaulted][at] = month.Defaulted;
            table[CashflowColumn.Scheduled][at] = month.Scheduled;
            table[CashflowColumn.Prepaid][at] = month.Prepaid;
            table[CashflowColumn.Interest][at] = Rounded.Of(rounding, earning * rate);
            table[CashflowColumn.ServicingFee][at] = Rounded.Of(rounding, earning * line.ServicingFeeAnnual * interestYears);
            table[CashflowColumn.Closing][at] = close;
            if (advances is null) Liquidation.Spread(table, period, month.Defaulted, scenario, rounding);
            else advances.Month(t, months, month.Defaulted, part, rate, table, period);
            open = close;
        }

        for (var t = months + 1; advances is not null && first + t - 1 <= table.Periods; t++) advances.Month(t, months, 0, 0, 0, table, first + t - 1);
    }
}
