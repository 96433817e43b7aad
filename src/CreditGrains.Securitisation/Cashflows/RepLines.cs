using System.Collections.Immutable;
using CreditGrains.Securitisation.Assumptions;

namespace CreditGrains.Securitisation.Cashflows;

/// <summary>Loans put together in rep lines, with what that costs in accuracy.</summary>
/// <param name="Lines">Fewer than the loans.</param>
/// <param name="Loans">How many loans they stand for.</param>
/// <param name="MonthsWidth">Terms and ages of a line lie within so many months.</param>
/// <param name="RateWidth">Rates of a line lie within so much.</param>
/// <param name="PriceErrorBasisPoints">Largest difference of the price of all cash, over the scenarios and three yields, in 1/10,000 of the price loan by loan.</param>
/// <param name="YieldAnnual">
/// The middle yield, compounded monthly: the average rate of the loans less servicing fee. At it timing hardly matters, so the others lie 3 % below (not below 0) and above.
/// </param>
public sealed record RepLineSet(ImmutableArray<LoanLine> Lines, int Loans, int MonthsWidth, double RateWidth, double PriceErrorBasisPoints, double YieldAnnual);

/// <summary>
/// Puts loans of one segment, plan and class of term, age and rate together. The classes are made finer until the measured price error is within its bound; both projections are
/// run, so the error is what it is and not an estimate. Plans that are not level, equal principal or bullet, floating loans and loans with missed instalments or payment dates stay as they are.
/// </summary>
public static class RepLines
{
    private const double YieldStep = 0.03;
    private static readonly (int Months, double Rate)[] Widths = [(24, 0.04), (12, 0.02), (6, 0.01), (4, 0.005), (3, 0.005), (2, 0.0025), (1, 0.005), (1, 0.0025), (1, 0.001), (1, 0.0005), (1, 0.0001), (1, 0)];

    /// <summary>Compresses.</summary>
    /// <param name="loans">At least one; amounts whole minor units unless nothing is rounded.</param>
    /// <param name="sets">Scenarios under which the error must hold; each one for all, or one a segment.</param>
    /// <param name="conventions">Of the projections.</param>
    /// <param name="calendar">Of the projections.</param>
    /// <param name="errorMax">In basis points of price, at least 0.</param>
    /// <exception cref="InvalidInputException">Loans or scenarios that cannot be projected, or a bound below 0.</exception>
    public static RepLineSet Of(IReadOnlyList<LoanLine> loans, IReadOnlyList<IReadOnlyList<Scenario>> sets, ProjectionConventions conventions, ProjectionCalendar calendar = default, double errorMax = 1)
    {
        if (!(errorMax >= 0)) throw new InvalidInputException("ErrorOutOfRange", "errorMax", "write basis points of price, at least 0");
        if (loans.Count == 0) throw new InvalidInputException("NoLoans", "lines", "there is no loan; give at least one");
        var balance = loans.Sum(loan => loan.Balance);
        var yield = balance == 0 ? 0 : loans.Sum(loan => loan.Balance * (loan.RateAnnual - loan.ServicingFeeAnnual)) / balance;
        double[] yields = [Math.Max(0, yield - YieldStep), yield, yield + YieldStep];
        var prices = sets.Select(set => Prices(loans, set)).ToArray();
        RepLineSet? best = null;
        foreach (var (months, rate) in Widths)
        {
            ImmutableArray<LoanLine> lines = [.. loans.GroupBy(loan => KeyOf(loan, months, rate, conventions)).Select((group, i) => Merge([.. group], i, conventions))];
            var error = 0.0;
            for (var i = 0; i < sets.Count; i++)
                foreach (var (here, exact) in Prices(lines, sets[i]).Zip(prices[i])) error = Math.Max(error, exact == 0 ? 0 : Math.Abs(here / exact - 1) * 10_000);
            best = new RepLineSet(lines, loans.Count, months, rate, error, yield);
            if (error <= errorMax) break;
        }

        // Exact classes may still differ by what each loan rounds for itself; then the loans stay as they are.
        return best!.PriceErrorBasisPoints <= errorMax ? best : new RepLineSet([.. loans], loans.Count, 1, 0, 0, yield);

        double[] Prices(IReadOnlyList<LoanLine> lines, IReadOnlyList<Scenario> set)
        {
            var table = PoolProjection.Run(lines, set, conventions, calendar).Total;
            return [.. yields.Select(at => Enumerable.Range(1, table.Periods).Sum(period => (table.Principal(period) + table.NetInterest(period)) * Math.Pow(1 + at / 12, -period)))];
        }
    }

    private static Key KeyOf(LoanLine loan, int months, double rate, ProjectionConventions conventions)
    {
        var isSimple = loan.Amortisation is Amortisation.LevelPayment or Amortisation.EqualPrincipal or Amortisation.AtMaturity
            && loan.RatePath.IsDefaultOrEmpty && loan.MissedInstalments == 0 && loan.FirstPayment is null;
        if (!isSimple) return new Key(-1, "", 0, 0, 0, loan);
        // Without width every rate and fee is a class of its own.
        var (rateClass, feeClass) = rate == 0 ? (BitConverter.DoubleToInt64Bits(loan.RateAnnual), BitConverter.DoubleToInt64Bits(loan.ServicingFeeAnnual)) : ((long)(loan.RateAnnual / rate), 0L);
        return new Key(loan.Segment, loan.Amortisation.GetType().Name, (loan.RemainingMonths - 1) / months, loan.AgeMonths / months, unchecked(rateClass * 31 + feeClass), null);
    }

    private static LoanLine Merge(LoanLine[] loans, int place, ProjectionConventions conventions)
    {
        if (loans.Length == 1) return loans[0];
        var balance = loans.Sum(loan => loan.Balance);
        double Average(Func<LoanLine, double> of) => balance == 0 ? of(loans[0]) : loans.Sum(loan => loan.Balance * of(loan)) / balance;
        return loans[0] with
        {
            Id = $"rep-{place + 1} ({loans.Length} loans)",
            Balance = conventions.Rounding == AmountRounding.None ? balance : Math.Round(balance),
            RateAnnual = Average(loan => loan.RateAnnual),
            ServicingFeeAnnual = Average(loan => loan.ServicingFeeAnnual),
            RemainingMonths = (int)Math.Round(Average(loan => loan.RemainingMonths)),
            AgeMonths = (int)Math.Round(Average(loan => loan.AgeMonths)),
        };
    }

    private sealed record Key(int Segment, string Plan, int Term, int Age, long Rate, LoanLine? Alone);
}
