using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Importing;
using CreditGrains.Cli.Output;
using CreditGrains.Cli.Pools;
using CreditGrains.Cli.Pools.Live;
using CreditGrains.Cli.Portfolio;
using CreditGrains.Domain.Loans.Products;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Loans.Import;

/// <summary>creditgrains loan import: a tape of loans that run already becomes loans of a server. Rows not taken are reported; the same file again changes nothing.</summary>
internal static class LoanImportCommand
{
    public static Command Create(Shell shell)
    {
        var file = new Argument<string>("tape") { Description = "CSV with a header; docs/loans.md, \"An existing book\"" };
        var productFile = new Option<string>("--product") { Description = "What the loans have in common, JSON: the loan file without what is one loan's own", HelpName = "FILE", Required = true };
        var asOf = new Option<string>("--as-of") { Description = "The date of the tape, yyyy-MM-dd; not after the server's business date", HelpName = "DATE", Required = true };
        var mapping = new Option<string?>("--mapping") { Description = "How the tape's columns are named, JSON", HelpName = "FILE" };
        var tenant = new Option<ushort>("--tenant") { Description = "Tenant of every row", DefaultValueFactory = _ => 1 };
        var rejects = new Option<string?>("--rejected") { Description = "File for the rows not taken, CSV; without it the first are shown", HelpName = "FILE" };
        var command = new Command("import", "Take over a tape of running loans (balance, rate, days past due, months left) into a server") { file, productFile, asOf, mapping, tenant, rejects };
        var client = new ClientOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var path = parse.GetRequiredValue(file);
            var columns = parse.GetValue(mapping) is { } named ? await ColumnMapping.ReadAsync(named, cancellationToken, LoanTapeColumns.All) : ColumnMapping.Identity;
            var product = ProductOf(parse.GetRequiredValue(productFile));
            var date = DateOf(parse.GetRequiredValue(asOf));
            var started = Stopwatch.GetTimestamp();
            using var channel = client.Connect(parse);
            var purpose = $"loan import {date:yyyy-MM-dd} {product.Hash:x32} {Convert.ToHexString(columns.Hash)}";
            var sender = new LoanSender(new OrderedSession(new RemoteBook(channel), parse.GetValue(tenant), OrderedSession.NameOf(await FileHash.OfAsync(path, cancellationToken), purpose)));
            var rejected = new List<RejectedRow>();
            using var csv = CsvFile.Open(path, columns.Delimiter[0]);
            var row = new LoanTapeRow(parse.GetValue(tenant), date, product, new RowSource(csv, columns, LoanTapeColumns.All) { IsMajor = columns.IsMajor });
            var rows = 0L;
            while (await csv.ReadAsync(cancellationToken))
            {
                if (row.Read(++rows, out var fault) is { } sent) await sender.AddAsync(rows, sent, cancellationToken);
                else rejected.Add(fault!);
            }
            await sender.FlushAsync(cancellationToken);
            rejected.AddRange(sender.Declined);
            await PoolImportCommand.ReportAsync(shell, parse.GetValue(rejects), [.. rejected.OrderBy(each => each.Row).Select(each => ("tape", each))], cancellationToken);
            if (client.IsJson(parse)) shell.Record(new { rows, taken = sender.Posted, repeated = sender.Repeated, rejected = rejected.Count });
            shell.Note($"{rows:N0} rows: {sender.Posted:N0} loans are kept here, {sender.Repeated:N0} of them since an earlier run, {rejected.Count:N0} rows not taken, in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");
            return (int)(rejected.Count > 0 ? ExitCode.Differences : ExitCode.Ok);
        });
        return command;
    }

    private static SealedProduct ProductOf(string path)
    {
        using var document = JsonAt.Parse(path);
        var product = LoanFile.Product(new JsonAt(document.RootElement, "$"));
        return LoanProductCheck.Fault(product) is { } fault ? throw CommandFault.Usage("BadProduct", $"{path}: {fault}") : SealedProduct.Of(product);
    }

    private static DateOnly DateOf(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year is >= 1900 and <= 2199
        ? date
        : throw CommandFault.Usage("BadDate", $"--as-of '{text}' is no date from 1900 to 2199; write it as 2026-03-31");
}
