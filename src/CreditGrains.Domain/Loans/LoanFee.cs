using System.Globalization;

namespace CreditGrains.Domain.Loans;

/// <summary>When a fee is taken.</summary>
public enum FeeTiming
{
    /// <summary>Kept back from what is paid out.</summary>
    AtDrawdown = 0,

    /// <summary>With every instalment.</summary>
    WithEachInstalment = 1,

    /// <summary>With the first instalment.</summary>
    WithFirstInstalment = 2,

    /// <summary>With the last instalment.</summary>
    WithLastInstalment = 3,
}

/// <summary>What a fee is measured by.</summary>
public enum FeeMeasure
{
    /// <summary>Minor units.</summary>
    Fixed = 0,

    /// <summary>Parts per million of the loan's amount.</summary>
    OfAmount = 1,

    /// <summary>Parts per million of the principal before the instalment; at drawdown the amount.</summary>
    OfPrincipal = 2,
}

/// <summary>One fee of a loan.</summary>
/// <param name="Name">For the reader; not empty.</param>
/// <param name="Timing">When it is taken.</param>
/// <param name="Measure">What it is measured by.</param>
/// <param name="Value">Minor units, or parts per million up to 1,000,000. 0 or more.</param>
/// <param name="IsFinanceCharge">Whether it counts in the annual percentage rate.</param>
public sealed record LoanFee(string Name, FeeTiming Timing, FeeMeasure Measure, long Value, bool IsFinanceCharge)
{
    /// <summary>Minor units of this fee, once.</summary>
    /// <param name="amount">The loan's amount.</param>
    /// <param name="principal">Principal before the instalment.</param>
    /// <param name="mode">How a part is rounded.</param>
    public long Of(long amount, long principal, RoundingMode mode) => Measure switch
    {
        FeeMeasure.Fixed => Value,
        FeeMeasure.OfAmount => Rounding.Divide((Int128)amount * Value, 1_000_000, mode),
        _ => Rounding.Divide((Int128)principal * Value, 1_000_000, mode),
    };

    /// <summary>Whether it comes with an instalment.</summary>
    /// <param name="number">Of the instalment, from 1.</param>
    /// <param name="isLast">Whether nothing is left after it.</param>
    internal bool IsTakenWith(int number, bool isLast) => Timing switch
    {
        FeeTiming.WithEachInstalment => true,
        FeeTiming.WithFirstInstalment => number == 1,
        FeeTiming.WithLastInstalment => isLast,
        _ => false,
    };

    internal LoanRefusal? Check()
    {
        if (string.IsNullOrWhiteSpace(Name)) return new LoanRefusal(LoanFault.InvalidFee, "a fee needs a name");
        var max = Measure == FeeMeasure.Fixed ? LoanTerms.AmountMax : 1_000_000;
        return Value >= 0 && Value <= max
            ? null
            : new LoanRefusal(LoanFault.InvalidFee, string.Create(CultureInfo.InvariantCulture, $"fee '{Name}' has the value {Value}; it must be 0 to {max}{(Measure == FeeMeasure.Fixed ? " minor units" : " parts per million")}"));
    }
}
