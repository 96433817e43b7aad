namespace CreditGrains.Securitisation.Cashflows;

/// <summary>Scheduled principal as the part of the balance before it that falls due, month by month.</summary>
public static class ScheduledBalance
{
    /// <summary>
    /// Part of a level loan's balance that is due with months left: i / ((1 + i)^n − 1). Source: annuity; BMA Standard Formulas, chapter SF, from BAL(n) = (1 − v^n)/(1 − v^N).
    /// </summary>
    /// <param name="rateOfPeriod">Interest rate of a period, 0 or more.</param>
    /// <param name="left">Instalments left, at least 1.</param>
    public static double LevelPart(double rateOfPeriod, int left)
    {
        if (left <= 1) return 1;
        return rateOfPeriod == 0 ? 1.0 / left : rateOfPeriod / (Math.Pow(1 + rateOfPeriod, left) - 1);
    }

    /// <summary>
    /// Balance of a level loan as a part of its original balance: (1 − v^n) / (1 − v^N) with n instalments left of N. Source: BMA Standard Formulas, chapter SF.
    /// </summary>
    /// <param name="rateAnnual">Note rate, a twelfth a month.</param>
    /// <param name="term">Instalments in all.</param>
    /// <param name="age">Instalments paid.</param>
    public static double Factor(double rateAnnual, int term, int age)
    {
        if (age >= term) return 0;
        var rate = rateAnnual / 12;
        return rate == 0 ? (double)(term - age) / term : (1 - Math.Pow(1 + rate, age - term)) / (1 - Math.Pow(1 + rate, -term));
    }

    /// <summary>
    /// Fills the parts due at each month of a plan. The level kind works upwards from the last month by 1/g(k + 1) = 1 + (1 + i)/g(k), which has no power in it, so
    /// that the vector kernel gives the same bits.
    /// </summary>
    /// <param name="kind">The plan.</param>
    /// <param name="rateOfMonth">Twelfth of the annual rate.</param>
    /// <param name="parts">One a month from now; all are written. The last is 1.</param>
    public static void Fill(Amortisation kind, double rateOfMonth, Span<double> parts)
    {
        var months = parts.Length;
        switch (kind)
        {
            case Amortisation.LevelPayment:
                FillLevel(rateOfMonth, parts, 0);
                break;
            case Amortisation.Balloon balloon:
                FillLevel(rateOfMonth, parts, balloon.AmortisationMonths - months);
                break;
            case Amortisation.InterestOnlyThenLevel { InterestOnlyMonths: var free }:
                parts[..free].Clear();
                FillLevel(rateOfMonth, parts[free..], 0);
                break;
            case Amortisation.EqualPrincipal:
                for (var month = 0; month < months; month++) parts[month] = 1.0 / (months - month);
                break;
            case Amortisation.AtMaturity:
                parts.Clear();
                break;
            case Amortisation.Stepped stepped:
                double left = 1;
                for (var month = 0; month < months; month++)
                {
                    parts[month] = left <= 0 ? 1 : Math.Min(1, stepped.Parts[month] / left);
                    left -= stepped.Parts[month];
                }

                break;
        }

        parts[^1] = 1;
    }

    private static void FillLevel(double rateOfMonth, Span<double> parts, int beyond)
    {
        double annuity = 1;
        var growth = 1 + rateOfMonth;
        for (var k = 1; k < beyond + 1; k++) annuity = 1 + annuity * growth;
        for (var month = parts.Length - 1; month >= 0; month--)
        {
            parts[month] = 1 / annuity;
            annuity = 1 + annuity * growth;
        }
    }
}
