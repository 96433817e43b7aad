namespace CreditGrains.Cli.Loans.Import;

/// <summary>The columns of a tape of running loans (docs/loans.md, "An existing book").</summary>
internal static class LoanTapeColumns
{
    /// <summary>Empty: 1.</summary>
    public const string LegalEntity = "legal_entity";

    /// <summary>The facility the loan is on; it is there already.</summary>
    public const string Facility = "facility";

    /// <summary>ISO 4217.</summary>
    public const string Currency = "currency";

    /// <summary>Principal owed, overdue and not yet due.</summary>
    public const string Balance = "balance";

    /// <summary>Percent a year.</summary>
    public const string RatePercent = "rate_percent";

    /// <summary>Instalments not yet due, 1 or more.</summary>
    public const string MonthsLeft = "months_left";

    /// <summary>Days since the oldest unpaid due date; empty is 0.</summary>
    public const string DaysPastDue = "days_past_due";

    /// <summary>yyyy-MM-dd, after the date of the tape; empty is one interval after it, or after the due dates that were missed.</summary>
    public const string NextDue = "next_due";

    /// <summary>Day of the first drawdown, yyyy-MM-dd; empty is the start of the first unpaid period.</summary>
    public const string Originated = "origination_date";

    public static readonly string[] All = [LegalEntity, Facility, Currency, Balance, RatePercent, MonthsLeft, DaysPastDue, NextDue, Originated];
}
