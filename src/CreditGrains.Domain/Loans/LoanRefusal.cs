namespace CreditGrains.Domain.Loans;

/// <summary>Why loan terms or an act on a loan are refused. A closed list; the message says which field and how to mend it.</summary>
public enum LoanFault
{
    /// <summary>An amount is below 1, above 2^50 minor units, or negative where it may not be.</summary>
    InvalidAmount = 1,

    /// <summary>A rate is outside 0 to 1,000 % a year.</summary>
    InvalidRate = 2,

    /// <summary>A date is outside 1900 to 2199, or dates come in a wrong order.</summary>
    InvalidDate = 3,

    /// <summary>A count, interval or number of days is out of its range.</summary>
    InvalidTerm = 4,

    /// <summary>A fee is out of range.</summary>
    InvalidFee = 5,

    /// <summary>A calendar names one day as holiday and as working, or has no business day near a due date.</summary>
    InvalidCalendar = 6,

    /// <summary>The schedule kind lacks something, or has something that cannot be meant.</summary>
    InvalidAmortisation = 7,

    /// <summary>An instalment would be less than its interest, so the debt would grow.</summary>
    NegativeAmortisation = 8,

    /// <summary>The principal parts of a custom schedule do not add up to the amount.</summary>
    PrincipalDoesNotAddUp = 9,

    /// <summary>The borrower's cash of a month is less than the instalment.</summary>
    CashTooShort = 10,

    /// <summary>The last-instalment rule does not fit the schedule kind, or its difference is more than the interest.</summary>
    LastInstalmentRuleDoesNotFit = 11,

    /// <summary>The act has a date before what has already been done.</summary>
    OutOfOrder = 12,

    /// <summary>Something due is unpaid where nothing may be.</summary>
    OverdueAmounts = 13,

    /// <summary>More is paid early than the principal not yet due.</summary>
    MoreThanOwed = 14,

    /// <summary>The term of this schedule kind cannot be shortened; shrink the instalment instead.</summary>
    TermCannotShrink = 15,

    /// <summary>There is no receipt of that number, or it was taken back before.</summary>
    UnknownReceipt = 16,

    /// <summary>The loan is closed: nothing is owed or to come.</summary>
    LoanClosed = 17,

    /// <summary>A renewal's amount is not the principal owed.</summary>
    PrincipalMismatch = 18,

    /// <summary>Something done since rests on the receipt: take back the later act first.</summary>
    ReceiptBuiltUpon = 19,

    /// <summary>Cash flows that no rate can equate.</summary>
    NoRate = 20,
}

/// <summary>A named error: what is wrong and how to mend it.</summary>
/// <param name="Fault">From the closed list.</param>
/// <param name="Message">Names the field, its value and its range.</param>
public sealed record LoanRefusal(LoanFault Fault, string Message);

/// <summary>A value, or the reason why there is none.</summary>
/// <typeparam name="T">What is asked for.</typeparam>
public readonly struct LoanResult<T>
    where T : class
{
    private readonly T? value;

    private LoanResult(T? value, LoanRefusal? refusal)
    {
        this.value = value;
        Refusal = refusal;
    }

    /// <summary>Null when there is a value.</summary>
    public LoanRefusal? Refusal { get; }

    /// <summary>Whether there is a value.</summary>
    public bool IsOk => Refusal is null;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">It was refused; look at <see cref="Refusal"/> first.</exception>
    public T Value => value ?? throw new InvalidOperationException(Refusal?.Message ?? "the result is empty");

    /// <summary>A value.</summary>
    public static implicit operator LoanResult<T>(T value) => new(value, null);

    /// <summary>A refusal.</summary>
    public static implicit operator LoanResult<T>(LoanRefusal refusal) => new(null, refusal);
}
