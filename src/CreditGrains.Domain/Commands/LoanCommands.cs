using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans.Servicing;

namespace CreditGrains.Domain.Commands;

/// <summary>A payment holiday: the next instalments are skipped, and until the last of them days past due stand still.</summary>
/// <param name="Key">The facility; the command's reference names the loan.</param>
/// <param name="Count">Instalments skipped, 1 to 120.</param>
/// <param name="Interest">What becomes of their interest.</param>
/// <param name="ExtendsTerm">Whether as many follow at the end.</param>
public sealed record LoanHoliday(NodeKey Key, int Count, HolidayInterest Interest, bool ExtendsTerm) : ControlCommand(CommandKind.GrantHoliday, Key);

/// <summary>An extension: the principal not due is spread over more instalments.</summary>
/// <param name="Key">The facility; the command's reference names the loan.</param>
/// <param name="AdditionalCount">How many more, 1 to 1,200.</param>
/// <param name="IsConcession">Given for a borrower's difficulty: the loan is at least special mention from then on.</param>
public sealed record LoanExtension(NodeKey Key, int AdditionalCount, bool IsConcession) : ControlCommand(CommandKind.ExtendLoan, Key);
