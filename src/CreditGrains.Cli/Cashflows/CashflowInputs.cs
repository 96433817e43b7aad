using System.Collections.Immutable;
using System.CommandLine;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Money;
using CreditGrains.Securitisation;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Files;

namespace CreditGrains.Cli.Cashflows;

/// <summary>The files every cash-flow command reads, with the path of the file in front of each fault.</summary>
internal sealed class CashflowInputs
{
    private const int RejectedShown = 100;
    private readonly Option<string?> lines = new("--lines") { Description = "Rep lines, JSON", HelpName = "FILE" };
    private readonly Option<string?> tape = new("--tape") { Description = "Loan tape, CSV with a header", HelpName = "FILE" };
    private readonly Option<string?> mapping = new("--mapping") { Description = "How the tape's columns are named, JSON", HelpName = "FILE" };
    private readonly Option<string?> currency = new("--currency") { Description = "ISO 4217 code of a tape whose mapping does not say it", HelpName = "CODE" };
    private readonly Option<string?> assumptions = new("--assumptions") { Description = "Scenarios, JSON; without it nobody prepays or defaults", HelpName = "FILE" };
    private readonly Option<string> conventions = new("--conventions")
    {
        Description = "standard, bma, absbox, china, or a JSON file", HelpName = "NAME|FILE", DefaultValueFactory = _ => "standard",
    };

    private readonly Option<string?> cutOff = new("--cut-off") { Description = "Date of the balances, yyyy-MM-dd; stands before the file's", HelpName = "DATE" };

    public IEnumerable<Option> All => [lines, tape, mapping, currency, assumptions, conventions, cutOff];

    /// <exception cref="CommandFault">A file cannot be read as meant.</exception>
    public async Task<CashflowPool> ReadPoolAsync(ParseResult parse, Shell shell, CancellationToken cancellationToken)
    {
        var named = parse.GetValue(cutOff) is { } text ? DateOf(text) : (DateOnly?)null;
        var (linesPath, tapePath) = (parse.GetValue(lines), parse.GetValue(tape));
        if (linesPath is null == tapePath is null) throw CommandFault.Usage("Usage", "give the loans by either --lines FILE.json or --tape FILE.csv");
        var code = parse.GetValue(currency) is { } written ? CurrencyText.Parse(written) : (Currency?)null;
        if (linesPath is not null)
        {
            if (code is not null) throw CommandFault.Usage("Usage", "--currency is of a --tape; a file of lines says its own");
            var file = await ReadAsync(linesPath, LinesFile.Parse, cancellationToken);
            NoteRates(file.Lines, shell);
            return new CashflowPool(file.Currency, file.IsMajor, named ?? file.CutOff, file.Lines, []);
        }

        var map = parse.GetValue(mapping) is { } path ? await ReadAsync(path, TapeMapping.Parse, cancellationToken) : TapeMapping.Identity;
        if (code is not null && map.Currency is { } mapped && mapped != code) throw CommandFault.Usage("CurrencyMismatch", $"--currency says {code}, the mapping {mapped}; leave one of them out");
        map = map with { Currency = map.Currency ?? code };
        var pool = TapeFile.Read(tapePath!, map, named);
        foreach (var row in pool.Rejected.Take(RejectedShown)) shell.Note($"row {row.Row}, {row.Field}: {row.Reason}: {row.Message}");
        if (pool.Rejected.Count > 0) shell.Note($"{pool.Rejected.Count:N0} rows of {tapePath} were not taken, {pool.Lines.Count:N0} were");
        NoteRates(pool.Lines, shell);
        return pool;
    }

    public async Task<ImmutableArray<ImmutableArray<Scenario>>> ReadScenariosAsync(ParseResult parse, CancellationToken cancellationToken) =>
        parse.GetValue(assumptions) is { } path ? await ReadAsync(path, ScenarioFile.Parse, cancellationToken) : [[new Scenario()]];

    public Task<ProjectionConventions> ReadConventionsAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var name = parse.GetRequiredValue(conventions);
        if (ConventionsFile.Preset(name) is { } preset) return Task.FromResult(preset);
        return File.Exists(name)
            ? ReadAsync(name, ConventionsFile.Parse, cancellationToken)
            : throw CommandFault.Usage("ConventionsUnknown", $"--conventions '{name}' is neither {string.Join(", ", ConventionsFile.Presets)} nor a file that exists");
    }

    /// <summary>Warns of rates so high that percent was meant and a ratio was read. They may be meant, so the loans are taken.</summary>
    public static void NoteRates(IReadOnlyCollection<LoanLine> lines, Shell shell)
    {
        var high = lines.Count(line => line.RateAnnual > 1);
        if (high > 0)
            shell.Note($"warning: {high:N0} of {lines.Count:N0} loans pay more than 100 % a year, the most {lines.Max(line => line.RateAnnual) * 100:N0} %; a rate is a ratio, 6 % is 0.06, and the mapping of a tape in percent says \"rates\": \"percent\"");
    }

    /// <summary>Reads a small file whole.</summary>
    /// <exception cref="CommandFault">It is not there, or says something else than is meant.</exception>
    public static async Task<T> ReadAsync<T>(string path, Func<ReadOnlyMemory<byte>, T> parse, CancellationToken cancellationToken)
    {
        await using var file = FileHash.Open(path);
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, cancellationToken);
        try
        {
            return parse(bytes.ToArray());
        }
        catch (InvalidInputException e)
        {
            throw CommandFault.Usage(e.Name, $"{path}: {e.Message}");
        }
    }

    private static DateOnly DateOf(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", out var date)
        ? date
        : throw CommandFault.Usage("BadDate", $"--cut-off '{text}' is no date; write it as 2026-03-31");
}
