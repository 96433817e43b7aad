using System.Globalization;
using System.Text.Json;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Importing;
using CreditGrains.Cli.Portfolio;
using CreditGrains.Securitisation;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Files;
using CsvHelper;

namespace CreditGrains.Cli.Cashflows;

/// <summary>Reads a loan tape. A row that cannot be read is reported with its number, field and reason; the others are taken.</summary>
internal static class TapeFile
{
    private static readonly string[] Needed = ["balance", "rate", "remaining_months"];

    /// <exception cref="CommandFault">The file cannot be read, lacks a column, or has too many bad rows.</exception>
    public static CashflowPool Read(string path, TapeMapping mapping, DateOnly? cutOff)
    {
        var date = cutOff ?? mapping.CutOff;
        var rejected = new List<RejectedRow>();
        var currency = new TapeCurrency(mapping.Currency);
        var lines = ReadLoans(path, mapping, date, rejected, currency, isOnce: true).Select(loan => loan.Line).ToList();
        return new CashflowPool(currency.Known ?? throw TapeCurrency.Missing(path), mapping.IsMajor, date, [.. lines], rejected);
    }

    /// <summary>The loans with what pools look at besides.</summary>
    /// <param name="path">The tape.</param>
    /// <param name="mapping">Its columns.</param>
    /// <param name="date">The cut-off.</param>
    /// <param name="rejected">Takes the rows that cannot be read.</param>
    /// <param name="currency">Of the tape.</param>
    /// <param name="isOnce">Whether a row with the id of an earlier one is a bad row: its balance would count twice. Else the caller looks.</param>
    /// <exception cref="CommandFault">The file cannot be read, lacks a column, or has too many bad rows.</exception>
    public static List<TapeLoan> ReadLoans(string path, TapeMapping mapping, DateOnly? date, List<RejectedRow> rejected, TapeCurrency currency, bool isOnce = false)
    {
        using var csv = CsvFile.Open(path, mapping.Delimiter);
        var places = TapeMapping.Names.ToDictionary(name => name, name => PlaceOf(csv, mapping, name));
        foreach (var name in Needed)
            if (places[name] < 0 && !mapping.Constants.ContainsKey(name))
                throw CommandFault.Usage("MissingColumn", $"{path}: the header has no column '{mapping.Columns.GetValueOrDefault(name, name)}' for {name}; name it in the mapping, or give a constant");
        if (currency.Known is null && places["currency"] < 0 && !mapping.Constants.ContainsKey("currency")) throw TapeCurrency.Missing(path);
        var loans = new List<TapeLoan>();
        var ids = isOnce && (places["id"] >= 0 || mapping.Constants.ContainsKey("id")) ? new HashSet<string>(StringComparer.Ordinal) : null;
        while (csv.Read())
        {
            try
            {
                var loan = new TapeRow(csv, mapping, places, date, currency).Loan();
                if (ids is not null && !ids.Add(loan.Line.Id)) throw new InvalidInputException("LoanTwice", "id", $"'{loan.Line.Id}' stands in an earlier row too; leave one of them out, or give each row an id of its own");
                loans.Add(loan);
                currency.Taken();
            }
            catch (InvalidInputException e)
            {
                rejected.Add(new RejectedRow(csv.RowNumber, ColumnOf(e.Path), e.Name, e.Fault));
                if (rejected.Count > mapping.RejectedMax)
                    throw CommandFault.Usage("TooManyBadRows", $"{path}: more than {mapping.RejectedMax} rows cannot be read, the last in {ColumnOf(e.Path)}: {e.Fault}; mend them, or raise rejectedMax in the mapping");
            }
        }

        if (loans.Count == 0) throw CommandFault.Usage("NoLoans", $"{path}: no row could be read{(rejected.Count > 0 ? $"; the first fault is row {rejected[0].Row}, {rejected[0].Field}: {rejected[0].Message}" : "; write one loan a row under the header")}");
        return loans;
    }

    /// <summary>The column that a fault of a line is about: "amortisation.interestOnlyMonths" of a file of lines is "interest_only_months" of a tape.</summary>
    private static string ColumnOf(string path) => JsonNamingPolicy.SnakeCaseLower.ConvertName(path[(path.LastIndexOf('.') + 1)..]);

    private static int PlaceOf(CsvReader csv, TapeMapping mapping, string name)
    {
        if (mapping.Columns.TryGetValue(name, out var theirs)) return CsvFile.PlaceOf(csv, theirs, $"the mapping names it for {name}");
        for (var i = 0; i < csv.Headers.Count; i++)
            if (csv.Headers[i].Equals(name, StringComparison.OrdinalIgnoreCase)) return i;
        return -1;
    }

    /// <summary>One row, field by field.</summary>
    private sealed class TapeRow(CsvReader csv, TapeMapping mapping, Dictionary<string, int> places, DateOnly? cutOff, TapeCurrency currency)
    {
        public TapeLoan Loan() => new(csv.RowNumber, Line(), Cell("days_past_due").Length > 0 ? Natural("days_past_due") : null, Natural("industry"), Natural("region"), Number64("obligor"), Date("origination_date"));

        private int Natural(string name) => Whole(name, 0) is >= 0 and var value ? value : throw new InvalidInputException("FieldWrong", name, $"'{Cell(name)}' is below 0");

        private long Number64(string name)
        {
            var text = Cell(name);
            if (text.Length == 0) return 0;
            return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw new InvalidInputException("FieldWrong", name, $"'{text}' is no whole number from 0 to 2^63 - 1");
        }

        private LoanLine Line()
        {
            var digits = currency.Of(Cell("currency")).MinorUnitDigits;
            var units = mapping.IsMajor ? Math.Pow(10, digits) : 1;
            var rateUnit = mapping.IsPercent ? 0.01 : 1;
            var remaining = Whole("remaining_months", 0);
            var line = new LoanLine
            {
                Id = Cell("id") is { Length: > 0 } id ? id : csv.RowNumber.ToString(CultureInfo.InvariantCulture),
                Balance = LinesFile.WholeWhenNear(Number("balance", 0) * units),
                RateAnnual = Number("rate", 0) * rateUnit,
                ServicingFeeAnnual = Number("servicing_fee", 0) * rateUnit,
                RemainingMonths = remaining,
                AgeMonths = Cell("age_months").Length > 0 ? Whole("age_months", 0) : Cell("original_months").Length > 0 ? Whole("original_months", 0) - remaining : 0,
                Segment = Whole("segment", 0),
                MissedInstalments = Whole("missed_instalments", 0),
                FirstPayment = FirstPayment(remaining),
                Amortisation = Plan(),
            };
            line.Check();
            if (line.FirstPayment is { } first) new ProjectionCalendar(cutOff).PeriodOf(first);
            return line;
        }

        /// <summary>Given, or a month for each instalment paid after the one that follows origination.</summary>
        private DateOnly? FirstPayment(int remaining) => Date("first_payment")
            ?? (Date("origination_date") is { } origination && Cell("original_months").Length > 0 ? origination.AddMonths(Whole("original_months", 0) - remaining + 1) : null);

        private Amortisation Plan()
        {
            if (Cell("interest_only_months").Length > 0 && Whole("interest_only_months", 0) is > 0 and var free) return new Amortisation.InterestOnlyThenLevel(free);
            if (Cell("amortisation_months").Length > 0 && Whole("amortisation_months", 0) is > 0 and var balloon) return new Amortisation.Balloon(balloon);
            return Cell("amortisation") switch
            {
                "" or "level" => Amortisation.Level,
                "equalPrincipal" => Amortisation.Equal,
                "bullet" => Amortisation.Bullet,
                var other => throw new InvalidInputException("FieldWrong", "amortisation", $"'{other}' is not known; write level, equalPrincipal or bullet"),
            };
        }

        private string Cell(string name) => mapping.Constants.TryGetValue(name, out var constant) ? constant : places[name] is >= 0 and var place ? CsvFile.Cell(csv, place) : "";

        private double Number(string name, double otherwise)
        {
            var text = Cell(name);
            if (text.Length == 0) return Needed.Contains(name) ? throw new InvalidInputException("FieldMissing", name, "the field is empty; write a number") : otherwise;
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
                ? value
                : throw new InvalidInputException("FieldWrong", name, $"'{text}' is no number; write it with a point and without separators");
        }

        private int Whole(string name, int otherwise)
        {
            var value = Number(name, otherwise);
            return value == Math.Floor(value) && Math.Abs(value) < int.MaxValue ? (int)value : throw new InvalidInputException("FieldWrong", name, $"'{Cell(name)}' is no whole number");
        }

        private DateOnly? Date(string name)
        {
            var text = Cell(name);
            if (text.Length == 0) return null;
            return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                ? date
                : throw new InvalidInputException("FieldWrong", name, $"'{text}' is no date; write it as 2026-03-31");
        }
    }
}
