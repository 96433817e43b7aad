using System.Globalization;
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
    private static readonly string[] Names = ["loan", "date", "event", "principal", "scheduled", "prepaid", "interest", "recovery", "days_past_due", "remaining_months", "rate"];
    private readonly CsvReader csv;
    private readonly Dictionary<string, int> places;
    private readonly decimal unit;

    private PoolEventsFile(CsvReader csv, decimal unit)
    {
        this.csv = csv;
        this.unit = unit;
        places = Names.ToDictionary(name => name, name => PlaceOf(csv, name), StringComparer.Ordinal);
        foreach (var needed in (string[])["loan", "date", "event"])
            if (places[needed] < 0) throw CommandFault.Usage("MissingColumn", $"the events have no column {needed}; write one of that name");
    }

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
        var id = Cell("loan");
        if (!loans.TryGetValue(id, out var loan)) throw Bad("loan", "LoanUnknown", $"'{id}' is not on the tape; write an id that is");
        var date = DateOnly.TryParseExact(Cell("date"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var read)
            ? read
            : throw Bad("date", "FieldWrong", $"'{Cell("date")}' is no date; write it as 2026-03-31");
        var terms = book.Pools[0].Terms;
        if (date < last) throw Bad("date", "OutOfOrder", $"{date:yyyy-MM-dd} is before the event above, of {last:yyyy-MM-dd}; put the rows in order of date");
        if (date < terms.CutOff) throw Bad("date", "BeforeCutOff", $"{date:yyyy-MM-dd} is before the cut-off of {terms.CutOff:yyyy-MM-dd}");
        if (terms.PeriodOf(date) - terms.PeriodOf(terms.CutOff) >= PoolLedger.PeriodsMax) throw Bad("date", "TooLate", $"a pool has at most {PoolLedger.PeriodsMax} months");
        if (KindOf(Cell("event")) is { } transfer) Transfer(book, loan, transfer, date);
        else Move(book, loan, date);
        return date;
    }

    private void Transfer(PoolBook book, PooledLoan loan, TransferKind kind, DateOnly date)
    {
        var principal = Amount("principal", loan.Candidate.Principal);
        var refusal = kind.IsIn()
            ? book.Enter(loan.Place, 0, loan.Candidate with { Principal = principal, DaysPastDue = Whole("days_past_due", 0), RemainingMonths = Whole("remaining_months", loan.Candidate.RemainingMonths), RatePpm = Rate(loan.Candidate.RatePpm) }, kind, date)
            : book.Exit(loan.Place, kind, date);
        if (refusal is null) loan.Take(principal, Whole("days_past_due", 0), Whole("remaining_months", loan.RemainingMonths), Rate(loan.RatePpm));
        else throw Bad(refusal.Rule.Length > 0 ? refusal.Rule : "loan", refusal.Fault.ToString(), refusal.Message);
    }

    private void Move(PoolBook book, PooledLoan loan, DateOnly date)
    {
        var member = book.Of(loan.Place);
        if (member.Pool == 0) throw Bad("loan", nameof(PoolFault.LoanInNoPool), "the loan is in no pool; it enters by purchase or substituteIn");
        var movement = new LoanMovement
        {
            Date = date,
            Cause = CauseOf(Cell("event")),
            Scheduled = Amount("scheduled", 0),
            Prepaid = Amount("prepaid", 0),
            Interest = Amount("interest", 0, isSigned: true),
            Recovery = Amount("recovery", 0, isSigned: true),
            DaysPastDue = Whole("days_past_due", loan.DaysPastDue),
            RemainingMonths = Whole("remaining_months", loan.RemainingMonths),
            RatePpm = Rate(loan.RatePpm),
        };
        var usual = member.Principal - movement.Scheduled - movement.Prepaid;
        if (usual < 0) throw Bad("scheduled", "MoreThanOwed", $"{movement.Scheduled + movement.Prepaid} minor units are paid of {member.Principal} owed");
        movement = movement with { Principal = Amount("principal", usual) };
        var grown = movement.Principal - usual;
        if (grown > PoolLedger.BalanceMax - book.Pools[0].Balance - book.Pools[0].DefaultedStock) throw Bad("principal", nameof(PoolFault.PoolTooLarge), "the pool would pass 2^60 minor units");
        book.Apply(loan.Place, movement);
        loan.Take(movement.Principal, movement.DaysPastDue, movement.RemainingMonths, movement.RatePpm);
    }

    private long Amount(string name, long otherwise, bool isSigned = false)
    {
        var text = Cell(name);
        if (text.Length == 0) return otherwise;
        var style = NumberStyles.AllowDecimalPoint | (isSigned ? NumberStyles.AllowLeadingSign : NumberStyles.None);
        if (!decimal.TryParse(text, style, CultureInfo.InvariantCulture, out var value) || Math.Abs(value) > 1e15m)
            throw Bad(name, "FieldWrong", $"'{text}' is no amount{(isSigned ? "" : " of 0 or more")}; write up to 10^15 with a point and without separators");
        var minor = value * unit;
        return minor == decimal.Truncate(minor) ? (long)minor : throw Bad(name, "FieldWrong", $"'{text}' has fractions of a minor unit");
    }

    private int Whole(string name, int otherwise)
    {
        var text = Cell(name);
        if (text.Length == 0) return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= 1_000_000 ? value : throw Bad(name, "FieldWrong", $"'{text}' is no whole number from 0 to 1000000");
    }

    private int Rate(int otherwise)
    {
        var text = Cell("rate");
        if (text.Length == 0) return otherwise;
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value <= 20 ? (int)Math.Round(value * 1_000_000) : throw Bad("rate", "FieldWrong", $"'{text}' is no rate from 0 to 20; 6 % is 0.06");
    }

    private string Cell(string name) => places[name] is >= 0 and var place ? CsvFile.Cell(csv, place) : "";

    private static int PlaceOf(CsvReader csv, string name)
    {
        for (var i = 0; i < csv.Headers.Count; i++)
            if (csv.Headers[i].Equals(name, StringComparison.OrdinalIgnoreCase)) return i;
        return -1;
    }

    private static TransferKind? KindOf(string text)
    {
        foreach (var kind in Enum.GetValues<TransferKind>())
            if (text.Equals(kind.ToString(), StringComparison.OrdinalIgnoreCase)) return kind;
        return null;
    }

    private static MovementCause CauseOf(string text)
    {
        foreach (var cause in Enum.GetValues<MovementCause>())
            if (text.Equals(cause.ToString(), StringComparison.OrdinalIgnoreCase)) return cause;
        throw Bad("event", "FieldWrong", $"'{text}' is not known; write one of {string.Join(", ", Enum.GetNames<MovementCause>().Concat(Enum.GetNames<TransferKind>()).Select(name => char.ToLowerInvariant(name[0]) + name[1..]))}");
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
