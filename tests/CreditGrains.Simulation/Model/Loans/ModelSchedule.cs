using System.Numerics;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Products;

namespace CreditGrains.Simulation.Model.Loans;

/// <summary>
/// Schedules by exact fractions: level by the discounted sum over a common denominator, equal principal, bullet, interest only then level. Interest by days over
/// 360 or 365, rounded half up; dates are not moved. Other products are not in the simulated world.
/// </summary>
internal static class ModelSchedule
{
    private static readonly BigInteger Billion = 1_000_000_000;

    public static BigInteger HalfUp(BigInteger numerator, BigInteger denominator) => (2 * numerator + denominator) / (2 * denominator);

    /// <summary>The instalments, or why there are none.</summary>
    public static (List<ModelInstalment> Instalments, LoanFault Fault) Of(LoanProduct product, LoanFigures figures, BigInteger amount, DateOnly drawdown)
    {
        if (figures.FirstDue is { } given && given <= drawdown) return ([], LoanFault.InvalidDate);
        int count = figures.InstalmentCount;
        DateOnly[] dates = [drawdown, .. Enumerable.Range(0, count).Select(place => DueDate(product, figures, drawdown, place))];
        BigInteger year = product.DayCount == DayCount.Actual360 ? 360 : 365;
        BigInteger[] growth = [.. Enumerable.Range(1, count).Select(i => (BigInteger)figures.Rate.Nano * (dates[i].DayNumber - dates[i - 1].DayNumber))];
        BigInteger whole = Billion * year;
        int interestOnly = product.Amortisation is Amortisation.InterestOnlyThenLevel only ? only.InterestOnlyCount : 0;
        BigInteger level = product.Amortisation is Amortisation.Level or Amortisation.InterestOnlyThenLevel ? Level(amount, growth[interestOnly..], whole) : 0;
        BigInteger part = HalfUp(amount, count);
        List<ModelInstalment> made = [];
        BigInteger balance = amount;
        for (int i = 0; i < count && balance > 0; i++)
        {
            BigInteger interest = HalfUp(balance * growth[i], whole);
            BigInteger principal = i == count - 1 ? balance : product.Amortisation switch
            {
                Amortisation.EqualPrincipal => part,
                Amortisation.Bullet => 0,
                _ => i < interestOnly ? 0 : level - interest,
            };
            if (principal.Sign < 0) return ([], LoanFault.NegativeAmortisation);
            principal = BigInteger.Min(principal, balance);
            balance -= principal;
            BigInteger fees = 0;
            foreach (LoanFee fee in product.Fees)
            {
                bool isTaken = fee.Timing switch
                {
                    FeeTiming.WithEachInstalment => true,
                    FeeTiming.WithFirstInstalment => i == 0,
                    FeeTiming.WithLastInstalment => balance.IsZero,
                    _ => false,
                };
                if (isTaken) fees += fee.Measure == FeeMeasure.Fixed ? fee.Value : HalfUp((fee.Measure == FeeMeasure.OfAmount ? amount : balance + principal) * fee.Value, Exact.Million);
            }
            made.Add(new ModelInstalment(i + 1, dates[i + 1], principal, interest, fees));
        }
        return (made, 0);
    }

    // A = P · Π f / Σ W^k Π_{j>k} f_j, with f_j = W + growth_j over the common denominator W.
    private static BigInteger Level(BigInteger amount, BigInteger[] growth, BigInteger whole)
    {
        BigInteger all = BigInteger.One, sum = BigInteger.Zero, after = BigInteger.One;
        for (int k = growth.Length - 1; k >= 0; k--)
        {
            sum += BigInteger.Pow(whole, k + 1) * after;
            after *= whole + growth[k];
        }
        all = after;
        return HalfUp(amount * all, sum);
    }

    /// <summary>The due date at a place from 0.</summary>
    public static DateOnly DueDate(LoanProduct product, LoanFigures figures, DateOnly drawdown, int place)
    {
        if (product.Interval.Unit == IntervalUnit.Weeks) return (figures.FirstDue ?? drawdown.AddDays(7 * product.Interval.Count)).AddDays(7 * product.Interval.Count * place);
        int day = figures.DueDay ?? (figures.FirstDue ?? drawdown).Day;
        if (figures.FirstDue is { } first) return place == 0 ? first : InMonth(first, product.Interval.Count * place, day);
        return InMonth(drawdown, product.Interval.Count * (place + 1), day);
    }

    private static DateOnly InMonth(DateOnly from, int months, int day)
    {
        DateOnly month = new DateOnly(from.Year, from.Month, 1).AddMonths(months);
        return month.AddDays(Math.Min(day, month.AddMonths(1).AddDays(-1).Day) - 1);
    }
}
