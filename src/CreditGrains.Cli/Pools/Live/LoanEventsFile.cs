using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Importing;
using CreditGrains.Cli.Portfolio;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Securitisation;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Cli.Pools.Live;

/// <summary>
/// Reads the events of docs/pools.md as commands for a server, which keeps the loans' state: so a row says all of the state after it, and `principal` must be given but for a loan that leaves.
/// </summary>
internal static class LoanEventsFile
{
    /// <exception cref="CommandFault">The file cannot be read, or lacks a column.</exception>
    public static IEnumerable<(long Row, ControlCommand Command)> Read(string path, NodeKey pool, PoolTerms terms, decimal unit, List<RejectedRow> rejected)
    {
        using var csv = CsvFile.Open(path);
        var cells = new EventCells(csv, unit);
        while (csv.Read())
        {
            ControlCommand? command = null;
            try
            {
                command = CommandOf(cells, pool, terms);
            }
            catch (InvalidInputException e)
            {
                rejected.Add(new RejectedRow(csv.RowNumber, e.Path, e.Name, e.Fault));
            }

            if (command is not null) yield return (csv.RowNumber, command);
        }
    }

    private static ControlCommand CommandOf(EventCells cells, NodeKey pool, PoolTerms terms)
    {
        var loan = LoanNumbers.Of(cells.Text("loan"));
        var date = cells.Date();
        EventCells.Check(date, terms);
        if (cells.Transfer() is { } transfer)
            return transfer.IsIn() ? throw new InvalidInputException("FieldWrong", "event", "a loan enters a server's pool by --tape with --as and --date") : new TakeLoanFromPool(pool, loan, transfer, date);
        foreach (var needed in (string[])["principal", "days_past_due", "remaining_months", "rate"])
            if (cells.Text(needed).Length == 0) throw new InvalidInputException("FieldMissing", needed, "the field is empty; a server needs the state after the event");
        return new ReportLoan(pool, loan, new LoanMovement
        {
            Date = date,
            Cause = cells.Cause(),
            Principal = cells.Amount("principal", 0),
            Scheduled = cells.Amount("scheduled", 0),
            Prepaid = cells.Amount("prepaid", 0),
            Interest = cells.Amount("interest", 0, isSigned: true),
            Recovery = cells.Amount("recovery", 0, isSigned: true),
            DaysPastDue = cells.Whole("days_past_due", 0),
            RemainingMonths = cells.Whole("remaining_months", 0),
            RatePpm = cells.Rate(0),
        });
    }
}
