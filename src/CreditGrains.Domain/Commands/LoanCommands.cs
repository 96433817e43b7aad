using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans.Servicing;

namespace CreditGrains.Domain.Commands;

/// <summary>A payment holiday: the next instalments are skipped, and until the last of them days past due stand still.</summary>
/// <param name="Key">The facility; the command's reference names the loan.</param>
/// <param name="Count">Instalments skipped, 1 to 120.</param>
/// <param name="Interest">What becomes of their interest.</param>
/// <param name="ExtendsTerm">Whether as many follow at the end.</param>
public sealed record LoanHoliday(NodeKey Key, int Count, HolidayInterest Interest, bool ExtendsTerm) : ControlCommand(CommandKind.GrantHoliday, Key);

/// <summary>
/// A loan that runs already and is taken over: the command's amount is the principal at the start of its first period, of which no instalment has been paid. Instalments due
/// since then are unpaid.
/// </summary>
/// <param name="Key">The facility.</param>
/// <param name="Offer">Product, rate, and the instalments unpaid and to come.</param>
/// <param name="StartedOn">Where the first of those periods started: the due date before, or the drawdown.</param>
/// <param name="Vintage">The day of the first drawdown, not after that.</param>
public sealed record LoanTakeover(NodeKey Key, LoanOffer Offer, DateOnly StartedOn, DateOnly Vintage) : ControlCommand(CommandKind.ImportLoan, Key)
{
    /// <summary>What can be said of it before the business date is known; null when nothing is wrong.</summary>
    internal string? Fault(in Command command)
    {
        if (Vintage > StartedOn) return "vintage must not be after started_on";
        return Offer.Figures.FirstDue is { } first && first <= StartedOn ? "loan.first_due must be after started_on" : Offer.Fault(command);
    }
}

/// <summary>An extension: the principal not due is spread over more instalments.</summary>
/// <param name="Key">The facility; the command's reference names the loan.</param>
/// <param name="AdditionalCount">How many more, 1 to 1,200.</param>
/// <param name="IsConcession">Given for a borrower's difficulty: the loan is at least special mention from then on.</param>
public sealed record LoanExtension(NodeKey Key, int AdditionalCount, bool IsConcession) : ControlCommand(CommandKind.ExtendLoan, Key);
