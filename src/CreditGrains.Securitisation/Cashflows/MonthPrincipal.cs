namespace CreditGrains.Securitisation.Cashflows;

/// <summary>What happens to a line's principal in one month, by the declared conventions.</summary>
internal readonly record struct MonthPrincipal(double Defaulted, double Scheduled, double Prepaid)
{
    /// <summary>Defaults before scheduled principal.</summary>
    public static MonthPrincipal Of(ProjectionConventions conventions, double open, double part, double prepaidRatio, double defaulted) => conventions.Rounding switch
    {
        AmountRounding.HalfEven => Of<Rounded.HalfEven>(conventions.PrepaymentBase, open, part, prepaidRatio, defaulted),
        AmountRounding.HalfUp => Of<Rounded.HalfUp>(conventions.PrepaymentBase, open, part, prepaidRatio, defaulted),
        AmountRounding.Truncate => Of<Rounded.Truncated>(conventions.PrepaymentBase, open, part, prepaidRatio, defaulted),
        _ => Of<Rounded.Unrounded>(conventions.PrepaymentBase, open, part, prepaidRatio, defaulted),
    };

    /// <summary>Defaults on what scheduled principal, and on bases before it prepayments, have left.</summary>
    public static MonthPrincipal WithDefaultsAfter(ProjectionConventions conventions, double open, double part, double prepaidRatio, double defaultedRatio)
    {
        var rounding = conventions.Rounding;
        if (conventions.PrepaymentBase is PrepaymentBase.Opening or PrepaymentBase.OpeningLessDefaults)
        {
            var early = Rounded.Of(rounding, open * prepaidRatio);
            var due = Rounded.Of(rounding, (open - early) * part);
            return new MonthPrincipal(Rounded.Of(rounding, (open - early - due) * defaultedRatio), due, early);
        }

        var scheduled = Rounded.Of(rounding, open * part);
        var left = open - scheduled;
        var defaulted = Rounded.Of(rounding, left * defaultedRatio);
        var on = conventions.PrepaymentBase == PrepaymentBase.OpeningLessScheduled ? left : left - defaulted;
        return new MonthPrincipal(defaulted, scheduled, Math.Min(Rounded.Of(rounding, on * prepaidRatio), left - defaulted));
    }

    /// <summary>
    /// 缩期法 on a plan: pr = plan − da + pa; below 0, da = plan + pa; above what is left, all of it. Source: Chinese rating practice.
    /// </summary>
    public static MonthPrincipal ByPlan(AmountRounding rounding, double open, double planned, double prepaidRatio, double defaulted)
    {
        var prepaid = Rounded.Of(rounding, open * prepaidRatio);
        defaulted = Math.Min(defaulted, open);
        var principal = planned - defaulted + prepaid;
        if (principal < 0)
        {
            defaulted = planned + prepaid;
            principal = 0;
        }

        if (principal > open - defaulted)
        {
            principal = open - defaulted;
            prepaid = principal - Math.Min(principal, planned);
        }

        // A plan smaller than the defaults leaves no scheduled principal; what is paid is then prepayment.
        prepaid = Math.Min(prepaid, principal);
        return new MonthPrincipal(defaulted, principal - prepaid, prepaid);
    }

    private static MonthPrincipal Of<TRounding>(PrepaymentBase on, double open, double part, double prepaidRatio, double defaulted)
        where TRounding : struct, IRounding
    {
        double scheduled, prepaid;
        switch (on)
        {
            case PrepaymentBase.OpeningLessScheduled:
                PaymentOrder.OpeningLessScheduled.Of<TRounding>(open, part, prepaidRatio, ref defaulted, out scheduled, out prepaid);
                break;
            case PrepaymentBase.Opening:
                PaymentOrder.Opening.Of<TRounding>(open, part, prepaidRatio, ref defaulted, out scheduled, out prepaid);
                break;
            case PrepaymentBase.OpeningLessDefaults:
                PaymentOrder.OpeningLessDefaults.Of<TRounding>(open, part, prepaidRatio, ref defaulted, out scheduled, out prepaid);
                break;
            default:
                PaymentOrder.SurvivorsAfterScheduled.Of<TRounding>(open, part, prepaidRatio, ref defaulted, out scheduled, out prepaid);
                break;
        }

        return new MonthPrincipal(defaulted, scheduled, prepaid);
    }
}
