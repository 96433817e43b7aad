using System.Globalization;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Servicing;

namespace CreditGrains.Domain.Loans;

/// <summary>On what interest for lateness runs besides overdue principal.</summary>
public enum Compounding
{
    /// <summary>On overdue principal only.</summary>
    None = 0,

    /// <summary>On overdue interest too (复利), at the same rate. It bears none itself.</summary>
    OnInterest = 1,
}

/// <summary>What happens to what is not paid in time. Default: nothing but ageing.</summary>
public sealed record OverdueTerms
{
    /// <summary>Most days of grace.</summary>
    public const int GraceDaysMax = 60;

    /// <summary>Penalty rate (罚息) as parts per million of the contract rate: 1,500,000 is one and a half times. 0 to 10,000,000; 0 is none.</summary>
    public long PenaltyPpm { get; init; }

    /// <summary>Whether overdue interest bears interest at that rate.</summary>
    public Compounding Compounding { get; init; }

    /// <summary>Days over what: ACT/360 or ACT/365F. Default: ACT/360.</summary>
    public DayCount PenaltyDayCount { get; init; } = DayCount.Actual360;

    /// <summary>
    /// Whether interest for lateness is charged on the last day of each calendar month: it joins what is owed then, though it bears none itself and is taken in the same order.
    /// Else it is charged when it is paid.
    /// </summary>
    public bool ChargesAtMonthEnd { get; init; }

    /// <summary>
    /// Days after a due date within which payment is in time, 0 to <see cref="GraceDaysMax"/>. When they are over, lateness counts from the due date.
    /// </summary>
    public int GraceDays { get; init; }

    /// <summary>Charged when a payment bounces, minor units.</summary>
    public long BounceFee { get; init; }

    /// <summary>Days past due at which interest is no longer recognised, 1 to 3,660. Default: 90.</summary>
    public int NonAccrualFromDays { get; init; } = 90;

    /// <summary>How long a loan that was non-performing is observed before its class may be good again; null: not at all.</summary>
    public ObservationRule? Observation { get; init; }

    /// <summary>In which order money is taken, by days past due.</summary>
    public AllocationRule Allocation { get; init; } = AllocationRule.Usual;

    internal LoanRefusal? Check()
    {
        if (PenaltyPpm is < 0 or > 10_000_000) return Bad(LoanFault.InvalidRate, $"the penalty rate is {PenaltyPpm} parts per million of the contract rate; it must be 0 to 10,000,000");
        if (PenaltyDayCount is not (DayCount.Actual360 or DayCount.Actual365Fixed))
            return Bad(LoanFault.InvalidTerm, $"the penalty's day count is {PenaltyDayCount}; lateness is counted in days, so it must be Actual360 or Actual365Fixed");
        if (GraceDays is < 0 or > GraceDaysMax) return Bad(LoanFault.InvalidTerm, $"days of grace are {GraceDays}; they must be 0 to {GraceDaysMax}");
        if (BounceFee is < 0 or > LoanTerms.AmountMax) return Bad(LoanFault.InvalidFee, $"the fee for a bounced payment is {BounceFee}; it must be 0 to 2^50 minor units");
        if (NonAccrualFromDays is < 1 or > 3_660) return Bad(LoanFault.InvalidTerm, $"interest is not recognised from {NonAccrualFromDays} days past due; that must be 1 to 3,660");
        if (Observation is { IsValid: false })
            return Bad(LoanFault.InvalidTerm, $"the observation is {Observation.Instalments} instalments and {Observation.Months} months from {Observation.FromDays} days past due; use 0 to 120 of each, not both 0, from 1 to 3,660 days");
        return Allocation.Check();
    }

    private static LoanRefusal Bad(LoanFault fault, FormattableString message) => new(fault, message.ToString(CultureInfo.InvariantCulture));
}
