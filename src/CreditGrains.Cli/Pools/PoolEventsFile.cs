using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Importing;
using CreditGrains.Cli.Portfolio;
using CreditGrains.Securitisation;
using CreditGrains.Securitisation.Pools;
using CsvHelper;

namespace CreditGrains.Cli.Pools;

/// <summary>
/// Reads loan events from CSV and books them in order. A row that cannot be booked is reported with its number, field and reason, and changes nothing; the others go on.
/// </summary>
internal sealed class PoolEventsFile
{
    private readonly EventCells cells;

    private PoolEventsFile(CsvReader csv, decimal unit) => cells = new EventCells(csv, unit);

    /// <summary>Books every row.</summary>
    /// <param name="path">The file.</param>
    /// <param name="book">Where to; its pool 0.</param>
    /// <param name="loans">The tape's loans by id.</param>
    /// <param name="unit">Minor units of one as the file writes amounts.</param>
    /// <returns>Rows booked, and those that were not.</returns>
    /// <exception cref="CommandFault">The file cannot be read, or lacks a column.</exception>
    public static (long Booked, List<RejectedRow> Rejected) Book(string path, PoolBook book, IReadOnlyDictionary<string, PooledLoan> loans, decimal unit)
    {
        using var csv = CsvFile.Open(path);
        var file = new PoolEventsFile(csv, unit);
        var rejected = new List<RejectedRow>();
        long booked = 0;
        var last = DateOnly.MinValue;
        while (csv.Read())
        {
            try
            {
                last = file.Book(book, loans, last);
                booked++;
            }
            catch (InvalidInputException e)
            {
                rejected.Add(new RejectedRow(csv.RowNumber, e.Path, e.Name, e.Fault));
            }
        }

        return (booked, rejected);
    }

    private DateOnly Book(PoolBook book, IReadOnlyDictionary<string, PooledLoan> loans, DateOnly last)
    {
        var id = cells.Text("loan");
        if (!loans.TryGetValue(id, out var loan)) throw Bad("loan", "LoanUnknown", $"'{id}' is not on the tape; write an id that is");
        var date = cells.Date();
        var terms = book.Pools[0].Terms;
        if (date < last) throw Bad("date", "OutOfOrder", $"{date:yyyy-MM-dd} is before the event above, of {last:yyyy-MM-dd}; put the rows in order of date");
        EventCells.Check(date, terms);
        if (cells.Transfer() is { } transfer) Transfer(book, loan, transfer, date);
        else Move(book, loan, date);
        return date;
    }

    private void Transfer(PoolBook book, PooledLoan loan, TransferKind kind, DateOnly date)
    {
        var principal = cells.Amount("principal", loan.Candidate.Principal);
        var refusal = kind.IsIn()
            ? book.Enter(loan.Place, 0, loan.Candidate with { Principal = principal, DaysPastDue = cells.Whole("days_past_due", 0), RemainingMonths = cells.Whole("remaining_months", loan.Candidate.RemainingMonths), RatePpm = cells.Rate(loan.Candidate.RatePpm) }, kind, date)
            : book.Exit(loan.Place, kind, date);
        if (refusal is null) loan.Take(principal, cells.Whole("days_past_due", 0), cells.Whole("remaining_months", loan.RemainingMonths), cells.Rate(loan.RatePpm));
        else throw Bad(refusal.Rule.Length > 0 ? refusal.Rule : "loan", refusal.Fault.ToString(), refusal.Message);
    }

    private void Move(PoolBook book, PooledLoan loan, DateOnly date)
    {
        var member = book.Of(loan.Place);
        if (member.Pool == 0) throw Bad("loan", nameof(PoolFault.LoanInNoPool), "the loan is in no pool; it enters by purchase or substituteIn");
        var movement = new LoanMovement
        {
            Date = date,
            Cause = cells.Cause(),
            Scheduled = cells.Amount("scheduled", 0),
            Prepaid = cells.Amount("prepaid", 0),
            Interest = cells.Amount("interest", 0, isSigned: true),
            Recovery = cells.Amount("recovery", 0, isSigned: true),
            DaysPastDue = cells.Whole("days_past_due", loan.DaysPastDue),
            RemainingMonths = cells.Whole("remaining_months", loan.RemainingMonths),
            RatePpm = cells.Rate(loan.RatePpm),
        };
        var usual = member.Principal - movement.Scheduled - movement.Prepaid;
        if (usual < 0) throw Bad("scheduled", "MoreThanOwed", $"{movement.Scheduled + movement.Prepaid} minor units are paid of {member.Principal} owed; write at most what is owed, and the rest as interest");
        movement = movement with { Principal = cells.Amount("principal", usual) };
        if (book.Pools[0].CheckReport(member, movement) is { } refusal) throw Bad("principal", refusal.Fault.ToString(), refusal.Message);
        book.Apply(loan.Place, movement);
        loan.Take(movement.Principal, movement.DaysPastDue, movement.RemainingMonths, movement.RatePpm);
    }

    private static InvalidInputException Bad(string path, string name, string fault) => new(name, path, fault);
}

/// <summary>A loan of the tape as its events leave it.</summary>
/// <param name="place">Its place in the book.</param>
/// <param name="candidate">As the tape has it.</param>
internal sealed class PooledLoan(int place, LoanCandidate candidate)
{
    public int Place => place;

    public LoanCandidate Candidate => candidate;

    public long Principal { get; private set; } = candidate.Principal;

    public int DaysPastDue { get; private set; } = candidate.DaysPastDue;

    public int RemainingMonths { get; private set; } = candidate.RemainingMonths;

    public int RatePpm { get; private set; } = candidate.RatePpm;

    public void Take(long principal, int daysPastDue, int remainingMonths, int ratePpm) => (Principal, DaysPastDue, RemainingMonths, RatePpm) = (principal, daysPastDue, remainingMonths, ratePpm);
}
