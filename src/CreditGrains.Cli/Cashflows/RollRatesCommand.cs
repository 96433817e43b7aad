using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Securitisation.Assumptions;

namespace CreditGrains.Cli.Cashflows;

/// <summary>creditgrains cashflow rollrates: a roll-rate matrix from a history of statuses.</summary>
internal static class RollRatesCommand
{
    private const int StatesUsual = 4;

    public static Command Create(Shell shell)
    {
        var file = new Argument<string>("file") { Description = "History, CSV: columns loan, month, status; or a row a loan, see --wide" };
        var wide = new Option<string?>("--wide") { Description = "Columns of statuses, one a month, from the oldest to the newest, separated by commas", HelpName = "COLUMNS" };
        var states = new Option<int>("--states") { Description = "States of the matrix; the last means that many missed or more", DefaultValueFactory = _ => StatesUsual };
        var current = new Option<int>("--current-up-to") { Description = "Statuses up to this number count as current", DefaultValueFactory = _ => 0 };
        var output = new Option<string?>("--out") { Description = "File to write as assumptions for project and deal", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "One JSON object with counts and matrix" };
        var csv = new Option<bool>("--csv") { Description = "CSV: from, to, count, probability" };
        var command = new Command("rollrates", "Count moves between states of delinquency and estimate the roll-rate matrix") { file, wide, states, current, output, json, csv };
        command.SetAction(async (parse, cancellationToken) =>
        {
            if (parse.GetValue(json) && parse.GetValue(csv)) throw CommandFault.Usage("Usage", "give --json or --csv, not both");
            if (parse.GetValue(states) is < 1 or > RollRateMatrix.StatesMax) throw CommandFault.Usage("Usage", $"--states must be 1 to {RollRateMatrix.StatesMax}");
            var scale = new StatusScale(parse.GetValue(states), parse.GetValue(current));
            var path = parse.GetRequiredValue(file);
            var (counts, gaps) = parse.GetValue(wide) is { } columns ? (StatusHistory.ReadWide(path, columns.Split(',', StringSplitOptions.TrimEntries), scale), 0L) : StatusHistory.ReadLong(path, scale);
            var matrix = counts.Estimate();
            Print(shell, counts, matrix, parse.GetValue(json), parse.GetValue(csv));
            if (parse.GetValue(output) is { } target)
                await File.WriteAllTextAsync(target, JsonSerializer.Serialize(new { @default = new { rollRates = Rows(matrix) } }) + "\n", cancellationToken);
            long total = 0;
            for (var from = 0; from < counts.States; from++)
                for (var to = 0; to < counts.States + 2; to++) total += counts[from, to];
            shell.Note($"{total:N0} moves between {counts.States} states{(gaps > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {gaps:N0} pairs with months missing between them were not counted") : "")}");
            return (int)(total == 0 ? ExitCode.Differences : ExitCode.Ok);
        });
        return command;
    }

    private static void Print(Shell shell, TransitionCounts counts, RollRateMatrix matrix, bool isJson, bool isCsv)
    {
        var names = Enumerable.Range(0, counts.States).Select(state => state.ToString(CultureInfo.InvariantCulture)).Append("chargedOff").Append("paidOff").ToArray();
        if (isJson)
        {
            shell.Record(new { counts.States, Counts = Enumerable.Range(0, counts.States).Select(from => Enumerable.Range(0, counts.States + 2).Select(to => counts[from, to])), RollRates = Rows(matrix) });
            return;
        }

        if (isCsv)
        {
            shell.Line($"from,to,count,probability");
            for (var from = 0; from < counts.States; from++)
                for (var to = 0; to < names.Length; to++) shell.Line($"{from},{names[to]},{counts[from, to]},{matrix[from, to]:R}");
            return;
        }

        shell.Table("Moves", ["From", .. names.Select(name => "#" + name)], Enumerable.Range(0, counts.States).Select(from =>
            (string[])[names[from], .. Enumerable.Range(0, names.Length).Select(to => counts[from, to].ToString("N0", CultureInfo.InvariantCulture))]));
        shell.Table("Probabilities", ["From", .. names.Select(name => "#" + name)], Enumerable.Range(0, counts.States).Select(from =>
            (string[])[names[from], .. Enumerable.Range(0, names.Length).Select(to => matrix[from, to].ToString("F6", CultureInfo.InvariantCulture))]));
    }

    private static double[][] Rows(RollRateMatrix matrix) => [.. Enumerable.Range(0, matrix.States).Select(from => Enumerable.Range(0, matrix.States + 2).Select(to => matrix[from, to]).ToArray())];
}
