using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Cli.Cashflows;

/// <summary>A row of a tape.</summary>
/// <param name="Row">Its number, from 1.</param>
/// <param name="Line">What projections read.</param>
/// <param name="DaysPastDue">Null when the tape does not say.</param>
/// <param name="Industry">Code; 0 is unknown.</param>
/// <param name="Region">Code; 0 is unknown.</param>
/// <param name="Obligor">Number of the debtor; 0 is unknown.</param>
/// <param name="Origination">Null when the tape does not say.</param>
internal sealed record TapeLoan(long Row, LoanLine Line, int? DaysPastDue, int Industry, int Region, long Obligor, DateOnly? Origination);
