using System.CommandLine;
using System.Globalization;
using CreditGrains.Cli.Cashflows;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Importing;
using CreditGrains.Cli.Loans;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Money;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Cli.Pools;

/// <summary>
/// creditgrains pool import: a loan tape against the terms of a pool, then what happened to its loans. Rows that cannot be read or may not enter are reported, each with its
/// reason.
/// </summary>
internal static class PoolImportCommand
{
    private const int RejectedShown = 100;

    public static Command Create(Shell shell)
    {
        var tape = new Argument<string>("tape") { Description = "Loan tape, CSV with a header; docs/cashflows.md" };
        var terms = new Option<string>("--pool") { Description = "Terms of the pool, JSON", HelpName = "FILE", Required = true };
        var mapping = new Option<string?>("--mapping") { Description = "How the tape's columns are named, JSON", HelpName = "FILE" };
        var events = new Option<string?>("--events") { Description = "What happened to the loans since, CSV; docs/pools.md", HelpName = "FILE" };
        var until = new Option<string?>("--until") { Description = "Close the months that ended before this date, yyyy-MM-dd", HelpName = "DATE" };
        var months = new Option<int>("--roll-months") { Description = "Closed months in the roll matrix", DefaultValueFactory = _ => 6 };
        var project = new Option<bool>("--project") { Description = "Then project the pool by its own roll matrix, as CSV, instead of its state" };
        var rejects = new Option<string?>("--rejected") { Description = "File for the rows not taken, CSV; without it the first are shown", HelpName = "FILE" };
        var csv = new Option<bool>("--csv") { Description = "CSV with a header, amounts in minor units" };
        var json = new Option<bool>("--json") { Description = "JSON, amounts in minor units" };
        var command = new Command("import", "Read a loan tape into a pool: which loans may enter, which rule keeps others out, what happened since, and what the pool is then")
        {
            tape, terms, mapping, events, until, months, project, rejects, csv, json,
        };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var format = PoolView.FormatOf(parse.GetValue(json), parse.GetValue(csv));
            var pool = await CashflowInputs.ReadAsync(parse.GetRequiredValue(terms), PoolFile.Parse, cancellationToken);
            var map = parse.GetValue(mapping) is { } path ? await CashflowInputs.ReadAsync(path, TapeMapping.Parse, cancellationToken) : TapeMapping.Identity;
            var currency = map.Currency ?? pool.Currency;
            var book = new PoolBook();
            book.Define(pool);
            var rejected = new List<RejectedRow>();
            var loans = new Dictionary<string, PooledLoan>(StringComparer.Ordinal);
            foreach (var loan in TapeFile.ReadLoans(parse.GetRequiredValue(tape), map, map.CutOff ?? pool.CutOff, rejected, new TapeCurrency(currency)))
                if (Enter(book, loan, currency, loans) is { } row) rejected.Add(row);
            rejected.Sort((one, other) => one.Row.CompareTo(other.Row));
            var entered = book.Pools[0].Loans;
            var all = rejected.Select(row => ("tape", row)).ToList();
            long booked = 0;
            if (parse.GetValue(events) is { } file)
            {
                var result = PoolEventsFile.Book(file, book, loans, map.IsMajor ? UnitsOf(pool.Currency) : 1);
                booked = result.Booked;
                all.AddRange(result.Rejected.Select(row => ("events", row)));
            }

            if (parse.GetValue(until) is { } text) book.AdvanceTo(DateOf("--until", text, pool));
            await ReportAsync(shell, parse.GetValue(rejects), all, cancellationToken);
            if (parse.GetValue(project)) Project(shell, book, loans.Values, Math.Max(1, parse.GetValue(months)), format);
            else PoolView.Print(shell, book.Pools[0], format, Math.Max(1, parse.GetValue(months)));
            shell.Note($"{entered:N0} loans of the tape entered '{pool.Name}', {booked:N0} events were booked, {all.Count:N0} rows were not taken; {book.Pools[0].Loans:N0} loans perform now with {AmountText.Of(book.Pools[0].Balance, pool.Currency)} {pool.Currency}");
            return (int)(all.Count > 0 ? ExitCode.Differences : ExitCode.Ok);
        });
        return command;
    }

    /// <summary>Brings a loan in on the cut-off; a row when it may not.</summary>
    private static RejectedRow? Enter(PoolBook book, TapeLoan loan, Currency currency, Dictionary<string, PooledLoan> loans)
    {
        var terms = book.Pools[0].Terms;
        var candidate = CandidateOf(loan, currency, terms);
        if (!loans.TryAdd(loan.Line.Id, new PooledLoan(loans.Count, candidate)))
            return new RejectedRow(loan.Row, "id", nameof(PoolFault.LoanInAPool), $"'{loan.Line.Id}' stands on the tape twice; a loan is in a pool once");
        return book.Enter(loans[loan.Line.Id].Place, 0, candidate, TransferKind.Purchase, terms.CutOff) is { } refusal
            ? new RejectedRow(loan.Row, refusal.Rule.Length > 0 ? refusal.Rule : "loan", refusal.Fault.ToString(), refusal.Message)
            : null;
    }

    /// <summary>A loan of the tape as rules look at it.</summary>
    public static LoanCandidate CandidateOf(TapeLoan loan, Currency currency, PoolTerms terms) => new()
    {
        Currency = currency,
        Principal = (long)loan.Line.Balance,
        RatePpm = (int)Math.Round(loan.Line.RateAnnual * 1_000_000),
        RemainingMonths = loan.Line.RemainingMonths,
        DaysPastDue = loan.DaysPastDue ?? DaysOf(terms, loan.Line.MissedInstalments),
        Industry = loan.Industry,
        Region = loan.Region,
        Obligor = loan.Obligor,
        Origination = loan.Origination ?? terms.CutOff.AddMonths(-loan.Line.AgeMonths),
    };

    /// <summary>A tape that only says how many instalments were missed: the last day of that bucket, so that a default counts as one.</summary>
    private static int DaysOf(PoolTerms terms, int missed) => missed < terms.Buckets.LastDays.Length ? terms.Buckets.LastDays[missed] : terms.Buckets.LastDays[^1] + 1;

    private static void Project(Shell shell, PoolBook book, IEnumerable<PooledLoan> loans, int months, PrintFormat format)
    {
        var pool = book.Pools[0];
        if (pool.History.All(month => month.Opening == 0)) throw CommandFault.Usage("NoHistory", "the pool has no closed month after its first purchase, so no roll matrix of its own; give --events, and --until to close the last month");
        var forecast = new PoolForecast();
        foreach (var loan in loans)
            if (book.Of(loan.Place) is { State: MemberState.Performing } member) forecast.Add(member.Bucket, loan.RemainingMonths, loan.RatePpm, member.Principal);
        var table = forecast.Project(pool.RollRates(months, byBalance: true));
        if (format != PrintFormat.Json) shell.Line($"month,opening,scheduled,prepaid,defaulted,interest,closing,delinquent");
        for (var i = 0; i < table.Periods; i++)
        {
            long Of(CashflowColumn column) => (long)Math.Round(table[column][i]);
            var month = PoolView.MonthOf(pool.Open.Period + i);
            var (opening, scheduled, prepaid, defaulted) = (Of(CashflowColumn.Opening), Of(CashflowColumn.Scheduled), Of(CashflowColumn.Prepaid), Of(CashflowColumn.Defaulted));
            var (interest, closing, delinquent) = (Of(CashflowColumn.Interest), Of(CashflowColumn.Closing), Of(CashflowColumn.Delinquent));
            if (format == PrintFormat.Json) shell.Record(new { month, opening, scheduled, prepaid, defaulted, interest, closing, delinquent });
            else shell.Line($"{month},{opening},{scheduled},{prepaid},{defaulted},{interest},{closing},{delinquent}");
        }
    }

    public static async Task ReportAsync(Shell shell, string? path, List<(string File, RejectedRow Row)> rejected, CancellationToken cancellationToken)
    {
        if (path is null)
        {
            foreach (var (name, row) in rejected.Take(RejectedShown)) shell.Note($"{name}, row {row.Row}, {row.Field}: {row.Reason}: {row.Message}");
            return;
        }

        await using var file = new StreamWriter(path) { NewLine = "\n" };
        await file.WriteLineAsync("file,row,field,reason,message");
        foreach (var (name, row) in rejected)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await file.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name},{row.Row},{Quoted(row.Field)},{row.Reason},{Quoted(row.Message)}"));
        }
    }

    public static DateOnly DateOf(string option, string text, PoolTerms terms)
    {
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) throw CommandFault.Usage("BadDate", $"{option} '{text}' is no date; write it as 2026-03-31");
        return terms.PeriodOf(date) - terms.PeriodOf(terms.CutOff) < PoolLedger.PeriodsMax ? date : throw CommandFault.Usage("BadDate", $"{option} {text} is more than {PoolLedger.PeriodsMax} months after the cut-off");
    }

    public static decimal UnitsOf(Currency currency)
    {
        decimal unit = 1;
        for (var i = 0; i < currency.MinorUnitDigits; i++) unit *= 10;
        return unit;
    }

    private static string Quoted(string text) => text.AsSpan().IndexOfAny(",\"\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
