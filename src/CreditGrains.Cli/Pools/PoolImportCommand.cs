using System.CommandLine;
using System.Globalization;
using CreditGrains.Cli.Cashflows;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Importing;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Money;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Cli.Pools;

/// <summary>creditgrains pool import: a loan tape against the terms of a pool. Rows that cannot be read or may not enter are reported, each with its reason.</summary>
internal static class PoolImportCommand
{
    private const int RejectedShown = 100;

    public static Command Create(Shell shell)
    {
        var tape = new Argument<string>("tape") { Description = "Loan tape, CSV with a header; docs/cashflows.md" };
        var terms = new Option<string>("--pool") { Description = "Terms of the pool, JSON", HelpName = "FILE", Required = true };
        var mapping = new Option<string?>("--mapping") { Description = "How the tape's columns are named, JSON", HelpName = "FILE" };
        var rejects = new Option<string?>("--rejected") { Description = "File for the rows not taken, CSV; without it the first are shown", HelpName = "FILE" };
        var csv = new Option<bool>("--csv") { Description = "CSV with a header, amounts in minor units" };
        var json = new Option<bool>("--json") { Description = "One JSON object, amounts in minor units" };
        var command = new Command("import", "Read a loan tape into a pool: which loans may enter, which rule keeps others out, and what the pool is then") { tape, terms, mapping, rejects, csv, json };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var format = PoolView.FormatOf(parse.GetValue(json), parse.GetValue(csv));
            var pool = await CashflowInputs.ReadAsync(parse.GetRequiredValue(terms), PoolFile.Parse, cancellationToken);
            var map = parse.GetValue(mapping) is { } path ? await CashflowInputs.ReadAsync(path, TapeMapping.Parse, cancellationToken) : TapeMapping.Identity with { Currency = pool.Currency };
            var book = new PoolBook();
            book.Define(pool);
            var rejected = new List<RejectedRow>();
            var read = TapeFile.ReadLoans(parse.GetRequiredValue(tape), map, map.CutOff ?? pool.CutOff, rejected);
            foreach (var loan in read)
                if (Enter(book, loan, map.Currency) is { } row) rejected.Add(row);
            rejected.Sort((one, other) => one.Row.CompareTo(other.Row));
            if (parse.GetValue(rejects) is { } target) await WriteAsync(target, rejected, cancellationToken);
            else
                foreach (var row in rejected.Take(RejectedShown)) shell.Note($"row {row.Row}, {row.Field}: {row.Reason}: {row.Message}");
            PoolView.Print(shell, book.Pools[0], format, 1);
            shell.Note($"{book.Pools[0].Loans:N0} loans of {AmountText.Of(book.Pools[0].Balance, pool.Currency)} {pool.Currency} entered '{pool.Name}'; {rejected.Count:N0} rows did not");
            return (int)(rejected.Count > 0 ? ExitCode.Differences : ExitCode.Ok);
        });
        return command;
    }

    /// <summary>Brings a loan in on the cut-off; a row when it may not.</summary>
    private static RejectedRow? Enter(PoolBook book, TapeLoan loan, Currency currency)
    {
        var terms = book.Pools[0].Terms;
        var candidate = new LoanCandidate
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
        return book.Enter((int)loan.Row, 0, candidate, TransferKind.Purchase, terms.CutOff) is { } refusal
            ? new RejectedRow(loan.Row, refusal.Rule.Length > 0 ? refusal.Rule : "loan", refusal.Fault.ToString(), refusal.Message)
            : null;
    }

    /// <summary>A tape that only says how many instalments were missed: the last day of that bucket, so that a default counts as one.</summary>
    private static int DaysOf(PoolTerms terms, int missed) => missed < terms.Buckets.LastDays.Length ? terms.Buckets.LastDays[missed] : terms.Buckets.LastDays[^1] + 1;

    private static async Task WriteAsync(string path, List<RejectedRow> rejected, CancellationToken cancellationToken)
    {
        await using var file = new StreamWriter(path) { NewLine = "\n" };
        await file.WriteLineAsync("row,field,reason,message");
        foreach (var row in rejected)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await file.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{row.Row},{Quoted(row.Field)},{row.Reason},{Quoted(row.Message)}"));
        }
    }

    private static string Quoted(string text) => text.AsSpan().IndexOfAny(",\"\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
