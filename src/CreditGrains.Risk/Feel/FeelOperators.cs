namespace CreditGrains.Risk.Feel;

/// <summary>
/// Arithmetic, comparison and three-valued logic of FEEL (DMN 1.3 §10.3.2.11 to 10.3.2.15, tables 46 to 55). What cannot be done gives null, never an
/// exception; a result beyond a decimal is null too.
/// </summary>
internal static class FeelOperators
{
    private const int TextMax = 1 << 20;

    public static FeelValue Add(in FeelValue a, in FeelValue b)
    {
        try
        {
            return (a.Kind, b.Kind) switch
            {
                (FeelKind.Number, FeelKind.Number) => FeelValue.Of(a.Number + b.Number),
                (FeelKind.Text, FeelKind.Text) => Joined(a.Text, b.Text),
                (FeelKind.DaysDuration, FeelKind.DaysDuration) => FeelValue.OfSeconds(a.Number + b.Number),
                (FeelKind.MonthsDuration, FeelKind.MonthsDuration) => FeelValue.OfMonths(a.Number + b.Number),
                (_, FeelKind.DaysDuration or FeelKind.MonthsDuration) => FeelCalendar.Shift(a, b, 1),
                (FeelKind.DaysDuration or FeelKind.MonthsDuration, _) => FeelCalendar.Shift(b, a, 1),
                _ => FeelValue.Null,
            };
        }
        catch (OverflowException)
        {
            return FeelValue.Null;
        }
    }

    private static FeelValue Joined(string a, string b)
    {
        if (a.Length + b.Length > TextMax) return FeelValue.Null;
        FeelBudget.Spend((a.Length + b.Length) / 64);
        return FeelValue.Of(a + b);
    }

    public static FeelValue Subtract(in FeelValue a, in FeelValue b)
    {
        try
        {
            return (a.Kind, b.Kind) switch
            {
                (FeelKind.Number, FeelKind.Number) => FeelValue.Of(a.Number - b.Number),
                (FeelKind.DaysDuration, FeelKind.DaysDuration) => FeelValue.OfSeconds(a.Number - b.Number),
                (FeelKind.MonthsDuration, FeelKind.MonthsDuration) => FeelValue.OfMonths(a.Number - b.Number),
                (_, FeelKind.DaysDuration or FeelKind.MonthsDuration) => FeelCalendar.Shift(a, b, -1),
                _ => FeelCalendar.Between(a, b),
            };
        }
        catch (OverflowException)
        {
            return FeelValue.Null;
        }
    }

    public static FeelValue Multiply(in FeelValue a, in FeelValue b)
    {
        try
        {
            return (a.Kind, b.Kind) switch
            {
                (FeelKind.Number, FeelKind.Number) => FeelValue.Of(a.Number * b.Number),
                (FeelKind.DaysDuration, FeelKind.Number) or (FeelKind.Number, FeelKind.DaysDuration) => FeelValue.OfSeconds(a.Number * b.Number),
                (FeelKind.MonthsDuration, FeelKind.Number) or (FeelKind.Number, FeelKind.MonthsDuration) => FeelValue.OfMonths(a.Number * b.Number),
                _ => FeelValue.Null,
            };
        }
        catch (OverflowException)
        {
            return FeelValue.Null;
        }
    }

    public static FeelValue Divide(in FeelValue a, in FeelValue b)
    {
        if (b.Number == 0) return FeelValue.Null;
        try
        {
            return (a.Kind, b.Kind) switch
            {
                (FeelKind.Number, FeelKind.Number) => FeelValue.Of(a.Number / b.Number),
                (FeelKind.DaysDuration, FeelKind.Number) => FeelValue.OfSeconds(a.Number / b.Number),
                (FeelKind.MonthsDuration, FeelKind.Number) => FeelValue.OfMonths(a.Number / b.Number),
                (FeelKind.DaysDuration, FeelKind.DaysDuration) or (FeelKind.MonthsDuration, FeelKind.MonthsDuration) => FeelValue.Of(a.Number / b.Number),
                _ => FeelValue.Null,
            };
        }
        catch (OverflowException)
        {
            return FeelValue.Null;
        }
    }

    public static FeelValue Power(in FeelValue a, in FeelValue b) =>
        a.Kind == FeelKind.Number && b.Kind == FeelKind.Number && DecimalPower.TryRaise(a.Number, b.Number, out var power) ? FeelValue.Of(power) : FeelValue.Null;

    public static FeelValue Negate(in FeelValue a) =>
        a.Kind is FeelKind.Number or FeelKind.DaysDuration or FeelKind.MonthsDuration ? FeelValue.OfKind(a.Kind, -a.Number) : FeelValue.Null;

    /// <summary>Below 0, 0 or above 0; null when the two cannot be put in order.</summary>
    public static int? Compare(in FeelValue a, in FeelValue b)
    {
        if (a.Kind != b.Kind) return (a.Kind, b.Kind) switch
        {
            (FeelKind.Date, FeelKind.DateTime) => FeelCalendar.Compare(FeelCalendar.Midnight(a), b),
            (FeelKind.DateTime, FeelKind.Date) => FeelCalendar.Compare(a, FeelCalendar.Midnight(b)),
            _ => null,
        };
        return a.Kind switch
        {
            FeelKind.Text => string.CompareOrdinal(a.Text, b.Text),
            FeelKind.Null or FeelKind.Boolean or FeelKind.List or FeelKind.Context or FeelKind.Range or FeelKind.Function => null,
            FeelKind.Time or FeelKind.DateTime => FeelCalendar.Compare(a, b),
            _ => a.Number.CompareTo(b.Number),
        };
    }

    /// <summary>FEEL's =: null when the kinds differ and neither is null.</summary>
    public static FeelValue AreEqual(in FeelValue a, in FeelValue b)
    {
        if (a.IsNull || b.IsNull) return FeelValue.Of(a.IsNull && b.IsNull);
        if (a.Kind is FeelKind.Time or FeelKind.DateTime && a.Kind == b.Kind)
        {
            // Times are equal by their whole seconds (DMN 1.3 table 53 names hour, minute and second).
            if (a.Zone is null != b.Zone is null) return FeelValue.Null;
            return FeelValue.Of(FeelCalendar.Compare(FeelCalendar.WholeSeconds(a), FeelCalendar.WholeSeconds(b)) == 0);
        }

        return a.Kind == b.Kind ? FeelValue.Of(a.Equals(b)) : FeelValue.Null;
    }

    /// <summary>False when either is false, true when both are true, else null.</summary>
    public static FeelValue And(in FeelValue a, in FeelValue b) =>
        a.IsFalse || b.IsFalse ? FeelValue.Of(false) : a.IsTrue && b.IsTrue ? FeelValue.Of(true) : FeelValue.Null;

    /// <summary>True when either is true, false when both are false, else null.</summary>
    public static FeelValue Or(in FeelValue a, in FeelValue b) =>
        a.IsTrue || b.IsTrue ? FeelValue.Of(true) : a.IsFalse && b.IsFalse ? FeelValue.Of(false) : FeelValue.Null;

    public static FeelValue Not(in FeelValue a) => a.Kind == FeelKind.Boolean ? FeelValue.Of(!a.IsTrue) : FeelValue.Null;
}
