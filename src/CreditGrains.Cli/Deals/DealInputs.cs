using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using CreditGrains.Cli.Cashflows;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Loans;
using CreditGrains.Cli.Output;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Files;

namespace CreditGrains.Cli.Deals;

/// <summary>The file and options that every deal command has.</summary>
internal sealed class DealInputs
{
    private readonly Argument<string> file = new("file") { Description = "Deal, JSON" };
    private readonly Option<string?> assumptions = new("--assumptions") { Description = "Scenarios, JSON; they stand before the deal's own", HelpName = "FILE" };
    private readonly Option<string?> tape = new("--tape") { Description = "Loan tape, CSV, instead of the deal's rep lines", HelpName = "FILE" };
    private readonly Option<string?> mapping = new("--mapping") { Description = "How the tape's columns are named, JSON", HelpName = "FILE" };
    private readonly Option<bool> csv = new("--csv") { Description = "CSV with a header, amounts in minor units" };
    private readonly Option<bool> json = new("--json") { Description = "JSON objects, one a line, amounts in minor units" };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(file);
        foreach (var option in (Option[])[assumptions, tape, mapping, csv, json]) command.Add(option);
    }

    /// <exception cref="CommandFault">Two formats at once.</exception>
    public PrintFormat FormatOf(ParseResult parse) => (parse.GetValue(json), parse.GetValue(csv)) switch
    {
        (true, true) => throw CommandFault.Usage("Usage", "give --json or --csv, not both"),
        (true, false) => PrintFormat.Json,
        (false, true) => PrintFormat.Csv,
        _ => PrintFormat.Table,
    };

    /// <summary>The deal under each scenario: those of the file named, or its own.</summary>
    /// <exception cref="CommandFault">A file cannot be read as meant.</exception>
    public async Task<IReadOnlyList<DealScenario>> ReadAsync(ParseResult parse, Shell shell, CancellationToken cancellationToken)
    {
        var path = parse.GetRequiredValue(file);
        var deal = await CashflowInputs.ReadAsync(path, DealFile.Parse, cancellationToken);
        if (parse.GetValue(tape) is null) CashflowInputs.NoteRates([.. deal.AllPools.SelectMany(pool => pool.Lines)], shell);
        else deal = await WithTapeAsync(deal, parse.GetValue(tape)!, parse.GetValue(mapping), shell, cancellationToken);
        IReadOnlyList<DealScenario> all = [new DealScenario(deal, deal.AllPools[0].Scenarios[0])];
        if (parse.GetValue(assumptions) is { } scenarios)
        {
            var sets = await CashflowInputs.ReadAsync(scenarios, ScenarioFile.Parse, cancellationToken);
            all = [.. sets.Select(set => new DealScenario(deal.Assume(set), set[0]))];
        }

        foreach (var warning in all.SelectMany(one => DealWarnings.Of(one.Deal)).Distinct()) shell.Note($"warning: {warning}");
        return all;
    }

    /// <summary>The deal under one scenario.</summary>
    /// <exception cref="CommandFault">There are several, or a file cannot be read as meant.</exception>
    public async Task<DealTerms> ReadOneAsync(ParseResult parse, Shell shell, CancellationToken cancellationToken)
    {
        var all = await ReadAsync(parse, shell, cancellationToken);
        return all.Count == 1 ? all[0].Deal : throw CommandFault.Usage("TooManyScenarios", $"there are {all.Count} scenarios; this command runs one, leave the others out");
    }

    /// <summary>Numbers separated by commas; a range is FROM:TO:STEP.</summary>
    /// <exception cref="CommandFault">No numbers.</exception>
    public static ImmutableArray<double> Numbers(string option, string? text)
    {
        if (string.IsNullOrEmpty(text)) return [];
        var numbers = ImmutableArray.CreateBuilder<double>();
        foreach (var part in text.Split(','))
        {
            double[] range = [.. part.Split(':').Select(piece => double.TryParse(piece, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : throw Wrong(option, text))];
            switch (range)
            {
                case [var one]: numbers.Add(one); break;
                case [var from, var to, var step] when step > 0 && to >= from && (to - from) / step < 100_000:
                    for (var i = 0; from + i * step <= to + step * 1e-9; i++) numbers.Add(Math.Round(from + i * step, 12));
                    break;
                default: throw Wrong(option, text);
            }
        }

        return numbers.ToImmutable();
    }

    private static CommandFault Wrong(string option, string text) => CommandFault.Usage("Usage", $"{option} '{text}' is no list of numbers; write 0,0.05,0.1 or 0:0.3:0.05");

    private static async Task<DealTerms> WithTapeAsync(DealTerms deal, string path, string? mapping, Shell shell, CancellationToken cancellationToken)
    {
        if (!deal.Pools.IsEmpty) throw CommandFault.Usage("TapeNotTaken", "the deal has several pools; a tape stands for the lines of a deal with one");
        var map = mapping is null ? TapeMapping.Identity : await CashflowInputs.ReadAsync(mapping, TapeMapping.Parse, cancellationToken);
        map = map with { Currency = map.Currency ?? deal.Currency };
        if (map.Currency != deal.Currency) throw CommandFault.Usage("CurrencyMismatch", $"the deal is in {deal.Currency}, the mapping of the tape says {map.Currency}; write the deal's currency in the mapping");
        var pool = TapeFile.Read(path, map, deal.CutOff);
        foreach (var row in pool.Rejected.Take(100)) shell.Note($"row {row.Row}, {row.Field}: {row.Reason}: {row.Message}");
        if (pool.Rejected.Count > 0) throw CommandFault.Usage("TapeHasBadRows", $"{pool.Rejected.Count} rows of {path} cannot be read; a deal is not run on part of its collateral, so mend them");
        CashflowInputs.NoteRates(pool.Lines, shell);
        return deal with { Lines = [.. pool.Lines], CutOff = deal.CutOff ?? pool.CutOff };
    }
}

/// <summary>A deal with the scenario it is run under; of several segments the first, whose name and weight are those of the set.</summary>
internal sealed record DealScenario(DealTerms Deal, Scenario Scenario);
