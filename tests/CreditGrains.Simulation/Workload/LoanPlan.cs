using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;

namespace CreditGrains.Simulation.Workload;

/// <summary>A few loan products of a world, of the kinds the model knows, and offers of them.</summary>
internal sealed class LoanPlan
{
    /// <summary>Largest loan.</summary>
    public const long AmountMax = 1_000_000_000;

    private const int EpochDay = 719_162;
    private readonly Dice _dice;
    private readonly DateOnly _start;
    private readonly List<SealedProduct> _products;

    /// <param name="dice">Its own.</param>
    /// <param name="start">The first business date: later rows of dated classes begin around and after it.</param>
    public LoanPlan(Dice dice, DateOnly start)
    {
        _dice = dice;
        _start = start;
        _products = [.. Enumerable.Range(0, 1 + dice.Below(4)).Select(_ => SealedProduct.Of(Product()))];
    }

    /// <summary>The date of a business day.</summary>
    public static DateOnly DateOf(int businessDay) => DateOnly.FromDayNumber(EpochDay + businessDay);

    public LoanOffer Offer(NodeKey facility, int businessDay)
    {
        SealedProduct product = _dice.Pick(_products);
        int least = product.Product.Amortisation is Amortisation.InterestOnlyThenLevel only ? only.InterestOnlyCount + 1 : 1;
        int count = (int)_dice.Between(least, 12);
        DateOnly? first = businessDay == 0 || _dice.Percent(60) ? null : DateOnly.FromDayNumber(EpochDay + businessDay + (int)_dice.Between(_dice.Percent(10) ? -3 : 1, 50));
        int? dueDay = _dice.Percent(70) ? null : (int)_dice.Between(1, 31);
        return new LoanOffer(facility, product, new LoanFigures(new RateAnnual(_dice.Percent(10) ? 0 : _dice.Between(1, 900_000_000)), count, first, dueDay));
    }

    private LoanProduct Product() => new()
    {
        Interval = _dice.Percent(30) ? new PaymentInterval(1 + _dice.Below(3), IntervalUnit.Weeks) : new PaymentInterval(1 + _dice.Below(3), IntervalUnit.Months),
        Amortisation = _dice.Pick<Amortisation>([new Amortisation.Level(), new Amortisation.EqualPrincipal(), new Amortisation.Bullet(), new Amortisation.InterestOnlyThenLevel(1 + _dice.Below(3))]),
        DayCount = _dice.Percent(50) ? DayCount.Actual360 : DayCount.Actual365Fixed,
        Fees = _dice.Percent(50) ? [] :
        [
            new LoanFee("each", FeeTiming.WithEachInstalment, FeeMeasure.Fixed, 3, true), new LoanFee("last", FeeTiming.WithLastInstalment, FeeMeasure.OfAmount, 12_345, true),
            new LoanFee("share", FeeTiming.WithFirstInstalment, FeeMeasure.OfPrincipal, 7_777, true),
        ],
        Overdue = new OverdueTerms
        {
            PenaltyPpm = _dice.Percent(30) ? 0 : _dice.Between(1, 3_000_000),
            Compounding = _dice.Percent(50) ? Compounding.OnInterest : Compounding.None,
            PenaltyDayCount = _dice.Percent(50) ? DayCount.Actual360 : DayCount.Actual365Fixed,
            ChargesAtMonthEnd = _dice.Percent(40),
            BounceFee = _dice.Percent(50) ? 0 : _dice.Between(1, 50),
            GraceDays = _dice.Percent(50) ? 0 : _dice.Below(15),
            NonAccrualFromDays = _dice.Percent(50) ? 90 : (int)_dice.Between(1, 100),
            Allocation = _dice.Percent(50) ? AllocationRule.Usual : AllocationRule.PrincipalFirstAfter90,
            Observation = _dice.Percent(60) ? null : new ObservationRule((int)_dice.Between(1, 100), _dice.Below(4), 1 + _dice.Below(4)),
        },
        IsRetail = _dice.Percent(40),
        Classes = _dice.Percent(40) ? ClassificationTable.Loans : Classes(),
    };

    private ClassificationTable Classes()
    {
        List<ClassificationRow> rows = [];
        DateOnly from = _start.AddDays((int)_dice.Between(-60, 30));
        for (int left = 2 + _dice.Below(12); left > 0; left--)
        {
            int special = (int)_dice.Between(1, 40), substandard = special + (int)_dice.Between(1, 90), doubtful = substandard + (int)_dice.Between(1, 120);
            rows.Add(new ClassificationRow(from, special, substandard, doubtful, doubtful + (int)_dice.Between(1, 120)));
            from = from.AddDays((int)_dice.Between(1, 60));
        }
        return new ClassificationTable([.. rows]);
    }
}
