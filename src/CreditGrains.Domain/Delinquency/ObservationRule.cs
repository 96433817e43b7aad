namespace CreditGrains.Domain.Delinquency;

/// <summary>
/// How long a loan that was non-performing must be paid regularly before its class may be better than 次级 again. It is held from <paramref name="FromDays"/> days past due on. On
/// the day on which nothing is overdue any more the observation begins; it lasts the longer of both times, and begins anew when the loan is past due in it.
/// </summary>
/// <param name="FromDays">Days past due from which the loan is held, 1 to 3,660.</param>
/// <param name="Instalments">Instalments that must be paid in time, 0 to 120.</param>
/// <param name="Months">Months that must pass, 0 to 120; not both 0.</param>
public sealed record ObservationRule(int FromDays, int Instalments, int Months)
{
    private const int CountMax = 120;

    /// <summary>
    /// Two instalments and six months, whichever is longer, after 91 days past due: Measures for Risk Classification of Financial Assets of Commercial Banks (CBIRC and PBOC
    /// order 2023 no. 1), on raising non-performing assets.
    /// </summary>
    public static ObservationRule Usual { get; } = new(91, 2, 6);

    /// <summary>Whether all numbers are within their bounds.</summary>
    public bool IsValid => FromDays is >= 1 and <= 3_660 && Instalments is >= 0 and <= CountMax && Months is >= 0 and <= CountMax && Instalments + Months > 0;
}
